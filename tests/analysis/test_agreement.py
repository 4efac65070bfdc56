"""One-way ICC, shrinkage and agreement against R, and on data that give no answer."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis import GroupStatistics, average_deviation, empirical_bayes, group_statistics, icc_oneway, rwg_j
from tests.analysis.reference_values import close, column, columns, edge_case, golden


def lq2002(prefix: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    data = columns("lq2002")
    return np.column_stack([data[f"{prefix}{i:02d}"] for i in range(1, count + 1)]), data["COMPID"].astype(
        int
    )


def lead() -> tuple[np.ndarray, np.ndarray]:
    items, units = lq2002("LEAD", 11)
    return items.mean(axis=1), units


def host() -> tuple[np.ndarray, np.ndarray]:
    items, units = lq2002("HOSTIL", 5)
    return items.mean(axis=1), units


def insteval() -> tuple[np.ndarray, np.ndarray]:
    data = columns("insteval_open")
    return data["y"], data["d"].astype(int)


def long(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix of subjects by raters as ratings and their subjects."""
    return matrix.ravel(), np.repeat(np.arange(len(matrix)), matrix.shape[1])


DATA: dict[str, tuple[str, str, Callable[[], tuple[np.ndarray, np.ndarray]]]] = {
    "lead": ("lq2002", "lead.", lead),
    "host": ("lq2002", "host.", host),
    "insteval": ("insteval_open", "", insteval),
}


@pytest.mark.parametrize("case", DATA)
def test_icc1_n0(case: str) -> None:
    name, prefix, data = DATA[case]
    expected = golden(name)[f"{prefix}icc1.n0"]
    close(icc_oneway(*data()).icc1, expected, expected["value"])


@pytest.mark.parametrize("case", DATA)
def test_icc1_wald_exact_ci95(case: str) -> None:
    name, prefix, data = DATA[case]
    expected = golden(name)[f"{prefix}icc1.wald_exact_ci95"]
    close(icc_oneway(*data()).ci_wald, expected, [expected["value"]["lower"], expected["value"]["upper"]])


@pytest.mark.parametrize("case", DATA)
def test_icc1_smith_se(case: str) -> None:
    name, prefix, data = DATA[case]
    expected = golden(name)[f"{prefix}icc1.smith_ci95"]
    close(icc_oneway(*data()).se, expected, expected["value"]["se"])


@pytest.mark.parametrize("case", ["lead", "host"])
def test_ms_and_icck_ci95(case: str) -> None:
    name, prefix, data = DATA[case]
    squares, interval = golden(name)[f"{prefix}ms"], golden(name)[f"{prefix}icck.ci95"]
    icc = icc_oneway(*data())
    close([icc.msb, icc.msw], squares, [squares["value"]["MSB"], squares["value"]["MSW"]])
    close([icc.icck, *(icc.ci_icck or ())], interval, list(interval["value"].values()))


@pytest.mark.parametrize("case", ["lead", "host"])
def test_lmer_reml(case: str) -> None:
    name, prefix, data = DATA[case]
    variance, mean = golden(name)[f"{prefix}lmer.reml.var"], golden(name)[f"{prefix}lmer.fixef"]
    icc = icc_oneway(*data())
    close([icc.reml_sigma2_between, icc.reml_sigma2_within], variance, list(variance["value"].values()))
    close(icc.mu, mean, mean["value"])


@pytest.mark.parametrize("case", ["lead", "host"])
def test_lmer_blup(case: str) -> None:
    name, prefix, data = DATA[case]
    expected = golden(name)[f"{prefix}lmer.blup"]
    found = empirical_bayes(*data())
    assert found.estimate is not None
    tight = expected | {"tol": expected.get("tol", 1e-5)}  # an optimised value
    close(found.theta - found.estimate, tight, column(expected["value"], "blup"))
    close(np.sqrt(found.conditional_variance), tight, column(expected["value"], "condsd"))
    assert found.labels.tolist() == [int(row[0]) for row in expected["value"]["values"]]


@pytest.mark.parametrize("case", ["lead", "host"])
def test_gmean_reliability(case: str) -> None:
    name, prefix, data = DATA[case]
    expected = golden(name)[f"{prefix}GmeanRel"]
    found = empirical_bayes(*data()).reliability[:10]
    close(found, expected | {"tol": 1e-5}, expected["value"]["MeanRel"])


def test_insteval_anova() -> None:
    expected = golden("insteval_open")["oneway.anova"]
    icc = icc_oneway(*insteval())
    found = [icc.grand_mean, icc.msb, icc.msw, icc.n0]
    close(found, expected, [expected["value"][key] for key in ("grand_mean", "MSB", "MSW", "n0")])


def test_insteval_icck() -> None:
    expected = golden("insteval_open")["icck.MSBMSW"]
    close(icc_oneway(*insteval()).icck, expected, expected["value"])


def test_insteval_lmer() -> None:
    results = golden("insteval_open")
    icc = icc_oneway(*insteval())
    variance = results["lmer.d.reml.var"]
    close([icc.reml_sigma2_between, icc.reml_sigma2_within], variance, list(variance["value"].values()))
    close(icc.mu, results["lmer.d.reml.fixef"], results["lmer.d.reml.fixef"]["value"]["(Intercept)"])
    close(icc.mu_se, results["lmer.d.fixef.se"], results["lmer.d.fixef.se"]["value"])
    close(icc.reml_icc1, results["lmer.d.icc1"], results["lmer.d.icc1"]["value"]["d"])


def test_insteval_blup_first20() -> None:
    expected = golden("insteval_open")["lmer.d.blup.first20"]
    found = empirical_bayes(*insteval())
    assert found.estimate is not None
    tight = expected | {"tol": 1e-5}
    close(found.theta[:20] - found.estimate, tight, column(expected["value"], "blup"))
    close(np.sqrt(found.conditional_variance[:20]), tight, column(expected["value"], "condsd"))


def test_shrout_fleiss_oneway() -> None:
    data, results = columns("shrout_fleiss"), golden("shrout_fleiss")
    x = np.column_stack([data[f"J{i}"] for i in range(1, 5)])
    single, average = (results[f"irr.icc.oneway.consistency.{unit}"] for unit in ("single", "average"))
    icc = icc_oneway(*long(x))
    close(icc.icc1, single, single["value"]["value"])
    close(icc.ci_wald, single, [single["value"]["lbound"], single["value"]["ubound"]])
    close(icc.icck, average, average["value"]["value"])
    close(icc.ci_icck, average, [average["value"]["lbound"], average["value"]["ubound"]])


def test_shrout_fleiss_with_one_cell_missing() -> None:
    data, expected = columns("shrout_fleiss"), golden("shrout_fleiss")["missing.oneway.direct"]
    x = np.column_stack([data[f"J{i}"] for i in range(1, 5)])
    x[1, 2] = np.nan
    icc = icc_oneway(*long(x))
    close([icc.msb, icc.msw, icc.n0, icc.icc1, icc.icck], expected, list(expected["value"].values()))


@pytest.mark.parametrize("name", ["perfect_agree", "no_between", "all_missing_row", "two_rows"])
def test_edge_oneway_consistency(name: str) -> None:
    expected = golden("edge_cases")[f"irr.icc.{name}.oneway.consistency"]
    icc = icc_oneway(*long(edge_case(name)))
    close(icc.icc1, expected, expected["value"]["value"])
    assert icc.n_subjects == expected["value"]["subjects"]
    if name in ("all_missing_row", "two_rows"):
        close(icc.ci_wald, expected, [expected["value"]["lbound"], expected["value"]["ubound"]])


@pytest.mark.parametrize("item", ["i1", "i2", "i3"])
def test_edge_nested_oneway(item: str) -> None:
    anova, lmer = (golden("edge_cases")[f"nested.{kind}.{item}"] for kind in ("oneway", "lmer"))
    nested = edge_case("nested")
    icc = icc_oneway(nested[:, int(item[1])], nested[:, 0].astype(int))
    found = [icc.n, icc.n_subjects, icc.msb, icc.msw, icc.n0, icc.icc1, icc.icck]
    close(found, anova, list(anova["value"].values()))
    close([icc.reml_sigma2_between, icc.reml_sigma2_within], lmer, list(lmer["value"].values()))


@pytest.mark.parametrize(
    ("name", "reason"), [("all_same_rating", "no_variance"), ("one_rater", "no_subject_with_two_raters")]
)
def test_edge_oneway_undefined(name: str, reason: str) -> None:
    values, groups = long(edge_case(name))
    icc, shrunken = icc_oneway(values, groups), empirical_bayes(values, groups)
    assert icc.icc1 is icc.ci is icc.icck is shrunken.estimate is None
    assert icc.reason == shrunken.reason == reason
    assert np.isnan(shrunken.theta).all()


def test_edge_perfect_agreement_has_no_interval() -> None:
    icc = icc_oneway(*long(edge_case("perfect_agree")))
    assert icc.icc1 == 1
    assert icc.ci is icc.se is None
    assert "perfect_agreement" in icc.warnings


def test_a_negative_component_is_kept_and_flagged() -> None:
    icc = icc_oneway(*long(edge_case("no_between")))
    assert icc.sigma2_between is not None
    assert icc.sigma2_between < 0
    assert icc.reml_sigma2_between == 0
    assert "negative_variance" in icc.warnings


def test_a_subject_without_ratings_stays_with_the_common_mean() -> None:
    nested = edge_case("nested")
    found = empirical_bayes(nested[:, 1], nested[:, 0].astype(int))
    assert found.labels.tolist() == [1, 2, 3, 4, 5]
    assert found.theta[4] == found.estimate
    assert found.reliability[4] == 0


@pytest.mark.parametrize(
    ("key", "null"),
    [("lead.rwg.j.uniform", "uniform"), ("lead.rwg.j.slight_skew", 1.34), ("lead.rwg.j.triangular", 1.32)],
)
def test_lead_rwg_j(key: str, null: float) -> None:
    expected = golden("lq2002")[key]
    values = column(expected["value"], "rwg.j")
    items, units = lq2002("LEAD", 11)
    close(rwg_j(items, units, scale=(1, 5), null=null).values[: len(values)], expected, values)


def test_lead_rwg_j_lindell_and_summary() -> None:
    lindell, summary = golden("lq2002")["lead.rwg.j.lindell"], golden("lq2002")["lead.rwg.j.summary"]
    found = rwg_j(*lq2002("LEAD", 11), scale=(1, 5))
    close(found.lindell, lindell, column(lindell["value"], "rwg.lindell"))
    close(found.estimate, summary, summary["value"]["mean"])


def test_host_rwg_j() -> None:
    expected = golden("lq2002")["host.rwg.j"]
    scale_variance = (
        float(expected["cmd"].split("ranvar = ")[1].split(")")[0]) if "ranvar" in expected["cmd"] else 2.0
    )
    found = rwg_j(*lq2002("HOSTIL", 5), scale=(0, 4), null=scale_variance)
    values = column(expected["value"], "rwg.j")
    close(found.values[: len(values)], expected, values)


@pytest.mark.parametrize("about", ["mean", "median"])
def test_lead_ad(about: str) -> None:
    expected = golden("lq2002")[f"lead.ad.{about}"]
    close(
        average_deviation(*lq2002("LEAD", 11), scale=(1, 5), about=about).values,
        expected,
        column(expected["value"], "AD.M"),
    )


def test_lead01_rwg_and_ad() -> None:
    items, units = lq2002("LEAD", 11)
    rwg, ad = golden("lq2002")["lead01.rwg"], golden("lq2002")["lead01.ad"]
    close(rwg_j(items[:, 0], units, scale=(1, 5)).values, rwg, column(rwg["value"], "rwg"))
    close(average_deviation(items[:, 0], units, scale=(1, 5)).values, ad, column(ad["value"], "AD.M"))


def test_insteval_rwg_and_ad_first20() -> None:
    rwg, ad = golden("insteval_open")["rwg.first20"], golden("insteval_open")["ad.mean.first20"]
    y, d = insteval()
    close(rwg_j(y, d, scale=(1, 5)).values[:20], rwg, column(rwg["value"], "rwg"))
    close(average_deviation(y, d, scale=(1, 5)).values[:20], ad, column(ad["value"], "AD.M"))


@pytest.mark.parametrize("item", ["i1", "i2", "i3"])
def test_edge_nested_rwg_and_ad(item: str) -> None:
    nested = edge_case("nested")
    values, groups = nested[:, int(item[1])], nested[:, 0].astype(int)
    for kind, found, name in (
        ("rwg", rwg_j(values, groups, scale=(1, 5)), "rwg"),
        ("ad", average_deviation(values, groups, scale=(1, 5)), "AD.M"),
    ):
        expected = golden("edge_cases")[f"nested.{kind}.{item}"]
        kept = found.raters > 0  # R leaves subjects without ratings out
        frame = column(expected["value"], name)
        assert np.isnan(frame).tolist() == np.isnan(found.values[kept]).tolist()
        close(found.values[kept & ~np.isnan(found.values)], expected, frame[~np.isnan(frame)])


def test_edge_nested_rwg_j_below_the_null() -> None:
    nested = edge_case("nested")
    rwg, lindell = golden("edge_cases")["nested.rwg.j"], golden("edge_cases")["nested.rwg.j.lindell"]
    found = rwg_j(nested[:, 1:], nested[:, 0].astype(int), scale=(1, 5))
    known = ~np.isnan(found.values)
    assert found.lindell is not None
    close(found.values[known], rwg, column(rwg["value"], "rwg.j"))
    close(found.lindell[known], lindell, column(lindell["value"], "rwg.lindell"))


@pytest.mark.parametrize("case", DATA)
def test_sufficient_statistics_give_the_same_as_rows(case: str) -> None:
    values, groups = DATA[case][2]()
    stats = group_statistics(values, groups)
    rows, kept = (
        icc_oneway(values, groups),
        icc_oneway(GroupStatistics(stats.n, stats.mean, stats.ssw, stats.labels)),
    )
    assert rows.icc1 == pytest.approx(kept.icc1, abs=1e-12)
    assert rows.reml_sigma2_between == pytest.approx(kept.reml_sigma2_between, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: icc_oneway([1, 2, 3], [1, 1]), "groups"),
        (lambda: icc_oneway([1, 2, 3]), "groups"),
        (lambda: icc_oneway([[1, 2]], [1]), "values"),
        (lambda: rwg_j([[1, 6]], [1], scale=(1, 5)), "items"),
        (lambda: rwg_j([[1, 5]], [1], scale=(5, 1)), "scale"),
        (lambda: rwg_j([[1, 5]], [1], scale=(1, 5), null=0), "null"),
        (lambda: average_deviation([[1, 5]], [1], scale=(1, 5), about="mode"), "about"),
        (lambda: empirical_bayes([1, 2], [1, 1], components=(-1, 1, 0, 0)), "components"),
        (lambda: GroupStatistics(np.array([1]), np.array([1.0, 2.0]), 0.0, np.array([1])), "n, mean, labels"),
    ],
)
def test_wrong_arguments_are_named(call: Callable[[], object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


ratings = st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=6), min_size=2, max_size=12)


def flat(groups: list[list[int]]) -> tuple[list[int], list[int]]:
    return [v for g in groups for v in g], [code for code, g in enumerate(groups) for _ in g]


@given(ratings)
def test_intervals_hold_their_estimate_and_reliabilities_stay_below_one(groups: list[list[int]]) -> None:
    icc = icc_oneway(*flat(groups))
    assume(icc.icc1 is not None)
    assert icc.icc1 <= 1 + 1e-12
    if icc.ci is not None:
        assert -1 <= icc.ci[0] <= icc.ci[1] <= 1
    assert (empirical_bayes(*flat(groups)).reliability <= 1).all()


@given(ratings, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(groups: list[list[int]], random) -> None:
    values, codes = flat(groups)
    order = list(range(len(values)))
    random.shuffle(order)
    one = icc_oneway(values, codes)
    two = icc_oneway([values[i] for i in order], [codes[i] for i in order])
    assert one.warnings == two.warnings
    assert one.icc1 == pytest.approx(two.icc1, abs=1e-9)


@given(ratings)
def test_shrunken_means_lie_between_the_raw_and_the_common_mean(groups: list[list[int]]) -> None:
    values, codes = flat(groups)
    found = empirical_bayes(values, codes)
    assume(found.estimate is not None)
    raw = group_statistics(values, codes).mean
    low, high = np.minimum(raw, found.estimate), np.maximum(raw, found.estimate)
    assert ((found.theta >= low - 1e-9) & (found.theta <= high + 1e-9)).all()
