"""Small cities: trees of units, subjects in them, papers, and which of them came back."""

import numpy as np
from hypothesis import strategies as st

from analysis.disclosure import Asked

CITY = -1


def asked(*papers: tuple[int, int, int]) -> Asked:
    """Papers as (rater, subject, group)."""
    rater, subject, group = np.array(papers or [(0, 0, 0)], dtype=np.int64).T
    return Asked(rater, subject, group)


@st.composite
def cities(draw: st.DrawFn) -> tuple[np.ndarray, list[int], list[int], Asked, set[tuple[int, int, int]]]:
    """A small city: a tree of units, subjects in them, papers, and which of them came back."""
    parents = [CITY, *(draw(st.integers(-1, unit - 1)) for unit in range(1, draw(st.integers(1, 5))))]
    subjects = draw(st.integers(1, 8))
    units = [draw(st.integers(0, len(parents) - 1)) for _ in range(subjects)]
    papers = draw(
        st.sets(st.tuples(st.integers(0, 11), st.integers(0, subjects - 1), st.just(0)), min_size=1)
    )
    back = {paper for paper in sorted(papers) if draw(st.booleans())}
    counts = np.zeros((subjects, 1, 1), dtype=int)
    for _, subject, _ in back:
        counts[subject] += 1
    return counts, units, parents, asked(*sorted(papers)), back
