"""The arithmetic of the ten intraclass correlations of McGraw & Wong (1996)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy import special

from analysis._result import Result

if TYPE_CHECKING:
    from analysis._arrays import FloatArray

_SLACK = 1e-9  # between an estimate and a limit that meets it
_TINY = 1e-12  # a sum of squares below this share of the total is rounding, not variance

Design = Literal["one-way random", "two-way random", "two-way mixed"]
Definition = Literal["agreement", "consistency"]
Unit = Literal["single", "average"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IccForm(Result):
    """One intraclass correlation of a panel; `n` counts targets.

    Attributes
    ----------
    name : as in McGraw & Wong (1996)
    design : "one-way random" (no rater is known by name), "two-way random" (the raters stand for
        others), "two-way mixed" (these raters and no others)
    definition : "agreement" counts differences between the raters' means as error, "consistency" not
    unit : "single" rater, or "average" of as many raters as the panel has
    f, df1, df2, p : test against `rho0`; f is infinite where there is no error variance
    df_interval : Satterthwaite's degrees of freedom of the interval (two-way agreement only)
    """

    name: str
    design: Design
    definition: Definition
    unit: Unit
    f: float | None = None
    df1: float | None = None
    df2: float | None = None
    p: float | None = None
    df_interval: float | None = None


class IccForms(NamedTuple):
    """The ten forms; random and mixed have the same figures and allow other conclusions."""

    oneway_single: IccForm
    oneway_average: IccForm
    random_consistency_single: IccForm
    random_consistency_average: IccForm
    random_agreement_single: IccForm
    random_agreement_average: IccForm
    mixed_consistency_single: IccForm
    mixed_consistency_average: IccForm
    mixed_agreement_single: IccForm
    mixed_agreement_average: IccForm


class Figures(NamedTuple):
    """What one form has of its own; without an estimate the first mark is the reason."""

    estimate: float | None = None
    ci: tuple[float, float] | None = None
    f: float | None = None
    df1: float | None = None
    df2: float | None = None
    p: float | None = None
    df_interval: float | None = None
    marks: tuple[str, ...] = ()


Pair = tuple[Figures, Figures]  # of a single rater, of the average


class MeanSquares(NamedTuple):
    """Two-way analysis of variance of n targets by k raters, without replication."""

    targets: float
    raters: float
    residual: float
    within: float
    n: int
    k: int


def ten_forms(oneway: Pair, consistency: Pair, agreement: Pair, targets: int) -> IccForms:
    """Name the design of each pair."""
    random: Design = "two-way random"
    mixed: Design = "two-way mixed"
    return IccForms(
        *_named("ICC({})", "one-way random", "agreement", oneway, targets),
        *_named("ICC(C,{})", random, "consistency", consistency, targets),
        *_named("ICC(A,{})", random, "agreement", agreement, targets),
        *_named("ICC(C,{})", mixed, "consistency", consistency, targets),
        *_named("ICC(A,{})", mixed, "agreement", agreement, targets),
    )


def undefined(reason: str) -> Pair:
    """A pair without estimates."""
    return Figures(marks=(reason,)), Figures(marks=(reason,))


def mean_squares(x: FloatArray) -> MeanSquares:
    """Analysis of variance of a complete table; sums of squares that are rounding count as zero."""
    n, k = x.shape
    centred = x - x.mean()
    rows, columns = centred.mean(axis=1, keepdims=True), centred.mean(axis=0, keepdims=True)
    least = _TINY * float((centred**2).sum())

    def mean_square(deviations: FloatArray, times: int, df: int) -> float:
        total = float((deviations**2).sum()) * times
        return total / df if total > least else 0.0

    return MeanSquares(
        targets=mean_square(rows, k, n - 1),
        raters=mean_square(columns, n, k - 1),
        residual=mean_square(centred - rows - columns, 1, (n - 1) * (k - 1)),
        within=mean_square(centred - rows, 1, n * (k - 1)),
        n=n,
        k=k,
    )


def from_one_error(s: MeanSquares, error: float, df2: int, rho0: float, tail: float) -> Pair:
    """Forms with one error term, the one-way and the consistency ones: F is exact."""
    if not error:
        return _without_error(s, df2), _without_error(s, df2)
    f, df1, k = s.targets / error, s.n - 1, s.k
    low, high = (f / float(special.fdtri(df1, df2, p)) for p in (1 - tail, tail))
    marks = ("negative_variance",) if f < 1 else ()
    limits = (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)
    test = f_test(f * (1 - rho0) / (1 + (k - 1) * rho0), df1, df2)
    single = Figures((f - 1) / (f + k - 1), limits, *test, marks=marks)
    test = f_test(f * (1 - rho0), df1, df2)
    if not f:
        return single, Figures(None, None, *test, marks=("no_variance_between",))
    return single, Figures(1 - 1 / f, (1 - 1 / low, 1 - 1 / high), *test, marks=marks)


def two_way_agreement(s: MeanSquares, rho0: float, tail: float) -> Pair:
    """Forms in which the raters' variance is error too: intervals by Satterthwaite."""
    return _agreement(s, s.k, rho0, tail), _agreement(s, 1, rho0, tail)


def f_test(f: float, df1: float, df2: float) -> tuple[float, float, float, float]:
    """F, its degrees of freedom and the probability of one as large."""
    return f, df1, df2, float(special.fdtrc(df1, df2, f)) if np.isfinite(f) else 0.0


def _named(
    name: str, design: Design, definition: Definition, pair: Pair, targets: int
) -> tuple[IccForm, IccForm]:
    return (
        _form(name.format("1"), design, definition, "single", pair[0], targets),
        _form(name.format("k"), design, definition, "average", pair[1], targets),
    )


def _form(
    name: str, design: Design, definition: Definition, unit: Unit, own: Figures, targets: int
) -> IccForm:
    return IccForm(
        estimate=own.estimate,
        ci=own.ci,
        n=targets,
        method=f"{name}: {design}, {definition}, {unit} (McGraw & Wong 1996)",
        warnings=own.marks,
        name=name,
        design=design,
        definition=definition,
        unit=unit,
        f=own.f,
        df1=own.df1,
        df2=own.df2,
        p=own.p,
        df_interval=own.df_interval,
    )


def _without_error(s: MeanSquares, df2: int) -> Figures:
    if not s.targets:
        return Figures(marks=("no_variance_between",))
    return Figures(1.0, None, float("inf"), s.n - 1, df2, 0.0, marks=("perfect_agreement",))


def _agreement(s: MeanSquares, k: int, rho0: float, tail: float) -> Figures:
    """One form: of a single rater with the k of the panel, of the average with 1 in its place."""
    df = (s.n - 1) * (s.k - 1)
    if not s.residual and not s.raters:
        return _without_error(s, df)
    error = _error(s, k * rho0 / (1 - rho0) / s.n)[0]  # against 0 it is the residual, and F exact
    f = s.targets / error if error else float("inf")
    total = s.targets + (k - 1) * s.residual + k * (s.raters - s.residual) / s.n
    if total <= _TINY * (s.targets + s.raters + s.residual):
        return Figures(None, None, *f_test(f, s.n - 1, df), marks=("negative_variance",))
    estimate = (s.targets - s.residual) / total
    df_interval = _error(s, k * estimate / (1 - estimate) / s.n)[1]
    ci = _limits(s, k, df_interval, tail) if df_interval >= 1 else None  # below zero they can break down
    if ci and not ci[0] - _SLACK <= estimate <= ci[1] + _SLACK:
        ci = None
    df_test = df_interval if rho0 else float(df)
    test: tuple[float | None, float | None, float | None, float | None] = (f, None, None, None)
    if df_test >= 1:
        test = f_test(f, s.n - 1, df_test)
    marks = ("negative_variance",) if estimate < 0 else ()
    return Figures(estimate, ci, *test, df_interval, marks=marks if ci else (*marks, "interval_undefined"))


def _error(s: MeanSquares, a: float) -> tuple[float, float]:
    """Mean square that MSR is held against, a MSC + (1 + (n - 1) a) MSE, and its degrees of freedom."""
    raters, residual, df = a * s.raters, (1 + (s.n - 1) * a) * s.residual, s.k - 1
    total = raters + residual
    if abs(total) <= _TINY * (abs(raters) + abs(residual)):
        return 0.0, 0.0
    return total, total**2 / (raters**2 / df + residual**2 / ((s.n - 1) * df))


def _limits(s: MeanSquares, k: int, df: float, tail: float) -> tuple[float, float] | None:
    """McGraw & Wong (1996, table 7)."""
    low = float(special.fdtri(s.n - 1, df, 1 - tail))
    high = float(special.fdtri(df, s.n - 1, 1 - tail))
    error = k * s.raters + (k * (s.n - 1) - s.n) * s.residual
    below, above = low * error + s.n * s.targets, error + s.n * high * s.targets
    if not (0 < below < np.inf and 0 < above < np.inf):
        return None
    limits = s.n * (s.targets - low * s.residual) / below, s.n * (high * s.targets - s.residual) / above
    return min(limits), max(limits)
