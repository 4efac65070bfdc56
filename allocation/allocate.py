"""Allocate raters: circles where they will do, the integer program where preferences or conflicts count."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from allocation.candidates import candidate_pairs, forbidden, keys_of
from allocation.circle import circle
from allocation.problem import Allocation, Circle, Ints, Pairs, Problem, no_pairs
from allocation.program import AVOIDED, CHANCE, Part, solve
from allocation.shortfall import shortfalls


@dataclass(eq=False)
class _Ledger:
    """What was chosen so far, and what everybody still needs and can take."""

    wanted: Ints
    least: Ints
    capacity: Ints
    pairs: Pairs

    def add(self, pairs: Pairs) -> None:
        got = np.bincount(pairs[:, 1], minlength=len(self.wanted))
        self.wanted = np.maximum(self.wanted - got, 0)
        self.least = np.maximum(self.least - got, 0)
        self.capacity = np.maximum(self.capacity - np.bincount(pairs[:, 0], minlength=len(self.wanted)), 0)
        self.pairs = np.concatenate((self.pairs, pairs))


def allocate(problem: Problem, random: np.random.Generator) -> Allocation:
    """Choose raters for everybody.

    Nobody rates himself, no barred pair meets (unless it was fixed), nobody takes more than the capacity or
    gets more raters than wanted. Within that, in this order: minima, wanted raters, even loads, few pairs
    that rate each other, few avoided pairs; the rest is chance. People of one circle come out connected where
    the loads allow it. Who stays below the least is listed with the reason.
    """
    ledger = _Ledger(problem.wanted.copy(), problem.least.copy(), problem.capacity.copy(), no_pairs())
    ledger.add(problem.fixed)
    for level in sorted({each.level for each in problem.circles}):
        for circles in _components(
            [each for each in problem.circles if each.level == level], len(ledger.wanted)
        ):
            ledger.add(_allocate_component(problem, ledger, circles, random))
    order = np.lexsort((ledger.pairs[:, 0], ledger.pairs[:, 1]))
    return Allocation(ledger.pairs[order], shortfalls(problem, ledger.pairs))


def _components(circles: list[Circle], people: int) -> list[list[Ints]]:
    """Circles that share people belong together."""
    if not circles:
        return []
    members = np.concatenate([each.members for each in circles])
    number = np.repeat(np.arange(len(circles)), [len(each.members) for each in circles])
    size = people + len(circles)
    graph = coo_array((np.ones(len(members)), (people + number, members)), shape=(size, size))
    island = connected_components(graph, directed=False)[1][people:]
    return [
        [circles[place].members for place in np.flatnonzero(island == name)] for name in np.unique(island)
    ]


def _allocate_component(
    problem: Problem, ledger: _Ledger, circles: list[Ints], random: np.random.Generator
) -> Pairs:
    people = np.unique(np.concatenate(circles))
    inside = np.zeros(len(ledger.wanted), dtype=np.bool_)
    inside[people] = True
    if not ledger.wanted[people].any():
        return no_pairs()
    if len(circles) == 1 and _is_plain(problem, ledger, people, inside):
        return circle(people, int(ledger.wanted[people[0]]), random, problem.strata_of(people))
    return _by_program(problem, ledger, people, circles, random)


def _is_plain(problem: Problem, ledger: _Ledger, people: Ints, inside: np.ndarray) -> bool:
    """Whether everybody needs the same, can take it, and no pair is special."""
    wanted = ledger.wanted[people]
    reach = min(int(wanted[0]), len(people) - 1)
    has_choice = reach < len(people) - 1
    special = (problem.barred, problem.one_way, ledger.pairs, *([problem.avoided] if has_choice else []))
    return bool(
        np.all(wanted == wanted[0])
        and np.all(ledger.capacity[people] >= reach)
        and not any(np.any(inside[pairs[:, 0]] & inside[pairs[:, 1]]) for pairs in special)
    )


def _by_program(
    problem: Problem, ledger: _Ledger, people: Ints, circles: list[Ints], random: np.random.Generator
) -> Pairs:
    place = np.full(len(ledger.wanted), -1, dtype=np.int64)
    place[people] = np.arange(len(people))
    total = len(ledger.wanted)
    found = candidate_pairs(problem, circles, max(int(ledger.wanted[people].max()), 1), random)
    out = keys_of(np.concatenate((forbidden(problem), ledger.pairs)), total)
    found = found[~np.isin(keys_of(found, total), out)]
    found = found[(ledger.wanted[found[:, 1]] > 0) & (ledger.capacity[found[:, 0]] > 0)]
    avoided = np.isin(keys_of(found, total), keys_of(problem.avoided, total))
    standing = ledger.pairs[(place[ledger.pairs] >= 0).all(axis=1)]
    part = Part(
        candidates=place[found],
        wanted=ledger.wanted[people],
        least=ledger.least[people],
        capacity=ledger.capacity[people],
        standing=place[standing],
        cost=AVOIDED * avoided + CHANCE * random.random(len(found)),
    )
    return people[solve(part)]
