"""Estimators of the variance components of p x (r:p) x i with unequally many raters.

Orthogonal contrasts over the k items split a sheet into its mean (times the root of k) and k - 1
contrasts. Each follows a one-way random model over the persons: the mean with k var(p) + var(pi) between
and k var(r:p) + var(e) within, a contrast with var(pi) and var(e), and with a level of its own that
varies by var(i). All is a function of n and means of the persons and of two sums of squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import optimize

from analysis.agreement.oneway_likelihood import RaterClasses, rater_classes

if TYPE_CHECKING:
    from analysis._arrays import BoolArray, FloatArray, IntArray

_STEPS = 200  # of scoring; some ten are usual


@dataclass(frozen=True, eq=False)
class Part:
    """Contrasts of the same one-way model over persons.

    Attributes
    ----------
    n : (G,) sheets of each person
    mean : (G, directions) means of the contrasts
    ssw : sum of squares within persons, over all contrasts
    contrasts : how many there are; a table of k items centred by sheet holds k - 1
    """

    n: IntArray
    mean: FloatArray
    ssw: float
    contrasts: int

    @cached_property
    def total(self) -> int:
        return int(self.n.sum())

    @property
    def df(self) -> tuple[int, int]:
        """Degrees of freedom between and within, of all contrasts."""
        return (len(self.n) - 1) * self.contrasts, (self.total - len(self.n)) * self.contrasts

    @cached_property
    def n0(self) -> float:
        """Typical number of sheets (Searle 1971)."""
        return float((self.total - (self.n**2).sum() / self.total) / (len(self.n) - 1))

    @cached_property
    def level(self) -> FloatArray:
        """(directions,) mean over all sheets."""
        return np.asarray(self.n @ self.mean / self.total)

    @cached_property
    def mean_squares(self) -> FloatArray:
        """Between persons, within persons, and of the levels."""
        away = self.mean - self.level
        between = float((self.n @ (away * away)).sum())
        levels = self.total * float(self.level @ self.level)
        return np.array([between / self.df[0], self.ssw / self.df[1], levels / self.contrasts])


class Fit(NamedTuple):
    """Components p, r:p, i, pi, e, their covariances, and which of them may differ from zero."""

    components: FloatArray
    covariance: FloatArray
    free: BoolArray


def henderson(sheet: Part, contrast: Part, k: int) -> Fit:
    """Mean squares set equal to their expectations; components may be negative.

    Henderson's method 1 (Searle, Casella & McCulloch 1992, chapter 5); covariances are those of
    quadratic forms of normal answers, 2 tr(QVRV), with the estimates put in.
    """
    own, rest = _solved(sheet), _solved(contrast)
    back = _back(k)
    covariance = np.zeros((5, 5))
    covariance[:2, :2] = _solved_covariance(sheet, *own)[:2, :2]
    covariance[2:, 2:] = _solved_covariance(contrast, *rest)
    found = back @ np.concatenate([own[:2], rest])
    return Fit(found, back @ covariance @ back.T, np.ones(5, dtype=np.bool_))


def reml(sheet: Part, contrast: Part, k: int) -> Fit:
    """Restricted maximum likelihood with no component below zero.

    Fisher scoring; each step minimises the quadratic model of the deviance over components that are not
    negative (non-negative least squares). Covariances: the inverse of the expected information of the
    components that are not zero. Needs answers that vary within sheets.
    """
    scale = float((sheet.mean_squares[:2].sum() + contrast.mean_squares.sum()) / (sheet.n0 + 1))
    model = _Model(_classes(sheet, scale), _classes(contrast, scale), k)
    theta = np.maximum(henderson(sheet, contrast, k).components, 0.0) / scale
    here = model.deviance(theta)
    for _ in range(_STEPS):
        moved = _along(model, theta, _descent(theta, here), here.value)
        step = float(np.abs(moved - theta).sum())
        theta, here = moved, model.deviance(moved)
        if step <= 1e-11 * theta.sum():
            break
    free = theta > 0
    covariance = np.zeros((5, 5))
    covariance[np.ix_(free, free)] = np.linalg.inv(here.information[np.ix_(free, free)])
    return Fit(theta * scale, covariance * scale**2, free)


def _structure(k: int) -> FloatArray:
    """Between and within of the sheets, between, within and level of the contrasts, by components."""
    return np.array(
        [[k, 0, 0, 1, 0], [0, k, 0, 0, 1], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 1, 0, 0]], dtype=float
    )


def _back(k: int) -> FloatArray:
    """The inverse of `_structure`."""
    return np.array(
        [
            [1 / k, 0, -1 / k, 0, 0],
            [0, 1 / k, 0, -1 / k, 0],
            [0, 0, 0, 0, 1],
            [0, 0, 1, 0, 0],
            [0, 0, 0, 1, 0],
        ]
    )


def _solved(part: Part) -> FloatArray:
    """Between, within, and variance of the levels."""
    msb, msw, levels = part.mean_squares
    between = (msb - msw) / part.n0
    chance = between * float((part.n**2).sum()) / part.total + msw
    return np.array([between, msw, (levels - chance) / part.total])


def _solved_covariance(part: Part, between: float, within: float, level: float) -> FloatArray:
    n, total, q = part.n, part.total, part.contrasts
    d = within + n * between  # n times the variance of a person's mean
    weighted, squared = float(n @ d), float(n @ d**2)
    a, b = part.df[0] / q, part.df[1]
    msb = 2 * (float(d @ d) - 2 * squared / total + (weighted / total) ** 2) / (a**2 * q)
    levels = 2 * (total * level + weighted / total) ** 2 / q
    both = 2 * (squared - weighted**2 / total) / (total * a * q)
    mean_squares = np.array([[msb, 0, both], [0, 2 * within**2 / b, 0], [both, 0, levels]])
    n0, spread = part.n0, float((n**2).sum()) / total
    to_components = np.array(
        [[1 / n0, -1 / n0, 0], [0, 1, 0], [-spread / n0 / total, (spread / n0 - 1) / total, 1 / total]]
    )
    return np.asarray(to_components @ mean_squares @ to_components.T)


class _Deviance(NamedTuple):
    """Minus twice the restricted log likelihood up to a constant, its slope, and the information."""

    value: float
    slope: FloatArray
    information: FloatArray


@dataclass(frozen=True, eq=False)
class _Model:
    """Both parts, persons put together by their number of sheets."""

    sheet: RaterClasses
    contrast: RaterClasses
    k: int

    def deviance(self, theta: FloatArray) -> _Deviance:
        """At the components p, r:p, i, pi, e."""
        structure = _structure(self.k)
        a, b, c, e, level = structure @ theta
        own = _part_deviance(self.sheet, 1, a, b, None)
        rest = _part_deviance(self.contrast, self.k - 1, c, e, level)
        information = np.zeros((5, 5))
        information[:2, :2], information[2:, 2:] = own.information[:2, :2], rest.information
        slope = np.concatenate([own.slope[:2], rest.slope])
        return _Deviance(own.value + rest.value, structure.T @ slope, structure.T @ information @ structure)


def _classes(part: Part, scale: float) -> RaterClasses:
    return rater_classes(part.n, part.mean / np.sqrt(scale), part.ssw / scale)


def _part_deviance(
    part: RaterClasses, q: int, between: float, within: float, level: float | None
) -> _Deviance:
    """By between, within and level of q contrasts; None for levels that are unknown and left out."""
    d = np.asarray(within + part.n * between, dtype=np.float64)
    u, df = part.n / d, part.total - part.count.sum()
    weight = float(part.count @ u)
    shrink = 1 / weight if level is None else level / (1 + level * weight)  # of the levels
    left = 1 - shrink * weight
    pull = (part.count * u) @ part.mean
    rho = part.squares + part.count * ((part.mean - shrink * pull) ** 2).sum(axis=1)
    log_levels = np.log(weight) if level is None else np.log1p(level * weight)
    value = (
        q * (df * np.log(within) + part.count @ np.log(d) + log_levels)
        + part.ssw / within + u @ rho + shrink * left * float(pull @ pull)
    )  # fmt: skip
    v = u / d  # squares of the weights of the persons' means
    trace = [part.count @ (u - shrink * u**2), part.count @ (1 / d - shrink * v) + df / within, weight * left]
    quadratic = [u**2 @ rho, v @ rho + part.ssw / within**2, left**2 * float(pull @ pull)]
    information = _information(part, d, shrink)
    information[1, 1] += df / within**2
    return _Deviance(float(value), q * np.array(trace) - np.array(quadratic), information * q / 2)


def _information(part: RaterClasses, d: FloatArray, shrink: float) -> FloatArray:
    """The traces tr(P V_a P V_b) of one contrast, but for what is within persons."""
    u = part.n / d
    v, weight = u / d, float(part.count @ u)
    derivatives = np.stack([part.n, np.ones_like(part.n)])  # of the eigenvalue of a person's mean
    sums, left = derivatives @ (part.count * v), 1 - shrink * weight
    pairs = (derivatives * part.count * (1 / d**2 - 2 * shrink * v / d)) @ derivatives.T
    information = np.zeros((3, 3))
    information[:2, :2] = pairs + shrink**2 * np.outer(sums, sums)
    information[2, :2] = information[:2, 2] = sums * left**2
    information[2, 2] = (weight * left) ** 2
    return information


def _descent(theta: FloatArray, here: _Deviance) -> FloatArray:
    """The step to the best components that are not negative, in the quadratic model."""
    lower = np.linalg.cholesky(2 * here.information)
    wanted = np.linalg.solve(lower, 2 * here.information @ theta - here.slope)
    best, _ = optimize.nnls(lower.T, wanted)
    return np.asarray(best - theta)


def _along(model: _Model, theta: FloatArray, step: FloatArray, deviance: float) -> FloatArray:
    """The end of the longest of the halved steps that does not make the fit worse."""
    length, slack = 1.0, 1e-12 * (1 + abs(deviance))
    while length > 1e-6:
        tried = theta + length * step
        if tried[-1] > 0 and model.deviance(tried).value <= deviance + slack:
            return tried
        length /= 2
    return theta
