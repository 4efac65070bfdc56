"""Raters of one unit for the people of another."""

import numpy as np

from allocation import deal


def test_everybody_gets_as_many_and_loads_differ_by_one_at_most() -> None:
    random = np.random.default_rng(3)
    dealt = deal(np.arange(11), np.arange(20, 27), 5, np.full(27, 12), frozenset(), random)
    assert np.bincount(dealt[:, 1], minlength=11).tolist() == [5] * 11
    load = np.bincount(dealt[:, 0], minlength=27)[20:]
    # witness: 55 papers over 7 raters
    assert sorted(load.tolist()) == [7, 8, 8, 8, 8, 8, 8]
    assert len({tuple(pair) for pair in dealt.tolist()}) == len(dealt)


def test_pairs_apart_and_full_raters_are_passed_over() -> None:
    capacity = np.array([0, 0, 9, 1, 9])
    dealt = deal(np.array([0, 1]), np.array([2, 3, 4]), 3, capacity, {(2, 0)}, np.random.default_rng(1))
    pairs = {tuple(pair) for pair in dealt.tolist()}
    assert (2, 0) not in pairs
    assert {(4, 0), (2, 1), (4, 1)} <= pairs
    assert sum(rater == 3 for rater, _subject in pairs) == 1


def test_nobody_to_ask_is_no_error() -> None:
    dealt = deal(
        np.array([0]), np.array([], dtype=np.int64), 3, np.array([5]), frozenset(), np.random.default_rng(1)
    )
    assert dealt.shape == (0, 2)
