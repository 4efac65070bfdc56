"""Who is asked about whom: rules that hold for every organisation, and what a real one costs."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from allocation import Allocation, Circle, Problem, allocate
from tests.allocation.worlds import city, problems


def run(problem: Problem, seed: int = 3) -> Allocation:
    return allocate(problem, np.random.default_rng(seed))


def one_circle(people: int, wanted: int, **more: object) -> Problem:
    some = {"least": np.full(people, min(wanted, 5)), "capacity": np.full(people, wanted + 2)} | more
    return Problem((Circle(np.arange(people)),), np.full(people, wanted), **some)  # type: ignore[arg-type]


def loads(found: Allocation, people: int) -> np.ndarray:
    return np.bincount(found.pairs[:, 0], minlength=people)


def raters(found: Allocation, people: int) -> np.ndarray:
    return np.bincount(found.pairs[:, 1], minlength=people)


@settings(max_examples=120, deadline=None)
@given(problems())
def test_no_organisation_breaks_a_rule(problem: Problem) -> None:
    found = run(problem)
    people = len(problem.wanted)
    fixed = {(rater, subject) for rater, subject in problem.fixed.tolist()}
    chosen = [(rater, subject) for rater, subject in found.pairs.tolist()]
    new = set(chosen) - fixed
    assert len(set(chosen)) == len(chosen)
    assert fixed <= set(chosen)
    assert all(rater != subject for rater, subject in new)
    barred = {frozenset(pair) for pair in problem.barred.tolist()}
    assert not any(frozenset(pair) in barred for pair in new)
    known = {
        (a, b) for circle in problem.circles for a in circle.members.tolist() for b in circle.members.tolist()
    }
    assert new <= known
    fixed_load = np.bincount(problem.fixed[:, 0], minlength=people)
    fixed_got = np.bincount(problem.fixed[:, 1], minlength=people)
    assert np.all(loads(found, people) <= np.maximum(problem.capacity, fixed_load))
    assert np.all(raters(found, people) <= np.maximum(problem.wanted, fixed_got))
    short = {shortfall.person for shortfall in found.shortfalls}
    assert short == set(np.flatnonzero(raters(found, people) < problem.least).tolist())


@settings(max_examples=60, deadline=None)
@given(problems())
def test_nobody_is_called_short_while_somebody_free_could_rate(problem: Problem) -> None:
    """Only where one level has all circles: what an earlier level took is not given back."""
    level = Problem(
        tuple(Circle(circle.members) for circle in problem.circles),
        problem.wanted,
        problem.least,
        problem.capacity,
        problem.barred,
    )
    found = run(level)
    load = loads(found, len(level.wanted))
    chosen = {(rater, subject) for rater, subject in found.pairs.tolist()}
    barred = {frozenset(pair) for pair in level.barred.tolist()}
    for shortfall in found.shortfalls:
        knows = {
            rater
            for circle in level.circles
            if shortfall.person in circle.members
            for rater in circle.members.tolist()
        } - {shortfall.person}
        free = [
            rater
            for rater in knows
            if load[rater] < level.capacity[rater]
            and (rater, shortfall.person) not in chosen
            and frozenset((rater, shortfall.person)) not in barred
        ]
        assert not free


def test_a_large_circle_is_even_and_nobody_rates_back() -> None:
    found = run(one_circle(60, 9))
    assert set(loads(found, 60)) == set(raters(found, 60)) == {9}
    assert found.reciprocal == 0
    assert found.shortfalls == ()


def test_with_conflicts_it_stays_even_and_connected_and_rates_back_seldom() -> None:
    barred = np.array([[0, 1], [2, 3], [4, 5], [0, 7]])
    found = run(one_circle(40, 9, barred=barred))
    assert found.shortfalls == ()
    assert set(raters(found, 40)) == {9}
    assert loads(found, 40).max() <= 10
    assert found.reciprocal <= 4
    graph = coo_array((np.ones(len(found.pairs)), tuple(found.pairs.T)), shape=(40, 40))
    assert connected_components(graph, directed=False)[0] == 1


def test_two_halves_that_share_one_circle_are_joined() -> None:
    """Cheap pairs lie within the halves: only the cut makes the program cross."""
    across = np.array([[a, b] for a in range(6) for b in range(6, 12)])
    problem = one_circle(12, 3, avoided=np.concatenate((across, across[:, ::-1])))
    found = run(problem)
    graph = coo_array((np.ones(len(found.pairs)), tuple(found.pairs.T)), shape=(12, 12))
    assert connected_components(graph, directed=False)[0] == 1


def test_a_far_circle_is_used_only_for_whom_the_near_one_leaves_short() -> None:
    near, small = Circle(np.arange(12)), Circle(np.arange(12, 16))
    far = Circle(np.arange(16), level=1)
    problem = Problem((near, small, far), np.full(16, 6), np.full(16, 5), np.full(16, 9))
    found = run(problem)
    assert found.shortfalls == ()
    crossing = found.pairs[(found.pairs[:, 0] < 12) & (found.pairs[:, 1] >= 12)]
    assert set(crossing[:, 1]) == {12, 13, 14, 15}
    assert not np.any((found.pairs[:, 1] < 12) & (found.pairs[:, 0] >= 12))


def test_each_shortfall_has_its_reason() -> None:
    """Nobody near; too few near; enough but for conflicts; enough but for the load."""
    circles = (Circle(np.array([1, 2, 3])), Circle(np.array([4, 5, 6])), Circle(np.array([7, 8, 9])))
    people = 10
    capacity = np.full(people, 9)
    capacity[[8, 9]] = 0
    least = np.zeros(people, dtype=np.int64)
    least[[0, 1, 4, 7]] = (2, 3, 2, 2)
    found = run(Problem(circles, np.full(people, 3), least, capacity, barred=np.array([[4, 5]])))
    assert {each.person: each.reason for each in found.shortfalls} == {
        0: "alone",
        1: "circle_small",
        4: "barred",
        7: "load",
    }


def test_pairs_of_the_last_cycle_change_where_there_is_a_choice() -> None:
    last = run(one_circle(30, 6)).pairs
    found = run(one_circle(30, 6, avoided=last), seed=4)
    again = {tuple(pair) for pair in last.tolist()} & {tuple(pair) for pair in found.pairs.tolist()}
    assert len(again) < 10
    assert found.shortfalls == ()


def test_what_was_agreed_stays_and_counts() -> None:
    fixed = np.array([[1, 0], [2, 0], [3, 0]])
    found = run(one_circle(20, 4, fixed=fixed))
    assert set(raters(found, 20)) == {4}
    assert {(1, 0), (2, 0), (3, 0)} <= {tuple(pair) for pair in found.pairs.tolist()}


def test_a_city_with_conflicts_and_history() -> None:
    problem = city(people=800, conflicts=60)
    found = run(problem)
    assert found.shortfalls == ()
    assert loads(found, 800).max() <= 11
    assert len(found.pairs) == 800 * 9


@pytest.mark.parametrize("name", ["barred", "one_way", "fixed", "avoided"])
def test_places_outside_are_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        one_circle(5, 2, **{name: np.array([[0, 5]])})


def test_a_pair_barred_one_way_may_meet_the_other_way() -> None:
    away = np.array([[rater, 0] for rater in range(1, 20)])
    found = run(one_circle(30, 9, one_way=away))
    pairs = {(rater, subject) for rater, subject in found.pairs.tolist()}
    assert not pairs & {(rater, subject) for rater, subject in away.tolist()}
    assert sum(subject == 0 for _rater, subject in pairs) == 9
    assert any(rater == 0 and subject < 20 for rater, subject in pairs)
    assert run(one_circle(12, 9, one_way=away[:11])).shortfalls[0].reason == "barred"


@pytest.mark.parametrize("seed", range(20))
def test_raters_of_a_large_circle_are_of_each_stratum_by_about_its_share(seed: int) -> None:
    strata = np.repeat([0, 1], [8, 32])
    found = run(one_circle(40, 9, strata=strata), seed)
    few = np.bincount(found.pairs[strata[found.pairs[:, 0]] == 0, 1], minlength=40)
    # witness: 8 of 40 are 1.8 of nine; by lot alone C(31,9)/C(39,9) = .10 of the subjects have none
    assert few.min() >= 1
    assert few.max() <= 3
    assert set(loads(found, 40)) == set(raters(found, 40)) == {9}
    assert found.reciprocal == 0


def test_the_order_over_strata_is_drawn_and_the_same_for_the_same_draw() -> None:
    problem = one_circle(40, 9, strata=np.repeat([0, 1], [8, 32]))
    once, again, other = run(problem, 1), run(problem, 1), run(problem, 2)
    assert np.array_equal(once.pairs, again.pairs)
    assert not np.array_equal(once.pairs, other.pairs)


def test_small_circles_are_drawn_by_lot_alone() -> None:
    strata = np.repeat([0, 1], [5, 15])
    spread, plain = run(one_circle(20, 9, strata=strata)), run(one_circle(20, 9))
    assert np.array_equal(spread.pairs, plain.pairs)


def test_where_last_cycles_pairs_count_candidates_are_spread_too() -> None:
    strata = np.repeat([0, 1], [8, 32])
    before = run(one_circle(40, 9, strata=strata), 1)
    found = run(one_circle(40, 9, strata=strata, avoided=before.pairs), 2)
    assert set(raters(found, 40)) == {9}
    assert not {tuple(pair) for pair in found.pairs.tolist()} & {
        tuple(pair) for pair in before.pairs.tolist()
    }
