"""Where the differences between answers come from, and how many raters and items a reliable mean needs.

The design of a 360 is persons with their own raters, items the same for all: p x (r:p) x i. Anonymous
raters cannot be linked between persons, so leniency lies inside r:p. Balanced designs of other kinds are
in `balanced_components`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from analysis._arrays import as_matrix, check_confidence, factorize
from analysis._result import Result
from analysis.decision import (
    DStudy,
    Facets,
    RatersNeeded,
    d_study,
    dependability,
    raters_needed,
)
from analysis.designs import BalancedComponents, balanced_components
from analysis.oneway_likelihood import rater_classes, variance_ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray, IntArray

__all__ = [
    "BalancedComponents",
    "DStudy",
    "Facets",
    "GStudy",
    "NestedSums",
    "RatersNeeded",
    "balanced_components",
    "d_study",
    "g_study",
    "g_study_of_sums",
    "nested_sums",
    "raters_needed",
]

Estimator = Literal["anova", "reml"]
_METHOD = (
    "variance components of p x (r:p) x i, {estimator}; estimate: dependability Phi of a mean over the "
    "raters and items seen; interval: delta method on the logit, mean squares taken as independent chi²"
)


@dataclass(frozen=True, eq=False)
class NestedSums:
    """What a G study of p x (r:p) x i needs; it comes from rows or from a vault, and can be added up.

    Attributes
    ----------
    n : (G,) complete sheets of each person
    item_sum : (G, k) sums of each person's answers, item by item
    within : (k, k) sums of cross-products of the answers around their person's item means
    """

    n: IntArray
    item_sum: FloatArray
    within: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GStudy(Result):
    """Variance components; `estimate` is Phi with the raters (n0) and items that were seen.

    Attributes
    ----------
    sigma2_p, sigma2_r_in_p, sigma2_i, sigma2_pi, sigma2_e : persons, raters within persons, items,
        persons by items, and the rest; signed: below zero is possible and flagged
    se_p : standard error of `sigma2_p`
    n0 : typical number of raters (Searle 1971)
    n_subjects, n_items : persons with raters, items
    """

    sigma2_p: float | None = None
    sigma2_r_in_p: float | None = None
    sigma2_i: float | None = None
    sigma2_pi: float | None = None
    sigma2_e: float | None = None
    se_p: float | None = None
    n0: float | None = None
    n_subjects: int = 0
    n_items: int = 0

    @property
    def facets(self) -> Facets | None:
        """The components as a D study takes them, negative ones as zero; None where undefined."""
        if self.sigma2_p is None:
            return None
        signed = (self.sigma2_p, self.sigma2_r_in_p, self.sigma2_i, self.sigma2_pi, self.sigma2_e)
        return Facets(*(max(float(value or 0.0), 0.0) for value in signed))


def nested_sums(items: ArrayLike, groups: ArrayLike) -> NestedSums:
    """The sums of complete sheets; a sheet with a gap is left out.

    Parameters
    ----------
    items : (N, k) answers, one row a sheet
    groups : (N,) whose sheet it is

    Returns
    -------
    NestedSums

    Raises
    ------
    ValueError : wrong shape or length

    Examples
    --------
    >>> nested_sums([[1, 2], [3, 3], [5, 4]], ["a", "a", "b"]).n.tolist()
    [2, 1]
    """
    x = as_matrix(items, "items")
    labels, person = factorize(groups, len(x))
    complete = ~np.isnan(x).any(axis=1)
    x, person = x[complete], person[complete]
    n = np.bincount(person, minlength=len(labels)).astype(np.int64)
    total = np.zeros((len(labels), x.shape[1]))
    np.add.at(total, person, x)
    centred = x - (total / np.maximum(n, 1)[:, np.newaxis])[person]
    return NestedSums(n, total, centred.T @ centred)


def g_study(
    items: ArrayLike, groups: ArrayLike, *, estimator: Estimator = "reml", confidence: float = 0.95
) -> GStudy:
    """Variance components of p x (r:p) x i, raters unequally many.

    Helmert-like contrasts split a sheet into its mean and what is left of its items. Both are one-way
    random models: the mean has m var(p) + var(pi) between persons and m var(r:p) + var(e) within, each
    contrast var(pi) and var(e), with a mean of its own that varies by var(i). "anova" solves the mean
    squares with n0 (Henderson's method 1); "reml" maximises the two restricted likelihoods, each by one
    dimension; unless a component is negative this is the REML of the whole model.

    Parameters
    ----------
    items : (N, k) answers, one row a sheet; sheets with gaps are left out
    groups : (N,) whose sheet it is
    estimator : "reml" or "anova"
    confidence : share of the interval of Phi

    Returns
    -------
    GStudy : `estimate` None with `one_item`, `no_subject_with_two_raters`, `one_subject` or `no_variance`

    Raises
    ------
    ValueError : wrong shape, unknown estimator

    References
    ----------
    Brennan (2001), Generalizability Theory, chapters 3 and 7; Searle, Casella & McCulloch (1992), 3.8.

    Examples
    --------
    >>> answers = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]]
    >>> round(g_study(answers, [1, 1, 2, 2, 3, 3]).sigma2_p, 3)
    1.854
    """
    return g_study_of_sums(nested_sums(items, groups), estimator=estimator, confidence=confidence)


def g_study_of_sums(sums: NestedSums, *, estimator: Estimator = "reml", confidence: float = 0.95) -> GStudy:
    """The same from sums, as a vault keeps them.

    Parameters
    ----------
    sums : of complete sheets
    estimator, confidence : as for `g_study`

    Returns
    -------
    GStudy

    Examples
    --------
    >>> g_study_of_sums(nested_sums([[1, 2], [2, 1]], [1, 2])).reason
    'no_subject_with_two_raters'
    """
    if estimator not in ("anova", "reml"):
        raise ValueError("estimator: must be 'anova' or 'reml'")
    tail = check_confidence(confidence)
    parts = _parts(sums)
    method = _METHOD.format(estimator=estimator)
    k, size = sums.within.shape[0], int(sums.n.sum())
    reason = _no_components(sums, parts)
    if reason:
        return GStudy(estimate=None, n=size, method=method, warnings=(reason,), n_items=k)
    sheet, contrast = parts
    a, b = sheet.components(estimator)
    c, e = contrast.components(estimator)
    found = {
        "sigma2_p": (a - c) / k,
        "sigma2_r_in_p": (b - e) / k,
        "sigma2_i": contrast.variance_of_means(c, e, estimator),
        "sigma2_pi": c,
        "sigma2_e": e,
    }
    marks = tuple(
        f"negative_{name.removeprefix('sigma2_')}" for name, value in found.items() if value < -1e-12
    )
    result = GStudy(
        estimate=None, n=size, method=method, n_items=k, n_subjects=len(sheet.n), n0=sheet.n0,
        se_p=float(np.hypot(sheet.se_between, contrast.se_between)) / k, warnings=marks, **found,
    )  # fmt: skip
    return _with_phi(result, sheet, contrast, tail)


@dataclass(frozen=True, eq=False)
class _Part:
    """One-way sums of one or more independent contrasts with the same components."""

    n: IntArray
    mean: FloatArray  # (G, contrasts' directions) person means
    ssw: float
    contrasts: int

    @property
    def total(self) -> int:
        return int(self.n.sum())

    @property
    def n0(self) -> float:
        return float((self.total - (self.n**2).sum() / self.total) / (len(self.n) - 1))

    @property
    def msw(self) -> float:
        return self.ssw / ((self.total - len(self.n)) * self.contrasts)

    @property
    def msb(self) -> float:
        centre = self.n @ self.mean / self.total
        return float((self.n @ (self.mean - centre) ** 2).sum()) / ((len(self.n) - 1) * self.contrasts)

    @property
    def se_between(self) -> float:
        """Of (MSB - MSW)/n0, mean squares taken as independent chi²."""
        between = 2 * self.msb**2 / ((len(self.n) - 1) * self.contrasts)
        within = 2 * self.msw**2 / ((self.total - len(self.n)) * self.contrasts)
        return float(np.sqrt(between + within)) / self.n0

    def components(self, estimator: Estimator) -> tuple[float, float]:
        """Between and within."""
        if estimator == "anova" or self.msw == 0:
            return (self.msb - self.msw) / self.n0, self.msw
        classes = rater_classes(self.n, self.mean, self.ssw)
        # the mean of a contrast is itself random: its item
        ratio = variance_ratio(classes, is_centre_random=self.mean.shape[1] > 1)
        within = (self.ssw + classes.between(ratio)) / ((self.total - 1) * self.contrasts)
        return ratio * within, within

    def variance_of_means(self, between: float, within: float, estimator: Estimator) -> float:
        """How far the contrasts' own means lie from zero, less what chance adds: the items' variance."""
        weight = self.n / (1 + self.n * between / within) if estimator == "reml" else self.n.astype(float)
        share = weight / weight.sum()
        square = float(((share @ self.mean) ** 2).sum()) / self.contrasts
        return square - float((share**2 * (between + within / self.n)).sum())


def _parts(sums: NestedSums) -> tuple[_Part, _Part]:
    """Sheets' means (times the square root of k), and what is left of the items."""
    rated = sums.n > 0
    n, k = sums.n[rated], sums.within.shape[0]
    item_mean = sums.item_sum[rated] / n[:, np.newaxis]
    own = item_mean.mean(axis=1, keepdims=True)
    of_sheet = float(sums.within.sum()) / k
    return (
        _Part(n, own * np.sqrt(k), of_sheet, 1),
        _Part(n, item_mean - own, max(float(np.trace(sums.within)) - of_sheet, 0.0), max(k - 1, 1)),
    )


def _no_components(sums: NestedSums, parts: tuple[_Part, _Part]) -> str | None:
    if sums.within.shape[0] < 2:
        return "one_item"
    if (sums.n > 0).sum() < 2:
        return "one_subject"
    if not (sums.n > 1).any():
        return "no_subject_with_two_raters"
    if all(part.msb == 0 and part.ssw == 0 for part in parts):
        return "no_variance"
    return None


def _with_phi(result: GStudy, sheet: _Part, contrast: _Part, tail: float) -> GStudy:
    """Add Phi and its interval at the raters and items that were seen."""
    facets = result.facets
    if facets is None or result.n0 is None or facets.person == 0:
        return replace(result, warnings=("no_variance_between_persons", *result.warnings))
    phi = dependability(facets, result.n0, result.n_items)
    if phi >= 1:
        return replace(result, estimate=phi)
    # Phi = P / (P + D): logit Phi = log P - log D, with P from both parts and D dominated by the sheets.
    error = facets.person * (1 - phi) / phi
    spread_of_error = np.sqrt(
        2 * sheet.msw**2 / (sheet.total - len(sheet.n)) / (result.n_items * result.n0) ** 2
        + (contrast.se_between / result.n_items) ** 2
    )
    se_logit = float(np.hypot((result.se_p or 0.0) / facets.person, spread_of_error / error))
    half, centre = float(special.ndtri(1 - tail)) * se_logit, float(special.logit(phi))
    ci = (float(special.expit(centre - half)), float(special.expit(centre + half)))
    return replace(result, estimate=phi, ci=ci, se=se_logit * phi * (1 - phi))
