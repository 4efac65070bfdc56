"""Invented organisations, as arrays."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from allocation import Circle, Problem


def city(people: int = 3_500, seed: int = 1, conflicts: int = 200, history: bool = True) -> Problem:
    """Units of 12 to 119 people with conflict pairs, last year's raters and teams across units."""
    random = np.random.default_rng(seed)
    sizes: list[int] = []
    while sum(sizes) < people:
        sizes.append(int(random.integers(12, 120)))
    sizes[-1] -= sum(sizes) - people
    starts = np.cumsum([0, *sizes])
    units = [np.arange(low, high) for low, high in pairwise(starts.tolist())]
    barred = [random.choice(units[n % (len(units) - 1)], 2, replace=False) for n in range(conflicts)]
    avoided = [
        np.column_stack((random.choice(unit, 4 * len(unit)), random.choice(unit, 4 * len(unit))))
        for unit in units
    ]
    return Problem(
        circles=tuple(Circle(unit) for unit in units if len(unit)),
        wanted=np.full(people, 9),
        least=np.full(people, 5),
        capacity=np.full(people, 11),
        barred=np.array(barred, dtype=np.int64).reshape(-1, 2),
        avoided=np.concatenate(avoided) if history else np.empty((0, 2), dtype=np.int64),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Small organisations of every odd shape."""
    people = draw(st.integers(1, 14))
    person = st.integers(0, people - 1)
    pair = st.tuples(person, person).filter(lambda two: two[0] != two[1])
    pairs = st.lists(pair, unique=True, max_size=6 if people > 1 else 0)

    def table(found: list[tuple[int, int]]) -> np.ndarray:
        return np.array(found, dtype=np.int64).reshape(-1, 2)

    circles = draw(
        st.lists(st.tuples(st.lists(person, unique=True, min_size=1), st.integers(0, 1)), max_size=4)
    )
    wanted = np.array(draw(st.lists(st.integers(0, 5), min_size=people, max_size=people)))
    return Problem(
        circles=tuple(Circle(np.array(members), level) for members, level in circles),
        wanted=wanted,
        least=np.minimum(wanted, draw(st.integers(0, 3))),
        capacity=np.array(draw(st.lists(st.integers(0, 6), min_size=people, max_size=people))),
        barred=table(draw(pairs)),
        fixed=table(draw(st.just([]) if draw(st.booleans()) else pairs)),
        avoided=table(draw(pairs)),
    )
