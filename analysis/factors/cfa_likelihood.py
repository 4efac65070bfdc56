"""The normal likelihood of a factor model: one group or several, complete rows or rows with gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.factors.cfa_estimation import Point

if TYPE_CHECKING:
    from analysis._arrays import FloatArray
    from analysis.factors.cfa_samples import Sample
    from analysis.factors.cfa_structure import Plan, Structure


class _Part(NamedTuple):
    """One sample at the parameters of its group."""

    loglik: float
    precision: FloatArray
    gap: FloatArray  # of the means
    surplus: FloatArray  # of the covariances, gap counted


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The likelihood of samples under one model; an `Objective`."""

    structure: Structure
    plan: Plan
    samples: Sequence[Sample]

    def at(self, free: FloatArray) -> Point | None:
        """Log-likelihood and gradient; None where an implied covariance matrix is not proper."""
        value, gradient = 0.0, np.zeros(self.plan.n_free)
        for group, own in self._groups(free):
            mean, covariance = self.structure.implied(own)
            force, pull = np.zeros_like(mean), np.zeros_like(covariance)
            for sample in self._of(group):
                part = _part(sample, mean, covariance)
                if part is None:
                    return None
                value += part.loglik
                force[sample.items] += sample.n * part.precision @ part.gap
                tension = part.precision @ part.surplus @ part.precision
                pull[np.ix_(sample.items, sample.items)] += sample.n / 2 * tension
            mean_slope, slope = self.structure.slopes(own)
            own_gradient = mean_slope @ force + np.tensordot(slope, pull, axes=2)
            gradient += self.plan.spread(group) @ own_gradient
        return Point(value, gradient)

    def information(self, free: FloatArray) -> FloatArray:
        """Expected information, n (dmu' P dmu + tr(P dS P dS) / 2) over samples, P the precision matrix."""
        total = np.zeros((self.plan.n_free, self.plan.n_free))
        for group, own in self._groups(free):
            covariance = self.structure.implied(own)[1]
            mean_slope, slope = self.structure.slopes(own)
            spread = self.plan.spread(group)
            mean_slope, slope = spread @ mean_slope, np.tensordot(spread, slope, axes=1)
            for sample in self._of(group):
                total += sample.n * _information(sample, covariance, mean_slope, slope)
        return total

    def _groups(self, free: FloatArray) -> Iterator[tuple[int, FloatArray]]:
        return ((group, self.plan.own(free, group)) for group in range(len(self.plan.place)))

    def _of(self, group: int) -> Iterator[Sample]:
        return (sample for sample in self.samples if sample.group == group)


def _part(sample: Sample, mean: FloatArray, covariance: FloatArray) -> _Part | None:
    inner = covariance[np.ix_(sample.items, sample.items)]
    try:
        logarithm = 2 * float(np.log(np.diag(np.linalg.cholesky(inner))).sum())
    except np.linalg.LinAlgError:
        return None
    precision = np.asarray(np.linalg.inv(inner), dtype=np.float64)
    gap = sample.mean - mean[sample.items]
    seen = sample.covariance + np.outer(gap, gap)
    constant = len(gap) * float(np.log(2 * np.pi)) + logarithm
    loglik = -sample.n / 2 * (constant + float((precision * seen).sum()))
    return _Part(loglik, precision, gap, seen - inner)


def _information(
    sample: Sample, covariance: FloatArray, mean_slope: FloatArray, slope: FloatArray
) -> FloatArray:
    own = sample.items
    precision = np.linalg.inv(covariance[np.ix_(own, own)])
    weighted = precision @ slope[:, own[:, np.newaxis], own]
    turned = weighted.transpose(0, 2, 1).reshape(len(slope), -1)
    along = mean_slope[:, own]
    return np.asarray(
        weighted.reshape(len(slope), -1) @ turned.T / 2 + along @ precision @ along.T, dtype=np.float64
    )
