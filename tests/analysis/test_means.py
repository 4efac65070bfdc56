"""Means of subjects and agreement of profiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis import icc_oneway
from analysis.agreement.oneway import group_statistics
from analysis.scoring.means import group_means, own_errors
from analysis.scoring.profile import profile_agreement

VALUES = st.lists(st.floats(1, 5), min_size=3, max_size=8)


def test_means_have_the_pooled_error_and_its_t_interval() -> None:
    y, group = np.array([3.0, 4, 5, 2, 3, np.nan, 1]), np.array(list("aaabbcd"))
    found, icc = group_means(y, group), icc_oneway(y, group)
    assert found.labels.tolist() == list("abcd")
    assert found.error[0] == pytest.approx(np.sqrt((icc.msw or 0) / 3))
    assert found.df == 3
    assert found.high[0] - 4 == pytest.approx(stats.t.ppf(0.975, 3) * found.error[0])
    assert np.isnan(found.mean[2])
    assert np.isnan(found.error[2])
    assert found.estimate == pytest.approx(np.nanmean(y))


def test_rows_and_statistics_give_the_same() -> None:
    y, group = [3, 4, 5, 2, 3], [1, 1, 1, 2, 2]
    np.testing.assert_array_equal(group_means(y, group).error, group_means(group_statistics(y, group)).error)


def test_one_rating_each_knows_no_error() -> None:
    found = group_means([3, 4], ["a", "b"])
    assert found.warnings == ("no_subject_with_two_raters",)
    assert np.isnan(found.error).all()
    assert group_means([np.nan], ["a"]).reason == "no_ratings"


def test_own_errors_are_each_subjects_alone() -> None:
    found = own_errors([3, 5, 4, 1, 2, np.nan], list("aabccc"))
    assert found == pytest.approx([1.0, np.nan, 0.5], nan_ok=True)


@given(own=VALUES, data=st.data())
def test_the_three_parts_make_the_whole_distance(own: list[float], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.floats(1, 5), min_size=len(own), max_size=len(own)))
    found = profile_agreement(own, others)
    assert found.level is not None
    assert found.spread is not None
    assert found.shape is not None
    assert found.level + found.spread + found.shape == pytest.approx(found.estimate, abs=1e-8)
    assert min(found.level, found.spread, found.shape) >= -1e-9


def test_a_flat_profile_has_no_pattern_and_a_missing_behaviour_counts_nowhere() -> None:
    found = profile_agreement([4, 4, np.nan, 4], [3, 5, 2, 4], error=[0.3, 0.3, 0.3, 0.4])
    assert (found.n, found.correlation) == (3, None)
    assert found.by_error == pytest.approx(0.34)
    assert found.warnings == ("few_behaviours",)
    assert profile_agreement([4, 3], [3, 5], error=[0.3, np.nan]).by_error is None
    assert profile_agreement([np.nan], [3]).reason == "no_behaviour"
    with pytest.raises(ValueError, match="others"):
        profile_agreement([1, 2], [1])


@pytest.mark.parametrize(
    "groups",
    [np.ma.array([1, 1, 2], mask=[0, 0, 1]), [1.0, np.nan, 2.0], np.array(["a", None, "b"], dtype=object)],
)
def test_a_rating_of_nobody_known_is_refused(groups: object) -> None:
    with pytest.raises(ValueError, match="groups: must not be missing"):
        group_means([1, 2, 3], groups)
