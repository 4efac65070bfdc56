"""Figures of the whole questionnaire from the vault: the same as from the rows."""

import numpy as np
import pytest

from analysis.agreement.oneway import icc_oneway
from analysis.reliability import cronbach_alpha
from analysis.statistics import Layout, accumulate
from analysis.statistics.figures import pooled_icc
from analysis.statistics.wholes import scale_covariance, whole_components, whole_moments

SCALES = (("one", (0,)), ("two", (1,)), ("three", (2,)))
LAYOUT = Layout("short", SCALES, 3, 1, 5)


def ratings(raters: int = 8, subjects: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    subject = np.repeat(np.arange(subjects), raters)
    latent = rng.normal(3.0, 0.4, subjects)[subject, np.newaxis] + rng.normal(0, 0.6, (len(subject), 1))
    steps = np.clip(np.rint(latent + rng.normal(0, 0.7, (len(subject), 3))), 1, 5)
    return steps.astype(np.int8), subject


def pool_of(answers: np.ndarray, subject: np.ndarray):
    blocks = np.repeat(np.arange(subject.max() + 1)[:, np.newaxis], 3, axis=1)
    return accumulate(answers, subject, layout=LAYOUT, group="peer", blocks=blocks).pool("short", "peer")


def test_alpha_of_the_whole_questionnaire_equals_that_of_the_rows() -> None:
    answers, subject = ratings()
    expected = cronbach_alpha(answers)
    found = cronbach_alpha(whole_moments(pool_of(answers, subject)))
    assert found.estimate == pytest.approx(expected.estimate, abs=1e-12)
    assert found.n == expected.n


def test_with_gaps_it_is_the_pairwise_alpha_of_the_rows() -> None:
    answers, subject = ratings()
    answers[::7, 1] = -2
    with_gaps = np.where(answers < 0, np.nan, answers)
    found = cronbach_alpha(whole_moments(pool_of(answers, subject)))
    assert found.estimate == pytest.approx(cronbach_alpha(with_gaps, missing="pairwise").estimate, abs=1e-12)


def test_components_of_the_mean_over_scales_equal_those_of_the_rows() -> None:
    answers, subject = ratings()
    expected = icc_oneway(answers.mean(axis=1), subject)
    found = whole_components(pool_of(answers, subject))
    assert found.within == pytest.approx(expected.sigma2_within, abs=1e-12)
    assert found.between == pytest.approx(expected.sigma2_between, abs=1e-12)  # balanced: exactly


def test_pooled_figures_tell_nothing_of_ballots_inside_a_band() -> None:
    answers, subject = ratings()
    mine = subject == 0
    found = []
    for marks in ([5] * 8, [5] * 7 + [4]):  # means 5 and 4.875: one band
        answers[mine] = np.array(marks, dtype=np.int8)[:, np.newaxis]
        pool = pool_of(answers, subject)
        covariance = scale_covariance(pool)
        icc = pooled_icc(pool, "one")
        alpha = cronbach_alpha(whole_moments(pool)).estimate
        found.append((covariance.within.tolist(), covariance.between.tolist(), icc.icc1, icc.icck, alpha))
    assert found[0] == found[1]


def test_raters_who_agree_to_the_digit_get_no_error_that_would_tell_their_answers() -> None:
    subject = np.repeat(np.arange(5), 6)
    answers = np.repeat(np.array([2, 3, 4, 3, 2], dtype=np.int8), 6)[:, np.newaxis].repeat(3, axis=1)
    covariance = scale_covariance(pool_of(answers, subject))
    assert np.isnan(covariance.within).all()


def test_without_ballots_there_is_no_figure() -> None:
    pool = accumulate(
        np.zeros((0, 3), dtype=np.int8),
        np.zeros(0, dtype=np.int64),
        layout=LAYOUT,
        group="peer",
        blocks=np.zeros((0, 3), dtype=np.int64),
    ).pool("short", "peer")
    assert whole_components(pool).icc1 is None
    assert cronbach_alpha(whole_moments(pool)).estimate is None


def test_pairwise_alpha_without_any_complete_row_has_no_interval() -> None:
    rows = np.array(
        [[1, 2, np.nan], [3, np.nan, 4], [np.nan, 5, 4], [2, 1, np.nan], [5, np.nan, 5], [np.nan, 2, 1]]
    )
    found = cronbach_alpha(rows, missing="pairwise")
    assert found.estimate is not None
    assert (found.n, found.se, found.ci, found.ci_duhachek) == (0, None, None, None)
