"""Merkle trees (RFC 6962, section 2.1): one hash stands for a list, and a path proves a line of it."""

import hashlib
from collections.abc import Sequence

Path = list[bytes]


def leaf(line: bytes) -> bytes:
    """The hash of a line."""
    return hashlib.sha256(b"\x00" + line).digest()


def root(lines: Sequence[bytes]) -> bytes:
    """The hash of a list of lines."""
    return _paths([leaf(line) for line in lines])[0]


def paths(lines: Sequence[bytes]) -> list[Path]:
    """For each line the hashes that lead from it to the root."""
    return _paths([leaf(line) for line in lines])[1]


def is_in(line: bytes, place: int, size: int, hashes: Path, root_hash: bytes) -> bool:
    """Whether a path proves that a line stands at a place of a list of that size (RFC 9162, 2.1.3.2)."""
    if not 0 <= place < size:
        return False
    node, last, found = place, size - 1, leaf(line)
    for sibling in hashes:
        if last == 0:
            return False
        if node % 2 or node == last:
            found = _node(sibling, found)
            while not node % 2 and node:
                node, last = node >> 1, last >> 1
        else:
            found = _node(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root_hash


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def _paths(leaves: Sequence[bytes]) -> tuple[bytes, list[Path]]:
    """The root over some leaves, and the path of each to it."""
    if not leaves:
        return hashlib.sha256().digest(), []
    if len(leaves) == 1:
        return leaves[0], [[]]
    half = _split(len(leaves))
    (left, of_left), (right, of_right) = _paths(leaves[:half]), _paths(leaves[half:])
    paths_below = [[*path, right] for path in of_left] + [[*path, left] for path in of_right]
    return _node(left, right), paths_below
