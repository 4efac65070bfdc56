"""How items hang together: psych's alpha, splitHalf, guttman and one-factor omega beside ours."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, comb
from typing import Any

import numpy as np

from analysis.moments import ItemMoments, item_moments
from analysis.reliability import (
    cronbach_alpha,
    guttman_lambdas,
    item_analysis,
    mcdonald_omega,
    split_half,
    standard_error_of_measurement,
    stratified_alpha,
)
from analysis.scoring import answered_mean
from tests.analysis.keys.registry import key, left
from tests.analysis.reference_values import columns, edge_case
from tests.analysis.scales import SCALES, attitude, bfi, cohesion, complete, holzinger, host, lead, table


def as_psych_counts(x: np.ndarray) -> ItemMoments:
    """Pairwise moments with n as psych has it: all rows, complete or not."""
    moments = item_moments(x, missing="pairwise")
    return ItemMoments(len(x), moments.mean, moments.covariance)


def of_correlations(x: np.ndarray) -> ItemMoments:
    """psych's omega starts from pairwise correlations, not from pairwise covariances."""
    moments = item_moments(x, missing="pairwise")
    found = moments.pair_correlation
    return ItemMoments(len(x), moments.mean, np.corrcoef(x.T) if found is None else found)


def alpha_total(x: np.ndarray) -> dict[str, Any]:
    """psych::alpha(x)$total; the score of a row is the mean of what it answers."""
    moments = as_psych_counts(x)
    alpha, score = cronbach_alpha(moments), answered_mean(x, share=1 / x.shape[1])
    return {
        "raw_alpha": [alpha.estimate],
        "std.alpha": [alpha.standardized],
        "G6(smc)": [guttman_lambdas(moments, metric="standardized").lambda6],
        "average_r": [alpha.average_r],
        "S/N": [alpha.signal_to_noise],
        "ase": [alpha.se],
        "mean": [np.nanmean(score)],
        "sd": [np.nanstd(score, ddof=1)],
        "median_r": [alpha.median_r],
    }


def alpha_drop(x: np.ndarray) -> dict[str, Any]:
    """psych::alpha(x)$alpha.drop, but for the standard error where rows have gaps: psych counts them all."""
    without = item_analysis(x, missing="pairwise").without
    errors = {} if np.isnan(x).any() else {"alpha se": without.alpha_se}
    return errors | {
        "raw_alpha": without.alpha,
        "std.alpha": without.standardized_alpha,
        "G6(smc)": without.lambda6,
        "average_r": without.average_r,
        "S/N": without.signal_to_noise,
        "var.r": without.variance_r,
        "med.r": without.median_r,
    }


def item_stats(x: np.ndarray) -> dict[str, Any]:
    """psych::alpha(x)$item.stats of the items that are not constant."""
    found = item_analysis(x, missing="pairwise")
    used = found.sd > 0
    figures = {
        "n": found.item_n,
        "raw.r": found.raw_r,
        "std.r": found.standardized_r,
        "r.cor": found.overlap_corrected_r,
        "r.drop": found.item_total_r,
        "mean": found.mean,
        "sd": found.sd,
    }
    return {name: values[used] for name, values in figures.items()}


def feldt(x: np.ndarray) -> dict[str, float]:
    alpha = cronbach_alpha(as_psych_counts(x))
    assert alpha.ci is not None
    return {
        "lower.ci.raw_alpha": alpha.ci[0],
        "alpha.raw_alpha": alpha.estimate,
        "upper.ci.raw_alpha": alpha.ci[1],
    }


def duhachek(x: np.ndarray) -> dict[str, float]:
    """psych multiplies the standard error by 1.96, not by the quantile."""
    alpha = cronbach_alpha(as_psych_counts(x))
    return {"lower": alpha.estimate - 1.96 * alpha.se, "upper": alpha.estimate + 1.96 * alpha.se}


def psych_halves(moments: ItemMoments, metric: Any) -> dict[str, Any]:
    """psych's best, worst and mean half.

    With an odd number of items psych looks at the first half only of the C(k, (k-1)/2) ways to
    split them, and divides the sum by half their number even where that is no whole number.
    """
    halves, k = split_half(moments, metric=metric).coefficients, len(moments.mean)
    ways = comb(k, k // 2) / 2
    tried = halves[: ceil(ways)]
    return {"maxrb": tried.max(), "minrb": tried.min(), "meanr": tried.sum() / ways}


def split_half_of(x: np.ndarray, metric: Any = "standardized") -> dict[str, Any]:
    """psych::splitHalf; mean and median correlation only where it works on correlations."""
    moments = item_moments(x, missing="pairwise")
    alpha, bounds = cronbach_alpha(moments), guttman_lambdas(moments, metric=metric)
    pairs = {"av.r": alpha.average_r, "med.r": alpha.median_r} if metric == "standardized" else {}
    return (
        psych_halves(moments, metric)
        | pairs
        | {"alpha": bounds.lambda3, "lambda2": bounds.lambda2, "lambda6": bounds.lambda6}
    )


def guttman(x: np.ndarray) -> dict[str, Any]:
    """psych::guttman, on correlations; its lambda 4 and beta are the best and worst half it tries."""
    bounds, halves = (
        guttman_lambdas(x, metric="standardized"),
        psych_halves(item_moments(x), "standardized"),
    )
    return {
        "lambda.1": bounds.lambda1,
        "lambda.2": bounds.lambda2,
        "lambda.3": bounds.lambda3,
        "lambda.4": halves["maxrb"],
        "lambda.5": bounds.lambda5,
        "lambda.6": bounds.lambda6,
        "beta": halves["minrb"],
    }


def omega1(x: np.ndarray) -> dict[str, Any]:
    """psych::omega with one factor."""
    moments = of_correlations(x)
    return {
        "omega.tot": mcdonald_omega(moments).estimate,
        "alpha": cronbach_alpha(moments).estimate,
        "G6": guttman_lambdas(moments).lambda6,
    }


def each_scale(pattern: str, figure: Callable[[str], Any]) -> None:
    """Match the key of every scale of bfi."""
    for scale in SCALES:
        key("bfi", pattern.format(scale))(lambda _, scale=scale: figure(scale))


each_scale("{}.n_complete", lambda s: item_moments(bfi(s)).n)
each_scale("{}.cov.pairwise", lambda s: by_name(s, item_moments(bfi(s), missing="pairwise").covariance))
each_scale("{}.alpha.total", lambda s: alpha_total(bfi(s)))
each_scale("{}.alpha.drop", lambda s: alpha_drop(bfi(s)))
each_scale("{}.item.stats", lambda s: item_stats(bfi(s)))
each_scale("{}.alpha.feldt95", lambda s: feldt(bfi(s)))
each_scale("{}.alpha.duhachek95", lambda s: duhachek(bfi(s)))
each_scale("{}.alpha.listwise.total", lambda s: alpha_total(complete(bfi(s))))
each_scale("{}.alpha.listwise.drop", lambda s: alpha_drop(complete(bfi(s))))
each_scale("{}.alpha.listwise.item.stats", lambda s: item_stats(complete(bfi(s))))
each_scale("{}.alpha.listwise.feldt95", lambda s: feldt(complete(bfi(s))))
each_scale("{}.sem.listwise", lambda s: standard_error_of_measurement(bfi(s)).estimate)
each_scale("{}.splitHalf", lambda s: split_half_of(bfi(s)))
each_scale("{}.splitHalf.covar", lambda s: split_half_of(bfi(s), "raw"))
each_scale("{}.guttman", lambda s: guttman(complete(bfi(s))))
each_scale("{}.omega1.psych", lambda s: omega1(bfi(s)))


def by_name(scale: str, matrix: np.ndarray) -> dict[str, Any]:
    return {f"{scale}{i + 1}": matrix[:, i] for i in range(5)}


@key("bfi", *(f"{s}.oddEven.spearmanBrown" for s in SCALES))
def odd_even(name: str) -> dict[str, Any]:
    found = split_half(bfi(name[0]), metric="raw")
    return {"r": found.odd_even_r, "sb": found.spearman_brown}


@key("bfi", *(f"{s}.guttman.direct" for s in SCALES))
def guttman_direct(name: str) -> dict[str, Any]:
    found = guttman_lambdas(bfi(name[0]))
    return {f"lambda{i}": getattr(found, f"lambda{i}") for i in (1, 2, 3, 5, 6)}


@key("bfi", *(f"{s}.omega1.from_minres" for s in SCALES))
def omega_from_minres(name: str) -> dict[str, Any]:
    found = mcdonald_omega(bfi(name[0]))
    return {"omega_model": found.standardized_model, "omega_observed": found.standardized_observed}


@key("bfi", *(f"{s}.omega1.covariance" for s in SCALES))
def omega_covariance(name: str) -> Any:
    return mcdonald_omega(bfi(name[0]), metric="raw", form="model").estimate


def psychometric_interval(x: np.ndarray) -> dict[str, Any]:
    low, alpha, high = feldt(x).values()
    return {"LCL": [low], "ALPHA": [alpha], "UCL": [high]}


def psy(x: np.ndarray) -> dict[str, Any]:
    alpha = cronbach_alpha(x)
    return {"sample.size": alpha.n, "number.of.items": alpha.n_items, "alpha": alpha.estimate}


def without_pairs(x: np.ndarray) -> dict[str, Any]:
    """R's value has no mean and median correlation here."""
    return {name: value for name, value in split_half_of(x).items() if name not in ("av.r", "med.r")}


ONE_EACH: list[tuple[str, str, Callable[[np.ndarray], Any], Callable[[], np.ndarray]]] = [
    ("bfi", "A.alpha.unreversed", alpha_total, lambda: table("bfi", "A1", "A2", "A3", "A4", "A5")),
    ("bfi", "A.alpha.checkkeys", alpha_total, lambda: bfi("A")),  # R turns A1 by itself; here the caller does
    ("attitude", "alpha.total", alpha_total, attitude),
    ("attitude", "alpha.drop", alpha_drop, attitude),
    ("attitude", "item.stats", item_stats, attitude),
    ("attitude", "alpha.feldt95", feldt, attitude),
    ("attitude", "alpha.duhachek95", duhachek, attitude),
    ("attitude", "alpha.psy", psy, attitude),
    ("attitude", "alpha.psychometric", lambda x: cronbach_alpha(x).estimate, attitude),
    ("attitude", "alpha.psychometric.ci95", psychometric_interval, attitude),
    ("attitude", "guttman", guttman, attitude),
    ("attitude", "splitHalf", split_half_of, attitude),
    ("attitude", "omega1", omega1, attitude),
    ("attitude", "sem.sum", lambda x: standard_error_of_measurement(x).estimate, attitude),
    ("lq2002", "lead.alpha.total", alpha_total, lead),
    ("lq2002", "lead.alpha.drop", alpha_drop, lead),
    ("lq2002", "lead.item.stats", item_stats, lead),
    ("lq2002", "lead.feldt95", feldt, lead),
    ("lq2002", "lead.omega1", lambda x: {"omega.tot": mcdonald_omega(x).estimate}, lead),
    ("lq2002", "lead.splitHalf", without_pairs, lead),
    ("lq2002", "host.alpha.total", alpha_total, host),
    ("holzinger1939", "alpha.total", alpha_total, holzinger),
    ("holzinger1939", "alpha.visual", alpha_total, lambda: holzinger()[:, 0:3]),
    ("holzinger1939", "alpha.textual", alpha_total, lambda: holzinger()[:, 3:6]),
    ("holzinger1939", "alpha.speed", alpha_total, lambda: holzinger()[:, 6:9]),
    ("holzinger1939", "guttman", guttman, holzinger),
    ("cohesion", "alpha.pairwise", alpha_total, cohesion),
    ("cohesion", "alpha.listwise", alpha_total, lambda: complete(cohesion())),
    ("cohesion", "alpha.item.stats", item_stats, cohesion),
    ("cohesion", "alpha.drop", alpha_drop, cohesion),
]
for one_dataset, one_name, one_figure, one_data in ONE_EACH:
    key(one_dataset, one_name)(lambda _, figure=one_figure, data=one_data: figure(data()))


@key("rajaratnam_2", "stratified.alpha")
def rajaratnam(_: str) -> Any:
    data = columns("rajaratnam_2")
    people, person = np.unique(data["Person"], return_inverse=True)
    cells = np.unique(np.column_stack([data["Subtest"], data["Item"]]), axis=0)
    scores = np.full((len(people), len(cells)), np.nan)
    place = (cells == np.column_stack([data["Subtest"], data["Item"]])[:, np.newaxis]).all(axis=2).argmax(1)
    scores[person, place] = data["Score"]
    return stratified_alpha(scores, cells[:, 0]).estimate


@key(
    "edge_cases",
    "alpha.const_item",
    "alpha.two_items",
    "alpha.two_items_neg",
    "alpha.neg_alpha",
    "alpha.all_missing_row",
)
def edge_total(name: str) -> dict[str, Any]:
    return alpha_total(edge_case(name.removeprefix("alpha.")))


@key("edge_cases", "alpha.identical_items")
def edge_identical(name: str) -> dict[str, Any]:
    """R smooths the singular matrix, which gives a G6 of .667 and a signal to noise of -1e16."""
    found = alpha_total(edge_case("identical_items"))
    return {name: value for name, value in found.items() if name not in ("G6(smc)", "S/N")}


@key("edge_cases", "alpha.all_missing_col")
def edge_missing_column(_: str) -> dict[str, Any]:
    """R counts the unanswered item in the score as a zero: mean and sd are left out."""
    found = alpha_total(edge_case("all_missing_col"))
    return {name: value for name, value in found.items() if name not in ("mean", "sd")}


@key("edge_cases", *(f"alpha.item.stats.{name}" for name in ("const_item", "neg_alpha", "all_missing_row")))
def edge_items(name: str) -> dict[str, Any]:
    return item_stats(edge_case(name.removeprefix("alpha.item.stats.")))


def alpha_or_nan(x: np.ndarray) -> float:
    """The textbook formula, all items kept; NaN where we give none, as R's formula does."""
    value = cronbach_alpha(x, constant="keep").estimate
    return np.nan if value is None else value


@key(
    "edge_cases",
    *(
        f"alpha.{form}.{name}"
        for form in ("formula", "psy")
        for name in (
            "const_item",
            "all_const",
            "two_items",
            "two_items_neg",
            "one_item",
            "identical_items",
            "neg_alpha",
            "all_missing_row",
            "pair_never",
        )
    ),
    "alpha.all_const",
    "alpha.one_item",
    "alpha.pair_never",
)
def edge_formula(name: str) -> float:
    return alpha_or_nan(edge_case(name.split(".")[-1]))


@key("edge_cases", "omega1.two_items", "omega1.identical_items")
def edge_omega(name: str) -> dict[str, Any]:
    return {"omega.tot": mcdonald_omega(edge_case(name.removeprefix("omega1."))).estimate}


@key("edge_cases", "heywood.omega1")
def heywood_omega(_: str) -> dict[str, Any]:
    return {"omega.tot": mcdonald_omega(ItemMoments(100, np.zeros(4), edge_case("heywood"))).estimate}


_TWO_ROWS = "any two rows correlate 1 or -1: undefined here (`too_few_rows`), R gives 1"
left("edge_cases", "alpha.two_rows", _TWO_ROWS)
left("edge_cases", "alpha.formula.two_rows", _TWO_ROWS)
left("edge_cases", "alpha.psy.two_rows", _TWO_ROWS)
_NO_COLUMN = (
    "the covariance of an item that nobody answered is missing, and so is R's sum; we leave the item out, "
    "say so, and give alpha of the others (matched in `alpha.all_missing_col`)"
)
left("edge_cases", "alpha.formula.all_missing_col", _NO_COLUMN)
left("edge_cases", "alpha.psy.all_missing_col", _NO_COLUMN)
left(
    "edge_cases",
    "omega1.const_item",
    "R refuses a constant item; we leave it out and say so (`constant_item_dropped`)",
)
left(
    "edge_cases",
    "omega1.two_items_neg",
    "R turns one of two opposed items by itself (.947); nothing is turned here: omega is -18, `check_keys`",
)
left(
    "attitude",
    "glb.fa",
    "an approximation to the greatest lower bound by factors: not offered, it takes chance for reliability "
    "in samples below some 1000 rows",
)
left(
    "attitude",
    "tenberge",
    "the mu series of ten Berge & Zegers is not offered; mu0 and mu1 are lambda 3 and 2",
)
