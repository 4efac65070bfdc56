"""The ballots of a cycle as list files: what goes from the box to the holders and on to the count.

A list may be larger than the memory of an office computer, so it is read item by item.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from protocol import sealing
from protocol.encoding import canonical, from_b64u, read_canonical, record, to_b64u
from protocol.files import write_private
from protocol.refusals import RefusedError

KIND = "cermin list 1"
FEWEST_ITEMS = 50
LONGEST_LINE = 20_000
LINE_END = b"\n"
SHAPE = {"count": int, "cycle": str, "hash": str, "kind": str, "layer": int}


@dataclass(frozen=True)
class Head:
    """What a list file says of itself in its first line.

    `layer` is the outermost sealing that still closes its items; 0: opened ballots.
    """

    cycle: str
    layer: int
    count: int
    hash: str


def list_hash(cycle: str, layer: int, items: Iterable[bytes]) -> str:
    """Return the hash over a list in its order, in hexadecimal."""
    whole = _Hash(cycle, layer)
    for item in items:
        whole.add(item)
    return whole.hex


def write(path: Path, cycle: str, layer: int, items: Collection[bytes]) -> Head:
    """Write a list file, whole or not at all, for this user only.

    Parameters
    ----------
    path
        Where nothing is yet.
    cycle, layer
        What the list is of.
    items
        Run through twice: once for the hash in the first line.

    Raises
    ------
    FileExistsError
        Something is there.
    """
    head = Head(cycle, layer, len(items), list_hash(cycle, layer, items))
    write_private(path, _lines(head, items))
    return head


def read_head(path: Path) -> Head:
    """Return what a list file says of itself; whether it is true, `items` finds out.

    Raises
    ------
    RefusedError
        ``not_a_list``.
    """
    with path.open("rb") as file:
        line = file.readline(LONGEST_LINE)
    try:
        parts = record(read_canonical(line.removesuffix(LINE_END)), SHAPE)
    except ValueError as error:
        raise RefusedError("not_a_list") from error
    if parts["kind"] != KIND or parts["layer"] not in sealing.ITEM_BYTES or not line.endswith(LINE_END):
        raise RefusedError("not_a_list")
    return Head(parts["cycle"], parts["layer"], parts["count"], parts["hash"])


def items(path: Path, head: Head) -> Iterator[bytes]:
    """Go through the items of a list file.

    Parameters
    ----------
    path
        The list file.
    head
        What `read_head` gave.

    Raises
    ------
    RefusedError
        ``damaged``: an item has not its form or, known only after the last one, count or hash do not fit.
    """
    whole = _Hash(head.cycle, head.layer)
    with path.open("rb") as file:
        file.readline(LONGEST_LINE)
        while line := file.readline(LONGEST_LINE):
            item = _item(line, head.layer)
            whole.add(item)
            yield item
    if (whole.count, whole.hex) != (head.count, head.hash):
        raise RefusedError("damaged")


def check(path: Path, told: Head, reason: str = "") -> Head:
    """Refuse a list file that a holder must not open.

    Parameters
    ----------
    path
        The list file.
    told
        What the holder was told of it by another way.
    reason
        Why a list of fewer than `FEWEST_ITEMS` is opened all the same; it goes to the minutes.

    Returns
    -------
    Head
        That of the file, which is as told.

    Raises
    ------
    RefusedError
        ``not_a_list``, ``damaged``; ``wrong_list``: of another cycle or layer; ``not_as_told``: another
        count or hash; ``repeated``: an item stands in it twice; ``too_few``: single ballots could be
        picked out.
    """
    head = read_head(path)
    if (head.cycle, head.layer) != (told.cycle, told.layer):
        raise RefusedError("wrong_list", cycle=head.cycle, layer=head.layer)
    if head != told:
        raise RefusedError("not_as_told", count=head.count, hash=head.hash)
    if head.count < FEWEST_ITEMS and not reason.strip():
        raise RefusedError("too_few", count=head.count, fewest=FEWEST_ITEMS)
    if len({hashlib.sha256(item).digest() for item in items(path, head)}) != head.count:
        raise RefusedError("repeated")
    return head


class _Hash:
    """The hash of a list while it is read."""

    def __init__(self, cycle: str, layer: int) -> None:
        self._whole = hashlib.sha256(f"{KIND}\n{layer}\n{cycle}\n".encode())
        self.count = 0

    def add(self, item: bytes) -> None:
        self._whole.update(hashlib.sha256(item).digest())
        self.count += 1

    @property
    def hex(self) -> str:
        return self._whole.hexdigest()


def _lines(head: Head, items: Iterable[bytes]) -> Iterator[bytes]:
    parts = {"count": head.count, "cycle": head.cycle, "hash": head.hash, "kind": KIND, "layer": head.layer}
    yield canonical(parts) + LINE_END
    for item in items:
        yield to_b64u(item).encode() + LINE_END


def _item(line: bytes, layer: int) -> bytes:
    try:
        item = from_b64u(line.removesuffix(LINE_END).decode("ascii"), sealing.ITEM_BYTES[layer])
    except ValueError as error:
        raise RefusedError("damaged") from error
    if not line.endswith(LINE_END):
        raise RefusedError("damaged")
    return item
