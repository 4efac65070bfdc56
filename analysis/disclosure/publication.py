"""Which blocks of ballots may be published: the pure rule for one cycle, and the attacker who tries it.

Every published figure is a union of blocks of one partition, and every anonymous block holds the
ballots of at least k people. So no sum or difference of figures rests on fewer than k people.

A block is a whole number: `subject >= 0` is that subject's own block, `UNPUBLISHED` is none, and
`remainder_block(unit)` is the remainder of a unit, where what is too small to stand alone is put
together over several subjects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis._arrays import BoolArray, IntArray, as_codes, as_counts
from analysis.disclosure.attacker import Told

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


Kind = Literal["self", "supervisor", "anonymous"]  # what a rater group is to the rule

UNPUBLISHED = -1
_KINDS = ("self", "supervisor", "anonymous")


@dataclass(frozen=True, eq=False)
class Asked:
    """Who was asked about whom: one entry per paper, from the frozen list of assignments.

    A paper that was lost and replaced is a further entry of the same rater and subject: she may have sent
    both.

    Attributes
    ----------
    rater, subject, group : (papers,) whole-number codes
    """

    rater: IntArray
    subject: IntArray
    group: IntArray


@dataclass(frozen=True, eq=False)
class Publication:
    """The blocks of one cycle.

    Attributes
    ----------
    block : (subjects, groups, scales) the block each ballot counts in, or `UNPUBLISHED`
    named : (subjects, groups) true where the block is one person who was told so (self or a lone
        supervisor)
    unpublished : (groups, scales) complete ballots that count in no block
    """

    block: IntArray
    named: BoolArray
    unpublished: IntArray


def remainder_block(unit: int) -> int:
    """The block of a unit's remainder (docs/methods.md, section 5).

    The whole city is the unit numbered after the last one.

    Parameters
    ----------
    unit : position of a unit; the city comes after the last

    Returns
    -------
    a whole number

    Examples
    --------
    >>> remainder_block(0), remainder_block(3)
    (-2, -5)
    """
    return -2 - unit


def unit_of_block(block: int) -> int | None:
    """The unit of a remainder block, or None for any other block (docs/methods.md, section 5).

    Parameters
    ----------
    block : as in `Publication.block`

    Returns
    -------
    the unit, or None

    Examples
    --------
    >>> unit_of_block(remainder_block(3)), unit_of_block(7)
    (3, None)
    """
    return -2 - block if block <= -2 else None


def guaranteed_raters(loads: ArrayLike, ballots: int) -> int:
    """The fewest raters who can have written this many ballots (docs/methods.md, section 5).

    Parameters
    ----------
    loads : for each rater, how many ballots she can have written at most
    ballots : how many there are

    Returns
    -------
    a whole number

    Raises
    ------
    ValueError : more ballots than the loads allow

    Examples
    --------
    >>> guaranteed_raters([3, 2, 1, 1, 1], 6)
    3
    """
    largest_first = np.sort(as_codes(loads, "loads"))[::-1]
    if ballots <= 0:
        return 0
    if largest_first.sum() < ballots:
        raise ValueError("ballots: more than the loads allow")
    return int(np.searchsorted(np.cumsum(largest_first), ballots)) + 1


def partition(
    counts: ArrayLike,
    *,
    kinds: Sequence[Kind],
    units: ArrayLike,
    parents: ArrayLike,
    asked: Asked,
    k: int = 5,
) -> Publication:
    """The blocks that may be published.

    An anonymous block of a subject stands when it has at least k complete ballots on the scale, and one
    more for each paper about the subject that replaced a lost one, since one person may have sent both.
    Self, and a supervisor who was the only one asked, stand alone as named blocks; several
    supervisors stand when they are at least k, else they are left out. What is too small goes to
    the remainder of the unit (per rater group and scale), which stands when it holds ballots about
    at least two subjects and as many as guarantee k different raters; else it goes up to the
    parent, at last to the whole city, else it is only counted. Self and supervisors never go into
    a remainder.

    Parameters
    ----------
    counts : (subjects, groups, scales) complete ballots (pass 1)
    kinds : the kind of each rater group
    units : (subjects,) the unit of each subject
    parents : (units,) the parent of each unit, or -1
    asked : the papers that were given out, which bound what one rater can have written
    k : least number of people behind an anonymous figure

    Returns
    -------
    Publication

    Raises
    ------
    ValueError : shapes differ, unknown kind, k below 2, a circle among the units

    References
    ----------
    Our own rule, against subtraction: docs/methods.md, section 5.

    Examples
    --------
    Six, three and three peers answered about three subjects of one unit; two of the three are put together:

    >>> asked = Asked(np.arange(12), np.repeat([0, 1, 2], [6, 3, 3]), np.zeros(12, dtype=int))
    >>> found = partition(
    ...     [[[6]], [[3]], [[3]]], kinds=("anonymous",), units=[0, 0, 0], parents=[-1], asked=asked
    ... )
    >>> found.block.ravel().tolist(), remainder_block(0)
    ([0, -2, -2], -2)
    """
    n = as_counts(counts, "counts")
    if n.ndim != 3 or n.shape[1] != len(kinds):
        raise ValueError("counts: must be subjects by groups by scales, one kind for each group")
    if k < 2 or not set(kinds) <= set(_KINDS):
        raise ValueError("k, kinds: k must be at least 2, kinds self, supervisor or anonymous")
    unit = as_codes(units, "units", len(n))
    order, parent = _bottom_up(as_counts(parents, "parents"))
    if unit.max(initial=0) > len(parent):
        raise ValueError("units: holds a unit that is not among the parents")
    block = np.full(n.shape, UNPUBLISHED, dtype=np.int64)
    named = np.zeros(n.shape[:2], dtype=np.bool_)
    own = np.arange(len(n))[:, np.newaxis]
    for g, kind in enumerate(kinds):
        papers = _papers(asked, g, len(n))
        alone = _stands_as_named(kind, papers.per_subject - papers.replaced)
        stands = (n[:, g, :] > 0) & alone[:, np.newaxis]
        named[:, g] = stands.any(axis=1)
        if kind != "self":
            stands |= n[:, g, :] >= k + papers.replaced[:, np.newaxis]
        block[:, g, :] = np.where(stands, own, UNPUBLISHED)
        if kind == "anonymous":
            for s in range(n.shape[2]):
                _remainders(block[:, g, s], n[:, g, s], unit, order, parent, papers, k)
    return Publication(block, named, np.where(block == UNPUBLISHED, n, 0).sum(axis=0))


def told_by(
    publication: Publication, group: int, scale: int, *, units: ArrayLike, parents: ArrayLike
) -> list[Told]:
    """What a release tells of one rater group on one scale, for `attack`: a cell is a subject.

    Each block, and for each unit the total over the blocks that lie in it or below, remainders included
    (docs/methods.md, section 5).

    Parameters
    ----------
    publication : the blocks
    group, scale : which rater group, which scale
    units, parents : as in `partition`

    Returns
    -------
    list[Told]

    Examples
    --------
    Of one unit, so that the city is unit 1:

    >>> block = np.array([0, remainder_block(0), remainder_block(0)]).reshape(3, 1, 1)
    >>> release = Publication(block, np.zeros((3, 1), dtype=bool), np.zeros((1, 1), dtype=int))
    >>> told = told_by(release, 0, 0, units=[0, 0, 0], parents=[-1])
    >>> [(one.name, one.cells) for one in told]
    [('block -2', (1, 2)), ('block 0', (0,)), ('total of unit 0', (1, 2, 0)), ('total of unit 1', (1, 2, 0))]
    """
    block = publication.block[:, group, scale]
    unit, (order, parent) = np.asarray(units), _bottom_up(as_counts(parents, "parents"))
    told = []
    totals: dict[int, list[int]] = {u: [] for u in order}
    for b in np.unique(block[block != UNPUBLISHED]).tolist():
        cells = np.flatnonzero(block == b).tolist()
        told.append(Told(f"block {b}", tuple(cells)))
        home = unit_of_block(b)
        totals[int(unit[b]) if home is None else home] += cells
    for u in order:
        if totals[u]:
            told.append(Told(f"total of unit {u}", tuple(totals[u])))
        if u < len(parent):
            totals[parent[u]] += totals[u]
    return told


def people_of(asked: Asked, group: int, ballots: ArrayLike) -> Callable[[tuple[int, ...]], int]:
    """How many different raters stand behind the ballots about some subjects at least, for `attack`.

    Counted by the papers: docs/methods.md, section 5.

    Parameters
    ----------
    asked, group : the papers, and which rater group
    ballots : (subjects,) complete ballots about each

    Returns
    -------
    Callable[[tuple[int, ...]], int]

    Examples
    --------
    Raters 0 and 1 were both asked about both subjects, so four ballots may come from two people:

    >>> asked = Asked(np.array([0, 1, 0, 1, 2]), np.array([0, 0, 1, 1, 1]), np.zeros(5, dtype=int))
    >>> people_of(asked, 0, [2, 2])((0, 1))
    2
    """
    n = as_codes(ballots, "ballots")
    papers = _papers(asked, group, len(n))

    def people(subjects: tuple[int, ...]) -> int:
        there = np.array([subject for subject in subjects if n[subject]], dtype=np.int64)
        return guaranteed_raters(papers.loads(there), int(n[there].sum())) if there.size else 0

    return people


def replaced_papers(asked: Asked, group: int, subjects: int) -> IntArray:
    """How many papers about each subject replaced lost ones (docs/methods.md, section 5).

    Parameters
    ----------
    asked, group : the papers, and which rater group
    subjects : how many subjects there are

    Returns
    -------
    (subjects,) whole numbers

    Examples
    --------
    Rater 0 got a second paper about subject 1:

    >>> asked = Asked(np.array([0, 1, 0, 0]), np.array([0, 0, 1, 1]), np.zeros(4, dtype=int))
    >>> replaced_papers(asked, 0, 2).tolist()
    [0, 1]
    """
    return _papers(asked, group, subjects).replaced


@dataclass(frozen=True, eq=False)
class _Papers:
    """The raters of one group, sorted by subject, so that a subject's raters lie together."""

    rater: IntArray
    per_subject: IntArray
    start: IntArray
    replaced: IntArray  # of each subject: papers beyond one for each rater

    def loads(self, subjects: IntArray) -> IntArray:
        """How many of these subjects each rater was asked about."""
        raters = [self.rater[self.start[s] : self.start[s] + self.per_subject[s]] for s in subjects]
        return np.unique(np.concatenate(raters), return_counts=True)[1]


def _papers(asked: Asked, group: int, subjects: int) -> _Papers:
    mine = asked.group == group
    subject, rater = asked.subject[mine], asked.rater[mine]
    order = np.lexsort((rater, subject))
    rater, subject = rater[order], subject[order]
    per_subject = np.bincount(subject, minlength=subjects)
    again = (rater[1:] == rater[:-1]) & (subject[1:] == subject[:-1])
    replaced = np.bincount(subject[1:][again], minlength=subjects)
    return _Papers(rater, per_subject, np.cumsum(per_subject) - per_subject, replaced)


def _stands_as_named(kind: Kind, asked: IntArray) -> BoolArray:
    """Subjects whose one rater of this group was told that she is not anonymous."""
    if kind == "anonymous":
        return np.zeros(len(asked), dtype=np.bool_)
    return np.ones(len(asked), dtype=np.bool_) if kind == "self" else asked == 1


def _bottom_up(parents: IntArray) -> tuple[list[int], list[int]]:
    """Units with children before their parents, the whole city last, and each one's parent."""
    city = len(parents)
    if (parents >= city).any():
        raise ValueError("parents: holds a unit that does not exist")
    parent = [int(p) if p >= 0 else city for p in parents]
    depth = [_depth(u, parent, city) for u in range(city)]
    return [*sorted(range(city), key=lambda u: -depth[u]), city], parent


def _depth(unit: int, parent: list[int], city: int) -> int:
    steps = 0
    while unit != city:
        unit, steps = parent[unit], steps + 1
        if steps > city:
            raise ValueError("parents: the units form a circle")
    return steps


def _remainders(
    block: IntArray,
    n: IntArray,
    unit: IntArray,
    order: list[int],
    parent: list[int],
    papers: _Papers,
    k: int,
) -> None:
    """Put what is too small into the lowest remainder that may stand (changes `block`)."""
    small = np.flatnonzero((block == UNPUBLISHED) & (n > 0))
    waiting: dict[int, list[int]] = {}
    for subject in small:
        waiting.setdefault(int(unit[subject]), []).append(int(subject))
    for u in order:
        members = np.asarray(waiting.pop(u, []), dtype=np.int64)
        if members.size == 0:
            continue
        if members.size >= 2 and guaranteed_raters(papers.loads(members), int(n[members].sum())) >= k:
            block[members] = remainder_block(u)
        elif u < len(parent):
            waiting.setdefault(parent[u], []).extend(members.tolist())
