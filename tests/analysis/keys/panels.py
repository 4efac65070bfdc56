"""Panels of named raters beside irr, psych, psy and irrCAC."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import numpy as np

from analysis import IccForm, PanelIcc, gwet_ac, icc, icc_oneway, kendall_w, krippendorff_alpha
from tests.analysis.keys.registry import entries, key, left
from tests.analysis.reference_values import HERE, columns, edge_case

EDGES = ("perfect_agree", "no_between", "all_same_rating", "one_rater", "all_missing_row", "two_rows")
PANELS = ("irr_anxiety", "irr_video")


@cache
def table(dataset: str) -> np.ndarray:
    """Targets by raters; an edge case by its own name."""
    if dataset in EDGES:
        return edge_case(dataset)
    if dataset == "irr_diagnoses":
        with (HERE / "irr_diagnoses.csv").open() as lines:
            names = np.array(list(csv.reader(lines))[1:])
        return np.unique(names, return_inverse=True)[1].reshape(names.shape).astype(float)
    raters = {"shrout_fleiss": slice(1, 5), "krippendorff12": slice(1, 5)}
    return np.column_stack(list(columns(dataset).values())[raters.get(dataset, slice(None))])


@cache
def panel(dataset: str) -> PanelIcc:
    return icc(table(dataset))


def irr_form(found: PanelIcc, name: str) -> IccForm:
    """The form that irr names by model, type and unit (single where it is not named)."""
    words = name.split(".")
    oneway, unit = "oneway" in words, "average" if "average" in words else "single"
    if oneway:
        return getattr(found.forms, f"oneway_{unit}")
    return getattr(found.forms, f"random_{'agreement' if 'agreement' in words else 'consistency'}_{unit}")


def irr_figures(found: PanelIcc, name: str) -> dict[str, Any]:
    """In irr's names.

    Two-way agreement: irr tests with the degrees of freedom of the interval, also against zero,
    where F is exact with (n - 1)(k - 1); so p is left out. Of the average irr takes k times the
    odds that McGraw & Wong's table 7 has (it writes `nr * coeff` where their a is `coeff`), so its
    degrees of freedom and limits are left out; psych has ours.
    """
    one = irr_form(found, name)
    low, high = one.ci or (None, None)
    figures = {
        "value": one.estimate,
        "subjects": one.n,
        "raters": found.n_raters,
        "Fvalue": one.f,
        "df1": one.df1,
        "df2": one.df_interval or one.df2,
        "p.value": one.p,
        "lbound": low,
        "ubound": high,
    }
    if "agreement" in name:
        del figures["p.value"]
    if "agreement.average" in name:
        del figures["df2"], figures["lbound"], figures["ubound"]
    return figures


def in_r(dataset: str, name: str, figures: dict[str, Any]) -> dict[str, Any]:
    """Those of our figures that R's value names."""
    value = entries(dataset)[name]["value"]
    return {key_: figure for key_, figure in figures.items() if key_ in value}


def psych_figures(found: PanelIcc) -> dict[str, list[Any]]:
    """In psych's columns, ICC1 ICC2 ICC3 and their averages."""
    f = found.forms
    forms = (
        f.oneway_single,
        f.random_agreement_single,
        f.mixed_consistency_single,
        f.oneway_average,
        f.random_agreement_average,
        f.mixed_consistency_average,
    )
    limits = [one.ci or (None, None) for one in forms]
    return {
        "ICC": [one.estimate for one in forms],
        "F": [one.f for one in forms],
        "df1": [one.df1 for one in forms],
        "df2": [one.df2 for one in forms],
        "p": [one.p for one in forms],
        "lower bound": [low for low, _ in limits],
        "upper bound": [high for _, high in limits],
    }


IRR_FORMS = [
    f"icc.{model}.{unit}"
    for model in ("oneway.consistency", "twoway.consistency", "twoway.agreement")
    for unit in ("single", "average")
]


for PANEL in PANELS:

    @key(PANEL, *IRR_FORMS)
    def irr_icc(name: str, panel_: str = PANEL) -> Any:
        return in_r(panel_, name, irr_figures(panel(panel_), name))

    @key(PANEL, "ICC.psych.anova", "ICC.psych.lmer")
    def psych_icc(_: str, panel_: str = PANEL) -> Any:
        return psych_figures(panel(panel_))


@key("shrout_fleiss", *(f"irr.{name}" for name in IRR_FORMS))
def shrout_fleiss_irr(name: str) -> Any:
    return in_r("shrout_fleiss", name, irr_figures(panel("shrout_fleiss"), name))


@key("shrout_fleiss", "irr.icc.r0.3")
def shrout_fleiss_against_a_value(_: str) -> Any:
    one = icc(table("shrout_fleiss"), rho0=0.3).forms.random_agreement_single
    return {"value": one.estimate, "Fvalue": one.f, "df1": one.df1, "df2": one.df2, "p.value": one.p}


@key("shrout_fleiss", "ICC.psych.anova", "ICC.psych.lmer")
def shrout_fleiss_psych(_: str) -> Any:
    return psych_figures(panel("shrout_fleiss"))


@key("attitude", "ICC.psych")
def attitude_psych(_: str) -> Any:
    return psych_figures(panel("attitude"))


@key("shrout_fleiss", "published")
def shrout_fleiss_published(_: str) -> Any:
    """Rounded to the two decimals that were printed."""
    names = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")
    values = psych_figures(panel("shrout_fleiss"))["ICC"]
    return {name: round(value, 2) for name, value in zip(names, values, strict=True)}


@key("shrout_fleiss", "anova")
def shrout_fleiss_anova(_: str) -> Any:
    found = panel("shrout_fleiss")
    df, squares = [5, 3, 15], [found.msr, found.msc, found.mse]
    return {"Df": df, "Sum.Sq": [d * s for d, s in zip(df, squares, strict=True)], "Mean.Sq": squares}


@key("shrout_fleiss", "psy.icc")
def shrout_fleiss_psy(_: str) -> Any:
    found = panel("shrout_fleiss")
    return {
        "nb.subjects": found.n,
        "nb.raters": found.n_raters,
        "subject.variance": found.sigma2_targets,
        "rater.variance": found.sigma2_raters,
        "residual": found.sigma2_residual,
        "icc.consistency": found.forms.mixed_consistency_single.estimate,
        "icc.agreement": found.forms.random_agreement_single.estimate,
    }


def with_a_gap() -> np.ndarray:
    x = table("shrout_fleiss").copy()
    x[1, 2] = np.nan
    return x


@key("shrout_fleiss", "missing.irr.oneway")
def gap_listwise(name: str) -> Any:
    return in_r("shrout_fleiss", name, irr_figures(icc(with_a_gap()), name))


def unbalanced(x: np.ndarray) -> dict[str, Any]:
    """The one-way forms of a table with gaps, beside the same from rows of ratings."""
    found = icc(x, missing="oneway")
    rows = icc_oneway(x.ravel(), np.repeat(np.arange(len(x)), x.shape[1]))
    one, average = found.forms.oneway_single.estimate, found.forms.oneway_average.estimate
    size = {"N": rows.n, "G": found.n, "n0": rows.n0}
    return size | {"MSB": found.msr, "MSW": found.msw, "icc1": one, "icck": average}


@key("shrout_fleiss", "missing.oneway.direct")
def gap_unbalanced(name: str) -> Any:
    return in_r("shrout_fleiss", name, unbalanced(with_a_gap()))


@key("krippendorff12", "oneway.unbalanced.direct")
def krippendorff_unbalanced(_: str) -> Any:
    return unbalanced(table("krippendorff12"))


@key("krippendorff12", "icc.irr.listwise")
def krippendorff_listwise(_: str) -> Any:
    found = panel("krippendorff12")
    return {"value": found.forms.oneway_single.estimate, "subjects": found.n, "raters": found.n_raters}


IRR_EDGES = [
    f"irr.icc.{edge}.{model}"
    for edge in EDGES
    for model in ("oneway.consistency", "twoway.agreement", "twoway.consistency")
]


@key("edge_cases", *IRR_EDGES)
def edge_irr(name: str) -> Any:
    edge = name.split(".")[2]
    figures = irr_figures(panel(edge), name)
    if name == "irr.icc.no_between.twoway.agreement":
        del figures["lbound"], figures["ubound"]  # irr gives one limit; ours are both undefined
    return in_r("edge_cases", name, figures)


@key("edge_cases", "psych.ICC.anova.perfect_agree", "psych.ICC.lmer.perfect_agree")
@key("edge_cases", "psych.ICC.anova.two_rows")
def edge_psych_without_error(name: str) -> Any:
    """psych's F and limits rest on mean squares of rounding; ours say infinite and undefined."""
    figures = psych_figures(panel(name.rsplit(".", 1)[1]))
    return {column: figures[column] for column in ("ICC", "df1", "df2", "p")}


@key("edge_cases", "psych.ICC.anova.no_between")
def edge_psych_without_variance_between(_: str) -> Any:
    """psych's averages divide by rounding (-1e30) or by less than nothing (5); irr has the single ones."""
    figures = psych_figures(panel("no_between"))
    return {column: figures[column] for column in ("F", "df1", "df2", "p")}


@key("edge_cases", "psych.ICC.lmer.all_same_rating")
def edge_psych_all_same(_: str) -> Any:
    figures = psych_figures(panel("all_same_rating"))
    return {name: figures[name] for name in ("ICC", "F", "p", "lower bound", "upper bound")}


@key("edge_cases", "psych.ICC.anova.one_rater", "psych.ICC.lmer.one_rater")
def edge_psych_one_rater(_: str) -> Any:
    """psych refuses; ours is undefined."""
    return panel("one_rater").estimate


def kendall(x: np.ndarray, *, corrected: bool) -> dict[str, Any]:
    found = kendall_w(x)
    return {
        "value": found.estimate if corrected else found.uncorrected,
        "subjects": found.n,
        "raters": found.n_raters,
        "statistic": found.chi2 if corrected else found.chi2_uncorrected,
        "p.value": found.p if corrected else found.p_uncorrected,
    }


for PANEL in (*PANELS, "shrout_fleiss"):

    @key(PANEL, "kendall.W.uncorrected", "kendall.W.corrected")
    def panel_kendall(name: str, panel_: str = PANEL) -> Any:
        return in_r(panel_, name, kendall(table(panel_), corrected=name.endswith(".corrected")))


@key("krippendorff12", "kendall.irr.listwise")
def krippendorff_kendall(_: str) -> Any:
    return kendall(table("krippendorff12"), corrected=True)


@key("edge_cases", *(f"kendall.{edge}" for edge in EDGES if edge != "one_rater"))
def edge_kendall(name: str) -> Any:
    return in_r("edge_cases", name, kendall(table(name.split(".")[1]), corrected=True))


@key("edge_cases", "kendall.ties.uncorrected", "kendall.ties.corrected")
def ties_kendall(name: str) -> Any:
    corrected = name.endswith(".corrected")
    return in_r("edge_cases", name, kendall(edge_case("ties").T, corrected=corrected))


def alpha(x: np.ndarray, level: str) -> Any:
    return krippendorff_alpha(x, level=level, resamples=0)


def alpha_of_irr(x: np.ndarray, level: str) -> float:
    """Ours with the number of ratings that irr takes.

    Where nothing is missing irr does not divide the pairs of a unit by m - 1, so its number of
    ratings N is m - 1 times n, and its alpha 1 - (N - 1)/N * n/(n - 1) * (1 - ours). Where a rating
    is missing irr and we agree (krippendorff12); irrCAC always has ours.
    """
    found = alpha(x, level)
    n, m = found.n_ratings, x.shape[1]
    taken = n if np.isnan(x).any() else n * (m - 1)
    return 1 - (taken - 1) / taken * n / (n - 1) * (1 - found.estimate)


LEVELS = [f"kripp.{level}" for level in ("nominal", "ordinal", "interval", "ratio")]

for PANEL in (*PANELS, "shrout_fleiss"):

    @key(PANEL, *LEVELS)
    def panel_alpha(name: str, panel_: str = PANEL) -> Any:
        return alpha_of_irr(table(panel_), name.split(".")[1])


@key("irr_diagnoses", "kripp.nominal")
def diagnoses_alpha(_: str) -> Any:
    return alpha_of_irr(table("irr_diagnoses"), "nominal")


@key("krippendorff12", *LEVELS)
def krippendorff_levels(name: str) -> Any:
    found = alpha(table("krippendorff12"), name.split(".")[1])
    return {
        "value": found.estimate,
        "subjects": found.n + found.dropped,
        "raters": 4,
        "nmatchval": found.n_ratings,
    }


@key("krippendorff12", "published")
def krippendorff_published(_: str) -> Any:
    """Rounded to the three decimals that were printed."""
    x = table("krippendorff12")
    return {level.split(".")[1]: round(alpha(x, level.split(".")[1]).estimate, 3) for level in LEVELS}


@key("krippendorff12", "kripp.coincidence.nominal")
def krippendorff_coincidences(_: str) -> Any:
    return alpha(table("krippendorff12"), "nominal").coincidences


@key(
    "edge_cases",
    *(
        f"kripp.{level}.{edge}"
        for level in ("interval", "nominal")
        for edge in EDGES
        if edge not in ("all_same_rating", "one_rater")
    ),
)
def edge_alpha(name: str) -> Any:
    _, level, edge = name.split(".")
    return alpha_of_irr(table(edge), level)


@key("edge_cases", "kripp.interval.one_rater", "kripp.nominal.one_rater")
def edge_alpha_undefined(name: str) -> Any:
    """irr stops with an error; ours is undefined."""
    _, level, edge = name.split(".")
    return alpha(table(edge), level).estimate


def gwet(x: np.ndarray, weights: str) -> dict[str, Any]:
    """In the names of the formula of `gwet.direct` in the data files."""
    found = gwet_ac(x, weights=weights)
    low, high = found.ci or (None, None)
    counts = {"n": found.n, "n2": found.n_pairable, "q": len(found.categories)}
    figures = {"pa": found.pa, "pe": found.pe, "coef": found.estimate, "se": found.se}
    return figures | {"lower": low, "upper": high} | counts


for PANEL in (*PANELS, "krippendorff12"):

    @key(PANEL, *(f"gwet.direct.{weights}" for weights in ("identity", "linear", "quadratic", "ordinal")))
    def gwet_direct(name: str, panel_: str = PANEL) -> Any:
        return gwet(table(panel_), name.rsplit(".", 1)[1])


@key("edge_cases", *(f"gwet.ac1.{edge}" for edge in EDGES))
def edge_gwet(name: str) -> Any:
    return gwet(table(name.rsplit(".", 1)[1]), "identity")


def irrcac(x: np.ndarray, weights: str) -> dict[str, Any]:
    """irrCAC rounds the coefficient and its standard error to five digits, and so do we here."""
    found = gwet_ac(x, weights={"unweighted": "identity"}.get(weights, weights))
    rounded = [None if v is None else round(v, 5) for v in (found.estimate, found.se)]
    figures = {"pa": found.pa, "pe": found.pe, "coeff.val": rounded[0], "coeff.se": rounded[1]}
    return {name: [figure] for name, figure in (figures | {"p.value": found.p}).items()}


IRRCAC_WEIGHTS = ("unweighted", "quadratic", "linear", "ordinal", "radical")

for PANEL in (*PANELS, "krippendorff12"):

    @key(PANEL, *(f"irrCAC.gwet.ac1.raw.{weights}" for weights in IRRCAC_WEIGHTS))
    def irrcac_gwet(name: str, panel_: str = PANEL) -> Any:
        return irrcac(table(panel_), name.rsplit(".", 1)[1])

    @key(PANEL, "irrCAC.krippen.alpha.raw.unweighted", "irrCAC.krippen.alpha.raw.quadratic")
    def irrcac_alpha(name: str, panel_: str = PANEL) -> Any:
        """Rounded to five digits as there; pa and pe there are not the two disagreements."""
        level = "nominal" if name.endswith("unweighted") else "interval"
        return {"coeff.val": [round(alpha(table(panel_), level).estimate, 5)]}


@key("krippendorff12", "irrCAC.gwet.ac1.raw.ratio")
def krippendorff_gwet_ratio(_: str) -> Any:
    return irrcac(table("krippendorff12"), "ratio")


@key("krippendorff12", "irrCAC.krippen.alpha.raw.ratio")
def krippendorff_irrcac_ratio(_: str) -> Any:
    return {"coeff.val": [round(alpha(table("krippendorff12"), "ratio").estimate, 5)]}


@key("irr_diagnoses", "irrCAC.gwet.ac1.raw")
def diagnoses_gwet(_: str) -> Any:
    return irrcac(table("irr_diagnoses"), "identity")


@key("irr_diagnoses", "irrCAC.krippen.alpha.raw")
def diagnoses_irrcac_alpha(_: str) -> Any:
    return {"coeff.val": [round(alpha(table("irr_diagnoses"), "nominal").estimate, 5)]}


@key(
    "edge_cases", *(f"irrCAC.ac1.{edge}" for edge in ("perfect_agree", "no_between", "two_rows", "one_rater"))
)
def edge_irrcac(name: str) -> Any:
    return irrcac(table(name.rsplit(".", 1)[1]), "identity")


left(
    "shrout_fleiss",
    "missing.psych.lmer",
    "a crossed mixed model fills the gap; ours leaves the target out or takes the one-way model",
)
left("shrout_fleiss", "missing.psych.listwise", "psych refuses; the complete targets are compared with irr")
left(
    "krippendorff12",
    "ICC.psych.lmer.missing",
    "a crossed mixed model over the gaps, with F and limits as if nothing were missing; ours leaves "
    "targets out or takes the one-way model",
)
left(
    "edge_cases",
    "psych.ICC.lmer.no_between",
    "REML sets negative components to zero and so every form; ours keeps the sign (compared with irr)",
)
left(
    "edge_cases",
    "psych.ICC.anova.all_same_rating",
    "quotients of rounding errors (ICC 1e-16, F 1); there is no variance and ours is undefined",
)
left(
    "edge_cases",
    "psych.ICC.anova.all_missing_row",
    "psych refuses an empty row; the other rows are compared with irr",
)
left(
    "edge_cases",
    "psych.ICC.lmer.all_missing_row",
    "psych counts the empty row as a target in F, degrees of freedom and limits, and sets the negative "
    "component of the raters to zero",
)
left("edge_cases", "psych.ICC.lmer.two_rows", "lme4 did not converge there (its warning stands in the file)")
left("edge_cases", "kendall.one_rater", "irr says 1 for a rater who agrees with herself; ours is undefined")

for PANEL in (*PANELS, "irr_diagnoses", "krippendorff12"):
    for NAME, COEFFICIENT in {
        "kapp*": "Fleiss', Light's, Conger's and Cohen's kappa",
        "agree*": "percent agreement",
        "meancor": "mean correlation of raters",
        "meanrho": "mean rank correlation of raters",
        "robinson": "Robinson's A",
        "finn*": "Finn's coefficient",
        "irrCAC.fleiss*": "Fleiss' kappa",
        "irrCAC.bp*": "Brennan & Prediger's coefficient",
        "irrCAC.conger*": "Conger's kappa",
        "irrCAC.pa*": "percent agreement",
    }.items():
        left(PANEL, NAME, f"not part of the package: {COEFFICIENT}")
    for WEIGHTS in ("linear", "ordinal", "radical"):
        left(
            PANEL,
            f"irrCAC.krippen.alpha.raw.{WEIGHTS}",
            "Gwet's weights in the place of the distance, none of Krippendorff's levels; ours are compared "
            "with irr",
        )
for LEVEL in ("interval", "nominal"):
    left(
        "edge_cases",
        f"kripp.{LEVEL}.all_same_rating",
        "irr says 1; no disagreement can be expected of one value, and ours is undefined",
    )
left(
    "edge_cases",
    "irrCAC.ac1.all_same_rating",
    "irrCAC says 1 with nothing to divide by; with the one category that occurs ours is undefined, "
    "with all categories named it is 1",
)
left(
    "edge_cases",
    "irrCAC.ac1.all_missing_row",
    "irrCAC divides by the zero ratings of the empty row and gives NaN; ours leaves it out (gwet.ac1)",
)
