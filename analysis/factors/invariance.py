"""Does a questionnaire measure the same in several groups? Factor models with more and more in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis._arrays import BoolArray, FloatArray, IntArray, as_matrix, factorize
from analysis._result import Result
from analysis.factors.cfa_estimation import Solution, maximise
from analysis.factors.cfa_fit import ChiSquare, Fit, likelihood_fit, p_value, rmsea, srmr, weighted_mean
from analysis.factors.cfa_likelihood import Likelihood
from analysis.factors.cfa_normal import no_covariance
from analysis.factors.cfa_samples import Sample, independent_loglik, saturated_loglik
from analysis.factors.cfa_structure import Plan, Structure, as_structure, freedom, plan, start
from analysis.moments import item_moments

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Invariance", "InvarianceStep", "invariance"]

STEPS = ("configural", "metric", "scalar", "strict")
_SHARED = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
_ENOUGH = 100  # complete rows of each group
_METHOD = (
    "multiple-group confirmatory factor analysis with means, maximum likelihood, complete rows: the same "
    "structure, then equal loadings, intercepts and residual variances; estimate: largest fall in CFI"
)


@dataclass(frozen=True, kw_only=True)
class InvarianceStep:
    """One model of the sequence, and what it loses against the one before (None for the first).

    Attributes
    ----------
    name : "configural", "metric", "scalar" or "strict"
    fit : indices of fit
    delta_chi2, delta_df, delta_p : likelihood-ratio test of the added equalities
    delta_chi2_rmsea : RMSEA of that test, the misfit that the equalities add
    delta_cfi, delta_rmsea : change of both; a fall in CFI beyond .010 together with a rise in RMSEA
        beyond .015 is what Chen (2007) takes as a sign against the added equalities
    reason : why the model could not be estimated
    """

    name: str
    fit: Fit
    delta_chi2: float | None = None
    delta_df: int | None = None
    delta_p: float | None = None
    delta_chi2_rmsea: float | None = None
    delta_cfi: float | None = None
    delta_rmsea: float | None = None
    reason: str | None = None


class _Fitted(NamedTuple):
    step: InvarianceStep
    model: Plan
    solution: Solution


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Invariance(Result):
    """The sequence of models; `estimate` is the largest fall in CFI from one to the next.

    Attributes
    ----------
    steps : configural, metric, scalar, strict
    supported : the last of them that is reached without a fall in CFI beyond .010 or a rise in RMSEA
        beyond .015 (Chen 2007); None where not even the configural model could be estimated
    factors : (m,) names
    labels, group_n : (groups,) names and complete rows
    factor_means, factor_means_se : (groups, m) from the scalar model, in standard deviations of the
        first group, whose means are zero; to be compared where "scalar" is supported
    """

    steps: tuple[InvarianceStep, ...] = ()
    supported: str | None = None
    factors: tuple[str, ...]
    labels: NDArray[np.generic]
    group_n: IntArray
    factor_means: FloatArray | None = None
    factor_means_se: FloatArray | None = None


def invariance(
    items: ArrayLike,
    groups: ArrayLike,
    factors: Mapping[str, Sequence[int]] | None = None,
    *,
    clusters: ArrayLike | None = None,
) -> Invariance:
    """Measurement invariance over groups (Meredith 1993): configural, metric, scalar, strict.

    Factors have variance one and mean zero in the first group. Metric: equal loadings, factor
    variances free in the others; scalar: equal intercepts too, factor means free in the others;
    strict: equal residual variances too. Rows without a group are left out.

    Rows that are not independent, such as raters of the same person, make chi-square too large: give
    their `clusters`, and the result says `clustered_data` when any holds several rows.

    Parameters
    ----------
    items : (n, columns) answers (NaN = missing); complete rows count
    groups : (n,) the group of each row
    factors : name of each factor -> its columns; without it all columns are of one factor
    clusters : (n,) what each row belongs to besides its group

    Returns
    -------
    Invariance

    Raises
    ------
    ValueError : wrong shape, lengths that differ, columns that do not exist or are in two factors

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trait = rng.normal(size=(400, 1))
    >>> found = invariance(0.8 * trait + 0.6 * rng.normal(size=(400, 4)), np.repeat(["a", "b"], 200))
    >>> [step.fit.df for step in found.steps], found.supported
    ([4, 7, 10, 14], 'strict')
    """
    x = as_matrix(items, "items")
    structure = as_structure(factors, x.shape[1])
    kept = ~np.isnan(x[:, structure.columns]).any(axis=1) & _has_label(groups, len(x))
    rows = x[np.ix_(kept, structure.columns)]
    labels, codes = factorize(np.asarray(groups)[kept], len(rows))
    samples, reason = _samples(rows, codes, len(labels))
    sequence = [] if reason else _sequence(structure, samples)
    reason = reason or sequence[0].step.reason
    marks = _marks(structure, sequence, np.bincount(codes, minlength=len(labels)), clusters, kept)
    falls = [-fitted.step.delta_cfi for fitted in sequence if fitted.step.delta_cfi is not None]
    means, errors = _factor_means(structure, sequence)
    return Invariance(
        estimate=None if reason or not falls else max(falls),
        n=len(rows),
        method=_METHOD,
        warnings=(reason, *marks) if reason else marks,
        steps=tuple(fitted.step for fitted in sequence),
        supported=_supported([fitted.step for fitted in sequence]),
        factors=structure.names,
        labels=labels,
        group_n=np.bincount(codes, minlength=len(labels)),
        factor_means=means,
        factor_means_se=errors,
    )


def _has_label(groups: ArrayLike, length: int) -> BoolArray:
    labels = np.asarray(groups)
    if labels.shape != (length,):
        raise ValueError(f"groups: must have length {length}, not shape {labels.shape}")
    if not np.issubdtype(labels.dtype, np.floating):
        return np.ones(length, dtype=np.bool_)
    return np.asarray(~np.isnan(labels))


def _samples(rows: FloatArray, codes: IntArray, count: int) -> tuple[list[Sample], str | None]:
    if count < 2:
        return [], "one_group"
    samples = []
    for group in range(count):
        moments = item_moments(rows[codes == group])
        reason = no_covariance(moments)
        if reason:
            return [], reason
        n = moments.n
        whole = np.arange(rows.shape[1])
        samples.append(Sample(n, moments.mean, moments.covariance * (n - 1) / n, whole, group))
    return samples, None


def _sequence(structure: Structure, samples: Sequence[Sample]) -> list[_Fitted]:
    """All models, each begun where the one before ended."""
    vectors = np.array([start(structure, sample.mean, sample.covariance) for sample in samples])
    sequence: list[_Fitted] = []
    for name in STEPS:
        model = _plan(structure, name, len(samples))
        solution = maximise(Likelihood(structure, model, samples), model.gather(vectors))
        vectors = np.array([model.own(solution.free, group) for group in range(len(samples))])
        fit = _fit(structure, model, solution, samples)
        before = sequence[-1].step.fit if sequence else None
        step = _with_change(InvarianceStep(name=name, fit=fit, reason=solution.reason), before, samples)
        sequence.append(_Fitted(step, model, solution))
        if solution.reason:  # what has more in common has the same trouble
            break
    return sequence


def _plan(structure: Structure, name: str, groups: int) -> Plan:
    has_loadings, has_means = "loadings" in _SHARED[name], "intercepts" in _SHARED[name]
    first = freedom(structure, intercepts=True, unit_variances=True, factor_means=False)
    others = freedom(structure, intercepts=True, unit_variances=not has_loadings, factor_means=has_means)
    shared = np.zeros(len(first), dtype=np.bool_)
    for kind in _SHARED[name]:
        shared[structure.slices[kind]] = True
    unit = structure.unit(np.zeros(structure.n_items))
    free = np.array([first, *[others] * (groups - 1)])
    return plan(free, shared, np.tile(unit, (groups, 1)))


def _fit(structure: Structure, model: Plan, solution: Solution, samples: Sequence[Sample]) -> Fit:
    k, groups = structure.n_items, len(samples)
    df = groups * k * (k + 3) // 2 - model.n_free
    if solution.reason:
        return Fit(chi2=None, df=df, n_parameters=model.n_free)
    saturated = sum(saturated_loglik(sample) for sample in samples)
    independent = sum(independent_loglik([sample], k) for sample in samples)
    sizes = [sample.n for sample in samples]
    residuals = []
    for sample in samples:
        mean, covariance = structure.implied(model.own(solution.free, sample.group))
        residuals.append(srmr(sample.covariance, covariance, sample.mean - mean))
    return likelihood_fit(
        solution.value,
        saturated,
        ChiSquare(2 * (saturated - independent), groups * k * (k - 1) // 2),
        n=sum(sizes),
        n_parameters=model.n_free,
        df=df,
        residual=weighted_mean(residuals, sizes),
        groups=groups,
    )


def _with_change(step: InvarianceStep, before: Fit | None, samples: Sequence[Sample]) -> InvarianceStep:
    fit = step.fit
    if before is None or fit.chi2 is None or before.chi2 is None:
        return step
    test = ChiSquare(fit.chi2 - before.chi2, fit.df - before.df)
    return replace(
        step,
        delta_chi2=test.chi2,
        delta_df=test.df,
        delta_p=p_value(test),
        delta_chi2_rmsea=rmsea(test, sum(sample.n for sample in samples), len(samples)),
        delta_cfi=(fit.cfi or 0.0) - (before.cfi or 0.0),
        delta_rmsea=(fit.rmsea or 0.0) - (before.rmsea or 0.0),
    )


def _supported(steps: Sequence[InvarianceStep]) -> str | None:
    reached = None
    for step in steps:
        fall, rise = -(step.delta_cfi or 0.0), step.delta_rmsea or 0.0
        if step.reason or fall > 0.010 or rise > 0.015:
            break
        reached = step.name
    return reached


def _factor_means(
    structure: Structure, sequence: Sequence[_Fitted]
) -> tuple[FloatArray | None, FloatArray | None]:
    """Of the scalar model, with their standard errors."""
    scalar = next((fitted for fitted in sequence if fitted.step.name == "scalar"), None)
    if scalar is None or scalar.step.reason:
        return None, None
    where, model, solution = structure.slices["factor_means"], scalar.model, scalar.solution
    errors = np.sqrt(np.diag(np.linalg.inv(solution.information)))
    means = np.array([model.own(solution.free, group)[where] for group in range(len(model.place))])
    place = model.place[:, where]
    return means, np.where(place >= 0, errors[place], 0.0)


def _marks(
    structure: Structure,
    sequence: Sequence[_Fitted],
    group_n: IntArray,
    clusters: ArrayLike | None,
    kept: BoolArray,
) -> tuple[str, ...]:
    of_row = np.arange(len(kept)) if clusters is None else np.asarray(clusters)
    if of_row.shape != kept.shape:
        raise ValueError(f"clusters: must have length {len(kept)}, not shape {of_row.shape}")
    marks = {
        "heywood": any(_has_heywood(structure, fitted) for fitted in sequence if not fitted.step.reason),
        "few_rows": bool((group_n < _ENOUGH).any()),
        "clustered_data": np.unique(of_row[kept]).size < kept.sum(),
    }
    return tuple(mark for mark, is_set in marks.items() if is_set)


def _has_heywood(structure: Structure, fitted: _Fitted) -> bool:
    groups = range(len(fitted.model.place))
    own = [structure.unpack(fitted.model.own(fitted.solution.free, group)) for group in groups]
    return any(bool((parameters.residuals < -1e-9).any()) for parameters in own)
