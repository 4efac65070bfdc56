"""The publication rule: no figure rests on fewer than k people, as little as possible is lost."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import (
    UNPUBLISHED,
    Asked,
    Publication,
    attack,
    guaranteed_raters,
    partition,
    people_of,
    remainder_block,
    replaced_papers,
    told_by,
    unit_of_block,
)
from tests.analysis.cities import CITY, asked, cities


def everyone_once(counts: list[int]) -> Asked:
    """Different raters for every subject, in group 0."""
    papers, rater = [], 0
    for subject, n in enumerate(counts):
        for _ in range(n):
            papers.append((rater, subject, 0))
            rater += 1
    return asked(*papers)


def peers(
    counts: list[int], units: list[int], parents: list[int], papers: Asked | None = None
) -> Publication:
    table = np.array(counts).reshape(-1, 1, 1)
    return partition(
        table, kinds=["anonymous"], units=units, parents=parents, asked=papers or everyone_once(counts), k=5
    )


def test_a_block_stands_from_k_ballots_on() -> None:
    found = peers([5, 7], [0, 0], [CITY])
    assert found.block.ravel().tolist() == [0, 1]
    assert found.unpublished.tolist() == [[0]]


def test_what_is_too_small_joins_the_units_remainder() -> None:
    found = peers([5, 3, 2], [0, 0, 0], [CITY])
    assert found.block.ravel().tolist() == [0, remainder_block(0), remainder_block(0)]


def test_a_remainder_of_one_subject_goes_up() -> None:
    """Unit 1 has one small subject, unit 2 another; both hang under unit 0."""
    found = peers([4, 4], [1, 2], [CITY, 0, 0])
    assert found.block.ravel().tolist() == [remainder_block(0)] * 2


def test_at_last_the_whole_city_takes_the_remainder() -> None:
    found = peers([4, 4], [0, 1], [CITY, CITY])
    assert found.block.ravel().tolist() == [remainder_block(2)] * 2
    assert unit_of_block(remainder_block(2)) == 2


def test_what_no_remainder_can_hold_is_only_counted() -> None:
    found = peers([2, 2], [0, 0], [CITY])
    assert (found.block == UNPUBLISHED).all()
    assert found.unpublished.tolist() == [[4]]


def test_a_subject_without_ballots_is_no_member_of_a_remainder() -> None:
    found = peers([4, 0], [0, 0], [CITY])
    assert (found.block == UNPUBLISHED).all()


def test_ballots_of_few_raters_do_not_make_a_remainder() -> None:
    """Six ballots about three subjects, but three raters were asked about all of them."""
    papers = asked(*((rater, subject, 0) for rater in range(3) for subject in range(3)))
    assert (peers([2, 2, 2], [0, 0, 0], [CITY], papers).block == UNPUBLISHED).all()


def test_a_remainder_stands_when_k_raters_are_certain() -> None:
    """Twelve ballots: four raters asked about three subjects each could have written them all."""
    papers = asked(*((rater, subject, 0) for rater in range(5) for subject in range(3)))
    assert (peers([4, 4, 4], [0, 0, 0], [CITY], papers).block == UNPUBLISHED).all()
    spread = asked(*((subject * 4 + rater, subject, 0) for rater in range(4) for subject in range(3)))
    assert (peers([4, 4, 4], [0, 0, 0], [CITY], spread).block == remainder_block(0)).all()


def test_each_scale_has_its_own_blocks() -> None:
    counts = np.array([[[5, 4]], [[5, 4]]])
    found = partition(
        counts, kinds=["anonymous"], units=[0, 0], parents=[CITY], asked=everyone_once([5, 5]), k=5
    )
    assert found.block[:, 0, 0].tolist() == [0, 1]
    assert found.block[:, 0, 1].tolist() == [remainder_block(0)] * 2


def test_self_and_a_lone_supervisor_stand_alone_and_are_named() -> None:
    counts = np.ones((2, 2, 1), dtype=int)
    papers = asked((0, 0, 0), (1, 1, 0), (9, 0, 1), (9, 1, 1))
    found = partition(counts, kinds=["self", "supervisor"], units=[0, 0], parents=[CITY], asked=papers, k=5)
    assert found.block[:, :, 0].tolist() == [[0, 0], [1, 1]]
    assert found.named.all()


def test_one_answer_of_two_supervisors_is_not_published() -> None:
    counts = np.array([[[1]]])
    found = partition(
        counts, kinds=["supervisor"], units=[0], parents=[CITY], asked=asked((8, 0, 0), (9, 0, 0)), k=5
    )
    assert found.block.ravel().tolist() == [UNPUBLISHED]
    assert not found.named.any()


def test_supervisors_never_go_into_a_remainder() -> None:
    counts = np.full((4, 1, 1), 2)
    papers = asked(*((10 * s + r, s, 0) for s in range(4) for r in range(2)))
    found = partition(counts, kinds=["supervisor"], units=[0] * 4, parents=[CITY], asked=papers, k=5)
    assert (found.block == UNPUBLISHED).all()


def test_as_many_supervisors_as_the_minimum_stand_as_an_anonymous_block() -> None:
    papers = asked(*((r, 0, 0) for r in range(6)))
    found = partition(np.array([[[5]]]), kinds=["supervisor"], units=[0], parents=[CITY], asked=papers, k=5)
    assert found.block.ravel().tolist() == [0]
    assert not found.named.any()


def replaced(papers: Asked, *again: tuple[int, int, int]) -> Asked:
    """The same papers, and some that replaced lost ones."""
    rater, subject, group = np.array(again, dtype=np.int64).T
    return Asked(
        np.concatenate([papers.rater, rater]),
        np.concatenate([papers.subject, subject]),
        np.concatenate([papers.group, group]),
    )


def test_a_block_needs_one_more_ballot_for_each_paper_that_was_replaced() -> None:
    papers = replaced(everyone_once([6, 6]), (0, 0, 0))
    assert replaced_papers(papers, 0, 2).tolist() == [1, 0]
    assert peers([5, 5], [0, 0], [CITY], papers).block.ravel().tolist() == [UNPUBLISHED, 1]
    assert peers([6, 5], [0, 0], [CITY], papers).block.ravel().tolist() == [0, 1]
    twice = replaced(papers, (0, 0, 0))
    assert peers([6, 5], [0, 0], [CITY], twice).block.ravel().tolist() == [UNPUBLISHED, 1]
    assert peers([7, 5], [0, 0], [CITY], twice).block.ravel().tolist() == [0, 1]


def test_a_remainder_counts_a_rater_with_a_replaced_paper_once() -> None:
    alike = everyone_once([3, 2])
    assert (peers([3, 2], [0, 0], [CITY], alike).block == remainder_block(0)).all()
    assert (peers([3, 2], [0, 0], [CITY], replaced(alike, (0, 0, 0))).block == UNPUBLISHED).all()
    assert (peers([4, 2], [0, 0], [CITY], replaced(alike, (0, 0, 0))).block == remainder_block(0)).all()


def test_a_replaced_paper_makes_nobody_anonymous_who_is_named() -> None:
    counts = np.array([[[2], [2]]])
    papers = replaced(asked((0, 0, 0), (9, 0, 1)), (0, 0, 0), (9, 0, 1))
    found = partition(counts, kinds=["self", "supervisor"], units=[0], parents=[CITY], asked=papers, k=5)
    assert found.block[:, :, 0].tolist() == [[0, 0]]
    assert found.named.all()


@given(cities(), st.integers(2, 4), st.data())
def test_with_replaced_papers_too_every_block_holds_the_ballots_of_k_people(
    city, k: int, data: st.DataObject
) -> None:
    counts, units, parents, papers, back = city
    lost = data.draw(st.lists(st.sampled_from(sorted(back)), max_size=4)) if back else []
    sent_again = [paper for paper in lost if data.draw(st.booleans())]
    counts = counts.copy()
    for _rater, subject, _group in sent_again:
        counts[subject] += 1
    given_out = replaced(papers, *lost) if lost else papers
    found = partition(counts, kinds=["anonymous"], units=units, parents=parents, asked=given_out, k=k)
    people: dict[int, set[int]] = {}
    for rater, subject, _ in back:
        people.setdefault(int(found.block[subject, 0, 0]), set()).add(rater)
    people.pop(UNPUBLISHED, None)
    assert all(len(raters) >= k for raters in people.values())
    ballots = counts[:, 0, 0]
    told = told_by(found, 0, 0, units=units, parents=parents)
    assert attack(told, ballots, k=k, people=people_of(given_out, 0, ballots)) == ()


def test_a_circle_among_units_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        peers([5], [0], [1, 0])


def test_more_ballots_than_papers_are_refused() -> None:
    with pytest.raises(ValueError, match="ballots"):
        guaranteed_raters([1, 1], 3)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"kinds": ["peer"]}, "kinds"),
        ({"k": 1}, "k"),
        ({"kinds": []}, "counts"),
        ({"units": [0, 0]}, "units"),
    ],
)
def test_wrong_arguments_are_named(change: dict, named: str) -> None:
    arguments = {
        "kinds": ["anonymous"],
        "units": [0],
        "parents": [CITY],
        "asked": asked((0, 0, 0)),
        "k": 5,
    } | change
    with pytest.raises(ValueError, match=named):
        partition(np.array([[[1]]]), **arguments)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=7), st.data())
def test_fewest_raters_by_trying_all_sets(loads: list[int], data: st.DataObject) -> None:
    """Witness: brute force over all sets of raters."""
    ballots = data.draw(st.integers(0, sum(loads)))
    enough = [
        size
        for size in range(len(loads) + 1)
        if any(sum(some) >= ballots for some in combinations(loads, size))
    ]
    assert guaranteed_raters(loads, ballots) == enough[0]


@given(cities(), st.integers(2, 5))
def test_every_published_block_holds_the_ballots_of_at_least_k_people(city, k: int) -> None:
    counts, units, parents, papers, back = city
    found = partition(counts, kinds=["anonymous"], units=units, parents=parents, asked=papers, k=k)
    people: dict[int, set[int]] = {}
    for rater, subject, _ in back:
        people.setdefault(int(found.block[subject, 0, 0]), set()).add(rater)
    hidden = people.pop(UNPUBLISHED, None)
    assert all(len(raters) >= k for raters in people.values())
    assert (found.unpublished.sum() > 0) == (hidden is not None)


@given(cities())
def test_remainders_hold_two_subjects_of_their_own_unit_or_below(city) -> None:
    counts, units, parents, papers, _ = city
    found = partition(counts, kinds=["anonymous"], units=units, parents=parents, asked=papers, k=3).block[
        :, 0, 0
    ]
    for block in np.unique(found[found <= -2]).tolist():
        members = np.flatnonzero(found == block)
        assert len(members) >= 2
        for subject in members:
            above = {len(parents), unit := units[subject]}
            while parents[unit] >= 0:
                above.add(unit := parents[unit])
            assert unit_of_block(block) in above
