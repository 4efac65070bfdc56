"""Agreement within subjects and the one-way ICC beside multilevel, psych, psychometric and lme4."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from analysis import (
    Agreement,
    OnewayIcc,
    OnewayIntervals,
    Shrinkage,
    average_deviation,
    awg,
    empirical_bayes,
    group_statistics,
    icc_oneway,
    oneway_intervals,
    rwg,
    rwg_j,
)
from tests.analysis.keys.registry import entries, key, left
from tests.analysis.reference_values import HERE, columns, edge_case

Rows = tuple[np.ndarray, np.ndarray]

SCALES = ("lead", "host")


@cache
def lq2002(scale: str) -> Rows:
    """Answers of one scale (lead, host) or item (lead01) and the unit of each rater."""
    data = columns("lq2002")
    names = {"lead": [f"LEAD{i:02d}" for i in range(1, 12)], "host": [f"HOSTIL{i:02d}" for i in range(1, 6)]}
    items = np.column_stack([data[name] for name in names.get(scale, ["LEAD01"])])
    return items, data["COMPID"].astype(int)


@cache
def insteval() -> Rows:
    """Ratings and lecturers."""
    data = columns("insteval_open")
    return data["y"], data["d"].astype(int)


@cache
def cohesion() -> Rows:
    """Answers and platoons."""
    with (HERE / "cohesion.csv").open() as lines:
        rows = list(csv.reader(lines))[1:]
    items = [[float(cell) if cell else np.nan for cell in row[2:]] for row in rows]
    return np.array(items), np.array([f"{row[0]} {row[1]}" for row in rows])


def nested(name: str) -> Rows:
    """Answers to the item a key ends with, or to all, and their groups."""
    table, item = edge_case("nested"), name.rsplit(".", 1)[1]
    chosen = table[:, int(item[1]) : int(item[1]) + 1] if item.startswith("i") else table[:, 1:]
    return chosen, table[:, 0].astype(int)


def frame(found: Agreement, index: str, size: str = "gsize", rows: int | None = None) -> Mapping[str, Any]:
    """The columns of multilevel, which leaves out subjects without a complete row."""
    kept = np.flatnonzero(found.raters)[:rows]
    return {index: found.values[kept], size: found.raters[kept]}


@key("cohesion", "rwg.j")
def cohesion_rwg_j(_: str) -> Any:
    return frame(rwg_j(*cohesion(), scale=(1, 5)), "rwg.j")


@key("cohesion", "rwg.COH02", "rwg.COH03")
def cohesion_rwg(name: str) -> Any:
    items, platoons = cohesion()
    return frame(rwg(items[:, int(name[-1]) - 1], platoons, scale=(1, 5)), "rwg")


@key("cohesion", "rwg.j.lindell")
def cohesion_lindell(_: str) -> Any:
    return {"rwg.lindell": rwg_j(*cohesion(), scale=(1, 5)).lindell}


@key("cohesion", "awg")
def cohesion_awg(_: str) -> Any:
    return frame(awg(*cohesion(), scale=(1, 5)), "a.wg", "nraters")


@key("cohesion", "ad", "ad.median")
def cohesion_ad(name: str) -> Any:
    about = "median" if name.endswith("median") else "mean"
    return frame(average_deviation(*cohesion(), scale=(1, 5), about=about), "AD.M")


@key("lq2002", "lead.rwg.j.uniform", "lead.rwg.j.slight_skew", "lead.rwg.j.triangular")
def lead_rwg_j(name: str) -> Any:
    null = name.rsplit(".", 1)[1]
    shown = len(entries("lq2002")[name]["value"]["rows"])
    return frame(rwg_j(*lq2002("lead"), scale=(1, 5), null=null), "rwg.j", rows=shown)


@key("lq2002", "lead.rwg.j.summary")
def lead_rwg_j_summary(_: str) -> Any:
    found = rwg_j(*lq2002("lead"), scale=(1, 5))
    values = found.values
    return {"mean": found.estimate, "median": np.median(values), "ge70": (values >= 0.7).mean()}


@key("lq2002", "lead.rwg.j.lindell")
def lead_lindell(_: str) -> Any:
    found = rwg_j(*lq2002("lead"), scale=(1, 5))
    return {"rwg.lindell": found.lindell, "gsize": found.raters}


@key("lq2002", "host.rwg.j")
def host_rwg_j(_: str) -> Any:
    return frame(rwg_j(*lq2002("host"), scale=(0, 4)), "rwg.j")


@key("lq2002", "lead.awg")
def lead_awg(_: str) -> Any:
    return frame(awg(*lq2002("lead"), scale=(1, 5)), "a.wg", "nraters")


@key("lq2002", "lead.ad.mean", "lead.ad.median")
def lead_ad(name: str) -> Any:
    return frame(average_deviation(*lq2002("lead"), scale=(1, 5), about=name.rsplit(".", 1)[1]), "AD.M")


@key("lq2002", "lead01.rwg")
def lead01_rwg(_: str) -> Any:
    return frame(rwg(*lq2002("lead01"), scale=(1, 5)), "rwg")


@key("lq2002", "lead01.awg")
def lead01_awg(_: str) -> Any:
    found = awg(*lq2002("lead01"), scale=(1, 5))
    return frame(found, "a.wg", "nraters") | {"grp.var": found.variance}


@key("lq2002", "lead01.ad")
def lead01_ad(_: str) -> Any:
    return frame(average_deviation(*lq2002("lead01"), scale=(1, 5)), "AD.M")


@key("insteval_open", "rwg.single.summary")
def insteval_rwg_summary(_: str) -> Any:
    values = rwg(*insteval(), scale=(1, 5)).values
    return {
        "mean": values.mean(),
        "median": np.median(values),
        "n_na": np.isnan(values).sum(),
        "n_zero": (values == 0).sum(),
        "ge70": (values >= 0.7).mean(),
    }


@key("insteval_open", "rwg.first20")
def insteval_rwg(_: str) -> Any:
    return frame(rwg(*insteval(), scale=(1, 5)), "rwg", rows=20)


@key("insteval_open", "awg.first20")
def insteval_awg(_: str) -> Any:
    found = awg(*insteval(), scale=(1, 5))
    return frame(found, "a.wg", "nraters", rows=20) | {"grp.var": found.variance[:20]}


@key("insteval_open", "ad.mean.first20")
def insteval_ad(_: str) -> Any:
    return frame(average_deviation(*insteval(), scale=(1, 5)), "AD.M", rows=20)


@key("edge_cases", "nested.rwg.i1", "nested.rwg.i2", "nested.rwg.i3")
def nested_rwg(name: str) -> Any:
    return frame(rwg(*nested(name), scale=(1, 5)), "rwg")


@key("edge_cases", "nested.awg.i1", "nested.awg.i2", "nested.awg.i3")
def nested_awg(name: str) -> Any:
    found = awg(*nested(name), scale=(1, 5))
    return frame(found, "a.wg", "nraters") | {"grp.var": found.variance[found.raters > 0]}


@key("edge_cases", "nested.ad.i1", "nested.ad.i2", "nested.ad.i3")
def nested_ad(name: str) -> Any:
    return frame(average_deviation(*nested(name), scale=(1, 5)), "AD.M")


@key("edge_cases", "nested.rwg.j")
def nested_rwg_j(name: str) -> Any:
    return frame(rwg_j(*nested(name), scale=(1, 5)), "rwg.j")


@key("edge_cases", "nested.rwg.j.lindell")
def nested_lindell(name: str) -> Any:
    found = rwg_j(*nested(name), scale=(1, 5))
    kept = found.raters > 0
    return {"rwg.lindell": found.lindell[kept], "gsize": found.raters[kept]}


@key("edge_cases", "nested.awg.j")
def nested_awg_j(name: str) -> Any:
    return frame(awg(*nested(name), scale=(1, 5)), "a.wg", "nraters")


@key("edge_cases", "nested.ad.j")
def nested_ad_j(name: str) -> Any:
    return frame(average_deviation(*nested(name), scale=(1, 5)), "AD.M")


@cache
def scores(of: str) -> Rows:
    """One score per rater and the subject rated: lead, host, lead01 or insteval."""
    if of == "insteval":
        return insteval()
    items, units = lq2002(of)
    return items.mean(axis=1), units


@cache
def oneway(of: str) -> OnewayIcc:
    return icc_oneway(*scores(of))


@cache
def intervals(of: str) -> OnewayIntervals:
    return oneway_intervals(*scores(of))


@cache
def shrunken(of: str) -> Shrinkage:
    return empirical_bayes(*scores(of))


def scale_of(name: str) -> str:
    """The scale a key begins with; the keys of insteval_open begin with none."""
    scale = name.split(".")[0]
    return scale if scale in SCALES else "insteval"


def limits(interval: tuple[float, float] | None, **others: Any) -> Any:
    assert interval is not None
    return others | {"lower": interval[0], "upper": interval[1]}


@key("lq2002", "counts")
def lq2002_counts(_: str) -> Any:
    n = group_statistics(*scores("lead")).n
    return {
        "N": n.sum(),
        "G": len(n),
        "min": n.min(),
        "max": n.max(),
        "median": np.median(n),
        "n0": oneway("lead").n0,
    }


@key("insteval_open", "counts")
def insteval_counts(_: str) -> Any:
    n = group_statistics(*insteval()).n
    few = {"n_lt_3": (n < 3).sum(), "n_lt_5": (n < 5).sum(), "n_eq_1": (n == 1).sum()}
    size = {"min_n": n.min(), "median_n": np.median(n), "max_n": n.max()}
    return {"rows": n.sum(), "lecturers": len(n)} | size | few


@key("insteval_open", "y.table")
def insteval_table(_: str) -> Any:
    values, counts = np.unique(insteval()[0], return_counts=True)
    return {str(int(value)): count for value, count in zip(values, counts, strict=True)}


@key("lq2002", "lead.ms", "host.ms")
def mean_squares(name: str) -> Any:
    icc = oneway(scale_of(name))
    return {"MSB": icc.msb, "MSW": icc.msw, "F": icc.msb / icc.msw}


@key("insteval_open", "oneway.anova")
def insteval_anova(_: str) -> Any:
    icc, n = oneway("insteval"), group_statistics(*insteval()).n
    return {
        "grand_mean": icc.grand_mean,
        "MSB": icc.msb,
        "MSW": icc.msw,
        "df1": icc.n_subjects - 1,
        "df2": icc.n - icc.n_subjects,
        "F": icc.msb / icc.msw,
        "n0": icc.n0,
        "n_mean": n.mean(),
        "n_harmonic": len(n) / (1 / n).sum(),
    }


@key("lq2002", "lead.icc1.n0", "host.icc1.n0")
@key("insteval_open", "icc1.n0")
def icc1(name: str) -> Any:
    return oneway(scale_of(name)).icc1


@key("insteval_open", "icck.MSBMSW")
def icck(name: str) -> Any:
    return oneway(scale_of(name)).icck


@key("lq2002", "lead.icck.ci95", "host.icck.ci95")
def icck_interval(name: str) -> Any:
    return limits(oneway(scale_of(name)).ci_icck, icck=oneway(scale_of(name)).icck)


@key("lq2002", "lead.icc1.wald_exact_ci95", "host.icc1.wald_exact_ci95")
@key("insteval_open", "icc1.wald_exact_ci95")
def wald(name: str) -> Any:
    """R's theta is the odds of the limits."""
    low, high = oneway(scale_of(name)).ci_wald or (np.nan, np.nan)
    return limits((low, high), theta_lower=low / (1 - low), theta_upper=high / (1 - high))


@key("lq2002", "lead.icc1.searle_ci95.n0", "host.icc1.searle_ci95.n0")
@key("insteval_open", "icc1.searle_ci95.n0")
def searle(name: str) -> Any:
    return limits(intervals(scale_of(name)).searle)


@key("lq2002", "lead.icc1.smith_ci95", "host.icc1.smith_ci95")
@key("insteval_open", "icc1.smith_ci95")
def smith(name: str) -> Any:
    return limits(intervals(scale_of(name)).smith, se=oneway(scale_of(name)).se)


@key("lq2002", "lead.icc1.thomas_hultquist_ci95", "host.icc1.thomas_hultquist_ci95")
@key("insteval_open", "icc1.thomas_hultquist_ci95")
def thomas_hultquist(name: str) -> Any:
    return limits(intervals(scale_of(name)).thomas_hultquist)


@key("lq2002", "lead.icc.multilevel", "host.icc.multilevel")
@key("insteval_open", "aov.icc1.multilevel")
def multilevel_icc(name: str) -> Any:
    """ICC1 is not ours: multilevel takes N/G raters, we take n0."""
    return {"ICC2": oneway(scale_of(name)).icck}


@key("lq2002", "lead.statsBy", "host.statsBy")
def stats_by(name: str) -> Any:
    """ICC1 is not ours: psych takes N/G raters, we take n0."""
    return {"ICC2": {scale_of(name): oneway(scale_of(name)).icck, "LEAD01": oneway("lead01").icck}}


@key("lq2002", "lead.GmeanRel", "host.GmeanRel")
def gmeanrel(name: str) -> Any:
    raters = group_statistics(*scores(scale_of(name))).n[:10]
    mean_reliability = shrunken(scale_of(name)).reliability[:10]
    return {"ICC": oneway(scale_of(name)).reml_icc1, "MeanRel": mean_reliability, "size": raters}


@key("lq2002", "lead.lmer.reml.var", "host.lmer.reml.var")
def lmer_variances(name: str) -> Any:
    icc = oneway(scale_of(name))
    return {"C": icc.reml_sigma2_between, "Residual": icc.reml_sigma2_within}


@key("insteval_open", "lmer.d.reml.var")
def insteval_variances(name: str) -> Any:
    icc = oneway(scale_of(name))
    return {"d": icc.reml_sigma2_between, "Residual": icc.reml_sigma2_within}


@key("lq2002", "lead.lmer.fixef", "host.lmer.fixef")
def lmer_mean(name: str) -> Any:
    return oneway(scale_of(name)).mu


@key("insteval_open", "lmer.d.reml.fixef")
def insteval_mean(name: str) -> Any:
    return {"(Intercept)": oneway(scale_of(name)).mu}


@key("insteval_open", "lmer.d.fixef.se")
def lmer_mean_error(name: str) -> Any:
    return oneway(scale_of(name)).mu_se


@key("insteval_open", "lmer.d.icc1")
def lmer_icc1(name: str) -> Any:
    return {"d": oneway(scale_of(name)).reml_icc1}


@key("insteval_open", "lmer.d.reml.criterion")
def lmer_criterion(name: str) -> Any:
    return {"REMLcrit": oneway(scale_of(name)).reml_criterion}


@key("insteval_open", "lmer.d.ml.var")
def lmer_ml_variances(name: str) -> Any:
    found = intervals(scale_of(name))
    return {"d": found.ml_sigma2_between, "Residual": found.ml_sigma2_within}


@key("insteval_open", "lmer.d.ml.loglik")
def lmer_ml_likelihood(name: str) -> Any:
    return intervals(scale_of(name)).ml_loglik


@key("lq2002", "lead.lmer.profile_ci95", "host.lmer.profile_ci95")
@key("insteval_open", "lmer.d.profile_ci95")
def lmer_profile(name: str) -> Any:
    found = intervals(scale_of(name))
    rows = [found.profile_sd_between, found.profile_sd_within, found.profile_mu]
    return {"2.5 %": [row[0] for row in rows], "97.5 %": [row[1] for row in rows]}


@key("lq2002", "lead.lmer.blup", "host.lmer.blup")
@key("insteval_open", "lmer.d.blup.first20")
def lmer_blup(name: str) -> Any:
    found = shrunken(scale_of(name))
    shown = 20 if name.endswith("first20") else None
    blup = found.theta[:shown] - found.estimate
    columns_of_r = {"blup": blup, "condsd": np.sqrt(found.conditional_variance[:shown])}
    return columns_of_r | ({"n": group_statistics(*insteval()).n[:20]} if shown else {})


@key("edge_cases", "nested.oneway.i1", "nested.oneway.i2", "nested.oneway.i3")
def nested_oneway(name: str) -> Any:
    items, groups = nested(name)
    icc = icc_oneway(items[:, 0], groups)
    squares = {"MSB": icc.msb, "MSW": icc.msw, "n0": icc.n0}
    return {"N": icc.n, "G": icc.n_subjects} | squares | {"icc1": icc.icc1, "icck": icc.icck}


@key("edge_cases", "nested.lmer.i1", "nested.lmer.i2", "nested.lmer.i3")
def nested_lmer(name: str) -> Any:
    items, groups = nested(name)
    icc = icc_oneway(items[:, 0], groups)
    return {"g": icc.reml_sigma2_between, "Residual": icc.reml_sigma2_within}


for SCALE in SCALES:
    left(
        "lq2002",
        f"{SCALE}.icc.psychometric.ci95",
        "ICC(1) and its F interval at the mean group size N/G; ours takes n0 and gives Wald's exact interval",
    )
left(
    "insteval_open",
    "lmer.sd*",
    "students crossed with lecturers: not identified when ratings cannot be linked across subjects",
)
left(
    "insteval_open",
    "lmer.service*",
    "students crossed with lecturers, with a covariate: not identified when ratings cannot be linked",
)
