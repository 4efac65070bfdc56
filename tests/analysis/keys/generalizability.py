"""G and D studies against Brennan (2001), lme4 and gtheory."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from analysis import icc_oneway
from analysis.generalizability import Facets, balanced_components, d_study, g_study, raters_needed
from tests.analysis.keys.registry import entries, key, left
from tests.analysis.reference_values import columns

REML_IS_ANOVA = (
    "lme4 stopped early: in this balanced design without negative components REML equals ANOVA (matched "
    "under anova.components), and lme4's value is {off} off, more than the tolerance"
)


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
def _shrout_curve(_name: str) -> Any:
    # Crossed raters: for one item, what is the same for all persons takes the item's place in Phi.
    found, k = shrout().variance, np.arange(1, 11)
    curve = [d_study(Facets(found["p"], found["pr"], item=found["r"] / n), [n], items=1) for n in k]
    return {
        "k": k,
        "Erho2": [float(each.e_rho2[0]) for each in curve],
        "Phi": [float(each.phi[0]) for each in curve],
    }


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


left("brennan_3_2", "lmer.reml.var", REML_IS_ANOVA.format(off="1.7e-4"))
left("brennan_3_2", "gtheory.gstudy", REML_IS_ANOVA.format(off="1.7e-4"))
left(
    "brennan_3_2",
    "gtheory.dstudy.3x4",
    "made of lme4's components of gtheory.gstudy, and of a design p x (r:t)",
)
left("brennan_3_2", "dstudy.table", "a D study of p x (r:t); the package's D study is that of p x (r:p) x i")
left("rajaratnam_2", "table", "a count of rows by subtest, no statistic of the package")
left(
    "rajaratnam_2",
    "lmer.reml.var",
    "unbalanced items in subtests, crossed with persons: not a design of a 360",
)
