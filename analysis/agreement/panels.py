"""Named panels: the same raters judge all targets, as in a calibration.

Ballots of a cycle cannot be linked across subjects, so there only the one-way form exists
(`analysis.agreement.oneway`). What stands here is for tables whose columns are known raters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from analysis._arrays import FloatArray, as_matrix, check_confidence
from analysis._result import Result
from analysis.agreement.icc_forms import (
    Figures,
    IccForm,
    IccForms,
    Pair,
    f_test,
    from_one_error,
    mean_squares,
    ten_forms,
    two_way_agreement,
    undefined,
)
from analysis.agreement.oneway import OnewayIcc, icc_oneway

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PanelIcc(Result):
    """Intraclass correlations of a panel; `estimate` is the two-way random agreement of one rater.

    With missing="oneway" and gaps it is the one-way form of one rater.

    Attributes
    ----------
    forms : the ten forms, by name and in a row
    n_raters : raters of the panel
    dropped : targets left out because of missing ratings
    msr, msc, mse, msw : mean squares of targets, raters, residual, and within targets
    sigma2_targets, sigma2_raters, sigma2_residual : two-way components; may be negative
    """

    forms: IccForms
    n_raters: int
    dropped: int
    msr: float | None = None
    msc: float | None = None
    mse: float | None = None
    msw: float | None = None
    sigma2_targets: float | None = None
    sigma2_raters: float | None = None
    sigma2_residual: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class KendallW(Result):
    """Concordance of rankings; `estimate` is corrected for ties, `n` counts targets.

    Attributes
    ----------
    uncorrected : the same without the correction
    chi2, df, p : test of no concordance, for the corrected coefficient
    chi2_uncorrected, p_uncorrected : for the other
    n_raters, dropped : raters, and targets left out because of missing ratings
    """

    uncorrected: float | None = None
    chi2: float | None = None
    df: int | None = None
    p: float | None = None
    chi2_uncorrected: float | None = None
    p_uncorrected: float | None = None
    n_raters: int
    dropped: int


def icc(
    ratings: ArrayLike,
    *,
    missing: Literal["listwise", "oneway"] = "listwise",
    rho0: float = 0.0,
    confidence: float = 0.95,
) -> PanelIcc:
    """Intraclass correlations of a panel of named raters, all ten forms of McGraw & Wong (1996).

    With MSR, MSC, MSE the mean squares of n targets, k raters and the residual, MSW within targets:

    * one-way, single (MSR - MSW)/(MSR + (k-1) MSW), average (MSR - MSW)/MSR;
    * consistency, single (MSR - MSE)/(MSR + (k-1) MSE), average (MSR - MSE)/MSR;
    * agreement, single (MSR - MSE)/(MSR + (k-1) MSE + k (MSC - MSE)/n),
      average (MSR - MSE)/(MSR + (MSC - MSE)/n).

    Intervals are exact by F, for agreement approximate (Satterthwaite; McGraw & Wong 1996, table 7).
    Tests: F against `rho0` (table 8). Values below zero are kept. The average forms with fixed
    raters presuppose that raters and targets do not interact.

    Parameters
    ----------
    ratings : (n, k) targets by raters, NaN where a rating is missing
    missing : "listwise" leaves targets with a gap out and counts them; "oneway" takes all ratings,
        for which only the one-way forms are defined (unequal numbers, Wald's exact interval)
    rho0 : the correlation to test against, from 0 to below 1

    Returns
    -------
    PanelIcc

    Raises
    ------
    ValueError : wrong shape, unknown `missing`, `rho0` out of range

    Examples
    --------
    >>> found = icc([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> for form in found.forms[:6]:
    ...     print(form.name, round(form.estimate, 2))
    ICC(1) 0.17
    ICC(k) 0.44
    ICC(C,1) 0.71
    ICC(C,k) 0.91
    ICC(A,1) 0.29
    ICC(A,k) 0.62
    """
    tail = check_confidence(confidence)
    if missing not in ("listwise", "oneway"):
        raise ValueError("missing: must be 'listwise' or 'oneway'")
    if not 0 <= rho0 < 1:
        raise ValueError("rho0: must lie between 0 and 1")
    x = as_matrix(ratings, "ratings")
    rated = x[~np.isnan(x).all(axis=1)]
    complete = rated[~np.isnan(rated).any(axis=1)]
    if missing == "oneway" and len(complete) < len(rated):
        return _unbalanced(rated, len(x) - len(rated), rho0, confidence)
    return _balanced(complete, len(x) - len(complete), rho0, tail)


def kendall_w(ratings: ArrayLike) -> KendallW:
    """Kendall's coefficient of concordance of m raters who rank n targets (Kendall & Smith 1939).

    W = 12 S/(m² (n³ - n) - m T), S the squared deviations of the targets' rank sums, T the sum of
    t³ - t over groups of t tied ranks (Siegel & Castellan 1988); without T uncorrected. The test is
    chi-square m (n - 1) W with n - 1 degrees of freedom, an approximation for few targets.

    Parameters
    ----------
    ratings : (n, m) targets by raters; targets with a gap are left out and counted

    Returns
    -------
    KendallW

    Raises
    ------
    ValueError : wrong shape

    Examples
    --------
    >>> round(kendall_w([[1, 2, 1], [2, 1, 2], [3, 3, 4], [4, 4, 3]]).estimate, 4)
    0.8222
    """
    x = as_matrix(ratings, "ratings")
    complete = x[~np.isnan(x).any(axis=1)]
    n, m = complete.shape
    dropped = len(x) - n
    method = "Kendall's W, corrected for ties, complete targets; chi-square test"
    reason = _no_panel(complete)
    ranks, ties = _ranks(complete)
    squares = float(((ranks.sum(axis=1) - m * (n + 1) / 2) ** 2).sum())
    untied = float(m**2 * (n**3 - n))
    if not reason and untied - m * ties <= 0:
        reason = "no_variance"  # every rater ties all targets
    if reason:
        return KendallW(estimate=None, n=n, method=method, warnings=(reason,), n_raters=m, dropped=dropped)
    w, plain = 12 * squares / (untied - m * ties), 12 * squares / untied
    return KendallW(
        estimate=w,
        n=n,
        method=method,
        uncorrected=plain,
        chi2=m * (n - 1) * w,
        df=n - 1,
        p=float(special.chdtrc(n - 1, m * (n - 1) * w)),
        chi2_uncorrected=m * (n - 1) * plain,
        p_uncorrected=float(special.chdtrc(n - 1, m * (n - 1) * plain)),
        n_raters=m,
        dropped=dropped,
    )


def _ranks(x: FloatArray) -> tuple[FloatArray, float]:
    """Mean ranks of the targets for each rater, and the sum of t³ - t over all ties."""
    ranks, ties = np.empty(x.shape), 0.0
    for rater, column in enumerate(x.T):
        _, place, count = np.unique(column, return_inverse=True, return_counts=True)
        ranks[:, rater] = (np.cumsum(count) - (count - 1) / 2)[place]
        many = count.astype(np.float64)  # the third power of millions is beyond whole numbers
        ties += float((many**3 - many).sum())
    return ranks, ties


def _no_panel(complete: FloatArray) -> str | None:
    targets, raters = complete.shape
    if not targets:
        return "no_ratings"
    if targets < 2:
        return "one_subject"
    if raters < 2:
        return "no_subject_with_two_raters"
    return "no_variance" if np.ptp(complete) == 0 else None


def _balanced(x: FloatArray, dropped: int, rho0: float, tail: float) -> PanelIcc:
    n, k = x.shape
    reason = _no_panel(x)
    if reason:
        forms = ten_forms(undefined(reason), undefined(reason), undefined(reason), n)
        return _panel(forms, forms.random_agreement_single, "complete targets", k, dropped)
    s = mean_squares(x)
    forms = ten_forms(
        from_one_error(s, s.within, n * (k - 1), rho0, tail),
        from_one_error(s, s.residual, (n - 1) * (k - 1), rho0, tail),
        two_way_agreement(s, rho0, tail),
        n,
    )
    return replace(
        _panel(forms, forms.random_agreement_single, "complete targets", k, dropped),
        msr=s.targets,
        msc=s.raters,
        mse=s.residual,
        msw=s.within,
        sigma2_targets=(s.targets - s.residual) / k,
        sigma2_raters=(s.raters - s.residual) / n,
        sigma2_residual=s.residual,
    )


def _unbalanced(x: FloatArray, dropped: int, rho0: float, confidence: float) -> PanelIcc:
    """Only the one-way forms, with unequal numbers of raters."""
    n, k = x.shape
    found = icc_oneway(x.ravel(), np.repeat(np.arange(n), k), confidence=confidence)
    two_way = undefined("ratings_missing")
    forms = ten_forms(_unequal(found, tested=rho0 == 0), two_way, two_way, n)
    panel = _panel(forms, forms.oneway_single, "unequal numbers, ANOVA with n0, Wald's interval", k, dropped)
    return replace(panel, msr=found.msb, msw=found.msw)


def _unequal(found: OnewayIcc, *, tested: bool) -> Pair:
    """Figures of the two one-way forms; F is exact against zero only."""
    if found.msb is None or found.msw is None or found.icc1 is None:
        return undefined(found.reason or "no_ratings")
    df = found.n_subjects - 1, found.n - found.n_subjects
    test: tuple[float | None, float | None, float | None, float | None] = (None, None, None, None)
    if tested:
        test = f_test(found.msb / found.msw if found.msw else np.inf, *df)
    single = Figures(found.icc1, found.ci_wald, *test, marks=found.warnings)
    average_marks = found.warnings if found.icck is not None else ("no_variance_between",)
    return single, Figures(found.icck, found.ci_icck, *test, marks=average_marks)


def _panel(forms: IccForms, head: IccForm, how: str, raters: int, dropped: int) -> PanelIcc:
    return PanelIcc(
        estimate=head.estimate,
        ci=head.ci,
        n=head.n,
        method=f"{head.method}, {how}",
        warnings=head.warnings,
        forms=forms,
        n_raters=raters,
        dropped=dropped,
    )
