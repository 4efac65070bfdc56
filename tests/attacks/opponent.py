"""The opponent: holds dated dumps and some keys, and matches papers to ballots in every way she knows."""

import hashlib
import logging
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
from cryptography.hazmat.primitives.asymmetric import ec
from scipy.optimize import linear_sum_assignment

from protocol import ballots, blind_rsa, lists, sealing
from survey.services.results import closing as counting

Key = ec.EllipticCurvePrivateKey
COMPARED_BYTES = 256


@dataclass
class Dumps:
    """A copy of all files after every single act, and the logs."""

    directory: Path
    box: str
    papers: dict[int, int] = field(default_factory=dict)  # rater -> act after which her paper was taken
    arrivals: dict[bytes, int] = field(default_factory=dict)  # name in the box -> the act that brought it
    sealed: dict[bytes, bytes] = field(default_factory=dict)
    lists: dict[int, list[bytes]] = field(default_factory=dict)  # by layer, in the order of the file
    files: dict[str, bytes] = field(default_factory=dict)  # as they lay just before closing
    log: list[str] = field(default_factory=list)
    acts: int = 0

    def take(self) -> None:
        """Copy people and spool with their write-ahead logs, and see what is new since the last copy."""
        self.acts += 1
        copy = self.directory.parent / "dump"
        for name in ("people.sqlite", "spool/spool.sqlite"):
            self._copy(name, copy)
        self.files = {path.name: path.read_bytes() for path in copy.iterdir()}
        with closing(sqlite3.connect(copy / "people.sqlite")) as people:
            for (rater,) in people.execute("SELECT rater_id FROM papers WHERE taken IS NOT NULL"):
                self.papers.setdefault(rater, self.acts)
        with closing(sqlite3.connect(copy / "spool.sqlite")) as spool:
            for name, sealed in spool.execute("SELECT token, sealed FROM spooled_ballots"):
                self.arrivals.setdefault(name, self.acts)
                self.sealed[name] = sealed
        shutil.rmtree(copy)

    def _copy(self, name: str, copy: Path) -> None:
        copy.mkdir(exist_ok=True)
        source = self.directory / name
        for path in (source, source.with_name(source.name + "-wal")):
            if path.exists():
                shutil.copyfile(path, copy / path.name)

    def take_lists(self) -> None:
        """Copy the lists that lie in private files while a cycle is being counted."""
        for layer in sealing.ITEM_BYTES:
            path = counting.list_path(self.directory / "private", self.box, layer)
            if path.exists():
                self.lists[layer] = list(lists.items(path, lists.read_head(path)))


class LogKeeper(logging.Handler):
    """Keeps every record at every level, as a careless operator would."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(record.getMessage())


@dataclass
class Evidence:
    """All that one opponent has of one cycle."""

    cycle: str
    dumps: Dumps
    keys: Mapping[int, Key]  # layer -> private key; the missing one makes the difference
    signer: blind_rsa.SigningKey  # of the scope's stamps, copied from the spool
    wire: Mapping[int, tuple[bytes, bytes]]  # rater -> her blinded stamp and the blind signature
    published: Sequence[int]  # the answers as the counts of the vault tell them, smallest first
    names_in_log: Mapping[int, Sequence[str]]  # rater -> her code and her paper's key, sought in the log
    luck: Random

    @property
    def raters(self) -> list[int]:
        """In the order in which their papers were taken."""
        return sorted(self.dumps.papers, key=self.dumps.papers.__getitem__)

    @property
    def arrived(self) -> list[bytes]:
        """The sealed ballots in the order in which they came."""
        names = sorted(self.dumps.arrivals, key=self.dumps.arrivals.__getitem__)
        return [self.dumps.sealed[name] for name in names]

    def by_time(self) -> dict[int, int]:
        """Rater -> which arrival is hers: the assignment with the least time between paper and ballot."""
        taken = np.array([self.dumps.papers[rater] for rater in self.raters])
        came = np.array(sorted(self.dumps.arrivals.values()))
        waited = came[np.newaxis] - taken[:, np.newaxis]
        cost = np.where(waited < 0, 10_000, waited)
        rows, columns = linear_sum_assignment(cost)
        return {self.raters[row]: int(column) for row, column in zip(rows, columns, strict=True)}


Bridge = Callable[[Sequence[bytes], Sequence[bytes]], list[int]]


def in_order(sources: Sequence[bytes], targets: Sequence[bytes]) -> list[int]:
    """The first is the first."""
    return list(range(min(len(sources), len(targets))))


def by_bytes(sources: Sequence[bytes], targets: Sequence[bytes]) -> list[int]:
    """The smallest is the smallest."""
    return _by_rank(list(sources), list(targets))


def by_hash(sources: Sequence[bytes], targets: Sequence[bytes]) -> list[int]:
    """The one with the smallest hash is the one with the smallest hash."""
    return _by_rank(*([hashlib.sha256(item).digest() for item in items] for items in (sources, targets)))


def _by_rank(sources: list[bytes], targets: list[bytes]) -> list[int]:
    order = sorted(range(len(targets)), key=targets.__getitem__)
    ranks = {place: rank for rank, place in enumerate(sorted(range(len(sources)), key=sources.__getitem__))}
    return [order[ranks[place]] for place in range(len(sources))]


def nearest(sources: Sequence[bytes], targets: Sequence[bytes]) -> list[int]:
    """The assignment in which the fewest bits differ."""
    one, other = (_bits(items) for items in (sources, targets))
    differing = (one[:, np.newaxis] != other[np.newaxis]).sum(axis=2)
    return [int(place) for place in linear_sum_assignment(differing)[1]]


def _bits(items: Sequence[bytes]) -> np.ndarray:
    return np.array([np.unpackbits(np.frombuffer(item[:COMPARED_BYTES], dtype=np.uint8)) for item in items])


BRIDGES: dict[str, Bridge] = {"order": in_order, "bytes": by_bytes, "hash": by_hash, "distance": nearest}


def follow(evidence: Evidence, bridge: Bridge) -> list[int | None]:
    """What each arrived ballot says: opened as far as the keys go, bridged where one is missing."""
    items, lists_held = evidence.arrived, evidence.dumps.lists
    for layer in (sealing.OUTER, sealing.INNER):
        after = sealing.NEXT_LAYER[layer]
        if layer in evidence.keys:
            key = evidence.keys[layer]
            opened = [sealing.open_layer(key, evidence.cycle, layer, item) for item in items]
            items = [item for item in opened if item is not None]
        elif after in lists_held:
            items = _carried(items, lists_held[after], bridge)
        else:
            return _carried_to_counts(items, evidence.published, bridge)
    return [step_of(item) for item in items]


def _carried(items: Sequence[bytes], listed: Sequence[bytes], bridge: Bridge) -> list[bytes]:
    return [listed[place] for place in bridge(items, listed)]


def _carried_to_counts(items: Sequence[bytes], published: Sequence[int], bridge: Bridge) -> list[int | None]:
    told = [step.to_bytes(COMPARED_BYTES, "big") for step in published]
    return [published[place] for place in bridge(items, told)]


def step_of(padded: bytes) -> int | None:
    """What a plain ballot says (all its items say the same)."""
    text = sealing.unpad(padded)
    ballot = None if text is None else ballots.read(text)
    return None if ballot is None else next(iter(ballot.answers.values()))


def guess_by_time(evidence: Evidence, bridge: Bridge) -> dict[int, int | None]:
    """Each rater's paper to the ballot that came just after it, and that one to its answer."""
    said = follow(evidence, bridge)
    return {rater: said[arrival] for rater, arrival in evidence.by_time().items()}


def guess_by_rows(evidence: Evidence) -> dict[int, int | None]:
    """The order in which marks lie in the files and logs of people, to the order of the opened list."""
    places = {rater: _place_of(evidence, rater) for rater in evidence.raters}
    order = sorted(places, key=places.__getitem__)
    opened = evidence.dumps.lists.get(sealing.PLAIN)
    said = [step_of(item) for item in opened] if opened else list(evidence.published)
    return dict(zip(order, said, strict=True))


def _place_of(evidence: Evidence, rater: int) -> tuple[int, int]:
    """Where the mark of her paper first lies in the write-ahead log, else in the table."""
    mark = hashlib.sha256(b"cermin taken 1\n" + b"".join(evidence.wire[rater][:1])).digest()
    for rank, name in enumerate(("people.sqlite-wal", "people.sqlite")):
        place = evidence.dumps.files.get(name, b"").find(mark)
        if place >= 0:
            return rank, place
    return 2, evidence.dumps.papers[rater]


def guess_by_log(evidence: Evidence) -> dict[int, int | None]:
    """The order in which codes and papers are named in the log, to the order of the opened list."""
    opened = evidence.dumps.lists.get(sealing.PLAIN)
    said = [step_of(item) for item in opened] if opened else list(evidence.published)
    evidence.luck.shuffle(said)  # whom no line names is guessed
    named = {rater: _first_line(evidence, rater) for rater in evidence.raters}
    return dict(zip(sorted(named, key=named.__getitem__), said, strict=True))


def _first_line(evidence: Evidence, rater: int) -> int:
    lines = (
        number
        for number, line in enumerate(evidence.dumps.log)
        if any(name in line for name in evidence.names_in_log[rater])
    )
    return next(lines, len(evidence.dumps.log) + rater)


def guess_by_blinding(evidence: Evidence) -> dict[int, int | None]:
    """With the signing key: the factor that would explain each pair; the pairs with the smallest."""
    opened = evidence.dumps.lists.get(sealing.PLAIN, [])
    texts = [text for item in opened if (text := sealing.unpad(item)) is not None]
    cast = [ballot for text in texts if (ballot := ballots.read(text)) is not None]
    if not cast:
        return {}
    n = evidence.signer.n
    factors = np.array(
        [
            [
                float(int.from_bytes(evidence.wire[rater][1], "big") * _inverse(ballot, n) % n >> 1024)
                for ballot in cast
            ]
            for rater in evidence.raters
        ]
    )
    rows, columns = linear_sum_assignment(factors)
    return {
        evidence.raters[row]: next(iter(cast[column].answers.values()))
        for row, column in zip(rows, columns, strict=True)
    }


def _inverse(ballot: ballots.Ballot, n: int) -> int:
    return pow(int.from_bytes(ballot.stamp.signature, "big"), -1, n)


def guesses(evidence: Evidence) -> dict[str, dict[int, int | None]]:
    """What the opponent believes each rater said, by each way."""
    found = {f"time, {name}": guess_by_time(evidence, bridge) for name, bridge in BRIDGES.items()}
    found["row order"] = guess_by_rows(evidence)
    found["log"] = guess_by_log(evidence)
    if blinding := guess_by_blinding(evidence):
        found["blinding"] = blinding
    return found
