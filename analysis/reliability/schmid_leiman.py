"""Omega hierarchical: how much of a sum one general factor explains beside factors of groups of items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis._arrays import divide
from analysis._result import Result
from analysis.factors.extraction import minres
from analysis.factors.rotation import rotate
from analysis.moments import (
    ItemMoments,
    Missing,
    as_moments,
    correlations,
    few_rows,
    is_indefinite,
    no_coefficient,
    rows_used,
    usable_items,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray, IntArray

__all__ = ["HierarchicalOmega", "omega_hierarchical"]

_ENOUGH_ROWS = 200


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HierarchicalOmega(Result):
    """A general factor and group factors of the items used; `estimate` is omega hierarchical.

    Attributes
    ----------
    omega_total : share of the sum's variance that all factors explain
    asymptotic : omega hierarchical of ever more items like these, omega_h / omega_total
    explained_common_variance : the general factor's share of what all factors explain (ECV)
    general : (k,) loadings on the general factor
    group : (k, m) loadings on the group factors
    uniquenesses : (k,) variance that no factor explains
    general_of_groups : (m,) loadings of the group factors on the general one
    items_of : (k,) the group factor on which each item loads most
    subscale_general, subscale_group : (m,) of the sum of the items of one group factor: the share that the
        general factor and the group factor itself explain; NaN without items
    subscale_total : both together (omega of the subscale, Reise 2012)
    n_items : items used
    """

    omega_total: float | None = None
    asymptotic: float | None = None
    explained_common_variance: float | None = None
    general: FloatArray | None = None
    group: FloatArray | None = None
    uniquenesses: FloatArray | None = None
    general_of_groups: FloatArray | None = None
    items_of: IntArray | None = None
    subscale_total: FloatArray | None = None
    subscale_general: FloatArray | None = None
    subscale_group: FloatArray | None = None
    n_items: int = 0


def omega_hierarchical(
    items: ArrayLike | ItemMoments,
    *,
    n_factors: int = 3,
    missing: Missing = "listwise",
    starts: int = 10,
    seed: int = 0,
) -> HierarchicalOmega:
    """Omega hierarchical from a Schmid-Leiman solution (Schmid & Leiman 1957; McDonald 1999; Zinbarg 2005).

    Group factors by minres and oblimin (quartimin), one factor g of their correlations by minres;
    general loadings = pattern g, group loadings = pattern sqrt(1 - g²). omega_h = (sum of general
    loadings)² / 1'R1, omega_total = 1 - (sum of uniquenesses) / 1'R1, all of items with one spread.
    With one or two group factors g is not determined (`fewer_than_three_factors`). Programs differ in the
    third decimal; two decimals are what can be told.

    Parameters
    ----------
    items : (n, k) answers keyed one way, or their moments
    n_factors : group factors, 3 or more
    missing : rows with gaps; with "pairwise" each pair of items has its own correlation
    starts, seed : positions from which the rotation is tried

    Returns
    -------
    HierarchicalOmega

    Raises
    ------
    ValueError : wrong shape or rule, fewer than one factor or start

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> groups = 0.7 * rng.standard_normal((300, 1)) + 0.7 * rng.standard_normal((300, 3))
    >>> omega_hierarchical(np.repeat(groups, 4, axis=1) + rng.standard_normal((300, 12)))
    <HierarchicalOmega 0.5915, n = 300>
    """
    if n_factors < 1 or starts < 1:
        raise ValueError("n_factors, starts: must be 1 or more")
    moments = as_moments(items, missing)
    kept, marks = usable_items(moments, "drop")
    method = (
        f"omega hierarchical, Schmid-Leiman from {n_factors} group factors by minres and oblimin, "
        f"standardized, {rows_used(moments)}"
    )
    reason = no_coefficient(moments, kept) or _no_hierarchy(len(kept), n_factors)
    if reason is None and is_indefinite(moments, kept):
        reason = "indefinite"
    if reason is None:
        r = correlations(moments, kept)
        reason = None if r.sum() > 1e-12 * len(r) else "no_variance_in_total"
    if reason:
        return HierarchicalOmega(
            estimate=None, n=moments.n, method=method, warnings=(reason, *marks), n_items=len(kept)
        )
    found = _schmid_leiman(r, n_factors, starts, seed)
    return _hierarchy(r, found, moments.n, method, (*marks, *found.marks, *few_rows(moments.n, _ENOUGH_ROWS)))


def _hierarchy(
    r: FloatArray, found: _SchmidLeiman, n: int, method: str, marks: tuple[str, ...]
) -> HierarchicalOmega:
    """All figures of a Schmid-Leiman solution."""
    total = float(r.sum())
    of_all, explained = float(found.general.sum() ** 2) / total, 1 - float(found.unique.sum()) / total
    of_general, of_groups = float((found.general**2).sum()), float((found.group**2).sum())
    by_general, by_own = _subscales(r, found)
    return HierarchicalOmega(
        estimate=of_all,
        n=n,
        method=method,
        warnings=marks,
        omega_total=explained,
        asymptotic=of_all / explained if explained > 0 else None,
        explained_common_variance=of_general / (of_general + of_groups),
        general=found.general,
        group=found.group,
        uniquenesses=found.unique,
        general_of_groups=found.of_groups,
        items_of=found.items_of,
        subscale_total=by_general + by_own,
        subscale_general=by_general,
        subscale_group=by_own,
        n_items=len(r),
    )


def _no_hierarchy(k: int, m: int) -> str | None:
    if m < 3:
        return "fewer_than_three_factors"
    return "too_many_factors" if m >= k or (k - m) ** 2 < k + m else None


class _SchmidLeiman(NamedTuple):
    general: FloatArray
    group: FloatArray
    unique: FloatArray
    of_groups: FloatArray
    marks: tuple[str, ...]

    @property
    def items_of(self) -> IntArray:
        return np.asarray(np.abs(self.group).argmax(axis=1), dtype=np.int64)


def _schmid_leiman(r: FloatArray, factors: int, starts: int, seed: int) -> _SchmidLeiman:
    first = minres(r, factors)
    pattern, phi = rotate(first.loadings, "oblimin", starts=starts, seed=seed)
    second = minres(phi, 1)
    of_groups = second.loadings[:, 0]
    general = pattern @ of_groups
    improper = first.at_bound.any() or second.at_bound.any()
    marks = {"heywood": bool(improper), "check_keys": bool((general < -1e-9).any())}
    return _SchmidLeiman(
        general,
        pattern * np.sqrt(np.maximum(1 - of_groups**2, 0)),
        1 - (first.loadings**2).sum(axis=1),
        of_groups,
        tuple(name for name, holds in marks.items() if holds),
    )


def _subscales(r: FloatArray, found: _SchmidLeiman) -> tuple[FloatArray, FloatArray]:
    """Shares of the variance of each group factor's items: by the general factor, and by its own."""
    m = found.group.shape[1]
    member = (found.items_of == np.arange(m)[:, np.newaxis]).astype(np.float64)
    variance = np.einsum("gi,ij,gj->g", member, r, member)
    there = variance > 1e-12 * member.sum(axis=1)
    general = divide((member @ found.general) ** 2, variance, there)
    return general, divide((member @ found.group).diagonal() ** 2, variance, there)
