"""The ledger: every figure that goes out for a cycle, as the ballots it rests on. No answer is in it.

A cell is all ballots of one rater group about one subject on one scale, named by the place of the subject in
the order of the random keys. Scales and groups share no ballot, so each pair of them is a part of its own. A
weighted figure is taken to tell each of its parts, which is more than it does. Participation is a part whose
cells are the units of the raters, each figure taken to be exact, which is more than it is.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from protocol.encoding import canonical, read_canonical

Place = tuple[str, str]  # rater group and scale
QUALITY = "quality"  # the source of figures that rest on many subjects
PARTICIPATION: Place = ("participation", "")
CITIZENS: Place = ("citizen", "officer")  # what citizens said of officers, each a cell of her own visitors


class Figure(NamedTuple):
    """One figure: what tells it, the cells it rests on, and whether it gives its sum away."""

    source: str
    cells: tuple[int, ...]
    is_exact: bool


@dataclass
class Part:
    """What is told of one rater group on one scale."""

    ballots: dict[int, int] = field(default_factory=dict)  # of each cell that any figure rests on
    figures: list[Figure] = field(default_factory=list)
    totals: dict[int, float] = field(default_factory=dict)  # of cells told alone; stays in memory


@dataclass(frozen=True)
class Ledger:
    """Everything that one release tells. `values` is a hash over what the figures say."""

    cycle: str
    minimum: int
    parts: Mapping[Place, Part]
    values: str

    def text(self) -> str:
        """The canonical text that is kept."""
        parts = [
            {
                "ballots": sorted([cell, n] for cell, n in part.ballots.items()),
                "figures": _by_source(part.figures),
                "group": group,
                "scale": scale,
            }
            for (group, scale), part in sorted(self.parts.items())
        ]
        whole = {"cycle": self.cycle, "minimum": self.minimum, "parts": parts, "values": self.values}
        return canonical(whole).decode()

    def with_participation_of(self, earlier: "Ledger") -> "Ledger":
        """The same with the participation that was told; its pages close when the cycle is counted."""
        own = {place: part for place, part in self.parts.items() if place != PARTICIPATION}
        told = {place: part for place, part in earlier.parts.items() if place == PARTICIPATION}
        return replace(self, parts=own | told)

    def seen_in_review(self) -> "Ledger":
        """What is seen of the way of counting that is not released: coefficients, of nobody alone."""
        parts = {
            place: Part(part.ballots, [one for one in part.figures if one.source == QUALITY])
            for place, part in self.parts.items()
        }
        return replace(self, parts={place: part for place, part in parts.items() if part.figures})


def hash_of(text: str) -> str:
    """What a ledger is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_text(text: str) -> Ledger:
    """The ledger that was kept as this text."""
    whole = read_canonical(text.encode())
    parts = {
        (part["group"], part["scale"]): Part(
            dict(part["ballots"]),
            [
                Figure(source, tuple(cells), is_exact)
                for source, is_exact, rests_on in part["figures"]
                for cells in rests_on
            ],
        )
        for part in whole["parts"]
    }
    return Ledger(whole["cycle"], whole["minimum"], parts, whole["values"])


def _by_source(told: Sequence[Figure]) -> list[Any]:
    found: dict[tuple[str, bool], list[tuple[int, ...]]] = defaultdict(list)
    for figure in told:
        found[figure.source, figure.is_exact].append(figure.cells)
    return [[source, is_exact, sorted(cells)] for (source, is_exact), cells in sorted(found.items())]
