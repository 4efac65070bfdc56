"""Circles, samples and chances against what is known of them."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

import allocation.feasibility
from allocation import chance_of_reaching, circle, invitations_needed, stratified_sample


@given(st.integers(1, 40), st.integers(0, 12))
def test_a_circle_is_even_and_pairs_meet_no_oftener_than_they_must(people: int, reach: int) -> None:
    pairs = circle(np.arange(people) + 7, reach, np.random.default_rng(1))
    each = min(reach, people - 1)
    assert np.all(np.bincount(pairs[:, 0] - 7, minlength=people) == each)
    assert np.all(np.bincount(pairs[:, 1] - 7, minlength=people) == each)
    chosen = {tuple(pair) for pair in pairs.tolist()}
    assert len(chosen) == len(pairs)
    mutual = sum((b, a) in chosen for a, b in chosen) // 2
    assert mutual == max(0, people * each - people * (people - 1) // 2)


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(1, 12))
def test_a_sample_has_the_size_and_each_stratum_its_share(strata: list[int], size: int) -> None:
    labels = np.array(strata, dtype=np.int64)
    found = stratified_sample(labels, size, np.random.default_rng(2))
    assert len(set(found.tolist())) == len(found) == min(size, len(strata))
    for stratum in set(strata):
        share = strata.count(stratum) * len(found) / len(strata)
        assert abs(np.sum(labels[found] == stratum) - share) < 1


def test_chances_are_those_of_the_binomial() -> None:
    invited, rate = np.meshgrid(np.arange(30), np.linspace(0, 1, 11))
    for minimum in range(12):
        expected = binom.sf(minimum - 1, invited, rate)
        assert np.allclose(chance_of_reaching(invited, rate, minimum), expected, atol=1e-12)


def test_a_rate_is_a_probability() -> None:
    with pytest.raises(ValueError, match="rate"):
        chance_of_reaching(5, 75, 5)


def test_no_number_of_invitations_helps_where_nobody_answers() -> None:
    assert invitations_needed(0.0, 5, 0.9) is None


def test_the_examples_run() -> None:
    assert doctest.testmod(allocation.feasibility).failed == 0
