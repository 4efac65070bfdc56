"""A scale at once: the same figures as one by one, from rows and from a vault."""

import numpy as np
import pytest

from analysis import (
    UNPUBLISHED,
    Layout,
    accumulate,
    cronbach_alpha,
    d_study,
    empirical_bayes,
    g_study,
    group_statistics,
    icc_oneway,
    mcdonald_omega,
    pooled_sums,
    rwg_j,
    scale_overview,
    scale_sums,
)
from tests.analysis.vault_cases import LAYOUT, ballots
from tests.analysis.vault_compare import same


@pytest.fixture(params=[0, 1])
def scale(request) -> int:
    """Which of the two scales."""
    return request.param


def rows_of(scale: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Ballots and their subjects, and the scores of those complete on the scale."""
    x, subject = ballots(21)
    columns = LAYOUT.columns(scale)
    complete = (x[:, columns] > 0).all(axis=1)
    return x, subject, x[complete][:, columns].astype(float), subject[complete]


def test_every_figure_equals_the_one_from_rows(scale: int) -> None:
    x, subject, rows, who = rows_of(scale)
    found = scale_overview(scale_sums(x, subject, LAYOUT)[LAYOUT.scales[scale][0]], raters=[1, 5])
    score = rows.mean(axis=1)
    icc = icc_oneway(score, who)
    stats = group_statistics(score, who)
    rated = found.n > 0
    np.testing.assert_array_equal(found.labels, np.unique(subject))
    np.testing.assert_allclose(found.mean[rated], stats.mean, atol=1e-12)
    np.testing.assert_allclose(found.se[rated], np.sqrt(icc.msw / stats.n), atol=1e-12)
    np.testing.assert_array_equal(np.isnan(found.mean), ~rated)
    same(found.icc.ci_wald, icc.ci_wald)
    same(found.alpha, cronbach_alpha(rows))
    same(found.omega, mcdonald_omega(rows))
    same(found.agreement.values[rated], rwg_j(rows, who, scale=(1, 5)).values)
    same(found.shrunken.theta[rated], empirical_bayes(score, who).theta)
    components = g_study(rows, who, estimator="anova")
    same(found.components, components)
    same(found.decision, d_study(components.facets, [1, 5], rows.shape[1]))


def test_it_is_the_same_from_a_vault_where_nothing_is_hidden(scale: int) -> None:
    x, subject, *_ = rows_of(scale)
    name = LAYOUT.scales[scale][0]
    blocks = np.repeat(np.arange(40)[:, np.newaxis], 2, axis=1)
    vault = accumulate(x, subject, layout=LAYOUT, group="peer", blocks=blocks, pooled=blocks >= 0)
    expected, found = (
        scale_sums(x, subject, LAYOUT)[name],
        pooled_sums(vault.pool("behaviour 1", "peer"), name),
    )
    rated = expected.n > 0
    for attribute in ("labels", "n", "sums", "squares"):
        np.testing.assert_array_equal(getattr(found, attribute), getattr(expected, attribute)[rated])
    np.testing.assert_array_equal(found.products, expected.products)


def test_many_rows_and_wide_options_stay_exact() -> None:
    """Beyond 24 bits single precision would round."""
    rng = np.random.default_rng(2)
    layout = Layout("wide", (("one", (0, 1)),), 2, 0, 100)
    x = rng.integers(90, 101, (40_000, 2)).astype(np.int8)
    found = scale_sums(x, rng.integers(0, 3, len(x)), layout)["one"]
    whole = x.astype(np.int64)
    np.testing.assert_array_equal(found.products, whole.T @ whole)
    np.testing.assert_array_equal(found.squares.sum(axis=0), (whole**2).sum(axis=0))


def test_without_two_raters_there_are_means_and_reasons() -> None:
    layout = Layout("two", (("one", (0, 1)),), 2, 1, 5)
    found = scale_overview(scale_sums(np.array([[1, 2], [3, 5]]), [0, 4], layout)["one"])
    assert found.mean.tolist() == [1.5, 4.0]
    assert np.isnan(found.se).all()
    assert found.icc.reason == found.components.reason == "no_subject_with_two_raters"
    assert found.decision is None


def test_nothing_is_told_of_a_pool_whose_raters_all_agree() -> None:
    subject = np.repeat(np.arange(4), 5)
    x = np.repeat(np.array([2, 3, 4, 3], dtype=np.int8), 5)[:, np.newaxis].repeat(7, axis=1)
    blocks = np.repeat(np.arange(4)[:, np.newaxis], 2, axis=1)
    for shown in (blocks, np.full_like(blocks, UNPUBLISHED)):
        pool = accumulate(x, subject, layout=LAYOUT, group="peer", blocks=shown).pool("behaviour 1", "peer")
        assert scale_overview(pooled_sums(pool, "trust")).icc.reason == "no_ratings"
