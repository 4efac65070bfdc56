"""What is to be allocated, and what was."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Pairs = np.ndarray[tuple[int, int], np.dtype[np.int64]]  # (pairs, 2): rater, subject

Reason = Literal["alone", "circle_small", "barred", "load"]


def no_pairs() -> Pairs:
    """An empty table of pairs."""
    return np.empty((0, 2), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Circle:
    """People who know each other's work, so that each may rate every other one.

    Raters come from circles of a low level first; higher ones are drawn upon by those who lack raters.
    """

    members: Ints
    level: int = 0


@dataclass(frozen=True, eq=False)
class Problem:
    """Whom to ask about whom.

    Attributes
    ----------
    circles
        Who may rate whom; a person may be in several.
    wanted, least
        For each person: how many raters are asked for, and below how many the person is listed as short.
    capacity
        For each person: about how many others he or she may be asked.
    barred
        Pairs that must not rate each other, in either direction.
    one_way
        Pairs (rater, subject) that must not be, while the other direction may.
    fixed
        Pairs (rater, subject) that stand already; they count for `wanted` and `capacity`.
    avoided
        Pairs (rater, subject) that are taken only where it costs nothing else, as those of the last cycle.
    strata
        For each person a number, as of the kind of post; over these large circles are spread. None: by lot
        alone.
    """

    circles: tuple[Circle, ...]
    wanted: Ints
    least: Ints
    capacity: Ints
    barred: Pairs = field(default_factory=no_pairs)
    one_way: Pairs = field(default_factory=no_pairs)
    fixed: Pairs = field(default_factory=no_pairs)
    avoided: Pairs = field(default_factory=no_pairs)
    strata: Ints | None = None

    def strata_of(self, members: Ints) -> Ints | None:
        """The strata of some people."""
        return None if self.strata is None else self.strata[members]

    def __post_init__(self) -> None:
        people = len(self.wanted)
        numbers = {"least": self.least, "capacity": self.capacity, "strata": self.strata}
        for name, column in numbers.items():
            if column is not None and len(column) != people:
                raise ValueError(f"{name}: one number for each of {people} people")
        tables = {name: getattr(self, name) for name in ("barred", "one_way", "fixed", "avoided")}
        tables |= {f"circle {place}": circle.members for place, circle in enumerate(self.circles)}
        for name, table in tables.items():
            if table.size and not 0 <= table.min() <= table.max() < people:
                raise ValueError(f"{name}: places of people lie from 0 to {people - 1}")


@dataclass(frozen=True)
class Shortfall:
    """A person with fewer raters than the least, and why.

    `alone`: nobody shares a circle with the person; `circle_small`: the circles have too few others;
    `barred`: they would be enough without the pairs that must not meet; `load`: those who could rate have no
    capacity left.
    """

    person: int
    found: int
    least: int
    reason: Reason


@dataclass(frozen=True, eq=False)
class Allocation:
    """The pairs chosen (rater, subject), fixed ones among them, and who is short."""

    pairs: Pairs
    shortfalls: tuple[Shortfall, ...]

    @property
    def reciprocal(self) -> int:
        """How many pairs of people rate each other."""
        chosen = {(rater, subject) for rater, subject in self.pairs.tolist()}
        return sum((subject, rater) in chosen for rater, subject in chosen) // 2
