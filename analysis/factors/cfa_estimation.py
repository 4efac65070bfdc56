"""The search for the parameters at which a likelihood, or the closeness of a fit, is largest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from analysis.factors.cfa_samples import is_singular

if TYPE_CHECKING:
    from analysis._arrays import FloatArray

_SCORING_ROUNDS = 40
_NEWTON_ROUNDS = 10
_SETTLED = 1e-14  # squared distance to the maximum in standard errors


class Point(NamedTuple):
    """Value and gradient of an objective."""

    value: float
    gradient: FloatArray


class Objective(Protocol):
    """What is made as large as can be."""

    def at(self, free: FloatArray) -> Point | None:
        """Value and gradient; None where the parameters are not proper."""

    def information(self, free: FloatArray) -> FloatArray:
        """Expected curvature, its sign turned."""


class Solution(NamedTuple):
    """Where the objective is largest, with the expected curvature; `reason` says why there is none."""

    free: FloatArray
    value: float
    information: FloatArray
    reason: str | None = None


def maximise(objective: Objective, start: FloatArray) -> Solution:
    """Fisher scoring, and Newton steps where it is slow; a step that would go down is halved."""
    free, here = start, objective.at(start)
    if here is None:
        return Solution(start, -np.inf, np.zeros((len(start), len(start))), "no_convergence")
    for turn in range(_SCORING_ROUNDS + _NEWTON_ROUNDS):
        information = objective.information(free)
        if is_singular(information):
            return Solution(free, here.value, information, "not_identified")
        curvature = information
        if turn >= _SCORING_ROUNDS:
            curvature = observed_information(objective, free, information)
        if is_singular(curvature):  # no maximum is near
            break
        step = np.asarray(np.linalg.solve(curvature, here.gradient), dtype=np.float64)
        if float(step @ here.gradient) < _SETTLED * len(free):
            return Solution(free, here.value, information)
        following = _advance(objective, free, step, here)
        if following is None:
            break
        free, here = following
    return Solution(free, here.value, information, "no_convergence")


def observed_information(objective: Objective, free: FloatArray, information: FloatArray) -> FloatArray:
    """Curvature, its sign turned, by central differences of the gradient; NaN at the edge of the proper.

    `information` sets the width of the differences. With gaps, and for robust errors, the expected
    information does not do (Kenward & Molenberghs 1998).
    """
    rows = []
    for step in np.diag(1e-3 / np.sqrt(np.diag(information))):
        ahead, behind = objective.at(free + step), objective.at(free - step)
        if ahead is None or behind is None:
            return np.full(information.shape, np.nan)
        rows.append((behind.gradient - ahead.gradient) / (2 * step.sum()))
    curvature = np.array(rows)
    return np.asarray((curvature + curvature.T) / 2)


def _advance(
    objective: Objective, free: FloatArray, step: FloatArray, here: Point
) -> tuple[FloatArray, Point] | None:
    noise = 1e-13 * abs(here.value)
    for share in 0.5 ** np.arange(30):
        there = objective.at(free + share * step)
        if there is not None and there.value >= here.value - noise:
            return free + share * step, there
    return None
