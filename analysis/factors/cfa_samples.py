"""Rows as the likelihood sees them: grouped by which items they answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from analysis._arrays import FloatArray, IntArray

_SINGULAR = 1e-10  # least eigenvalue of a matrix brought to a unit diagonal
_EM_ROUNDS = 2_000


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


def saturated_loglik(sample: Sample) -> float:
    """Log-likelihood of complete rows under their own means and covariances."""
    k = len(sample.items)
    _, logarithm = np.linalg.slogdet(sample.covariance)
    return float(-sample.n / 2 * (k * np.log(2 * np.pi) + logarithm + k))


def independent_loglik(samples: Sequence[Sample], k: int) -> float:
    """Log-likelihood when the items are unrelated, each with its own mean and variance."""
    count, _, variance = _available(samples, k)
    return float(-(count * (np.log(2 * np.pi * variance) + 1)).sum() / 2)


def saturated_with_gaps(samples: Sequence[Sample], k: int) -> tuple[Sample, float] | None:
    """Means and covariances of rows with gaps by EM (Little & Rubin 2002), and their log-likelihood.

    None where the covariance matrix is singular, or the gaps leave it open.
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
            return Sample(n, mean, covariance, np.arange(k)), value
        last = value
    return None


def is_singular(matrix: FloatArray) -> bool:
    """Whether a covariance or information matrix has no inverse, or is none at all."""
    own = np.diag(matrix)
    if not np.isfinite(matrix).all() or (own <= 0).any():
        return True
    scale = np.sqrt(own)
    return bool(np.linalg.eigvalsh(matrix / np.outer(scale, scale))[0] <= _SINGULAR)


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
