"""How many answers a population needs, and what a number of answers is good for (Krejcie & Morgan)."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from analysis._arrays import as_exact, as_whole

CHI_SQUARE = Decimal("3.841")  # one degree of freedom, error of five in a hundred, as in the printed table
HALF = Decimal("0.5")
FIVE_PERCENT = Decimal("0.05")


def sample_size(
    population: int,
    *,
    chi_square: Decimal = CHI_SQUARE,
    proportion: Decimal = HALF,
    error: Decimal = FIVE_PERCENT,
    rounding: Literal["nearest", "up"] = "nearest",
) -> int:
    """Sample size: X² N P (1-P) / (d² (N-1) + X² P (1-P)), in exact arithmetic.

    "nearest" (halves up) gives the printed table; "up" is what keeps the error within d.

    Parameters
    ----------
    population : N, people who could answer, at least 1
    chi_square : X²
    proportion : P, between 0 and 1; .5 asks for the largest sample
    error : d, a share between 0 and 1
    rounding : "nearest" or "up"

    Returns
    -------
    how many must answer, at most everybody

    Raises
    ------
    ValueError : population below 1, proportion or error out of range, unknown rounding

    References
    ----------
    Krejcie & Morgan (1970), Educational and Psychological Measurement 30, 607-610.

    Examples
    --------
    >>> sample_size(500), sample_size(1_000_000)
    (217, 384)
    """
    population = as_whole(population, "population")
    if population < 1:
        raise ValueError("population: must be at least 1")
    if rounding not in ("nearest", "up"):
        raise ValueError("rounding: must be 'nearest' or 'up'")
    spread, d2 = _spread(chi_square, proportion), _squared(error)
    size = spread * population / (d2 * (population - 1) + spread)
    return math.ceil(size) if rounding == "up" else math.floor(size + Fraction(1, 2))


def margin_of_error(
    sample: int, population: int, *, chi_square: Decimal = CHI_SQUARE, proportion: Decimal = HALF
) -> float:
    """The error that a sample keeps: d = sqrt(X² P (1-P) (N - n) / (n (N - 1))).

    Parameters
    ----------
    sample, population : n respondents of N people who could have answered
    chi_square, proportion : as for `sample_size`

    Returns
    -------
    the error as a share, 0 where everybody answered

    Raises
    ------
    ValueError : sample below 1 or above the population, proportion out of range

    References
    ----------
    Krejcie & Morgan (1970), solved for d.

    Examples
    --------
    >>> round(margin_of_error(217, 500), 4)
    0.0501
    """
    sample, population = as_whole(sample, "sample"), as_whole(population, "population")
    if not 1 <= sample <= population:
        raise ValueError("sample, population: at least one respondent, at most everybody")
    spread = _spread(chi_square, proportion)
    if sample == population:
        return 0.0
    return math.sqrt(spread * (population - sample) / (sample * (population - 1)))


def covered_population(
    sample: int,
    *,
    chi_square: Decimal = CHI_SQUARE,
    proportion: Decimal = HALF,
    error: Decimal = FIVE_PERCENT,
) -> int | None:
    """The largest population that a sample is enough for, the inverse of `sample_size(rounding="up")`.

    N <= n (X² P (1-P) - d²) / (X² P (1-P) - n d²).

    Parameters
    ----------
    sample : n, respondents
    chi_square, proportion, error : as for `sample_size`

    Returns
    -------
    the population, or None where the sample is enough for any

    Raises
    ------
    ValueError : sample below 1, proportion or error out of range

    References
    ----------
    Krejcie & Morgan (1970), solved for N.

    Examples
    --------
    >>> covered_population(278), covered_population(400)
    (1003, None)
    """
    sample = as_whole(sample, "sample")
    if sample < 1:
        raise ValueError("sample: must be at least 1")
    spread, d2 = _spread(chi_square, proportion), _squared(error)
    room = spread - sample * d2
    return None if room <= 0 else max(sample, math.floor(sample * (spread - d2) / room))


def _spread(chi_square: Decimal, proportion: Decimal) -> Fraction:
    quantile, share = as_exact(chi_square, "chi_square"), as_exact(proportion, "proportion")
    if not 0 < share < 1 or quantile <= 0:
        raise ValueError("proportion, chi_square: a share between 0 and 1, and a quantile above 0")
    return quantile * share * (1 - share)


def _squared(error: Decimal) -> Fraction:
    exact = as_exact(error, "error")
    if not 0 < exact < 1:
        raise ValueError("error: must be a share between 0 and 1, for instance 0.05")
    return exact**2
