"""How long it takes to allocate raters to a city of 3,500, plainly and with conflicts and history.

python -m benchmarks.speed_assignment
"""

import sys
from time import perf_counter

import numpy as np

from allocation import Problem, allocate
from tests.allocation.worlds import city

MOST_SECONDS = 60.0


def measure(name: str, problem: Problem) -> bool:
    """Print one row; whether it kept all minima in time."""
    start = perf_counter()
    found = allocate(problem, np.random.default_rng(1))
    seconds = perf_counter() - start
    load = np.bincount(found.pairs[:, 0], minlength=len(problem.wanted))
    print(
        f"{name:42} {seconds:7.2f} s  {len(found.pairs):6} pairs  load {load.min()} to {load.max()}"
        f"  {found.reciprocal:5} mutual  {len(found.shortfalls)} short"
    )
    return seconds < MOST_SECONDS and not found.shortfalls


def main() -> int:
    """Measure both."""
    plain = measure("3,500 people, circles", city(conflicts=0, history=False))
    hard = measure("3,500 people, 200 conflicts, history", city())
    return 0 if plain and hard else 1


if __name__ == "__main__":
    sys.exit(main())
