"""Time candidates in turn on one thread, compare them within each round, and judge goals.

Times are processor seconds of this process: other work on the machine slows them less than the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

_READ = 256 * 2**20  # bytes, far more than any cache holds


@dataclass(frozen=True)
class Ratio:
    """How often one candidate's time holds another's.

    Attributes
    ----------
    best : of the shortest time of each, which other work disturbed least
    median, least, most : over the rounds, in each of which both ran
    """

    best: float
    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.best:,.1f}x (by round {self.median:,.1f}x, {self.least:,.1f} to {self.most:,.1f})"


@dataclass(frozen=True)
class Times:
    """Seconds of each candidate, one for each round."""

    seconds: Mapping[str, Sequence[float]]

    def best(self, name: str) -> float:
        """The shortest time."""
        return min(self.seconds[name])

    def ratio(self, longer: str, shorter: str) -> Ratio:
        """Time of one over time of another."""
        rounds = zip(self.seconds[longer], self.seconds[shorter], strict=True)
        ratios = [a / b for a, b in rounds]
        best = self.best(longer) / self.best(shorter)
        return Ratio(best, float(np.median(ratios)), min(ratios), max(ratios))


@dataclass(frozen=True)
class Goal:
    """What a ratio should reach; without a limit it is only told."""

    words: str
    ratio: Ratio
    limit: float | None = None
    is_at_most: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the ratio of the best times reaches the limit."""
        if self.limit is None:
            return True
        return self.ratio.best <= self.limit if self.is_at_most else self.ratio.best >= self.limit

    def __str__(self) -> str:
        told = f"{self.words:<46} {self.ratio!s:<52}"
        if self.limit is None:
            return told.rstrip()
        bound = "at most" if self.is_at_most else "at least"
        return f"{told} {bound} {self.limit:,.0f}x: {'met' if self.is_met else 'MISSED'}"


def in_turn(candidates: Mapping[str, Callable[[], object]], *, rounds: int) -> Times:
    """Run every candidate once in each round, after one round that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    with threadpool_limits(1):
        for number in range(rounds + 1):
            for name, run in candidates.items():
                start = time.process_time()
                run()
                if number:
                    seconds[name].append(time.process_time() - start)
    return Times(seconds)


def seconds_to_read(number_of_bytes: float) -> float:
    """The bound that memory sets: so many bytes read once, in a row, at the speed of this minute."""
    block = np.ones(_READ // 8)
    best = min(in_turn({"read": block.sum}, rounds=5).seconds["read"])
    return best * number_of_bytes / _READ


def show(title: str, times: Times, bounds: Mapping[str, float], goals: Sequence[Goal]) -> int:
    """Print what was measured; 1 if a goal is missed, else 0."""
    print(f"\n{title}\n")
    print(f"{'':<50} {'best, ms':>10} {'memory bound, ms':>18}")
    for name in times.seconds:
        bound = f"{1000 * bounds[name]:>18,.2f}" if name in bounds else ""
        print(f"{name:<50} {1000 * times.best(name):>10,.2f} {bound}".rstrip())
    print()
    for goal in goals:
        print(goal)
    return int(not all(goal.is_met for goal in goals))
