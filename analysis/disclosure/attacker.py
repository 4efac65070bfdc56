"""The attacker: what a reader of everything published could work out about few people, by sums alone.

Whoever reads all figures knows the sum behind each one (a mean with its n tells it) and all sums and
differences of these. A cell is the smallest set of ballots that any figure tells apart: those about one
subject, of one rater group, on one scale; and, when there was an earlier release, those that came before
it apart from those after. Elimination with large cells first leaves all combinations that rest on small
cells alone; among these the search is for sets with fewer than k people behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis._arrays import as_codes
from analysis.disclosure.bands import in_high_band, in_low_band
from analysis.disclosure.elimination import Combination, reduced, tangles

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import IntArray

Cells = tuple[int, ...]
People = Callable[[Cells], int]
FindingKind = Literal["single_ballot", "small_group", "extreme", "unanimous", "undecided"]

_MOST_SETS = 1_000  # sets of cells that one tangle of figures is searched for


@dataclass(frozen=True)
class Told:
    """One published figure.

    Attributes
    ----------
    name : which one, in words
    cells : the cells whose ballots it rests on
    total : sum of their answers, where the values are to be tried as well
    counts : how often each option was chosen, where that is told
    exact : false for a figure shown as a band, which gives no sum away
    """

    name: str
    cells: Cells
    total: float | None = None
    counts: tuple[int, ...] | None = None
    exact: bool = True


@dataclass(frozen=True)
class Finding:
    """What the attacker found.

    Attributes
    ----------
    kind : "single_ballot", "small_group": a sum that rests on these cells alone can be worked out;
        "extreme": so can a mean so near an end of the scale that it tells nearly every answer;
        "unanimous": all gave the same answer; "undecided": too much hangs together to try
        everything, to be taken as a leak
    cells : whose ballots
    people : the fewest who can have written them
    figures : what to add up, each figure times a whole number
    total, counts : what comes out, where all these figures tell it
    """

    kind: FindingKind
    cells: Cells
    people: int
    figures: tuple[tuple[str, int], ...] = ()
    total: float | None = None
    counts: tuple[int, ...] | None = None


def attack(
    told: Sequence[Told],
    ballots: ArrayLike,
    *,
    k: int = 5,
    people: People | None = None,
    known: Iterable[int] = (),
    scale: tuple[float, float] | None = None,
    items: int = 1,
) -> tuple[Finding, ...]:
    """Try to work out blocks of fewer than k people, and answers that a mean or a count gives away.

    A set of cells leaks where some combination of the figures rests on it alone. Extremes are looked
    for in the figures themselves and in the sets that elimination lays bare.

    Parameters
    ----------
    told : everything that is published, of all releases together
    ballots : (cells,) ballots in each cell
    k : fewest people behind anything that may be worked out
    people : the fewest people who can have written the ballots of some cells; by default one a ballot
    known : cells that are told by name (self, a lone supervisor): the reader has them, they hide nobody
    scale : first and last option; without it extremes are not looked for
    items : answers in a ballot

    Returns
    -------
    tuple of Finding : nothing where nothing was found; the fewest people first

    Raises
    ------
    ValueError : a figure on no cell, or on one that does not exist, k below 2

    References
    ----------
    Our own; docs/methods.md, section 5.

    Examples
    --------
    A unit's total beside the block of one of its two subjects gives the other's away:

    >>> unit, own = Told("unit", (0, 1), total=34), Told("subject 0", (0,), total=27)
    >>> found = attack([unit, own], [7, 2], k=5)[0]
    >>> found.kind, found.cells, found.people, found.total, found.figures
    ('small_group', (1,), 2, 7.0, (('unit', 1), ('subject 0', -1)))
    """
    n = as_codes(ballots, "ballots")
    if k < 2:
        raise ValueError("k: must be at least 2")
    if any(not one.cells or not 0 <= min(one.cells) <= max(one.cells) < len(n) for one in told):
        raise ValueError("told: each figure must rest on cells that exist")
    by_name = set(known)
    names = [Told(f"what is known of cell {cell}", (cell,)) for cell in sorted(by_name)]
    desk = _Desk([*told, *names], n, people or _one_a_ballot(n), scale, items)
    behind = [desk.people_behind((cell,)) for cell in range(len(n))]
    rows = [row for row in reduced(desk.equations(), behind.__getitem__) if not row.cells.keys() <= by_name]
    small = [row for row in rows if all(behind[cell] < k for cell in row.cells)]
    found = [leak for tangle in tangles(small) for leak in _leaks(tangle, desk, k)]
    figures = [desk.alone(figure) for figure, one in enumerate(told) if not set(one.cells) <= by_name]
    found += [one for row in (*figures, *rows) if (one := desk.extreme(row)) is not None]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.people, one.cells, one.kind)))


@dataclass(frozen=True, eq=False)
class _Desk:
    """What lies before the attacker."""

    told: Sequence[Told]
    ballots: IntArray
    people: People
    scale: tuple[float, float] | None
    items: int
    counted: dict[int, int] = field(default_factory=dict)  # people behind single cells, once asked for

    def equations(self) -> list[Combination]:
        """The exact figures, over the cells in which there are ballots."""
        alone = (self.alone(figure) for figure, one in enumerate(self.told) if one.exact)
        return [row for row in alone if row.cells]

    def alone(self, figure: int) -> Combination:
        """One figure by itself."""
        return Combination({cell: 1 for cell in self.told[figure].cells if self.ballots[cell]}, {figure: 1})

    def people_behind(self, cells: Iterable[int]) -> int:
        """The fewest people behind all cells together; never fewer than behind one of them."""
        there = tuple(sorted(cells))
        if len(there) == 1:
            return self._behind_one(there[0])
        return max(self.people(there), *map(self._behind_one, there))

    def _behind_one(self, cell: int) -> int:
        if cell not in self.counted:
            self.counted[cell] = self.people((cell,))
        return self.counted[cell]

    def finding(self, row: Combination) -> Finding:
        """What a combination of figures tells about a few."""
        cells = tuple(sorted(row.cells))
        is_one = int(self.ballots[list(cells)].sum()) == 1
        total, counts = self._values(row)
        return Finding(
            kind="single_ballot" if is_one else "small_group",
            cells=cells,
            people=self.people_behind(cells),
            figures=tuple((self.told[figure].name, times) for figure, times in sorted(row.figures.items())),
            total=total,
            counts=counts,
        )

    def extreme(self, row: Combination) -> Finding | None:
        """What a combination tells about everybody in it, if it does."""
        answers = int(self.ballots[list(row.cells)].sum()) * self.items
        total, counts = self._values(row)
        if counts is not None and np.count_nonzero(counts) == 1:
            return replace(self.finding(row), kind="unanimous")
        if self.scale is None or total is None or not all(self.told[figure].exact for figure in row.figures):
            return None
        mean = total / answers
        at_end = in_low_band(mean, *self.scale) or in_high_band(mean, *self.scale)
        return replace(self.finding(row), kind="extreme") if at_end else None

    def _values(self, row: Combination) -> tuple[float | None, tuple[int, ...] | None]:
        """Sum and option counts of the cells, where each is taken equally often and all figures tell them."""
        if len(set(row.cells.values())) != 1:
            return None, None
        often = next(iter(row.cells.values()))
        used = [(self.told[figure], times) for figure, times in row.figures.items()]
        totals = [one.total * times for one, times in used if one.total is not None]
        tables = [np.multiply(one.counts, times) for one, times in used if one.counts is not None]
        total = sum(totals) / often if len(totals) == len(used) else None
        counts = np.sum(tables, axis=0) // often if len(tables) == len(used) else None
        return total, None if counts is None else tuple(counts.tolist())


def _one_a_ballot(ballots: IntArray) -> People:
    return lambda cells: int(ballots[list(cells)].sum())


def _leaks(tangle: Sequence[Combination], desk: _Desk, k: int) -> Iterator[Finding]:
    """The smallest sets with fewer than k people that some combination rests on."""
    cells = sorted({cell for row in tangle for cell in row.cells})
    if len(tangle) == 1:
        if desk.people_behind(cells) < k:
            yield desk.finding(tangle[0])
        return
    found: list[set[int]] = []
    for number, some in enumerate(_small_sets(cells, desk, k)):
        if number == _MOST_SETS:
            yield Finding("undecided", tuple(cells), desk.people_behind(cells))
            return
        inside = set(some)
        if not any(leak <= inside for leak in found):
            within = _resting_on(tangle, inside)
            found += [set(row.cells) for row in within]
            yield from map(desk.finding, within)


def _resting_on(tangle: Sequence[Combination], inside: set[int]) -> list[Combination]:
    """Combinations that rest on some of the cells alone."""
    rows = reduced(tangle, lambda cell: cell not in inside)
    return [row for row in rows if row.cells.keys() <= inside]


def _small_sets(cells: Sequence[int], desk: _Desk, k: int) -> Iterator[Cells]:
    """Sets of cells with fewer than k people, the smaller ones first."""
    grown: list[Cells] = [()]
    while grown:
        grown = [
            (*some, cell)
            for some in grown
            for cell in cells
            if (not some or cell > some[-1]) and desk.people_behind((*some, cell)) < k
        ]
        yield from grown
