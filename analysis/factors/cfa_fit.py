"""How well a factor model fits: chi-square and the indices that are made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import optimize, stats

if TYPE_CHECKING:
    from analysis._arrays import FloatArray


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Fit of one model; None where it cannot be told.

    Attributes
    ----------
    chi2, df, p : test of exact fit
    cfi, tli : against the model of unrelated items (Bentler 1990; Tucker & Lewis 1973)
    rmsea, rmsea_ci : misfit per degree of freedom (Steiger & Lind 1980) and its 90 % interval
    srmr : root mean square of the standardized residuals (Bentler 1995)
    logl, aic, bic : log-likelihood and information criteria; None without a likelihood
    n_parameters : free parameters
    """

    chi2: float | None
    df: int
    p: float | None = None
    cfi: float | None = None
    tli: float | None = None
    rmsea: float | None = None
    rmsea_ci: tuple[float, float] | None = None
    srmr: float | None = None
    logl: float | None = None
    aic: float | None = None
    bic: float | None = None
    n_parameters: int = 0


@dataclass(frozen=True, kw_only=True)
class ScaledFit:
    """Fit corrected for answers that are not normal.

    Attributes
    ----------
    chi2, df, p : corrected test
    scaling, shift : chi2 = chi2 of `Fit` / scaling + shift
    cfi, tli, rmsea, rmsea_ci : for MLR the robust forms (Brosseau-Liard & Savalei 2014), for WLSMV those of
        the corrected chi-square
    """

    chi2: float
    df: int
    p: float | None
    scaling: float
    shift: float
    cfi: float
    tli: float | None
    rmsea: float
    rmsea_ci: tuple[float, float]


class ChiSquare(NamedTuple):
    """A chi-square whose expected value, were the model true, is `scaling` times `df`."""

    chi2: float
    df: int
    scaling: float = 1.0

    @property
    def excess(self) -> float:
        """What is above the expected value."""
        return self.chi2 - self.scaling * self.df


def p_value(test: ChiSquare) -> float | None:
    """Chance of a chi-square at least as large; None without degrees of freedom."""
    return float(stats.chi2.sf(test.chi2 / test.scaling, test.df)) if test.df > 0 else None


def comparative_fit(model: ChiSquare, baseline: ChiSquare) -> tuple[float, float | None]:
    """CFI = 1 - max(e, 0) / max(e, e0, 0) and TLI = 1 - (e / df) / (e0 / df0), e the excess.

    e0 and df0 are those of the model of unrelated items.
    """
    most = max(model.excess, baseline.excess, 0.0)
    cfi = 1 - max(model.excess, 0.0) / most if most > 0 else 1.0
    if model.df == 0:
        return cfi, 1.0
    if baseline.excess == 0:
        return cfi, None
    return cfi, 1 - model.excess / model.df * baseline.df / baseline.excess


def rmsea(test: ChiSquare, n: float, groups: int = 1) -> float:
    """sqrt(max(excess, 0) / (n df)) times the root of the number of groups."""
    return float(np.sqrt(max(test.excess, 0.0) / (n * test.df) * groups)) if test.df else 0.0


def rmsea_interval(test: ChiSquare, n: float, groups: int = 1) -> tuple[float, float]:
    """90 % limits from the noncentral chi-square (Browne & Cudeck 1993)."""
    if test.df == 0:
        return 0.0, 0.0
    scaled = test.chi2 / test.scaling
    lower, upper = (_noncentrality(scaled, test.df, share) for share in (0.95, 0.05))
    unit = test.scaling * groups / (n * test.df)
    return float(np.sqrt(lower * unit)), float(np.sqrt(upper * unit))


def srmr(
    seen: FloatArray, implied: FloatArray, mean_gap: FloatArray | None = None, diagonal: bool = True
) -> float:
    """Root mean square of (s - sigma) / sqrt(s_ii s_jj) over the lower triangle, and of the means' gaps."""
    sd = np.sqrt(np.diag(seen))
    rest = ((seen - implied) / np.outer(sd, sd))[np.tril_indices(len(sd), 0 if diagonal else -1)]
    if mean_gap is not None:
        rest = np.concatenate([rest, mean_gap / sd])
    return float(np.sqrt((rest**2).mean())) if rest.size else 0.0


def likelihood_fit(
    loglik: float,
    saturated: float,
    baseline: ChiSquare,
    *,
    n: int,
    n_parameters: int,
    df: int,
    residual: float,
    groups: int = 1,
) -> Fit:
    """All indices of a model fitted by maximum likelihood."""
    test = ChiSquare(max(2 * (saturated - loglik), 0.0), df)  # rounding must not make it negative
    cfi, tli = comparative_fit(test, baseline)
    return Fit(
        chi2=test.chi2,
        df=df,
        p=p_value(test),
        cfi=cfi,
        tli=tli,
        rmsea=rmsea(test, n, groups),
        rmsea_ci=rmsea_interval(test, n, groups),
        srmr=residual,
        logl=loglik,
        aic=-2 * loglik + 2 * n_parameters,
        bic=-2 * loglik + float(np.log(n)) * n_parameters,
        n_parameters=n_parameters,
    )


def weighted_mean(values: Sequence[float], weights: Sequence[int]) -> float:
    """Of the groups' residuals, by their size."""
    return float(np.average(values, weights=weights))


def _noncentrality(chi2: float, df: int, share: float) -> float:
    """The noncentrality at which a chi-square lies at a share of the distribution."""

    def excess(noncentrality: float) -> float:
        return float(stats.ncx2.cdf(chi2, df, noncentrality)) - share

    if stats.chi2.cdf(chi2, df) <= share:
        return 0.0
    upper = chi2 + 1.0
    while excess(upper) > 0:
        upper *= 2
    return float(optimize.brentq(excess, 0.0, upper, xtol=1e-10))
