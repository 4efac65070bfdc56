"""Polychoric correlations and factor models: psych, lavaan and semTools beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from analysis.factors import Cfa, Fit, Invariance, Polychoric, cfa, invariance, polychoric
from analysis.moments import ItemMoments
from analysis.reliability.ordinal import categorical_omega, ordinal_alpha
from tests.analysis.keys.registry import key, left
from tests.analysis.reference_values import columns, edge_case

REVERSED = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}
SCALES = "ACENO"
HOLZINGER = {"visual": [0, 1, 2], "textual": [3, 4, 5], "speed": [6, 7, 8]}
HEYWOOD = np.array([[1, 0.85, 0.85, 0.2], [0.85, 1, 0.65, 0.1], [0.85, 0.65, 1, 0.1], [0.2, 0.1, 0.1, 1]])


@cache
def bfi(scales: str) -> np.ndarray:
    """The five items of each scale, keyed one way."""
    data = columns("bfi")
    names = [f"{scale}{i}" for scale in scales for i in range(1, 6)]
    return np.column_stack([7 - data[name] if name in REVERSED else data[name] for name in names])


@cache
def holzinger() -> np.ndarray:
    data = columns("holzinger1939")
    return np.column_stack([data[f"x{i}"] for i in range(1, 10)])


def fit_measures(fit: Fit) -> dict[str, Any]:
    """The names that lavaan gives to the indices."""
    low, high = fit.rmsea_ci or (None, None)
    names = {
        "chisq": fit.chi2,
        "df": fit.df,
        "pvalue": fit.p,
        "cfi": fit.cfi,
        "tli": fit.tli,
        "rmsea": fit.rmsea,
        "rmsea.ci.lower": low,
        "rmsea.ci.upper": high,
        "srmr": fit.srmr,
        "logl": fit.logl,
        "aic": fit.aic,
        "bic": fit.bic,
    }
    return {name: value for name, value in names.items() if value is not None}


def estimates(model: Cfa, is_marked: bool = False) -> dict[str, list[float]]:
    """The rows of lavaan's table: loadings, residual variances, factor variances and covariances."""
    m = len(model.factors)
    loads = np.nonzero(model.loadings)
    lower = [(f, f) for f in range(m)] + [(f, g) for f in range(m) for g in range(f + 1, m)]
    places = tuple(np.array(lower).T)
    own = 1 - model.standardized[loads] ** 2
    est = np.concatenate([model.loadings[loads], model.residual_variances, model.factor_covariance[places]])
    se = np.concatenate(
        [model.loadings_se[loads], model.residual_variances_se, model.factor_covariance_se[places]]
    )
    z = np.divide(est, se, out=np.full(len(est), np.nan), where=se > 0)
    std = np.concatenate([model.standardized[loads], own, model.factor_correlation[places]])
    return {"est": est.tolist(), "se": se.tolist(), "z": z.tolist(), "std.all": std.tolist()}


@cache
def bfi_model(scale: str, kind: str) -> Cfa:
    if kind == "wlsmv":
        return cfa(bfi(scale), estimator="wlsmv")
    return cfa(bfi(scale), missing="fiml" if kind == "fiml" else "listwise")


@cache
def bfi_polychoric(scale: str, kind: str) -> Polychoric:
    if kind == "psych":
        return polychoric(bfi(scale), missing="pairwise", correction=0.5)
    return polychoric(bfi(scale))


@key("bfi", *(f"{scale}.cfa1.{kind}.fit" for scale in SCALES for kind in ("ml", "fiml")))
def bfi_fit(name: str) -> dict[str, Any]:
    scale, _, kind, _ = name.split(".")
    return fit_measures(bfi_model(scale, kind).fit)


@key("bfi", *(f"{scale}.cfa1.ml.est" for scale in SCALES))
def bfi_estimates(name: str) -> dict[str, list[float]]:
    return estimates(bfi_model(name[0], "ml"))


@key("bfi", *(f"{scale}.cfa1.wlsmv.fit" for scale in SCALES))
def bfi_ordinal_fit(name: str) -> dict[str, Any]:
    model = bfi_model(name[0], "wlsmv")
    scaled, left_out = model.scaled_fit, ("rmsea.ci.lower", "rmsea.ci.upper")
    plain = {name: value for name, value in fit_measures(model.fit).items() if name not in left_out}
    return plain | {
        "chisq.scaled": scaled.chi2,
        "df.scaled": scaled.df,
        "pvalue.scaled": scaled.p,
        "cfi.scaled": scaled.cfi,
        "tli.scaled": scaled.tli,
        "rmsea.scaled": scaled.rmsea,
    }


@key("bfi", *(f"{scale}.omega.cfa" for scale in SCALES))
def bfi_omega(name: str) -> dict[str, float]:
    return {"f": float(bfi_model(name[0], "ml").omega_observed[0])}


@key("bfi", *(f"{scale}.omega.cfa.model_denominator" for scale in SCALES))
def bfi_omega_model(name: str) -> dict[str, float]:
    return {"f": float(bfi_model(name[0], "ml").omega[0])}


@key("bfi", *(f"{scale}.polychoric.{kind}" for scale in SCALES for kind in ("psych", "lavaan")))
def bfi_correlations(name: str) -> dict[str, list[float]]:
    scale, _, kind = name.split(".")
    r = bfi_polychoric(scale, kind).r
    return {f"{scale}{i + 1}": r[:, i].tolist() for i in range(5)}


@key("bfi", *(f"{scale}.polychoric.tau" for scale in SCALES))
def bfi_thresholds(name: str) -> dict[str, list[float]]:
    thresholds = bfi_polychoric(name[0], "psych").thresholds
    return {f"{option + 1}": thresholds[:, option].tolist() for option in range(5)}


@key("bfi", "A.polychor.A1A2.2step")
def bfi_one_pair(_: str) -> dict[str, float]:
    found = bfi_polychoric("A", "lavaan")
    return {"rho": found.r[0, 1], "chisq": found.misfit[0, 1], "df": float(found.misfit_df[0, 1])}


@key("bfi", *(f"{scale}.alpha.ordinal" for scale in SCALES))
def bfi_ordinal_alpha(name: str) -> float | None:
    return ordinal_alpha(bfi(name[0])).estimate


@key("bfi", *(f"{scale}.omega.categorical" for scale in SCALES))
def bfi_categorical_omega(name: str) -> dict[str, float | None]:
    return {"f": categorical_omega(bfi(name[0])).estimate}


@key("bfi", "all25.cfa5.fit")
def bfi_five_factors(_: str) -> dict[str, Any]:
    factors = {scale: range(5 * i, 5 * i + 5) for i, scale in enumerate(SCALES)}
    return fit_measures(cfa(bfi(SCALES), factors).fit)


@key("holzinger1939", "cfa3.fit")
def holzinger_fit(_: str) -> dict[str, Any]:
    return fit_measures(holzinger_model("marker").fit)


@cache
def holzinger_model(identification: str, estimator: str = "ml") -> Cfa:
    return cfa(holzinger(), HOLZINGER, identification=identification, estimator=estimator)


@key("holzinger1939", "cfa3.est")
def holzinger_estimates(_: str) -> dict[str, list[float]]:
    return estimates(holzinger_model("marker"))


@key("holzinger1939", "cfa1.fit", "cfa1.est")
def holzinger_one_factor(name: str) -> dict[str, Any]:
    model = cfa(holzinger())
    return fit_measures(model.fit) if name == "cfa1.fit" else estimates(model)


@key("holzinger1939", "cfa3.mlr.fit")
def holzinger_robust(_: str) -> dict[str, Any]:
    scaled = holzinger_model("variance", "mlr").scaled_fit
    return {
        "chisq.scaled": scaled.chi2,
        "chisq.scaling.factor": scaled.scaling,
        "cfi.robust": scaled.cfi,
        "tli.robust": scaled.tli,
        "rmsea.robust": scaled.rmsea,
    }


@key("holzinger1939", "cfa3.omega", "cfa3.AVE")
def holzinger_reliability(name: str) -> dict[str, float]:
    model = holzinger_model("marker")
    values = model.omega_observed if name == "cfa3.omega" else model.average_variance_extracted
    return dict(zip(model.factors, values.tolist(), strict=True))


@key("attitude", "cfa1.fit", "omega.cfa")
def attitude_model(name: str) -> dict[str, Any]:
    model = cfa(np.column_stack(list(columns("attitude").values())))
    return fit_measures(model.fit) if name == "cfa1.fit" else {"f": float(model.omega_observed[0])}


@key("lq2002", "lead.cfa1.fit", "lead.omega.cfa")
def leadership_model(name: str) -> dict[str, Any]:
    data = columns("lq2002")
    model = cfa(np.column_stack([data[f"LEAD{i:02d}"] for i in range(1, 12)]))
    return fit_measures(model.fit) if name == "lead.cfa1.fit" else {"f": float(model.omega_observed[0])}


@key("edge_cases", "cfa1.const_item", "cfa1.identical_items")
def refused(name: str) -> float | None:
    return cfa(edge_case(name.removeprefix("cfa1."))).estimate


@key("edge_cases", "cfa1.two_items", "cfa1.two_items_neg")
def not_identified(name: str) -> dict[str, float | None]:
    fit = cfa(edge_case(name.removeprefix("cfa1."))).fit
    return {"chisq": fit.chi2, "df": fit.df}


@key("edge_cases", "heywood.cfa1")
def heywood(_: str) -> dict[str, list[float]]:
    model = cfa(ItemMoments(100, np.zeros(4), HEYWOOD))
    assert "heywood" in model.warnings
    return {"est": estimates(model)["est"]}


def sequence(found: Invariance) -> dict[str, Mapping[str, Any]]:
    """The four models and lavaan's table of their differences."""
    fits = {step.name: fit_measures(step.fit) for step in found.steps}
    changes = {
        "Df": [step.fit.df for step in found.steps],
        "AIC": [step.fit.aic for step in found.steps],
        "BIC": [step.fit.bic for step in found.steps],
        "Chisq": [step.fit.chi2 for step in found.steps],
        "Chisq diff": [step.delta_chi2 for step in found.steps],
        "RMSEA": [step.delta_chi2_rmsea for step in found.steps],
        "Df diff": [step.delta_df for step in found.steps],
        "Pr(>Chisq)": [step.delta_p for step in found.steps],
    }
    return fits | {"LRT": changes}


@key("holzinger1939", "invariance.school")
def holzinger_schools(_: str) -> dict[str, Mapping[str, Any]]:
    return sequence(invariance(holzinger(), columns("holzinger1939")["school"], HOLZINGER))


@key("bfi", "A.invariance.gender")
def bfi_gender(_: str) -> dict[str, Mapping[str, Any]]:
    return sequence(invariance(bfi("A"), columns("bfi")["gender"]))


left(
    "bfi",
    "A.polychor.A1A2.ml",
    "thresholds and correlation by joint maximum likelihood of one pair: not offered; we give the two-step "
    "estimate, which differs by .004 here",
)
