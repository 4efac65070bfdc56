"""Where the differences between answers come from, and how many raters and items a reliable mean needs.

The design of a 360 is persons with their own raters, items the same for all: p x (r:p) x i. Anonymous
raters cannot be linked between persons, so leniency lies inside r:p. Balanced designs of other kinds are
in `balanced_components`. With one item there is nothing to part: `analysis.agreement.icc_oneway`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from analysis._arrays import FloatArray, IntArray, as_matrix, check_confidence, factorize
from analysis._result import Result
from analysis.generalizability.decision import (
    Facets,
)
from analysis.generalizability.nested_components import Fit, Part, henderson, reml

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


Estimator = Literal["anova", "reml"]
_EFFECTS = ("p", "r_in_p", "i", "pi", "e")
_TABLE = ("p", "r:p", "pi", "ri:p", "i")  # rows of the table of mean squares
_METHOD = (
    "variance components of p x (r:p) x i, {estimator}; estimate: dependability Phi of a mean over the "
    "typical number of raters (n0) and the items seen; interval: delta method on the logit"
)
_TINY = 1e-12  # a sum of squares below this share of the total is rounding, not variance


@dataclass(frozen=True, eq=False)
class NestedSums:
    """What a G study of p x (r:p) x i needs, from rows or from a vault.

    Sums of parts with different persons are one study: `n` and `item_sum` joined, `within` added.

    Attributes
    ----------
    n : (G,) complete sheets of each person; 0 is allowed
    item_sum : (G, k) sums of each person's answers, item by item
    within : (k, k) sums of cross-products of the answers around their person's item means
    """

    n: IntArray
    item_sum: FloatArray
    within: FloatArray

    def __post_init__(self) -> None:
        if self.item_sum.shape != (len(self.n), len(self.within)) or self.within.ndim != 2:
            raise ValueError("n, item_sum, within: must be (G,), (G, k) and (k, k)")
        if (self.n < 0).any():
            raise ValueError("n: must not be negative")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GStudy(Result):
    """Variance components; `estimate` is Phi with the raters (n0) and items that were seen.

    Attributes
    ----------
    sigma2_p, sigma2_r_in_p, sigma2_i, sigma2_pi, sigma2_e : persons, raters within persons, items,
        persons by items, and the rest; "anova" keeps them signed, "reml" has none below zero
    se_p, se_r_in_p, se_i, se_pi, se_e : their standard errors; None for one held at zero
    ci_p : interval of `sigma2_p` (Satterthwaite); None below one degree of freedom, where it tells nothing
    estimator : what was used: "reml" falls back to "anova" where items leave no residual variance
    mean_squares, df : of the effects "p", "r:p", "i", "pi", "ri:p"
    n0 : typical number of raters (Searle 1971)
    n_subjects, n_items : persons with raters, items
    """

    sigma2_p: float | None = None
    sigma2_r_in_p: float | None = None
    sigma2_i: float | None = None
    sigma2_pi: float | None = None
    sigma2_e: float | None = None
    se_p: float | None = None
    se_r_in_p: float | None = None
    se_i: float | None = None
    se_pi: float | None = None
    se_e: float | None = None
    ci_p: tuple[float, float] | None = None
    estimator: Estimator
    mean_squares: Mapping[str, float] | None = None
    df: Mapping[str, int] | None = None
    n0: float | None = None
    n_subjects: int = 0
    n_items: int = 0

    @property
    def facets(self) -> Facets | None:
        """The components as a D study takes them, negative ones as zero and named; None if undefined."""
        if self.sigma2_p is None:
            return None
        p, r_in_p, i, pi, e = (max(float(getattr(self, f"sigma2_{name}")), 0.0) for name in _EFFECTS)
        marks = (mark for mark in self.warnings if mark.startswith("negative_"))
        return Facets(p, r_in_p, i, pi, e, tuple(mark.replace("negative", "set_to_zero") for mark in marks))


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

    References
    ----------
    docs/methods.md, section 10.

    Examples
    --------
    >>> nested_sums([[1, 2], [3, 3], [5, 4]], ["a", "a", "b"]).n.tolist()
    [2, 1]
    """
    x = as_matrix(items, "items")
    labels, person = factorize(groups, len(x))
    complete = ~np.isnan(x).any(axis=1)
    x, person = x[complete], person[complete]
    n = np.bincount(person, minlength=len(labels))
    total = np.zeros((len(labels), x.shape[1]))
    np.add.at(total, person, x)
    centred = x - (total / np.maximum(n, 1)[:, np.newaxis])[person]
    return NestedSums(n, total, centred.T @ centred)


def g_study(
    items: ArrayLike, groups: ArrayLike, *, estimator: Estimator = "reml", confidence: float = 0.95
) -> GStudy:
    """Variance components of p x (r:p) x i, raters unequally many.

    "anova" sets the mean squares equal to their expectations, with n0 raters (Henderson's method 1), and
    keeps what falls below zero. "reml" maximises the restricted likelihood of normal answers over
    components that are not negative, as lme4 does. With equally many raters and nothing at zero both agree.

    Phi = var(p) / (var(p) + D), D = var(r:p)/n0 + (var(i) + var(pi))/k + var(e)/(n0 k). Its interval is
    logit Phi ± z se with the covariances of all components (delta method): it
    covers .94 to .98 in simulations of 20 to 300 persons. `ci_p`: df var(p) / chi² with
    df = 2 (var(p)/se)² (Satterthwaite 1946), which covers .95 to .97.

    Parameters
    ----------
    items : (N, k) answers, one row a sheet; sheets with gaps are left out
    groups : (N,) whose sheet it is
    estimator : "reml" or "anova"
    confidence : share of the intervals

    Returns
    -------
    GStudy : `estimate` None with `no_ratings`, `one_item`, `one_subject`, `no_subject_with_two_raters` or
        `no_variance`, and with `no_variance_between_persons` where components stand but var(p) is not above
        zero. Marks: `negative_…` (ANOVA) and `zero_…` (REML) by component, `no_residual_variance`,
        `few_subjects` (under 30)

    Raises
    ------
    ValueError : wrong shape, unknown estimator

    References
    ----------
    Brennan (2001), Generalizability Theory, chapters 3 and 7; Searle, Casella & McCulloch (1992),
    Variance Components, chapters 5 (Henderson) and 6 (REML).

    Examples
    --------
    >>> answers = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]]
    >>> found = g_study(answers, [1, 1, 2, 2, 3, 3])
    >>> round(found.sigma2_p, 3), found.warnings
    (1.828, ('zero_r_in_p', 'zero_pi', 'few_subjects'))
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

    Raises
    ------
    ValueError : unknown estimator

    References
    ----------
    Brennan (2001), chapters 3 and 7; Searle, Casella & McCulloch (1992), chapters 5 and 6, as for `g_study`.

    Examples
    --------
    >>> g_study_of_sums(nested_sums([[1, 2], [2, 1]], [1, 2])).reason
    'no_subject_with_two_raters'
    """
    if estimator not in ("anova", "reml"):
        raise ValueError("estimator: must be 'anova' or 'reml'")
    tail = check_confidence(confidence)
    blank = GStudy(
        estimate=None,
        n=int(sums.n.sum()),
        method=_METHOD.format(estimator=estimator),
        estimator=estimator,
        n_subjects=int((sums.n > 0).sum()),
        n_items=len(sums.within),
    )
    reason = _no_parts(sums)
    if reason is None:
        sheet, contrast = _parts(sums)
        if _vary(sums, sheet, contrast):
            return _estimated(blank, sheet, contrast, tail)
    return replace(blank, warnings=(reason or "no_variance",))


def _no_parts(sums: NestedSums) -> str | None:
    if sums.n.sum() == 0:
        return "no_ratings"
    if len(sums.within) < 2:
        return "one_item"
    if (sums.n > 0).sum() < 2:
        return "one_subject"
    return "no_subject_with_two_raters" if sums.n.max() < 2 else None


def _vary(sums: NestedSums, sheet: Part, contrast: Part) -> bool:
    varies = float(sheet.mean_squares[:2].sum() + contrast.mean_squares[:2].sum())
    return varies > _TINY * float(np.vdot(sums.item_sum, sums.item_sum)) / sheet.total


def _parts(sums: NestedSums) -> tuple[Part, Part]:
    """Sheets' means (times the square root of k), and what is left of the items."""
    rated, k = sums.n > 0, len(sums.within)
    n, item_sum = (sums.n, sums.item_sum) if rated.all() else (sums.n[rated], sums.item_sum[rated])
    item_mean = item_sum / n[:, np.newaxis]
    own = item_mean @ np.full((k, 1), 1 / k)
    centred = (own - own.mean()) * np.sqrt(k)  # the overall mean tells nothing of the components
    of_sheets, total = float(sums.within.sum()) / k, float(np.trace(sums.within))
    rest = total - of_sheets
    return (
        Part(n, centred, of_sheets if of_sheets > _TINY * total else 0.0, 1),
        Part(n, item_mean - own, rest if rest > _TINY * total else 0.0, max(k - 1, 1)),
    )


def _estimated(blank: GStudy, sheet: Part, contrast: Part, tail: float) -> GStudy:
    """Components with their errors, then Phi."""
    estimator: Estimator = "anova" if contrast.ssw == 0 else blank.estimator
    fit = (henderson if estimator == "anova" else reml)(sheet, contrast, blank.n_items)
    value = fit.components.tolist()
    variance = np.diag(fit.covariance).tolist()
    known = [is_free and v >= 0 for is_free, v in zip(fit.free.tolist(), variance, strict=True)]
    se = [float(np.sqrt(v)) if is_known else None for v, is_known in zip(variance, known, strict=True)]
    squares = (*sheet.mean_squares[:2].tolist(), *contrast.mean_squares.tolist())
    found = replace(
        blank,
        method=_METHOD.format(estimator=estimator),
        warnings=_marks(fit, blank.n_subjects, settled=contrast.ssw == 0),
        estimator=estimator,
        sigma2_p=value[0], sigma2_r_in_p=value[1], sigma2_i=value[2], sigma2_pi=value[3], sigma2_e=value[4],
        se_p=se[0], se_r_in_p=se[1], se_i=se[2], se_pi=se[3], se_e=se[4],
        mean_squares=dict(zip(_TABLE, squares, strict=True)),
        df=dict(zip(_TABLE, (*sheet.df, *contrast.df, contrast.contrasts), strict=True)),
        n0=sheet.n0,
    )  # fmt: skip
    return _with_phi(found, fit, tail)


def _marks(fit: Fit, persons: int, *, settled: bool) -> tuple[str, ...]:
    small = _TINY * float(np.abs(fit.components).sum())  # rounding is not below zero
    below, free = fit.components < -small, fit.free
    marks = [f"negative_{name}" for name, is_below in zip(_EFFECTS, below, strict=True) if is_below]
    marks += [f"zero_{name}" for name, is_free in zip(_EFFECTS, free, strict=True) if not is_free]
    marks += ["no_residual_variance"] if settled else []
    return (*marks, "few_subjects") if persons < 30 else tuple(marks)


def _with_phi(found: GStudy, fit: Fit, tail: float) -> GStudy:
    """Add Phi and the intervals."""
    small = _TINY * float(np.abs(fit.components).sum())
    p, r_in_p, i, pi, e = np.maximum(fit.components, 0.0).tolist()
    k, n0 = found.n_items, float(found.n0 or 1.0)
    if p <= small:
        return replace(found, warnings=("no_variance_between_persons", *found.warnings))
    shares = np.array([0.0, 1 / n0, 1 / k, 1 / k, 1 / (n0 * k)])
    error = float(shares @ [p, r_in_p, i, pi, e])
    phi, se_p = p / (p + error), float(np.sqrt(fit.covariance[0, 0]))
    if error <= small:
        return replace(found, estimate=phi)
    slope = np.array([1 / p, 0, 0, 0, 0]) - shares / error  # of logit Phi = log var(p) - log D
    se_logit = float(np.sqrt(slope @ fit.covariance @ slope))
    half, centre = float(special.ndtri(1 - tail)) * se_logit, float(special.logit(phi))
    df = 2 * (p / se_p) ** 2
    return replace(
        found,
        estimate=phi,
        ci=(float(special.expit(centre - half)), float(special.expit(centre + half))),
        se=se_logit * phi * (1 - phi),
        ci_p=None if df < 1 else _satterthwaite(p, df, tail),
    )


def _satterthwaite(variance: float, df: float, tail: float) -> tuple[float, float]:
    return (
        df * variance / float(special.chdtri(df, tail)),
        df * variance / float(special.chdtri(df, 1 - tail)),
    )
