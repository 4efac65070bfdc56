"""Opening one layer of a list: every item is opened, and handed on in an order that nobody can trace back."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from protocol import lists, sealing
from protocol.refusals import RefusedError

PERCENT_UNREADABLE = 2
UNREADABLE_ALWAYS_BORNE = 1
SHUFFLE_KEY_BYTES = 32
ITEMS_BETWEEN_REPORTS = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Opened:
    """A list that was opened, and the list that was written."""

    before: lists.Head
    after: lists.Head
    reason: str

    @property
    def left_out(self) -> int:
        """How many items did not open, or repeat another one that did."""
        return self.before.count - self.after.count


def open_file(
    source: Path,
    target: Path,
    private_key: ec.EllipticCurvePrivateKey,
    told: lists.Head,
    *,
    reason: str = "",
    progress: Progress | None = None,
) -> Opened:
    """Check a list file, open its layer, and write the next list, shuffled; whole or not at all.

    Of items with the same content one is handed on: a rater can seal the same text twice, and must not
    be able to make the next holder refuse the list.

    Parameters
    ----------
    source
        The list file.
    target
        Where nothing is yet.
    private_key
        The key of the layer.
    told
        What the holder was told of the list by another way.
    reason
        Why it is opened although it is short or many items do not open; it goes to the minutes.
    progress
        Called with the number of items done and of all.

    Raises
    ------
    RefusedError
        As of `lists.check`; ``wrong_key``: nothing opens; ``unreadable``: more than one item and more than
        two in a hundred do not open.
    FileExistsError
        Something is at the target.
    """
    if target.exists():
        raise FileExistsError(target)
    before = lists.check(source, told, reason)
    opened = _opened(source, before, private_key, progress)
    if before.count and not opened:
        raise RefusedError("wrong_key")
    left_out = before.count - len(opened)
    borne = max(UNREADABLE_ALWAYS_BORNE, before.count * PERCENT_UNREADABLE // 100)
    if left_out > borne and not reason.strip():
        raise RefusedError("unreadable", left_out=left_out, count=before.count)
    next_layer = sealing.NEXT_LAYER[before.layer]
    after = lists.write(target, before.cycle, next_layer, shuffled(opened))
    return Opened(before, after, reason.strip())


def shuffled(items: Iterable[bytes]) -> list[bytes]:
    """Return the items in the order of their hashes under a key that is forgotten at once.

    Not even the state of the random generator tells the order in which they came.
    """
    key = secrets.token_bytes(SHUFFLE_KEY_BYTES)
    return sorted(items, key=lambda item: hashlib.sha256(key + item).digest())


def _opened(
    source: Path, head: lists.Head, private_key: ec.EllipticCurvePrivateKey, progress: Progress | None
) -> set[bytes]:
    opened = set()
    for number, item in enumerate(lists.items(source, head), start=1):
        inside = sealing.open_layer(private_key, head.cycle, head.layer, item)
        if inside is not None:
            opened.add(inside)
        if progress and (number % ITEMS_BETWEEN_REPORTS == 0 or number == head.count):
            progress(number, head.count)
    return opened
