"""Two ways in, one arithmetic: each coefficient from the vault equals the one from the rows behind it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import (
    average_deviation,
    awg,
    categorical_omega,
    cfa,
    cronbach_alpha,
    d_study,
    efa,
    empirical_bayes,
    g_study,
    g_study_of_sums,
    group_means,
    guttman_lambdas,
    gwet_ac,
    icc_oneway,
    is_pooled,
    item_analysis,
    krippendorff_alpha,
    mcdonald_omega,
    merge,
    minimum_average_partial,
    omega_hierarchical,
    oneway_intervals,
    ordinal_alpha,
    parallel_analysis,
    polychoric,
    pooled_group_statistics,
    pooled_moments,
    pooled_nested_sums,
    pooled_option_counts,
    pooled_pair_counts,
    raters_needed,
    relative_weights_of_covariances,
    rwg_j,
    sampling_adequacy,
    self_other_gap,
    sphericity,
    split_half,
    standard_error_of_measurement,
    stratified_alpha,
    whole_moments,
)
from analysis.statistics.figures import block_means
from tests.analysis.vault_cases import LAYOUT, ballots, publish, vault_of
from tests.analysis.vault_compare import same

Coefficient = Callable[..., Any]

OF_MOMENTS: list[Coefficient] = [
    cronbach_alpha,
    mcdonald_omega,
    item_analysis,
    guttman_lambdas,
    split_half,
    standard_error_of_measurement,
    sampling_adequacy,
    sphericity,
    minimum_average_partial,
    lambda items: efa(items, 1),
    cfa,
]
OF_PAIRS: list[Coefficient] = [polychoric, ordinal_alpha, categorical_omega]
OF_GROUPS: list[Coefficient] = [icc_oneway, oneway_intervals, empirical_bayes]


class Case:
    """A vault merged from two parts, and the rows that its pooled tables rest on."""

    def __init__(self, seed: int, scale: int) -> None:
        x, subject = ballots(seed)
        blocks = publish(x, subject)
        half = subject < 15
        vault = merge(*(vault_of(x[part], subject[part], blocks) for part in (half, ~half)))
        self.pool, self.scale = vault.pool("behaviour 1", "peer"), LAYOUT.scales[scale][0]
        kept = self.pool.blocks[scale]
        own = np.isin(subject, kept.block[is_pooled(kept, LAYOUT)])
        rows = own & (x[:, LAYOUT.columns(scale)] > 0).all(axis=1)
        self.rows, self.subject = x[rows][:, LAYOUT.columns(scale)].astype(float), subject[rows]
        self.others = kept.block[(kept.block >= 0) & ~is_pooled(kept, LAYOUT)]


@pytest.fixture(params=[(1, 0), (1, 1), (4, 0), (4, 1)], scope="module")
def case(request) -> Case:
    """Both scales of two cycles."""
    return Case(*request.param)


@pytest.mark.parametrize("coefficient", OF_MOMENTS)
def test_from_moments(case: Case, coefficient: Coefficient) -> None:
    same(coefficient(pooled_moments(case.pool, case.scale)), coefficient(case.rows))


@pytest.mark.parametrize("coefficient", OF_PAIRS)
def test_from_tables_of_pairs(case: Case, coefficient: Coefficient) -> None:
    same(coefficient(pooled_pair_counts(case.pool, case.scale)), coefficient(case.rows))


@pytest.mark.parametrize("coefficient", OF_GROUPS)
def test_from_group_statistics(case: Case, coefficient: Coefficient) -> None:
    assert not len(case.others)  # blocks in a band count as its middle: they are tested elsewhere
    found = coefficient(pooled_group_statistics(case.pool, case.scale))
    same(found, coefficient(case.rows.mean(axis=1), case.subject))


@pytest.mark.parametrize("null", ["uniform", "heavy_skew", 1.0])
def test_rwg_j_from_option_counts(case: Case, null: str | float) -> None:
    found = rwg_j(pooled_option_counts(case.pool, case.scale), null=null)
    same(found, rwg_j(case.rows, case.subject, scale=(1, 5), null=null))


def test_other_agreement_from_option_counts(case: Case) -> None:
    counts = pooled_option_counts(case.pool, case.scale)
    same(awg(counts), awg(case.rows, case.subject, scale=(1, 5)))
    for about in ("mean", "median"):
        found = average_deviation(counts, about=about)
        same(found, average_deviation(case.rows, case.subject, scale=(1, 5), about=about))


@pytest.mark.parametrize("coefficient", [krippendorff_alpha, gwet_ac])
def test_agreement_beyond_chance_from_option_counts(case: Case, coefficient: Coefficient) -> None:
    subjects = np.unique(case.subject)
    wide = np.full((len(subjects), np.bincount(case.subject).max()), np.nan)
    for row, subject in enumerate(subjects):
        mine = case.rows[case.subject == subject, 1]
        wide[row, : len(mine)] = mine
    same(coefficient(pooled_option_counts(case.pool, case.scale).ratings(1)), coefficient(wide))


@pytest.mark.parametrize("estimator", ["anova", "reml"])
def test_g_and_d_studies_from_nested_sums(case: Case, estimator: str) -> None:
    found = g_study_of_sums(pooled_nested_sums(case.pool, case.scale), estimator=estimator)
    expected = g_study(case.rows, case.subject, estimator=estimator)
    same(found, expected)
    k = case.rows.shape[1]
    same(d_study(found.facets, [1, 5, 9], k), d_study(expected.facets, [1, 5, 9], k))
    same(raters_needed(found.facets, 0.7, k), raters_needed(expected.facets, 0.7, k))


def test_the_gap_to_the_self_rating_from_block_means(case: Case) -> None:
    means, stats = block_means(case.pool, case.scale), pooled_group_statistics(case.pool, case.scale)
    place = int(np.flatnonzero(means.block >= 0)[0])
    msw = stats.ssw / float(stats.n.sum() - len(stats.n))
    found = self_other_gap(4.0, [means.mean[place]], [means.n[place]], [np.sqrt(msw / means.n[place])])
    mine = case.rows[case.subject == means.block[place]].mean(axis=1)
    within = icc_oneway(case.rows.mean(axis=1), case.subject).msw
    same(found, self_other_gap(4.0, [mine.mean()], [len(mine)], [np.sqrt(within / len(mine))]))


def test_factors_of_the_whole_questionnaire() -> None:
    x, subject = ballots(8, gaps=0)
    pool = vault_of(x, subject, np.repeat(np.arange(40)[:, np.newaxis], 2, axis=1)).pool(
        "behaviour 1", "peer"
    )
    told = np.isin(subject, pool.blocks[0].block[is_pooled(pool.blocks[0], LAYOUT)])
    told &= np.isin(subject, pool.blocks[1].block[is_pooled(pool.blocks[1], LAYOUT)])
    assert told.all()
    factors = {"service": [0, 1, 2], "trust": [3, 4, 5, 6]}
    moments = whole_moments(pool)
    same(efa(moments, 2).loadings, efa(x, 2).loadings)
    same(cfa(moments, factors).standardized, cfa(x, factors).standardized)
    same(parallel_analysis(moments, samples=50), parallel_analysis(x, samples=50))
    same(omega_hierarchical(moments, n_factors=2), omega_hierarchical(x, n_factors=2))
    strata = ["s"] * 3 + ["t"] * 4
    same(stratified_alpha(moments, strata), stratified_alpha(x, strata))


def test_what_drives_an_item_from_the_covariances_of_all() -> None:
    x, subject = ballots(8, gaps=0)
    pool = vault_of(x, subject, np.repeat(np.arange(40)[:, np.newaxis], 2, axis=1)).pool(
        "behaviour 1", "peer"
    )
    found = relative_weights_of_covariances(whole_moments(pool).covariance, len(x))
    same(found, relative_weights_of_covariances(np.cov(x, rowvar=False), len(x)))


def test_means_of_subjects_and_their_change(case: Case) -> None:
    stats = pooled_group_statistics(case.pool, case.scale)
    expected = group_means(case.rows.mean(axis=1), case.subject)
    found = group_means(stats)
    same(found, expected)


@given(st.integers(0, 10_000), st.integers(0, 1))
def test_alpha_and_components_in_any_cycle(seed: int, scale: int) -> None:
    case = Case(seed, scale)
    same(cronbach_alpha(pooled_moments(case.pool, case.scale)), cronbach_alpha(case.rows))
    found = g_study_of_sums(pooled_nested_sums(case.pool, case.scale), estimator="anova")
    same(found, g_study(case.rows, case.subject, estimator="anova"))
