"""G and D studies against Brennan (2001), lme4 and gtheory."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from analysis import icc_oneway
from analysis.generalizability import (
    Facets,
    balanced_components,
    d_study,
    d_study_balanced,
    g_study,
    nested_sums,
    raters_needed,
)
from tests.analysis.keys.registry import entries, key
from tests.analysis.reference_values import columns


@cache
def lead() -> Any:
    data = columns("lq2002")
    items = np.column_stack([data[f"LEAD{number:02d}"] for number in range(1, 12)])
    return g_study(items, data["COMPID"])


@cache
def brennan() -> Any:
    data, scores = columns("brennan_3_2"), np.zeros((10, 3, 4))
    for task, person, rater, score in zip(
        *(data[n] for n in ("Task", "Person", "Rater", "Score")), strict=True
    ):
        scores[int(person) - 1, int(task) - 1, (int(rater) - 1) % 4] = score
    return balanced_components(scores, ["p", "t", "r"], {"r": "t"})


@cache
def shrout() -> Any:
    data = columns("shrout_fleiss")
    return balanced_components(np.column_stack([data[f"J{j}"] for j in range(1, 5)]), ["p", "r"])


@cache
def lecturers() -> Facets:
    data = columns("insteval_open")
    icc = icc_oneway(data["y"], data["d"])
    return Facets(icc.reml_sigma2_between or 0.0, rater_in_person=icc.reml_sigma2_within or 0.0)


@key("lq2002", "gstudy.lead.pri")
def _lead(_name: str) -> Any:
    return {
        "COMPID:SUB": lead().sigma2_r_in_p,
        "COMPID:item": lead().sigma2_pi,
        "COMPID": lead().sigma2_p,
        "item": lead().sigma2_i,
        "Residual": lead().sigma2_e,
    }


@key("lq2002", "dstudy.lead.pri")
def _lead_curve(name: str) -> Any:
    raters = entries("lq2002")[name]["value"]["k"]
    study = d_study(lead().facets, raters, items=11)
    return {"k": raters, "Erho2": study.e_rho2, "Phi": study.phi}


@key("brennan_3_2", "published")
def _published(_name: str) -> Any:
    """Without pr:t, printed as 2.3803 where the mean square is 2.38025: the book's own rounding."""
    return {effect: round(value, 4) for effect, value in brennan().variance.items() if effect != "pr:t"}


@key("brennan_3_2", "anova.ms")
def _mean_squares(_name: str) -> Any:
    named = {"p": "Person", "t": "Task", "pt": "Person:Task", "r:t": "Task:Rater", "pr:t": "Residuals"}
    return {named[effect]: value for effect, value in brennan().mean_square.items()}


@key("brennan_3_2", "anova.components")
def _components(_name: str) -> Any:
    return brennan().variance


@key("shrout_fleiss", "gstudy.anova")
def _shrout(_name: str) -> Any:
    return shrout().variance


@key("shrout_fleiss", "lmer.pxr")
def _shrout_reml(_name: str) -> Any:
    found = shrout().variance
    return {"t": found["p"], "j": found["r"], "Residual": found["pr"]}


@key("shrout_fleiss", "dstudy")
def _shrout_curve(name: str) -> Any:
    raters = entries("shrout_fleiss")[name]["value"]["k"]
    study = d_study_balanced(shrout(), {"r": raters})
    return {"k": raters, "Erho2": study.e_rho2, "Phi": study.phi}


@key("insteval_open", "dstudy.raters.d_only")
def _lecturers_curve(name: str) -> Any:
    raters = [int(each[1:]) for each in entries("insteval_open")[name]["value"]]
    return dict(
        zip(entries("insteval_open")[name]["value"], d_study(lecturers(), raters, items=1).phi, strict=True)
    )


@key("insteval_open", "raters_for_target")
def _lecturers_needed(name: str) -> Any:
    wanted = entries("insteval_open")[name]["value"]
    return {
        each: raters_needed(lecturers(), float(each.removeprefix("phi")), items=1).raters for each in wanted
    }


@key("brennan_3_2", "lmer.reml.var")
def _brennan_reml(_name: str) -> Any:
    """REML equals ANOVA here. Without Person and Task, where lme4 ends 1.3e-4 and 1.7e-4 before the top.

    `test_lme4_stops_before_the_greatest_likelihood` shows that.
    """
    found = brennan().variance
    return {"Person:Task": found["pt"], "Rater:Task": found["r:t"], "Residual": found["pr:t"]}


@key("brennan_3_2", "gtheory.gstudy")
def _gtheory_shares(_name: str) -> Any:
    """The components are those of lme4 above; the shares are told to a tenth of a percent."""
    variance = np.array([brennan().variance[effect] for effect in ("pt", "r:t", "p", "t", "pr:t")])
    return {"percent": np.round(100 * variance / variance.sum(), 1)}


@key("brennan_3_2", "gtheory.dstudy.3x4")
def _gtheory_study(_name: str) -> Any:
    """Without var.universe, 1.3e-4 off as lme4's component of persons above."""
    study = d_study_balanced(brennan(), {"t": 3, "r": 4})
    return {
        "generalizability": study.e_rho2,
        "dependability": study.phi,
        "var.error.rel": study.relative_error,
        "var.error.abs": study.absolute_error,
        "sem.rel": np.sqrt(study.relative_error),
        "sem.abs": study.sem,
    }


@key("brennan_3_2", "dstudy.table")
def _brennan_curve(name: str) -> Any:
    value = entries("brennan_3_2")[name]["value"]
    tasks, raters = (np.array([row[at] for row in value["values"]], dtype=float) for at in (0, 1))
    study = d_study_balanced(brennan(), {"t": tasks, "r": raters})
    return {"nt": tasks, "nr": raters, "Erho2": study.e_rho2, "Phi": study.phi}


@cache
def subtests() -> tuple[np.ndarray, np.ndarray]:
    """Items of unequal subtests, crossed with persons: p x (r:p) x i with the names changed.

    Subtests are the groups, their items the rows in them, and persons are crossed with both.
    """
    data = columns("rajaratnam_2")
    item, row = np.unique(np.column_stack([data["Subtest"], data["Item"]]), axis=0, return_inverse=True)
    table = np.full((len(item), 8), np.nan)
    table[row.ravel(), data["Person"].astype(int) - 1] = data["Score"]
    return table, item[:, 0].astype(int)


@key("rajaratnam_2", "table")
def _subtest_sizes(_name: str) -> Any:
    sums = nested_sums(*subtests())
    return dict(zip("123", sums.n * sums.item_sum.shape[1], strict=True))


@key("rajaratnam_2", "lmer.reml.var")
def _subtest_reml(_name: str) -> Any:
    """Without Subtest, where lme4 ends 3.9e-4 before the top (of 3.638, on 2 degrees of freedom)."""
    found = g_study(*subtests())
    return {
        "Person:Subtest": found.sigma2_pi,
        "Item:Subtest": found.sigma2_r_in_p,
        "Person": found.sigma2_i,
        "Residual": found.sigma2_e,
    }
