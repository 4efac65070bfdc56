"""Answers weighted to the people they should speak for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_vector, divide, factorize
from analysis._result import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StratumWeights(Result):
    """A weight for each respondent; `estimate` is the effective number of respondents.

    Attributes
    ----------
    weights : (n,) with mean 1 over the respondents of a known stratum, 0 for the others
    design_effect : by how much unequal weights widen the variance (Kish)
    empty : strata of the population that nobody answered for
    """

    weights: FloatArray
    design_effect: float | None = None
    empty: tuple[str, ...] = ()


def post_stratification_weights(strata: ArrayLike, population: Mapping[str, float]) -> StratumWeights:
    """Weights that bring the respondents' strata to the population's shares.

    w = (N_h / N) / (n_h / n). A stratum of the population without any respondent cannot be weighted in: it
    is left out of N and told. The effective number is n over Kish's 1 + cv²(w).

    Parameters
    ----------
    strata : (n,) stratum of each respondent
    population : stratum -> its size or share, none negative, some above 0

    Returns
    -------
    StratumWeights : `empty_stratum`, `unknown_stratum`; reason `no_respondents`

    Raises
    ------
    ValueError : a negative or unknown size, or no population at all

    References
    ----------
    Holt & Smith (1979), JRSS A 142, equation 1; Kish (1965), Survey Sampling, section 11.7.

    Examples
    --------
    >>> found = post_stratification_weights(["l", "l", "l", "p"], {"l": 50, "p": 50})
    >>> found.weights.round(3).tolist(), round(found.estimate, 2)
    ([0.667, 0.667, 0.667, 2.0], 3.0)
    """
    found, code = factorize(strata, np.size(strata))
    labels = np.array([_written(label) for label in found.tolist()], dtype=np.str_)
    names = tuple(_written(name) for name in population)
    size = as_vector(list(population.values()), "population")
    if not size.sum() > 0 or (size < 0).any():
        raise ValueError("population: sizes must be known, none negative, and some above 0")
    matches = labels[:, np.newaxis] == np.asarray(names, dtype=np.str_)
    in_population = matches @ size  # (labels,), 0 for a stratum that the population does not have
    answered = np.bincount(code, minlength=len(labels)) * (in_population > 0)
    n, covered = int(answered.sum()), float(in_population.sum())
    weight = np.nan_to_num(divide(in_population * n, covered * answered, answered > 0))[code]
    method = "post-stratification weights, mean 1; effective number by Kish"
    absent = ~matches.any(axis=0) & (size > 0)
    empty = tuple(name for name, is_absent in zip(names, absent.tolist(), strict=True) if is_absent)
    faults = {
        "no_respondents": n == 0,
        "empty_stratum": bool(empty),
        "unknown_stratum": n < code.size,
    }
    effect = float(n * (weight**2).sum() / weight.sum() ** 2) if n else None
    return StratumWeights(
        estimate=None if effect is None else n / effect,
        n=n,
        method=method,
        warnings=tuple(fault for fault, holds in faults.items() if holds),
        weights=weight,
        design_effect=effect,
        empty=empty,
    )


def _written(label: object) -> str:
    """A label as text; 1 and 1.0 are one stratum."""
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)
