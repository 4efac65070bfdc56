"""Factors of a correlation matrix by minres or maximum likelihood; unique variances stay above a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from analysis.moments import multiple_correlations

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis._arrays import BoolArray, FloatArray

    Objective = Callable[["FloatArray"], "Point"]

Extractor = Literal["minres", "ml"]
EXTRACTORS = ("minres", "ml")
_ALIKE = 1e-10
_ROUNDING = 1e-14  # the last step gains less than the digits of the objective can tell
LEAST_UNIQUE = 0.005  # bound of a unique variance, as R's factanal and psych set it


class Extraction(NamedTuple):
    """Unrotated factors.

    Attributes
    ----------
    loadings : (k, m) largest factor first
    unique : (k,) unique variances, not below the bound
    """

    loadings: FloatArray
    unique: FloatArray

    @property
    def at_bound(self) -> BoolArray:
        """(k,) items whose unique variance was held at the bound: improper (Heywood)."""
        return self.unique <= LEAST_UNIQUE * (1 + 1e-9)

    @property
    def implied(self) -> FloatArray:
        """(k, k) correlations that the factors imply."""
        return self.loadings @ self.loadings.T + np.diag(self.unique)


class Point(NamedTuple):
    """Value, slope and curvature of what is to be minimised."""

    value: float
    slope: FloatArray
    curvature: FloatArray


def extract(r: FloatArray, factors: int, extractor: Extractor) -> Extraction:
    """Factors of the correlations `r` by either method."""
    return minres(r, factors) if extractor == "minres" else maximum_likelihood(r, factors)


def minres(r: FloatArray, factors: int) -> Extraction:
    """Factors that leave the least squared residual correlations (Harman & Jones 1966).

    Found as unweighted least squares over the unique variances (Joreskog 1977): at a proper solution
    the diagonal is met exactly, so that both have the same minimum. An item at the bound keeps a
    residual on the diagonal, and its squared loadings may then exceed one. One factor of three items
    leaves no residual and is there at once.
    """
    if factors == 1 and len(r) == 3:
        loadings = _triad(r)
        if loadings is not None:
            return Extraction(loadings[:, np.newaxis], 1 - loadings**2)

    def objective(psi: FloatArray) -> Point:
        values, vectors = np.linalg.eigh(r - np.diag(psi))
        left, kept = values[:-factors], values[-factors:]
        w, v = vectors[:, :-factors], vectors[:, -factors:]
        weight = 2 * left[:, np.newaxis] / _apart(left, kept)
        slope = -(w**2) @ left
        return Point(float((left**2).sum() / 2), slope, (w @ w.T) ** 2 + _cross(w, v, weight))

    psi = _minimise(objective, _start(r), LEAST_UNIQUE, 1.0)
    values, vectors = np.linalg.eigh(r - np.diag(psi))
    return _extraction(values[-factors:], vectors[:, -factors:], psi)


def _triad(r: FloatArray) -> FloatArray | None:
    """One factor of three items: l1² = r12 r13 / r23 (Spearman 1904); None where that is improper."""
    others = np.array([r[1, 2], r[0, 2], r[0, 1]])
    product = float(others.prod())
    if product <= 0 or product > (1 - LEAST_UNIQUE) * float((others**2).min()):
        return None
    loadings: FloatArray = np.sqrt(product) / others
    return -loadings if loadings.sum() < 0 else loadings


def maximum_likelihood(r: FloatArray, factors: int) -> Extraction:
    """Maximum-likelihood factors (Lawley 1940), over the logarithms of unique variances (Joreskog 1967)."""

    def reduced(log_psi: FloatArray) -> tuple[FloatArray, FloatArray]:
        root = np.exp(-log_psi / 2)
        values, vectors = np.linalg.eigh(r * np.outer(root, root))
        return np.maximum(values, np.finfo(float).tiny), vectors

    def objective(log_psi: FloatArray) -> Point:
        values, vectors = reduced(log_psi)
        left, kept = values[:-factors], values[-factors:]
        w, v = vectors[:, :-factors], vectors[:, -factors:]
        below = left[:, np.newaxis]
        weight = -(1 - below) * (below + kept) / _apart(left, kept)
        curvature = ((w * left) @ w.T) * (w @ w.T) + _cross(w, v, weight)
        return Point(float((left - np.log(left) - 1).sum()), (w**2) @ (1 - left), curvature)

    log_psi = _minimise(objective, np.log(_start(r)), np.log(LEAST_UNIQUE), 0.0)
    values, vectors = reduced(log_psi)
    psi = np.exp(log_psi)
    return _extraction(values[-factors:] - 1, vectors[:, -factors:] * np.sqrt(psi)[:, np.newaxis], psi)


def _apart(left: FloatArray, kept: FloatArray) -> FloatArray:
    """Left less kept eigenvalues, the former being the smaller; equal ones are held apart by rounding."""
    least = _ALIKE * max(float(np.abs(kept).max()), 1.0)
    return np.asarray(np.minimum(left[:, np.newaxis] - kept, -least), dtype=np.float64)


def _cross(w: FloatArray, v: FloatArray, weight: FloatArray) -> FloatArray:
    """Sum over pairs of a left and a kept eigenvector of weight times w w' times v v', entry by entry."""
    pairs = (w[:, :, np.newaxis] * v[:, np.newaxis, :]).reshape(len(w), -1)
    return np.asarray((pairs * weight.ravel()) @ pairs.T, dtype=np.float64)


def _start(r: FloatArray) -> FloatArray:
    """Unique variances as each item's share that the others do not predict."""
    predicted = multiple_correlations(r)
    return np.full(len(r), 0.5) if predicted is None else np.clip(1 - predicted, LEAST_UNIQUE, 1.0)


def _minimise(objective: Objective, start: FloatArray, lower: float, upper: float) -> FloatArray:
    """Newton's method between bounds, with steps shortened until they go down."""
    x, here = start, objective(start)
    for _ in range(100):
        held = ((x <= lower) & (here.slope > 0)) | ((x >= upper) & (here.slope < 0))
        if np.abs(here.slope[~held]).max(initial=0) < 1e-10:
            break
        moved = _descend(objective, x, here, _newton_step(here, ~held), lower, upper)
        if moved is None:  # a bound bent the step upwards: straight down instead
            moved = _descend(objective, x, here, -here.slope, lower, upper)
        if moved is None:
            break
        x, here = moved
    return x


def _newton_step(here: Point, free: BoolArray) -> FloatArray:
    """Newton's step of the free coordinates, downwards even where the curvature is not."""
    step = np.zeros(len(free))
    values, vectors = np.linalg.eigh(here.curvature[np.ix_(free, free)])
    size = np.maximum(np.abs(values), 1e-10 * np.abs(values).max())
    step[free] = -vectors @ (vectors.T @ here.slope[free] / size)
    return step


def _descend(
    objective: Objective, x: FloatArray, here: Point, step: FloatArray, lower: float, upper: float
) -> tuple[FloatArray, Point] | None:
    """The first of ever shorter steps that does not raise the objective, or None."""
    for halvings in range(20):
        new = np.clip(x + step / 2**halvings, lower, upper)
        there = objective(new)
        if there.value <= here.value + _ROUNDING:
            return new, there
    return None


def _extraction(values: FloatArray, vectors: FloatArray, psi: FloatArray) -> Extraction:
    loadings = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1]
    signs = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return Extraction(loadings * signs, psi)
