"""Two independent samples, before and after a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special, stats

from analysis._arrays import as_vector, as_whole, check_confidence
from analysis._result import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray

_EXACT_BELOW = 50
_FEW = 10  # below, the t interval rests on the shape of the data
_SKEWED = 1.0
_BATCH = 1_000_000  # values permuted at a time
_METHOD = (
    "difference of means, second less first; interval: Welch; superiority: Brunner and Munzel; the data ask "
    "for {advice}"
)
_ADVICE = {
    (): "Welch's comparison of means",
    ("few_values",): f"ranks (superiority): fewer than {_FEW} values in a sample",
    ("skewed",): f"ranks (superiority): skewness beyond {_SKEWED:g}",
    ("few_values", "skewed"): f"ranks (superiority): fewer than {_FEW} values, skewness beyond {_SKEWED:g}",
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BeforeAfter(Result):
    """Two independent samples; `estimate` is the difference of means, second less first.

    Attributes
    ----------
    n_before, n_after : sizes
    hedges_g, hedges_ci : standardized difference, corrected for small samples
    superiority, superiority_ci : chance that one of the second exceeds one of the first, ties half
    p_welch, p_mann_whitney, p_permutation : of no difference, by three tests
    advised : "welch", or "mann_whitney" where the data are few or skewed
    """

    n_before: int
    n_after: int
    hedges_g: float | None = None
    hedges_ci: tuple[float, float] | None = None
    superiority: float | None = None
    superiority_ci: tuple[float, float] | None = None
    p_welch: float | None = None
    p_mann_whitney: float | None = None
    p_permutation: float | None = None
    advised: str = "welch"


def before_after(
    before: ArrayLike, after: ArrayLike, *, confidence: float = 0.95, permutations: int = 9_999, seed: int = 1
) -> BeforeAfter:
    """Two independent samples, before and after a change: how far apart, and how sure.

    Welch's interval of the difference of means; Hedges' g with its large-sample interval; the chance that
    one of the second exceeds one of the first, with the interval of Brunner and Munzel; a permutation test
    of the means with a fixed seed. Few (below 10 in a sample) or skewed data (beyond 1) ask for ranks;
    `method` and `advised` say what they ask for.

    Parameters
    ----------
    before, after : one value each; NaN are left out
    confidence : share of the intervals
    permutations, seed : of the permutation test

    Returns
    -------
    BeforeAfter : reason `few_values` with fewer than two in one sample; `no_variance`: no tests, where
        neither sample varies; `interval_undefined`: none of superiority, where the samples do not overlap

    Raises
    ------
    ValueError : not one dimension, no permutation

    References
    ----------
    Welch (1947); Hedges (1981), equation 6e; Brunner & Munzel (2000), Biometrical Journal 42; Mann &
    Whitney (1947).

    Examples
    --------
    >>> waiting = before_after([42, 55, 38, 61, 47], [30, 35, 28, 44, 31])
    >>> round(waiting.estimate, 1), round(waiting.superiority, 2)
    (-15.0, 0.08)
    """
    tail = check_confidence(confidence)
    if as_whole(permutations, "permutations") < 1:
        raise ValueError("permutations: at least one")
    x, y = (_told(values, name) for values, name in ((before, "before"), (after, "after")))
    marks = _shape(x, y)
    found = BeforeAfter(
        estimate=None,
        n=x.size + y.size,
        method=_METHOD.format(advice=_ADVICE[marks]),
        warnings=marks,
        n_before=x.size,
        n_after=y.size,
        advised="mann_whitney" if marks else "welch",
    )
    if min(x.size, y.size) < 2:
        return found
    difference = float(y.mean() - x.mean())
    if np.ptp(x) == 0 and np.ptp(y) == 0:
        return replace(found, estimate=difference, warnings=("no_variance", *marks))
    first, second = _moments(x), _moments(y)
    welch = _welch(first, second, difference, tail)
    chance, chance_ci = _superiority(x, y, tail)
    g, g_ci = _hedges(first, second, difference, tail)
    return replace(
        found,
        estimate=difference,
        ci=(difference - welch.half, difference + welch.half),
        se=welch.se,
        warnings=marks if chance_ci else (*marks, "interval_undefined"),
        hedges_g=g,
        hedges_ci=g_ci,
        superiority=chance,
        superiority_ci=chance_ci,
        p_welch=welch.p_value,
        p_mann_whitney=_mann_whitney(x, y),
        p_permutation=_permuted(x, y, permutations, seed),
    )


def before_after_counts(
    before: ArrayLike, after: ArrayLike, steps: ArrayLike, *, confidence: float = 0.95
) -> BeforeAfter:
    """The same from how often each step of a scale was chosen; no tests by ranks or permutation.

    Parameters
    ----------
    before, after : (steps,) how often each step was chosen
    steps : (steps,) the steps
    confidence : share of the intervals

    Returns
    -------
    BeforeAfter : reason and marks as for `before_after`, with Welch's interval and Hedges' g alone

    Raises
    ------
    ValueError : lengths differ, counts that are negative or no whole numbers

    References
    ----------
    Welch (1947); Hedges (1981), equation 6e.

    Examples
    --------
    >>> found = before_after_counts([10, 20, 15, 5], [2, 8, 25, 15], [1, 2, 3, 4])
    >>> round(found.estimate, 2), [round(limit, 2) for limit in found.ci], round(found.hedges_g, 2)
    (0.76, [0.42, 1.1], 0.88)
    """
    tail = check_confidence(confidence)
    step = as_vector(steps, "steps")
    tables = [as_vector(counts, name, step.size) for counts, name in ((before, "before"), (after, "after"))]
    if not all(((counts >= 0) & (counts == np.floor(counts))).all() for counts in tables):
        raise ValueError("before, after: whole numbers, none negative")
    x, y = (_moments_of_counts(counts, step) for counts in tables)
    found = BeforeAfter(
        estimate=None,
        n=x.n + y.n,
        method="difference of means, second less first; interval: Welch",
        warnings=("few_values",) if min(x.n, y.n) < _FEW else (),
        n_before=x.n,
        n_after=y.n,
    )
    if min(x.n, y.n) < 2:
        return found
    difference = y.mean - x.mean
    if x.variance == 0 and y.variance == 0:
        return replace(found, estimate=difference, warnings=("no_variance", *found.warnings))
    welch = _welch(x, y, difference, tail)
    g, g_ci = _hedges(x, y, difference, tail)
    return replace(
        found,
        estimate=difference,
        ci=(difference - welch.half, difference + welch.half),
        se=welch.se,
        hedges_g=g,
        hedges_ci=g_ci,
        p_welch=welch.p_value,
    )


class _Moments(NamedTuple):
    n: int
    mean: float
    variance: float


def _moments(x: FloatArray) -> _Moments:
    return _Moments(x.size, float(x.mean()), float(x.var(ddof=1)))


def _moments_of_counts(counts: FloatArray, step: FloatArray) -> _Moments:
    n = int(counts.sum())
    mean = float(counts @ step) / max(n, 1)
    return _Moments(n, mean, float(counts @ (step - mean) ** 2) / max(n - 1, 1))


def _mann_whitney(x: FloatArray, y: FloatArray) -> float:
    """Exact below fifty values a side without ties, else normal with a correction for steps, as R has it."""
    tied = np.unique(np.concatenate([x, y])).size < x.size + y.size
    is_exact = not tied and max(x.size, y.size) < _EXACT_BELOW
    return float(stats.mannwhitneyu(y, x, method="exact" if is_exact else "asymptotic").pvalue)


def _told(values: ArrayLike, name: str) -> FloatArray:
    """The values there are, in order of size, so that the order of the rows decides nothing."""
    x = as_vector(values, name)
    return np.sort(x[~np.isnan(x)])


def _shape(x: FloatArray, y: FloatArray) -> tuple[str, ...]:
    """Why the data ask for ranks, if they do."""
    few = min(x.size, y.size) < _FEW
    skewed = min(x.size, y.size) > 2 and max(abs(_skewness(x)), abs(_skewness(y))) > _SKEWED
    return (("few_values",) if few else ()) + (("skewed",) if skewed else ())


class _Welch(NamedTuple):
    se: float
    half: float
    p_value: float


def _welch(x: _Moments, y: _Moments, difference: float, tail: float) -> _Welch:
    parts = x.variance / x.n, y.variance / y.n
    se = float(np.sqrt(sum(parts)))
    df = sum(parts) ** 2 / (parts[0] ** 2 / (x.n - 1) + parts[1] ** 2 / (y.n - 1))
    half = float(special.stdtrit(df, 1 - tail)) * se
    return _Welch(se, half, float(2 * special.stdtr(df, -abs(difference) / se)))


def _skewness(x: FloatArray) -> float:
    """Third moment over the standard deviation to the third; 0 where all values are alike."""
    apart = x - x.mean()
    return 0.0 if np.ptp(x) == 0 else float((apart**3).mean() / (apart**2).mean() ** 1.5)


def _hedges(x: _Moments, y: _Moments, difference: float, tail: float) -> tuple[float, tuple[float, float]]:
    total = x.n + y.n
    pooled = np.sqrt(((x.n - 1) * x.variance + (y.n - 1) * y.variance) / (total - 2))
    g = float(difference / pooled * (1 - 3 / (4 * (total - 2) - 1)))
    half = float(special.ndtri(1 - tail) * np.sqrt(total / (x.n * y.n) + g**2 / (2 * total)))
    return g, (g - half, g + half)


def _superiority(x: FloatArray, y: FloatArray, tail: float) -> tuple[float, tuple[float, float] | None]:
    """P(y > x) + P(y = x)/2 from ranks, with the interval of Brunner and Munzel."""
    ranks = stats.rankdata(np.concatenate([x, y]))
    of_x, of_y = ranks[: x.size], ranks[x.size :]
    chance = float((of_y.mean() - (y.size + 1) / 2) / x.size)
    placed_x, placed_y = of_x - stats.rankdata(x), of_y - stats.rankdata(y)
    parts = placed_x.var(ddof=1) / x.size / y.size**2, placed_y.var(ddof=1) / y.size / x.size**2
    variance = float(parts[0] + parts[1])
    if variance == 0:
        return chance, None
    df = variance**2 / (parts[0] ** 2 / (x.size - 1) + parts[1] ** 2 / (y.size - 1))
    half = float(special.stdtrit(df, 1 - tail)) * np.sqrt(variance)
    return chance, (float(max(chance - half, 0.0)), float(min(chance + half, 1.0)))


def _permuted(x: FloatArray, y: FloatArray, permutations: int, seed: int) -> float:
    """Share of the permutations, with the data as one of them, whose means lie as far apart."""
    random, pool = np.random.default_rng(seed), np.concatenate([x, y]) - x.mean()
    limit = abs(float(pool[x.size :].mean() - pool[: x.size].mean())) - 1e-12 * float(np.ptp(pool))
    batch, beyond, total = max(1, _BATCH // pool.size), 0, float(pool.sum())
    for start in range(0, permutations, batch):
        many = np.tile(pool, (min(batch, permutations - start), 1))
        of_y = random.permuted(many, axis=1)[:, x.size :].sum(axis=1)
        beyond += int((np.abs(of_y / y.size - (total - of_y) / x.size) >= limit).sum())
    return (beyond + 1) / (permutations + 1)
