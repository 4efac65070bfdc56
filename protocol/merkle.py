"""Merkle trees (RFC 6962, section 2.1): one hash stands for a list, and a short path proves a line of it."""

import hashlib
from collections.abc import Sequence


class Tree:
    """The hashes of a list of lines, level by level.

    RFC 6962 splits a list at the largest power of two below its size. Joining neighbours from the left,
    and carrying a last one without neighbour up unchanged, gives the same tree.

    Parameters
    ----------
    lines
        In the order in which they are published.
    """

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._levels = [[leaf(line) for line in lines]]
        while len(self._levels[-1]) > 1:
            self._levels.append(_joined(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """The hash of the list (section 2.1); of an empty list that of nothing."""
        return self._levels[-1][0] if self._levels[-1] else hashlib.sha256().digest()

    def path(self, place: int) -> list[bytes]:
        """Return the hashes that lead from the line at a place to the root (section 2.1.1), lowest first."""
        siblings = []
        for level in self._levels[:-1]:
            if place ^ 1 < len(level):
                siblings.append(level[place ^ 1])
            place >>= 1
        return siblings


def leaf(line: bytes) -> bytes:
    """Return the hash of a line (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + line).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_in(line: bytes, place: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether a path proves that a line stands at a place of a list (RFC 9162, section 2.1.3.2).

    Parameters
    ----------
    line
        The line.
    place
        Its place, from 0.
    size
        The length of the list.
    path
        As `Tree.path` gives it.
    root
        The hash of the list.
    """
    if not 0 <= place < size:
        return False
    found, remaining, last = leaf(line), list(path), size - 1
    while last:
        if place % 2 or place < last:
            if not remaining:
                return False
            sibling = remaining.pop(0)
            found = node(sibling, found) if place % 2 else node(found, sibling)
        place, last = place >> 1, last >> 1
    return not remaining and found == root


def _joined(level: Sequence[bytes]) -> list[bytes]:
    joined = [node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return joined if len(level) % 2 == 0 else [*joined, level[-1]]
