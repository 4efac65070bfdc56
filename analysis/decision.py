"""D studies: how reliable a mean over so many raters and items would be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis._arrays import FloatArray, as_vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Coefficient = Literal["phi", "e_rho2"]


@dataclass(frozen=True)
class Facets:
    """Variance components of p x (r:p) x i, none negative.

    Attributes
    ----------
    person, rater_in_person, item, person_item, residual : variances on the scale of one answer
    """

    person: float
    rater_in_person: float = 0.0
    item: float = 0.0
    person_item: float = 0.0
    residual: float = 0.0

    def __post_init__(self) -> None:
        parts = (self.person, self.rater_in_person, self.item, self.person_item, self.residual)
        if any(not part >= 0 for part in parts):
            raise ValueError("facets: variance components must not be negative")


@dataclass(frozen=True, eq=False)
class DStudy:
    """Reliability against the number of raters.

    Attributes
    ----------
    raters : (k,) numbers of raters of a person
    items : number of items
    e_rho2 : (k,) generalizability coefficient: for telling persons apart
    phi : (k,) dependability: for standing on a scale
    relative_error, absolute_error : (k,) error variances behind them
    method : the formula, in words
    """

    raters: FloatArray
    items: int
    e_rho2: FloatArray
    phi: FloatArray
    relative_error: FloatArray
    absolute_error: FloatArray
    method: str

    @property
    def sem(self) -> FloatArray:
        """Standard error of a person's mean, the root of the absolute error variance."""
        return np.asarray(np.sqrt(self.absolute_error))


@dataclass(frozen=True)
class RatersNeeded:
    """The fewest raters that reach a reliability.

    Attributes
    ----------
    raters : None where no number of raters reaches it
    reached : the reliability with so many raters, or the most that raters alone can reach
    warnings : "add_items" where more raters do not help; "no_variance_between_persons"
    """

    raters: int | None
    reached: float
    warnings: tuple[str, ...] = ()


def d_study(facets: Facets, raters: ArrayLike, items: int) -> DStudy:
    """Coefficients for means over `raters` raters and `items` items.

    relative error = var(r:p)/k + var(pi)/m + var(e)/(km); the absolute adds var(i)/m.
    E rho² = var(p) / (var(p) + relative error); Phi = var(p) / (var(p) + absolute error).

    Parameters
    ----------
    facets : components, for instance `g_study(...).facets`
    raters : (k,) numbers of raters, at least 1
    items : number of items, at least 1

    Returns
    -------
    DStudy

    Raises
    ------
    ValueError : fewer than one rater or item

    References
    ----------
    Brennan (2001), Generalizability Theory, section 4.1 (persons by raters nested, items crossed).

    Examples
    --------
    >>> d_study(Facets(0.2, rater_in_person=0.4, residual=0.8), [1, 4], items=8).phi.round(3).tolist()
    [0.286, 0.615]
    """
    k = as_vector(raters, "raters")
    if items < 1 or not (k >= 1).all():
        raise ValueError("raters, items: at least 1")
    relative = facets.rater_in_person / k + facets.person_item / items + facets.residual / (k * items)
    absolute = relative + facets.item / items
    return DStudy(
        raters=k,
        items=items,
        e_rho2=_share(facets.person, relative),
        phi=_share(facets.person, absolute),
        relative_error=relative,
        absolute_error=absolute,
        method="var(p) over var(p) plus relative (E rho²) or absolute (Phi) error variance",
    )


def dependability(facets: Facets, raters: float, items: int) -> float:
    """Phi of a mean over so many raters and items."""
    return float(d_study(facets, [raters], items).phi[0])


def generalizability_coefficient(facets: Facets, raters: float, items: int) -> float:
    """E rho² of a mean over so many raters and items."""
    return float(d_study(facets, [raters], items).e_rho2[0])


def raters_needed(
    facets: Facets, target: float, items: int, *, coefficient: Coefficient = "phi"
) -> RatersNeeded:
    """The fewest raters for a reliability, or the word that more items are needed.

    k = ceil[(var(r:p) + var(e)/m) / (var(p)(1 - t)/t - (var(pi) + var(i))/m)] for Phi; for E rho²
    without var(i). Where the denominator is not above zero no number of raters is enough.

    Parameters
    ----------
    facets : components
    target : reliability to reach, above 0 and below 1
    items : number of items
    coefficient : "phi" or "e_rho2"

    Returns
    -------
    RatersNeeded

    Raises
    ------
    ValueError : target not between 0 and 1, fewer than one item, unknown coefficient

    References
    ----------
    Brennan (2001), Generalizability Theory, section 4.1, solved for the number of raters.

    Examples
    --------
    >>> raters_needed(Facets(0.2, rater_in_person=0.4, residual=0.8), 0.7, items=8)
    RatersNeeded(raters=6, reached=0.7058823529411765, warnings=())
    """
    if not 0 < target < 1 or items < 1 or coefficient not in ("phi", "e_rho2"):
        raise ValueError(
            "target, items, coefficient: a share between 0 and 1, at least one item, phi or e_rho2"
        )
    if facets.person == 0:
        return RatersNeeded(None, 0.0, ("no_variance_between_persons",))
    value = dependability if coefficient == "phi" else generalizability_coefficient
    fixed = (facets.person_item + (facets.item if coefficient == "phi" else 0.0)) / items
    room = facets.person * (1 - target) / target - fixed
    if room <= 1e-12 * facets.person:
        return RatersNeeded(None, facets.person / (facets.person + fixed), ("add_items",))
    exact = (facets.rater_in_person + facets.residual / items) / room
    fewest = max(1, math.ceil(exact - 1e-9))
    return RatersNeeded(fewest, value(facets, fewest, items))


def _share(person: float, error: FloatArray) -> FloatArray:
    whole = person + error
    return np.asarray(np.divide(person, whole, out=np.full(error.shape, np.nan), where=whole > 0))
