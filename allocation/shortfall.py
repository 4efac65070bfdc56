"""Who stays below the least number of raters, and why."""

import numpy as np

from allocation.candidates import forbidden
from allocation.problem import Pairs, Problem, Reason, Shortfall


def shortfalls(problem: Problem, pairs: Pairs) -> tuple[Shortfall, ...]:
    """Everybody below the least, in the order of places, with the first reason that explains it."""
    got = np.bincount(pairs[:, 1], minlength=len(problem.wanted))
    short = np.flatnonzero(got < problem.least)
    if not short.size:
        return ()
    known: dict[int, set[int]] = {person: set() for person in short.tolist()}
    for circle in problem.circles:
        members = set(circle.members.tolist())
        for person in members & known.keys():
            known[person] |= members - {person}
    barred: dict[int, set[int]] = {person: set() for person in known}
    for rater, subject in forbidden(problem).tolist():
        if subject in barred:
            barred[subject].add(rater)
    return tuple(
        Shortfall(
            person,
            int(got[person]),
            int(problem.least[person]),
            _reason(known[person], barred[person], int(problem.least[person])),
        )
        for person in known
    )


def _reason(known: set[int], barred: set[int], least: int) -> Reason:
    if not known:
        return "alone"
    if len(known) < least:
        return "circle_small"
    return "barred" if len(known - barred) < least else "load"
