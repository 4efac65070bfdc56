"""Maximum likelihood for factor models: one group or several, complete rows or rows with gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis._arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from analysis.cfa_structure import Plan, Structure

_ROUNDS = 300
_SETTLED = 1e-14  # squared distance to the maximum in standard errors
_SINGULAR = 1e-10  # least eigenvalue of a matrix brought to a unit diagonal
_EM_ROUNDS = 10_000


class Sample(NamedTuple):
    """Rows of one group that answered the same items.

    Attributes
    ----------
    n : how many
    mean, covariance : of the items answered; divisor n
    items : which items of the model they answered
    group : which group
    """

    n: int
    mean: FloatArray
    covariance: FloatArray
    items: IntArray
    group: int = 0


class Point(NamedTuple):
    """Log-likelihood, its gradient and the expected information at one set of parameters."""

    loglik: float
    gradient: FloatArray
    information: FloatArray


class Solution(NamedTuple):
    """Where the likelihood is largest; `reason` says why no such place was found."""

    free: FloatArray
    point: Point
    reason: str | None = None


Evaluate = Callable[[FloatArray], Point | None]


def likelihood(structure: Structure, plan: Plan, samples: Sequence[Sample], free: FloatArray) -> Point | None:
    """The normal likelihood of the samples; None where an implied covariance matrix is not proper."""
    total = Point(0.0, np.zeros(plan.n_free), np.zeros((plan.n_free, plan.n_free)))
    for group in range(len(plan.place)):
        own = plan.own(free, group)
        spread = plan.spread(group)
        mean, covariance = structure.implied(own)
        mean_slope, slope = structure.slopes(own)
        mean_slope, slope = spread @ mean_slope, np.tensordot(spread, slope, axes=1)
        for sample in (s for s in samples if s.group == group):
            part = _one_sample(sample, mean, covariance, mean_slope, slope)
            if part is None:
                return None
            total = Point(
                total.loglik + part.loglik,
                total.gradient + part.gradient,
                total.information + part.information,
            )
    return total


def maximise(evaluate: Evaluate, start: FloatArray) -> Solution:
    """Fisher scoring; a step that would lower the likelihood is halved."""
    here = evaluate(start)
    if here is None:
        nowhere = Point(-np.inf, np.zeros_like(start), np.zeros((len(start), len(start))))
        return Solution(start, nowhere, "no_convergence")
    free = start
    for _ in range(_ROUNDS):
        if is_singular(here.information):
            return Solution(free, here, "not_identified")
        step = np.asarray(np.linalg.solve(here.information, here.gradient), dtype=np.float64)
        if float(step @ here.gradient) < _SETTLED * len(free):
            return Solution(free, here)
        following = _advance(evaluate, free, step, here)
        if following is None:
            break
        free, here = following
    return Solution(free, here, "no_convergence")


def is_singular(matrix: FloatArray) -> bool:
    """Whether a covariance or information matrix has no inverse, or is none at all."""
    own = np.diag(matrix)
    if not np.isfinite(matrix).all() or (own <= 0).any():
        return True
    scale = np.sqrt(own)
    return bool(np.linalg.eigvalsh(matrix / np.outer(scale, scale))[0] <= _SINGULAR)


def observed_information(evaluate: Evaluate, solution: Solution) -> FloatArray:
    """Curvature of the log-likelihood at the solution, from central differences of its gradient.

    With gaps, and for robust errors, the expected information does not do (Kenward & Molenberghs 1998).
    """
    rows = []
    for step in np.diag(1e-3 / np.sqrt(np.diag(solution.point.information))):
        ahead, behind = evaluate(solution.free + step), evaluate(solution.free - step)
        if ahead is None or behind is None:
            return np.full((len(step), len(step)), np.nan)
        rows.append((behind.gradient - ahead.gradient) / (2 * step.sum()))
    curvature = np.array(rows)
    return np.asarray((curvature + curvature.T) / 2)


def saturated_loglik(sample: Sample) -> float:
    """Log-likelihood of complete rows under their own means and covariances."""
    k = len(sample.items)
    _, logarithm = np.linalg.slogdet(sample.covariance)
    return float(-sample.n / 2 * (k * np.log(2 * np.pi) + logarithm + k))


def independent_loglik(samples: Sequence[Sample], k: int) -> float:
    """Log-likelihood when the items are unrelated, each with its own mean and variance."""
    count, _, variance = _available(samples, k)
    return float(-(count * (np.log(2 * np.pi * variance) + 1)).sum() / 2)


def patterns(x: FloatArray) -> list[Sample]:
    """Rows grouped by which items they answered; rows without any answer are left out."""
    kinds, member = np.unique(~np.isnan(x), axis=0, return_inverse=True)
    samples = []
    for kind, answered in enumerate(kinds):
        if answered.any():
            rows = x[member == kind][:, answered]
            mean = rows.mean(axis=0)
            centred = rows - mean
            samples.append(Sample(len(rows), mean, centred.T @ centred / len(rows), np.flatnonzero(answered)))
    return samples


def saturated_with_gaps(samples: Sequence[Sample], k: int) -> tuple[Sample, float] | None:
    """Means and covariances of rows with gaps by EM (Little & Rubin 2002), and their log-likelihood.

    None where the covariance matrix is singular.
    """
    n = sum(sample.n for sample in samples)
    _, mean, variance = _available(samples, k)
    covariance = np.diag(variance)
    last = -np.inf
    for _ in range(_EM_ROUNDS):
        if is_singular(covariance):
            return None
        expected = [_expected(sample, mean, covariance) for sample in samples]
        mean = np.sum([part[0] for part in expected], axis=0) / n
        covariance = np.sum([part[1] for part in expected], axis=0) / n - np.outer(mean, mean)
        value = sum(part[2] for part in expected)
        if value - last < 1e-12 * abs(value):
            break
        last = value
    return Sample(n, mean, covariance, np.arange(k)), value


def _one_sample(
    sample: Sample, mean: FloatArray, covariance: FloatArray, mean_slope: FloatArray, slope: FloatArray
) -> Point | None:
    own = sample.items
    mean, covariance = mean[own], covariance[np.ix_(own, own)]
    mean_slope, slope = mean_slope[:, own], slope[:, own[:, np.newaxis], own]
    try:
        logarithm = 2 * float(np.log(np.diag(np.linalg.cholesky(covariance))).sum())
    except np.linalg.LinAlgError:
        return None
    precision = np.linalg.inv(covariance)
    gap = sample.mean - mean
    seen = sample.covariance + np.outer(gap, gap)
    constant = len(mean) * np.log(2 * np.pi)
    loglik = -sample.n / 2 * (constant + logarithm + float((precision * seen).sum()))
    pull = precision @ (seen - covariance) @ precision
    flat = slope.reshape(len(slope), -1)
    gradient = sample.n * (flat @ pull.ravel() / 2 + mean_slope @ precision @ gap)
    weighted = precision @ slope
    turned = weighted.transpose(0, 2, 1).reshape(len(slope), -1)
    information = weighted.reshape(len(slope), -1) @ turned.T / 2 + mean_slope @ precision @ mean_slope.T
    return Point(loglik, gradient, sample.n * information)


def _advance(
    evaluate: Evaluate, free: FloatArray, step: FloatArray, here: Point
) -> tuple[FloatArray, Point] | None:
    noise = 1e-13 * abs(here.loglik)
    for share in 0.5 ** np.arange(30):
        there = evaluate(free + share * step)
        if there is not None and there.loglik >= here.loglik - noise:
            return free + share * step, there
    return None


def _available(samples: Sequence[Sample], k: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rows that answered each item, and its mean and variance over them."""
    count, total, square = np.zeros(k), np.zeros(k), np.zeros(k)
    for sample in samples:
        count[sample.items] += sample.n
        total[sample.items] += sample.n * sample.mean
        square[sample.items] += sample.n * (np.diag(sample.covariance) + sample.mean**2)
    mean = total / count
    return count, mean, square / count - mean**2


def _expected(
    sample: Sample, mean: FloatArray, covariance: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Expected sums and cross-products of all items, and the log-likelihood, of one pattern."""
    own = sample.items
    inner = covariance[np.ix_(own, own)]
    weight = np.linalg.solve(inner, covariance[own]).T  # of the answered items in the prediction of all
    full = mean + weight @ (sample.mean - mean[own])
    rest = covariance - weight @ covariance[own]
    spread = weight @ sample.covariance @ weight.T + rest
    gap = sample.mean - mean[own]
    seen = np.linalg.solve(inner, sample.covariance + np.outer(gap, gap))
    constant = len(own) * np.log(2 * np.pi) + np.linalg.slogdet(inner)[1]
    loglik = -sample.n / 2 * (constant + np.trace(seen))
    return sample.n * full, sample.n * (spread + np.outer(full, full)), float(loglik)
