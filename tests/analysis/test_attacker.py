"""The attacker: known leaks are found, clean publications pass, and brute force agrees."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import UNPUBLISHED, Told, attack, partition, people_of, remainder_block, told_by
from tests.analysis.cities import CITY, asked, cities


def kinds(*arguments, **options) -> list[tuple[str, tuple[int, ...]]]:
    """What was found, in short."""
    return [(one.kind, one.cells) for one in attack(*arguments, **options)]


def test_a_total_beside_all_blocks_but_a_small_one() -> None:
    found = attack([Told("unit", (0, 1, 2), 70), Told("a", (0,), 30), Told("b", (1,), 28)], [7, 8, 3], k=5)
    assert [(one.kind, one.cells, one.people, one.total) for one in found] == [("small_group", (2,), 3, 12)]
    assert found[0].figures == (("unit", 1), ("a", -1), ("b", -1))


def test_a_single_ballot_is_called_so() -> None:
    assert kinds([Told("unit", (0, 1)), Told("a", (0,))], [7, 1]) == [("single_ballot", (1,))]


def test_a_figure_that_is_itself_too_small() -> None:
    assert kinds([Told("a", (0,))], [4]) == [("small_group", (0,))]
    assert kinds([Told("a", (0,))], [5]) == []


def test_two_small_groups_together_are_no_leak_if_they_are_enough() -> None:
    assert kinds([Told("unit", (0, 1, 2)), Told("a", (0,))], [7, 3, 3]) == []


def test_a_second_release_gives_the_late_ballot_away() -> None:
    """Cell 0 came before the first release, cell 1 between both."""
    first, second = Told("release 1", (0,), 25), Told("release 2", (0, 1), 27)
    found = attack([first, second], [7, 1], k=5)
    assert [(one.kind, one.cells, one.total) for one in found] == [("single_ballot", (1,), 2)]
    assert kinds([first], [7, 1]) == kinds([second], [7, 1]) == []


def test_levels_of_the_organisation_are_taken_together() -> None:
    """The city less its two offices is the mayor's own staff; less one's blocks a person."""
    told = [Told("city", (0, 1, 2, 3)), Told("office", (0, 1)), Told("other", (2,)), Told("block", (0,))]
    assert kinds(told, [8, 2, 9, 6]) == [("small_group", (1,))]
    assert kinds(told, [8, 6, 9, 2]) == [("small_group", (3,))]


def test_overlapping_sums_are_solved() -> None:
    """Three pairs of three cells give each cell, though no two of them do."""
    told = [Told("ab", (0, 1), 10), Told("bc", (1, 2), 12), Told("ac", (0, 2), 8)]
    found = attack(told, [3, 3, 3], k=5)
    assert [(one.cells, one.total) for one in found] == [((0,), 3), ((1,), 7), ((2,), 5)]
    assert kinds(told[:2], [3, 3, 3]) == []


def test_a_difference_of_two_small_cells_is_found_as_well() -> None:
    """Nobody learns a or b, but by how much they differ: few people stand behind it."""
    told = [Told("ax", (0, 2)), Told("bx", (1, 2))]
    assert kinds(told, [2, 2, 9]) == [("small_group", (0, 1))]
    assert attack(told, [2, 2, 9])[0].total is None


def test_who_is_known_by_name_hides_nobody() -> None:
    """The supervisor's own answer is told, so that three peers do not hide behind her."""
    told = [Told("all", (0, 1))]
    assert kinds(told, [3, 2], k=5) == []
    assert kinds(told, [3, 2], k=5, known=[1]) == [("small_group", (0,))]
    assert kinds([Told("self", (0,), 5)], [1], known=[0], scale=(1, 5)) == []


def test_few_raters_with_many_ballots_are_few_people() -> None:
    papers = asked(*((rater, subject, 0) for rater in range(3) for subject in range(3)))
    told = [Told("remainder", (0, 1, 2))]
    assert kinds(told, [2, 2, 2], k=5) == []
    assert kinds(told, [2, 2, 2], k=5, people=people_of(papers, 0, [2, 2, 2])) == [("small_group", (0, 1, 2))]


def test_means_at_the_end_of_the_scale_are_found_even_by_subtraction() -> None:
    told = [Told("unit", (0, 1), 20 + 29), Told("a", (0,), 20)]
    assert kinds(told, [6, 6], scale=(1, 5)) == [("extreme", (1,))]
    assert kinds([Told("a", (0,), 6)], [6], scale=(1, 5)) == [("extreme", (0,))]
    assert kinds([Told("a", (0,), 18)], [6], scale=(1, 5)) == []


def test_a_band_gives_no_sum_away() -> None:
    shown = [Told("unit", (0, 1), 49, exact=False), Told("a", (0,), 20)]
    assert kinds(shown, [6, 6], scale=(1, 5)) == []
    assert kinds([Told("a", (0,), 30, exact=False)], [6], scale=(1, 5)) == []


def test_answers_to_several_items_make_a_mean() -> None:
    assert kinds([Told("a", (0,), 72)], [5], scale=(1, 5), items=3) == [("extreme", (0,))]
    assert kinds([Told("a", (0,), 60)], [5], scale=(1, 5), items=3) == []


def test_counts_in_which_all_agree() -> None:
    told = [Told("unit", (0, 1), counts=(0, 0, 12, 3, 0)), Told("a", (0,), counts=(0, 0, 6, 3, 0))]
    found = attack(told, [9, 6], k=5)
    assert [(one.kind, one.cells, one.counts) for one in found] == [("unanimous", (1,), (0, 0, 6, 0, 0))]


def test_cells_without_ballots_are_nobody() -> None:
    assert kinds([Told("unit", (0, 1)), Told("a", (0,))], [7, 0]) == []


def test_what_cannot_be_tried_in_full_is_said() -> None:
    pairs = [Told(f"{i} {j}", (i, j)) for i, j in combinations(range(80), 2) if (i + j) % 2]
    assert ("undecided", tuple(range(80))) in kinds(pairs, [1] * 80, k=5)


@pytest.mark.parametrize(
    ("told", "k", "named"),
    [([Told("x", ())], 5, "told"), ([Told("x", (3,))], 5, "told"), ([Told("x", (0,))], 1, "k")],
)
def test_wrong_arguments_are_named(told: list[Told], k: int, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        attack(told, [5, 5], k=k)


@given(cities(), st.integers(2, 5))
def test_nothing_is_found_in_what_the_publication_rule_lets_through(city, k: int) -> None:
    counts, units, parents, papers, _ = city
    publication = partition(counts, kinds=["anonymous"], units=units, parents=parents, asked=papers, k=k)
    ballots = counts[:, 0, 0]
    told = told_by(publication, 0, 0, units=units, parents=parents)
    assert attack(told, ballots, k=k, people=people_of(papers, 0, ballots)) == ()


def test_what_a_release_tells() -> None:
    """Two units under the city; a remainder in one; what is only counted is told nowhere."""
    counts = np.array([6, 3, 2, 7, 1]).reshape(-1, 1, 1)
    papers = asked(*((10 * s + r, s, 0) for s, n in enumerate(counts.ravel()) for r in range(n)))
    units, parents = [0, 0, 0, 1, 1], [CITY, CITY]
    publication = partition(counts, kinds=["anonymous"], units=units, parents=parents, asked=papers, k=5)
    assert publication.block.ravel().tolist() == [0, remainder_block(0), remainder_block(0), 3, UNPUBLISHED]
    told = {one.name: set(one.cells) for one in told_by(publication, 0, 0, units=units, parents=parents)}
    assert told["total of unit 0"] == {0, 1, 2}
    assert told["total of unit 1"] == {3}
    assert told["total of unit 2"] == {0, 1, 2, 3}
    whole = [*told_by(publication, 0, 0, units=units, parents=parents), Told("all staff", tuple(range(5)))]
    assert kinds(whole, counts.ravel(), k=5) == [("single_ballot", (4,))]


@given(cities(), st.integers(2, 4))
def test_brute_force_agrees(city, k: int) -> None:
    """Witness: ranks, over all sets of cells, of what the usual rule (hide under k) publishes."""
    counts, units, parents, *_ = city
    ballots = counts[:, 0, 0]
    told = [Told(f"subject {s}", (s,)) for s, n in enumerate(ballots.tolist()) if n >= k]
    for unit in range(len(parents)):
        inside = tuple(s for s, own in enumerate(units) if unit in _above(own, parents))
        if ballots[list(inside)].sum() >= k:
            told.append(Told(f"unit {unit}", inside))
    found = attack(told, ballots, k=k)
    assert {one.cells for one in found} == _by_brute_force(told, ballots, k)


def _above(unit: int, parents: list[int]) -> set[int]:
    above = {unit}
    while parents[unit] >= 0:
        above.add(unit := parents[unit])
    return above


def _by_brute_force(told: list[Told], ballots: np.ndarray, k: int) -> set[tuple[int, ...]]:
    """The smallest sets of cells with fewer than k ballots that carry a combination of the figures."""
    there = np.flatnonzero(ballots).tolist()
    table = np.zeros((len(told), len(there)))
    for row, one in enumerate(told):
        table[row] = [cell in one.cells for cell in there]
    whole, leaks = np.linalg.matrix_rank(table) if table.size else 0, set()
    for size in range(1, len(there) + 1):
        for some in combinations(range(len(there)), size):
            if ballots[[there[c] for c in some]].sum() >= k or any(leak <= set(some) for leak in leaks):
                continue
            rest = np.delete(table, some, axis=1)
            if (np.linalg.matrix_rank(rest) if rest.size else 0) < whole:
                leaks.add(frozenset(some))
    return {tuple(there[c] for c in sorted(leak)) for leak in leaks}


def test_hiding_what_is_small_leaks_in_a_city_of_three_thousand() -> None:
    """The usual rule: blocks under k are hidden, totals of offices and of the city are shown."""
    rng = np.random.default_rng(3)
    subjects, offices = 3_000, 150
    ballots, unit = rng.integers(2, 12, subjects), rng.integers(0, offices, subjects)
    told = [Told(f"subject {s}", (s,)) for s in np.flatnonzero(ballots >= 5).tolist()]
    told += [Told(f"office {o}", tuple(np.flatnonzero(unit == o).tolist())) for o in range(offices)]
    told.append(Told("city", tuple(range(subjects))))
    hidden = [np.flatnonzero((unit == o) & (ballots < 5)) for o in range(offices)]
    leaks = {tuple(some.tolist()) for some in hidden if 0 < ballots[some].sum() < 5}
    assert len(leaks) > 1
    assert {one.cells for one in attack(told, ballots, k=5)} == leaks
