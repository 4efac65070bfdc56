"""The vault: sums that merge in any order and give the same figures as the rows they came from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import (
    UNPUBLISHED,
    Layout,
    Missing,
    Pool,
    accumulate,
    block_means,
    count_complete,
    cronbach_alpha,
    icc_oneway,
    mcdonald_omega,
    merge,
    pooled_alpha,
    pooled_group_statistics,
    pooled_icc,
    pooled_omega,
    pooled_subjects,
    remainder_block,
    scale_covariance,
    sum_complete,
    without_small_pools,
)
from tests.analysis.vault_cases import LAYOUT, ballots, publish, vault_of

SERVICE, TRUST = LAYOUT.columns(0), LAYOUT.columns(1)


def same_pool(a: Pool, b: Pool) -> None:
    """Equal to the bit: a vault is a sum of whole numbers."""
    for one, two in zip(a.blocks, b.blocks, strict=True):
        for name in ("block", "n", "counts", "pooled"):
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    for name in ("pairs", "within_df", "within", "not_judged", "unpublished", "ballots"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for name in ("block", "n", "sums", "products"):
        np.testing.assert_array_equal(getattr(a.joint, name), getattr(b.joint, name))


@pytest.fixture
def case() -> tuple[np.ndarray, np.ndarray, np.ndarray, Pool]:
    x, subject = ballots(1)
    blocks = publish(x, subject)
    return x, subject, blocks, vault_of(x, subject, blocks).pool("behaviour 1", "peer")


def shown_rows(
    x: np.ndarray, subject: np.ndarray, blocks: np.ndarray, scale: int
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of single-subject blocks that are complete on the scale, as floats."""
    columns = LAYOUT.columns(scale)
    kept = (x[:, columns] > 0).all(axis=1) & (blocks[subject, scale] >= 0)
    return x[kept][:, columns].astype(float), subject[kept]


@pytest.mark.parametrize("scale", [0, 1])
def test_alpha_and_omega_equal_those_from_rows(case, scale: int) -> None:
    x, subject, blocks, pool = case
    rows, _ = shown_rows(x, subject, blocks, scale)
    name = LAYOUT.scales[scale][0]
    assert pooled_alpha(pool, name).estimate == pytest.approx(cronbach_alpha(rows).estimate, abs=1e-9)
    assert pooled_alpha(pool, name).n == len(rows)
    assert pooled_omega(pool, name).estimate == pytest.approx(mcdonald_omega(rows).estimate, abs=1e-9)


@pytest.mark.parametrize("scale", [0, 1])
def test_icc_and_its_interval_equal_those_from_rows(case, scale: int) -> None:
    x, subject, blocks, pool = case
    rows, groups = shown_rows(x, subject, blocks, scale)
    expected, found = icc_oneway(rows.mean(axis=1), groups), pooled_icc(pool, LAYOUT.scales[scale][0])
    for name in ("icc1", "icck", "msb", "msw", "reml_sigma2_between", "reml_sigma2_within", "mu", "se"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-9), name
    assert found.ci == pytest.approx(expected.ci, abs=1e-9)
    assert (found.n, found.n_subjects) == (expected.n, expected.n_subjects)


def test_block_means_and_counts_equal_those_from_rows(case) -> None:
    x, subject, blocks, pool = case
    found = block_means(pool, "trust")
    complete = (x[:, TRUST] > 0).all(axis=1)
    for block, n, mean, items in zip(found.block, found.n, found.mean, found.item_mean, strict=True):
        rows = x[complete & (blocks[subject, 1] == block)][:, TRUST]
        assert n == len(rows)
        assert mean == pytest.approx(rows.mean(), abs=1e-12)
        assert items == pytest.approx(rows.mean(axis=0), abs=1e-12)
    assert remainder_block(0) in found.block
    assert found.n.sum() == complete.sum()


def test_the_pooled_within_part_is_total_less_between(case) -> None:
    *_, pool = case
    for scale, name in enumerate(("service", "trust")):
        stats = pooled_group_statistics(pool, name)
        assert pool.within[scale, scale] == pytest.approx(stats.ssw, abs=1e-9)
        assert pool.within_df[scale, scale] == stats.n.sum() - len(stats.n)


def test_covariances_between_scales_equal_those_from_rows(case) -> None:
    x, subject, blocks, pool = case
    both = (x > 0).all(axis=1) & (blocks[subject] >= 0).all(axis=1)
    one, two = x[both][:, SERVICE].mean(axis=1), x[both][:, TRUST].mean(axis=1)
    who = subject[both]
    products = sum(
        ((one[who == s] - one[who == s].mean()) * (two[who == s] - two[who == s].mean())).sum()
        for s in np.unique(who)
    )
    found = scale_covariance(pool)
    df = both.sum() - len(np.unique(who))
    assert found.df[0, 1] == df
    assert found.within[0, 1] == pytest.approx(products / df, abs=1e-12)
    assert found.between[0, 0] == pooled_icc(pool, "service").sigma2_between


def test_the_covariance_of_true_means_is_recovered() -> None:
    """Planted: variance of true means .36 on both scales, wholly shared; rounding and ends cost some."""
    x, subject = ballots(3, subjects=3000, gaps=0)
    pool = vault_of(x, subject, publish(x, subject, 3000)).pool("behaviour 1", "peer")
    found = scale_covariance(pool).between
    assert found[0, 1] == pytest.approx(found[0, 0], abs=0.02)
    assert 0.28 < found[0, 1] < 0.38


def test_reasons_for_missing_answers_are_counted_over_all_ballots(case) -> None:
    x, *_, pool = case
    assert pool.ballots == len(x)
    for place, reason in enumerate(Missing):
        np.testing.assert_array_equal(pool.not_judged[:, place], (x == reason).sum(axis=0))


def test_unpublished_ballots_are_counted_and_nothing_else_of_them_is_kept() -> None:
    x, subject = ballots(5)
    nowhere = np.full((40, 2), UNPUBLISHED)
    pool = vault_of(x, subject, nowhere).pool("behaviour 1", "peer")
    assert pool.unpublished.sum() == count_complete(x, subject, LAYOUT, 40).sum()
    assert pool.pairs.sum() == 0
    assert all(len(blocks.block) == 0 for blocks in pool.blocks)
    assert pooled_alpha(pool, "trust").reason == "too_few_rows"
    assert pooled_icc(pool, "trust").reason == "no_ratings"


def test_ballots_in_remainders_stay_out_of_the_pooled_tables(case) -> None:
    x, subject, blocks, pool = case
    rows, _ = shown_rows(x, subject, blocks, 0)
    assert pool.pairs[0, :, 0, :].sum() == len(rows)
    assert len(rows) < count_complete(x, subject, LAYOUT, 40)[:, 0].sum()


def test_pools_on_fewer_than_three_subjects_lose_their_tables() -> None:
    x, subject = ballots(7, gaps=0)
    few = np.where(np.arange(40)[:, np.newaxis] < [3, 40], publish(x, subject), UNPUBLISHED)
    kept = without_small_pools(vault_of(x, subject, few), 4).pool("behaviour 1", "peer")
    assert kept.pairs[SERVICE].sum() == kept.pairs[:, :, SERVICE].sum() == 0
    assert kept.pairs[TRUST].sum() > 0
    assert kept.within_df[0].tolist() == [0, 0]
    assert pooled_icc(kept, "service").reason == "no_ratings"
    assert pooled_icc(kept, "trust").icc1 is not None


@given(st.integers(0, 1000), st.lists(st.integers(0, 2), min_size=40, max_size=40))
def test_merging_parts_in_any_order_gives_the_whole(seed: int, part_of: list[int]) -> None:
    x, subject = ballots(seed)
    blocks = publish(x, subject)
    part = np.array(part_of)[subject]
    a, b, c = (vault_of(x[part == p], subject[part == p], blocks) for p in range(3))
    whole = vault_of(x, subject, blocks).pool("behaviour 1", "peer")
    for merged in (merge(merge(a, b), c), merge(a, merge(b, c)), merge(c, merge(b, a))):
        same_pool(merged.pool("behaviour 1", "peer"), whole)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_ballots_dealt_to_batches_in_any_way_give_the_whole(seed: int, dealing: int) -> None:
    """Pass 1 says who is pooled; then even the ballots about one subject may be torn apart."""
    x, subject = ballots(seed)
    blocks = publish(x, subject)
    part = np.random.default_rng(dealing).integers(0, 3, len(x))
    n = sum(count_complete(x[part == p], subject[part == p], LAYOUT, 40) for p in range(3))
    sums = sum(sum_complete(x[part == p], subject[part == p], LAYOUT, 40) for p in range(3))
    pooled = pooled_subjects(n, sums, blocks, LAYOUT)
    a, b, c = (
        accumulate(
            x[part == p], subject[part == p], layout=LAYOUT, group="peer", blocks=blocks, pooled=pooled
        )
        for p in range(3)
    )
    whole = vault_of(x, subject, blocks).pool("behaviour 1", "peer")
    for merged in (merge(merge(a, b), c), merge(a, merge(c, b)), merge(c, merge(b, a))):
        same_pool(merged.pool("behaviour 1", "peer"), whole)


def test_parts_that_decided_differently_who_is_pooled_are_refused() -> None:
    answers = np.array([[5] * 7] * 5 + [[3] * 7] * 5, dtype=np.int8)
    nobody, blocks = np.zeros(10, dtype=int), np.zeros((1, 2), dtype=int)
    top, middle = vault_of(answers[:5], nobody[:5], blocks), vault_of(answers[5:], nobody[5:], blocks)
    with pytest.raises(ValueError, match="pooled"):
        merge(top, middle)


def test_closed_parts_keep_no_sums_of_subjects_and_cannot_share_any() -> None:
    x, subject = ballots(11)
    blocks = publish(x, subject)
    one, two = (
        without_small_pools(vault_of(x[chosen], subject[chosen], blocks))
        for chosen in (subject < 20, subject >= 20)
    )
    assert one.pool("behaviour 1", "peer").joint is None
    merged, whole = (
        vault.pool("behaviour 1", "peer") for vault in (merge(one, two), vault_of(x, subject, blocks))
    )
    np.testing.assert_allclose(merged.within, whole.within, rtol=1e-12)
    np.testing.assert_array_equal(merged.within_df, whole.within_df)
    with pytest.raises(ValueError, match="one and the same subject"):
        merge(one, one)


def test_where_nothing_is_hidden_all_single_subjects_are_pooled() -> None:
    x, subject = ballots(12, gaps=0)
    x[subject == 3] = 5
    blocks = np.repeat(np.arange(40)[:, np.newaxis], 2, axis=1)
    found = accumulate(x, subject, layout=LAYOUT, group="peer", blocks=blocks, pooled=blocks >= 0)
    pool = found.pool("behaviour 1", "peer")
    expected = icc_oneway(x[:, TRUST].mean(axis=1), subject)
    assert pooled_icc(pool, "trust").icc1 == pytest.approx(expected.icc1, abs=1e-9)
    assert pool.pairs[0, :, 0].sum() == len(x)


def test_items_in_no_scale_and_scales_in_any_order_change_nothing() -> None:
    x, subject = ballots(13)
    blocks = publish(x, subject)
    order = [6, 2, 0, 5, 1, 4, 3]
    places = np.argsort(order)
    scales = tuple((name, tuple(int(places[c]) for c in own)) for name, own in LAYOUT.scales)
    wide = np.column_stack([x[:, order], np.full(len(x), 4, dtype=np.int8)])
    found = accumulate(
        wide, subject, layout=Layout("behaviour 1", scales, 8, 1, 5), group="peer", blocks=blocks
    ).pool("behaviour 1", "peer")
    whole = vault_of(x, subject, blocks).pool("behaviour 1", "peer")
    np.testing.assert_array_equal(found.pairs[np.ix_(places, range(5), places, range(5))], whole.pairs)
    assert found.pairs[7].sum() == 0
    np.testing.assert_array_equal(found.within, whole.within)


@given(st.integers(0, 1000))
def test_counts_of_pass_one_add_up(seed: int) -> None:
    x, subject = ballots(seed)
    half = np.arange(len(x)) % 2 == 0
    parts = [count_complete(x[chosen], subject[chosen], LAYOUT, 40) for chosen in (half, ~half)]
    np.testing.assert_array_equal(parts[0] + parts[1], count_complete(x, subject, LAYOUT, 40))


def test_pools_of_different_groups_stand_beside_each_other() -> None:
    x, subject = ballots(9)
    blocks = publish(x, subject)
    both = merge(vault_of(x, subject, blocks), vault_of(x, subject, blocks, "subordinate"))
    assert set(both.pools) == {("behaviour 1", "peer"), ("behaviour 1", "subordinate")}


def test_one_instrument_cannot_have_two_layouts() -> None:
    x, subject = ballots(9)
    blocks = publish(x, subject)
    other = Layout("behaviour 1", LAYOUT.scales, 7, 1, 6)
    with pytest.raises(ValueError, match="layout"):
        merge(vault_of(x, subject, blocks), accumulate(x, subject, layout=other, group="peer", blocks=blocks))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"answers": np.full((1, 7), 6)}, "answers"),
        ({"answers": np.full((1, 7), -4)}, "answers"),
        ({"answers": np.full((1, 7), 2.5)}, "answers"),
        ({"answers": np.ones((1, 3), dtype=int)}, "answers"),
        ({"subjects": [4]}, "subjects"),
        ({"subjects": [0, 1]}, "subjects"),
        ({"answers": np.zeros((1, 7), dtype=int)}, "answers"),
        ({"blocks": np.zeros((2, 3), dtype=int)}, "blocks"),
        ({"pooled": np.ones((1, 2), dtype=bool)}, "pooled"),
    ],
)
def test_wrong_arguments_are_named(change: dict, named: str) -> None:
    arguments = {
        "answers": np.ones((1, 7), dtype=int),
        "subjects": [0],
        "blocks": np.zeros((2, 2), dtype=int),
        "pooled": None,
    } | change
    with pytest.raises(ValueError, match=named):
        accumulate(layout=LAYOUT, group="peer", **arguments)


def test_shapes_of_pass_one_must_agree() -> None:
    with pytest.raises(ValueError, match="sums"):
        pooled_subjects(np.ones((3, 2)), np.ones((2, 2)), np.zeros((3, 2)), LAYOUT)


@pytest.mark.parametrize(
    ("scales", "low"), [((("a", (0, 0)),), 1), ((("a", (7,)),), 1), ((("a", ()),), 1), ((("a", (0,)),), -1)]
)
def test_layouts_that_cannot_be_are_refused(scales, low: int) -> None:
    with pytest.raises(ValueError, match="scales"):
        Layout("x", scales, 7, low, 5)
