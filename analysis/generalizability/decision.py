"""D studies: how reliable a mean over so many raters and items would be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis._arrays import FloatArray, as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis.generalizability.designs import BalancedComponents
    from analysis.generalizability.study import GStudy

Coefficient = Literal["phi", "e_rho2"]


@dataclass(frozen=True)
class Facets:
    """Variance components of p x (r:p) x i, none negative.

    Attributes
    ----------
    person, rater_in_person, item, person_item, residual : variances on the scale of one answer
    warnings : "set_to_zero_…" for estimates that were below zero
    """

    person: float
    rater_in_person: float = 0.0
    item: float = 0.0
    person_item: float = 0.0
    residual: float = 0.0
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(not part >= 0 for part in self.effects.values()):
            raise ValueError("facets: variance components must not be negative")

    @property
    def effects(self) -> Mapping[str, float]:
        """The components by effect."""
        return {
            "p": self.person,
            "r:p": self.rater_in_person,
            "i": self.item,
            "pi": self.person_item,
            "ri:p": self.residual,
        }


@dataclass(frozen=True, eq=False)
class DStudy:
    """Reliability against the numbers of raters, items or whatever the facets are.

    Attributes
    ----------
    levels : facet -> how many of it a mean is taken over, all of one shape
    e_rho2 : generalizability coefficient: for telling persons apart; NaN where nothing varies
    phi : dependability: for standing on a scale
    relative_error, absolute_error : error variances behind them
    method : the formula, in words
    warnings : "set_to_zero_…" for components that were below zero
    """

    levels: Mapping[str, FloatArray]
    e_rho2: FloatArray
    phi: FloatArray
    relative_error: FloatArray
    absolute_error: FloatArray
    method: str
    warnings: tuple[str, ...] = ()

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
    items : the fewest items with which some number of raters would reach it
    warnings : "no_components"; "add_items" where more raters do not help;
        "no_variance_between_persons"; those of the components
    """

    raters: int | None
    reached: float
    items: int | None
    warnings: tuple[str, ...] = ()


def d_study(facets: Facets, raters: ArrayLike, items: ArrayLike) -> DStudy:
    """Coefficients for means over `raters` raters and `items` items.

    relative error = var(r:p)/k + var(pi)/m + var(e)/(km); the absolute adds var(i)/m.
    E rho² = var(p) / (var(p) + relative error); Phi = var(p) / (var(p) + absolute error).

    Parameters
    ----------
    facets : components, for instance `g_study(...).facets`
    raters, items : numbers, at least 1, of shapes that go together: [1, 2, 3] raters by [[5], [10]] items
        gives a table

    Returns
    -------
    DStudy : with the levels "r" and "i"

    Raises
    ------
    ValueError : fewer than one rater or item, shapes that do not go together

    References
    ----------
    Brennan (2001), Generalizability Theory, section 4.1 (persons by raters nested, items crossed).

    Examples
    --------
    >>> d_study(Facets(0.2, rater_in_person=0.4, residual=0.8), [1, 4], items=8).phi.round(3).tolist()
    [0.286, 0.615]
    """
    return _study(facets.effects, "p", {"r": raters, "i": items}, facets.warnings)


def d_study_balanced(components: BalancedComponents, levels: Mapping[str, ArrayLike]) -> DStudy:
    """The same for any balanced design, for instance p x (r:t) with tasks and their raters.

    An effect counts in a mean over n levels of each of its facets as its component over the product of
    those n. Effects with persons are relative error; those without come on top for the absolute.

    Parameters
    ----------
    components : of `balanced_components`, persons (or what is measured) being the first facet
    levels : number of each facet but the first, at least 1; of a nested one, how many in each of the outer

    Returns
    -------
    DStudy

    Raises
    ------
    ValueError : a facet missing or unknown, fewer than one, shapes that do not go together

    References
    ----------
    Brennan (2001), Generalizability Theory, section 4.1.

    Examples
    --------
    >>> from analysis.generalizability.designs import balanced_components
    >>> found = balanced_components([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8]], ["p", "j"])
    >>> d_study_balanced(found, {"j": [1, 4]}).e_rho2.round(3).tolist()
    [0.673, 0.891]
    """
    effects = {name: max(value, 0.0) for name, value in components.variance.items()}
    marks = tuple(mark.replace("negative", "set_to_zero") for mark in components.warnings)
    return _study(effects, next(iter(effects)), levels, marks)


def raters_needed(
    facets: Facets | GStudy | None, target: float, items: int, *, coefficient: Coefficient = "phi"
) -> RatersNeeded:
    """The fewest raters for a reliability, or the word that more items are needed.

    k = ceil[(var(r:p) + var(e)/m) / (var(p)(1 - t)/t - (var(pi) + var(i))/m)] for Phi; for E rho²
    without var(i). Where the denominator is not above zero no number of raters is enough.

    Parameters
    ----------
    facets : components, or the study they come from; None, as of a study without any, has no answer
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
    >>> raters_needed(Facets(0.2, rater_in_person=0.4, residual=0.8), 0.7, items=8).raters
    6
    >>> raters_needed(Facets(0.2, rater_in_person=0.4, item=0.3, residual=0.8), 0.8, items=5).warnings
    ('add_items',)
    """
    if not 0 < target < 1 or items < 1 or coefficient not in ("phi", "e_rho2"):
        raise ValueError(
            "target, items, coefficient: a share between 0 and 1, at least one item, phi or e_rho2"
        )
    if not isinstance(facets, Facets):
        why = () if facets is None else facets.warnings
        facets = None if facets is None else facets.facets
        if facets is None:
            return RatersNeeded(None, float("nan"), None, ("no_components", *why))
    if facets.person == 0:
        return RatersNeeded(None, 0.0, None, ("no_variance_between_persons", *facets.warnings))
    per_item = facets.person_item + (facets.item if coefficient == "phi" else 0.0)
    allowed = facets.person * (1 - target) / target
    least_items = math.floor(per_item / allowed * (1 + 1e-12)) + 1
    room = allowed - per_item / items
    if room <= 1e-12 * facets.person:
        most = facets.person / (facets.person + per_item / items)
        return RatersNeeded(None, most, least_items, ("add_items", *facets.warnings))
    exact = (facets.rater_in_person + facets.residual / items) / room
    fewest = max(1, math.ceil(exact - 1e-9))
    reached = float(getattr(d_study(facets, fewest, items), coefficient))
    return RatersNeeded(fewest, reached, least_items, facets.warnings)


def _study(
    effects: Mapping[str, float], person: str, levels: Mapping[str, ArrayLike], marks: tuple[str, ...]
) -> DStudy:
    """Every effect over the product of the levels of its facets but the persons'."""
    sets = {effect: set(effect) - {":", person} for effect in effects}
    if set(levels) != set().union(*sets.values()):
        raise ValueError("levels: must hold a number for each facet but the first")
    number = _of_one_shape({facet: as_floats(given, f"levels of {facet}") for facet, given in levels.items()})
    shape = np.shape(next(iter(number.values())))
    relative, general = np.zeros(shape), np.zeros(shape)
    for effect, variance in effects.items():
        if effect != person:
            error = relative if person in effect else general
            error += variance / math.prod((number[facet] for facet in sets[effect]), start=np.ones(shape))
    universe = effects[person]
    return DStudy(
        levels=number,
        e_rho2=_share(universe, relative),
        phi=_share(universe, relative + general),
        relative_error=relative,
        absolute_error=relative + general,
        method="var(p) over var(p) plus relative (E rho²) or absolute (Phi) error variance",
        warnings=marks,
    )


def _of_one_shape(levels: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Numbers of each facet, none below one, spread to the shape that they have together."""
    if not all((counts >= 1).all() for counts in levels.values()):
        raise ValueError("levels: raters, items and all other facets: at least 1")
    try:
        shape = np.broadcast_shapes(*(counts.shape for counts in levels.values()))
    except ValueError as error:
        raise ValueError("levels: shapes do not go together") from error
    return {facet: counts * np.ones(shape) for facet, counts in levels.items()}


def _share(person: float, error: FloatArray) -> FloatArray:
    whole = person + error
    return np.asarray(np.divide(person, whole, out=np.full(np.shape(error), np.nan), where=whole > 0))
