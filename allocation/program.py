"""The integer program of one component (HiGHS through SciPy)."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from allocation.candidates import both_ways, keys_of
from allocation.problem import Ints, Pairs

# What is given up first stands last: a minimum, a wanted rater, an even load, a pair that rates each other.
BELOW_LEAST, BELOW_WANTED, UNEVEN, RECIPROCAL, AVOIDED, CHANCE = 1000.0, 100.0, 10.0, 5.0, 2.0, 0.5
GAP = 0.01
SECONDS = 10.0
ROUNDS = 3  # of joining what is not connected

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class Part:
    """One component: candidates by place, and what each place needs and can take."""

    candidates: Pairs
    wanted: Ints
    least: Ints
    capacity: Ints
    standing: Pairs  # pairs of earlier levels
    cost: Floats


@dataclass(frozen=True, eq=False)
class _Model:
    """Columns: candidates, raters missing below the least and the wanted, load above even, mutual pairs."""

    rows: list[csr_array]
    low: list[Floats]
    high: list[Floats]
    cost: Floats
    upper: Floats
    whole: Ints


def solve(part: Part) -> Pairs:
    """The cheapest choice; what cannot be had is missing, never an error."""
    if not len(part.candidates):
        return part.candidates
    model = _model(part)
    chosen = _run(model, len(part.candidates))
    for _round in range(ROUNDS):
        cuts = _cuts(part, chosen)
        if cuts is None:
            break
        model.rows.append(_widened(cuts, len(model.cost)))
        model.low.append(np.ones(cuts.shape[0]))
        model.high.append(np.full(cuts.shape[0], np.inf))
        joined = _run(model, len(part.candidates))
        if not joined.any():
            break  # the cut cannot be bridged within the load
        chosen = joined
    return part.candidates[chosen]


def _model(part: Part) -> _Model:
    pairs, people = part.candidates, len(part.wanted)
    count = len(pairs)
    first, second = _mutual(part)
    mutual = len(first)
    width = count + 3 * people + mutual
    places = np.arange(count)
    one = np.ones(count)
    by_subject = _matrix(one, pairs[:, 1], places, (people, width))
    by_rater = _matrix(one, pairs[:, 0], places, (people, width))
    each, unit = np.arange(people), np.ones(people)
    below_least = _matrix(unit, each, count + each, (people, width))
    below_wanted = _matrix(unit, each, count + people + each, (people, width))
    above_even = _matrix(unit, each, count + 2 * people + each, (people, width))
    even = float(np.ceil(part.wanted.sum() / max(people, 1)))
    both = _matrix(np.ones(count), places, places, (count, width))
    rows = [by_subject + below_least, by_subject + below_wanted, by_subject, by_rater, by_rater - above_even]
    nothing, without_end = np.zeros(people), np.full(people, np.inf)
    low = [part.least.astype(float), part.wanted.astype(float), nothing, nothing, -without_end]
    high = [without_end, without_end, part.wanted.astype(float), part.capacity.astype(float), nothing + even]
    if mutual:
        meet = _matrix(
            np.ones(mutual), np.arange(mutual), count + 3 * people + np.arange(mutual), (mutual, width)
        )
        rows.append(csr_array(both[first] + both[second] - meet))
        low.append(np.full(mutual, -np.inf))
        high.append(np.ones(mutual))
    cost = np.concatenate(
        (
            part.cost,
            np.full(people, BELOW_LEAST),
            np.full(people, BELOW_WANTED),
            np.full(people, UNEVEN),
            np.full(mutual, RECIPROCAL),
        )
    )
    cost[:count] += RECIPROCAL * _stands_reversed(part)
    upper = np.concatenate((one, np.full(3 * people, np.inf), np.ones(mutual)))
    return _Model(
        rows, low, high, cost, upper, np.concatenate((one, np.zeros(width - count))).astype(np.int64)
    )


def _mutual(part: Part) -> tuple[Ints, Ints]:
    """Candidates whose reverse is one too, each pair once."""
    people = len(part.wanted)
    keys, turned = keys_of(part.candidates, people), keys_of(part.candidates[:, ::-1], people)
    order = np.argsort(keys)
    found = np.minimum(np.searchsorted(keys[order], turned), len(keys) - 1)
    partner = order[found]
    first = np.flatnonzero((keys[partner] == turned) & (keys < turned))
    return first, partner[first]


def _stands_reversed(part: Part) -> Floats:
    people = len(part.wanted)
    standing = keys_of(part.standing[:, ::-1], people)
    return np.isin(keys_of(part.candidates, people), standing).astype(float)


def _matrix(values: Floats, rows: Ints, columns: Ints, shape: tuple[int, int]) -> csr_array:
    return csr_array(coo_array((values, (rows, columns)), shape=shape))


def _widened(cuts: csr_array, width: int) -> csr_array:
    return csr_array((cuts.data, cuts.indices, cuts.indptr), shape=(cuts.shape[0], width))


def _run(model: _Model, count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    constraints = [
        LinearConstraint(rows, low, high)
        for rows, low, high in zip(model.rows, model.low, model.high, strict=True)
    ]
    found = milp(
        model.cost,
        integrality=model.whole,
        bounds=Bounds(0, model.upper),
        constraints=constraints,
        options={"mip_rel_gap": GAP, "time_limit": SECONDS},
    )
    return np.zeros(count, dtype=np.bool_) if found.x is None else np.asarray(found.x[:count] > 0.5)


def _cuts(part: Part, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> csr_array | None:
    """One row for each island of people: the candidates that lead out of it. None where all are connected."""
    people, pairs = len(part.wanted), part.candidates
    reachable = _islands(both_ways(pairs), people)
    edges = np.concatenate((pairs[chosen], part.standing))
    island = _islands(edges, people)
    leads_out = island[pairs[:, 0]] != island[pairs[:, 1]]
    if not leads_out.any() or len(np.unique(island)) <= len(np.unique(reachable)):
        return None
    ends = np.concatenate((island[pairs[leads_out, 0]], island[pairs[leads_out, 1]]))
    columns = np.tile(np.flatnonzero(leads_out), 2)
    names, rows = np.unique(ends, return_inverse=True)
    return _matrix(np.ones(len(columns)), rows, columns, (len(names), len(pairs)))


def _islands(pairs: Pairs, people: int) -> Ints:
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(people, people))
    return np.asarray(connected_components(graph, directed=False)[1])
