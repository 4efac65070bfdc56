"""The lists that go from the box to the count: checked, opened layer by layer, shuffled.

Whoever opens a layer hands the items on in an order that nobody can trace back.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from protocol import sealing
from protocol.encoding import canonical, from_b64u, to_b64u

KIND = "cermin list 1"
PLAIN = 0  # the layer of opened ballots
MOST_UNREADABLE = 0.02
FEWEST_ITEMS = 50
PRIVATE = 0o600

Progress = Callable[[int, int], None]


class RefusedListError(Exception):
    """A list that must not be opened; `code` says why."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(f"{code} {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class BallotList:
    """Items of one cycle that are still closed by `layer` and the layers inside it; 0: opened ballots."""

    cycle: str
    layer: int
    items: tuple[bytes, ...]

    @property
    def hash(self) -> str:
        """The hash that the holder is told by another way."""
        return list_hash(self.cycle, self.layer, self.items)


@dataclass(frozen=True)
class Opened:
    """The next list, and how many items did not open."""

    next_list: BallotList
    unreadable: int


def list_hash(cycle: str, layer: int, items: Iterable[bytes]) -> str:
    """The hash over a list in its order."""
    whole = hashlib.sha256(f"{KIND}\n{layer}\n{cycle}\n".encode())
    for item in items:
        whole.update(hashlib.sha256(item).digest())
    return whole.hexdigest()


def box_hash(cycle: str, sealed: Iterable[bytes]) -> str:
    """The hash over everything in a box, in the order of the names of the ballots."""
    whole = hashlib.sha256(f"cermin box list 1\n{cycle}\n".encode())
    for item in sealed:
        whole.update(hashlib.sha256(item).digest())
    return whole.hexdigest()


def write(path: Path, ballots: BallotList) -> None:
    """Write a list file, whole or not at all, for this user only."""
    head = {
        "count": len(ballots.items),
        "cycle": ballots.cycle,
        "hash": ballots.hash,
        "kind": KIND,
        "layer": ballots.layer,
    }
    partial = path.with_name(path.name + ".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as file:
        file.write(canonical(head) + b"\n")
        for item in ballots.items:
            file.write(to_b64u(item).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read(data: bytes) -> BallotList:
    """Read a list file and check it against its own first line.

    Raises
    ------
    RefusedListError
        It is no list file, is cut off, or does not fit its hash.
    """
    first, *lines = data.splitlines()[:] or [b""]
    try:
        head = json.loads(first)
        if head["kind"] != KIND or head["layer"] not in (PLAIN, sealing.OUTER, sealing.INNER):
            raise RefusedListError("not_a_list")
        size = sealing.SEALED_BYTES.get(head["layer"], sealing.PADDED_BYTES)
        items = tuple(from_b64u(line.decode("ascii"), size) for line in lines)
        ballots = BallotList(str(head["cycle"]), head["layer"], items)
        is_whole = head["count"] == len(items) and head["hash"] == ballots.hash
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedListError("not_a_list") from error
    if not is_whole:
        raise RefusedListError("damaged")
    return ballots


def check(
    ballots: BallotList, *, cycle: str, layer: int, count: int, told_hash: str, reason_for_few: str = ""
) -> None:
    """Refuse a list that a holder must not open.

    Raises
    ------
    RefusedListError
        It is of another cycle or layer, does not fit what the holder was told by another way, holds an
        item twice, or holds so few that single ballots could be picked out.
    """
    if (ballots.cycle, ballots.layer) != (cycle, layer):
        raise RefusedListError("wrong_list")
    if len(ballots.items) != count or ballots.hash != told_hash:
        raise RefusedListError("not_as_told")
    if len(set(ballots.items)) != len(ballots.items):
        raise RefusedListError("repeated")
    if len(ballots.items) < FEWEST_ITEMS and not reason_for_few.strip():
        raise RefusedListError("too_few", fewest=FEWEST_ITEMS)


def open_layer(
    ballots: BallotList, private_key: ec.EllipticCurvePrivateKey, progress: Progress | None = None
) -> Opened:
    """Open one layer of every item and hand them on shuffled.

    Raises
    ------
    RefusedListError
        Too many do not open: a wrong key, or a list that was tampered with.
    """
    opened: list[bytes] = []
    for place, item in enumerate(ballots.items):
        inside = sealing.open_layer(private_key, ballots.cycle, ballots.layer, item)
        if inside is not None:
            opened.append(inside)
        if progress and place % 500 == 0:
            progress(place, len(ballots.items))
    unreadable = len(ballots.items) - len(opened)
    if unreadable > max(1, MOST_UNREADABLE * len(ballots.items)):
        raise RefusedListError("unreadable", unreadable=unreadable)
    next_layer = sealing.INNER if ballots.layer == sealing.OUTER else PLAIN
    return Opened(BallotList(ballots.cycle, next_layer, shuffled(opened)), unreadable)


def shuffled(items: Sequence[bytes]) -> tuple[bytes, ...]:
    """The items in the order of their hashes under a key that is forgotten at once."""
    key = secrets.token_bytes(32)
    return tuple(sorted(items, key=lambda item: hashlib.sha256(key + item).digest()))
