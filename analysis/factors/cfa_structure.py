"""Which item belongs to which factor, and what that implies for means and covariances.

The own parameters of one group stand in one vector: loadings (k), residual variances (k), the lower
triangle of the factors' covariance matrix (m (m + 1) / 2), intercepts (k), factor means (m).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis._arrays import BoolArray, FloatArray, IntArray

Factors = Mapping[str, Sequence[int]]


class Parameters(NamedTuple):
    """The parameters of one group, by kind."""

    loadings: FloatArray
    residuals: FloatArray
    factor_covariance: FloatArray
    intercepts: FloatArray
    factor_means: FloatArray


@dataclass(frozen=True, eq=False)
class Structure:
    """Simple structure: each item loads on one factor.

    Attributes
    ----------
    names : (m,) of the factors
    columns : (k,) of the table of answers, in the order of the items of the model
    factor_of : (k,) the factor of each item
    """

    names: tuple[str, ...]
    columns: IntArray
    factor_of: IntArray

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.columns)

    @cached_property
    def belongs(self) -> FloatArray:
        """(k, m) 1 where the item loads on the factor."""
        return np.equal.outer(self.factor_of, np.arange(len(self.names))).astype(np.float64)

    @cached_property
    def markers(self) -> IntArray:
        """(m,) the first item of each factor."""
        return np.array([np.flatnonzero(self.factor_of == f)[0] for f in range(len(self.names))])

    @cached_property
    def lower(self) -> tuple[IntArray, IntArray]:
        """Places of the lower triangle of the factors' covariance matrix."""
        first, second = np.tril_indices(len(self.names))
        return first, second

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Where each kind of parameter stands in the vector of one group."""
        k, m = self.n_items, len(self.names)
        ends = np.cumsum([0, k, k, m * (m + 1) // 2, k, m])
        kinds = Parameters._fields
        return {kind: slice(int(ends[i]), int(ends[i + 1])) for i, kind in enumerate(kinds)}

    def pack(self, parameters: Parameters) -> FloatArray:
        """The parameters of one group as a vector."""
        triangle = parameters.factor_covariance[self.lower]
        return np.concatenate([*parameters[:2], triangle, *parameters[3:]])

    def unpack(self, vector: FloatArray) -> Parameters:
        """The parameters of one group by kind."""
        parts = {kind: vector[where] for kind, where in self.slices.items()}
        covariance = np.zeros((len(self.names), len(self.names)))
        covariance[self.lower] = parts["factor_covariance"]
        parts["factor_covariance"] = covariance + np.tril(covariance, -1).T
        return Parameters(**parts)

    def unit(self, mean: FloatArray) -> FloatArray:
        """Values of fixed parameters: factors of variance one and mean zero; item means as given."""
        k, m = self.n_items, len(self.names)
        return self.pack(Parameters(np.zeros(k), np.zeros(k), np.eye(m), mean, np.zeros(m)))

    def implied(self, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Means (k,) and covariances (k, k) that the model implies."""
        own = self.unpack(vector)
        loads = self.belongs * own.loadings[:, np.newaxis]
        covariance = loads @ own.factor_covariance @ loads.T + np.diag(own.residuals)
        return own.intercepts + loads @ own.factor_means, covariance

    def slopes(self, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Derivatives of both by each parameter, (q, k) and (q, k, k)."""
        own, at, k = self.unpack(vector), self.slices, self.n_items
        items, eye = np.arange(k), np.eye(k)
        loads = self.belongs * own.loadings[:, np.newaxis]
        means = np.zeros((len(vector), k))
        covariances = np.zeros((len(vector), k, k))
        along = (loads @ own.factor_covariance)[:, self.factor_of].T
        half = eye[:, :, np.newaxis] * along[:, np.newaxis, :]
        covariances[at["loadings"]] = half + half.transpose(0, 2, 1)
        covariances[at["residuals"]][items, items, items] = 1
        first, second = self.lower
        product = loads.T[first][:, :, np.newaxis] * loads.T[second][:, np.newaxis, :]
        twice = np.where(first == second, 0.5, 1.0)[:, np.newaxis, np.newaxis]
        covariances[at["factor_covariance"]] = twice * (product + product.transpose(0, 2, 1))
        means[at["loadings"]] = eye * own.factor_means[self.factor_of]
        means[at["intercepts"]] = eye
        means[at["factor_means"]] = loads.T
        return means, covariances


@dataclass(frozen=True, eq=False)
class Plan:
    """Which parameters of the groups are free, and which of them are one and the same.

    Attributes
    ----------
    place : (groups, q) position among the free parameters, -1 where fixed
    fixed : (groups, q) values of the fixed ones
    """

    place: IntArray
    fixed: FloatArray

    @property
    def n_free(self) -> int:
        """Number of free parameters."""
        return int(self.place.max(initial=-1)) + 1

    def own(self, free: FloatArray, group: int) -> FloatArray:
        """The vector of one group."""
        place = self.place[group]
        return np.asarray(np.where(place >= 0, free[place], self.fixed[group]), dtype=np.float64)

    def spread(self, group: int) -> FloatArray:
        """(free, q) 1 where a free parameter is a parameter of the group."""
        return np.asarray(np.equal.outer(np.arange(self.n_free), self.place[group]), dtype=np.float64)

    def gather(self, vectors: FloatArray) -> FloatArray:
        """Free parameters from (groups, q) vectors: the mean over the groups that share one."""
        free = self.place >= 0
        count = np.bincount(self.place[free], minlength=self.n_free)
        return np.asarray(np.bincount(self.place[free], weights=vectors[free]) / count)


def as_structure(factors: Factors | None, n_columns: int) -> Structure:
    """Factors by name with their columns; without any, one factor of all columns.

    Raises
    ------
    ValueError : an empty factor, a column that does not exist or belongs to two factors
    """
    named = {"factor": range(n_columns)} if factors is None else factors
    if not named or any(len(own) == 0 for own in named.values()):
        raise ValueError("factors: each factor needs at least one column")
    columns = np.array([column for own in named.values() for column in own])
    if not np.issubdtype(columns.dtype, np.integer) or not _are_within(columns, n_columns):
        raise ValueError(f"factors: columns must be whole numbers from 0 to {n_columns - 1}")
    if len(np.unique(columns)) != len(columns):
        raise ValueError("factors: a column belongs to one factor only")
    sizes = [len(own) for own in named.values()]
    return Structure(tuple(named), columns.astype(np.int64), np.repeat(np.arange(len(sizes)), sizes))


def plan(free: BoolArray, shared: BoolArray, fixed: FloatArray) -> Plan:
    """Number the free parameters, (groups, q); a shared one is free in all groups and counts once."""
    place = np.full(free.shape, -1)
    following = 0
    for group in range(len(free)):
        own = free[group] & ~shared if group else free[group]
        place[group, own] = following + np.arange(own.sum())
        following += int(own.sum())
        place[group, shared] = place[0, shared]
    return Plan(place, fixed)


def freedom(structure: Structure, *, intercepts: bool, unit_variances: bool, factor_means: bool) -> BoolArray:
    """(q,) which parameters of a group are free; loadings and residual variances always are."""
    first, second = structure.lower
    k, m = structure.n_items, len(structure.names)
    kinds = (
        np.ones(2 * k, dtype=np.bool_),
        (first != second) | (not unit_variances),
        np.full(k, intercepts),
        np.full(m, factor_means),
    )
    return np.concatenate(kinds)


def start(structure: Structure, mean: FloatArray, covariance: FloatArray) -> FloatArray:
    """Where estimation begins: first principal axis of each factor's items, and how these go together."""
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    loads = np.zeros((structure.n_items, len(structure.names)))
    for factor, own in enumerate(_members(structure)):
        values, vectors = np.linalg.eigh(correlation[np.ix_(own, own)])
        axis = vectors[:, -1] * (-1 if vectors[:, -1].sum() < 0 else 1)
        loads[own, factor] = np.clip(0.9 * axis * np.sqrt(values[-1]), -0.9, 0.9)
    loadings, square = loads.sum(axis=1), (loads**2).sum(axis=0)
    related = np.clip(loads.T @ correlation @ loads / np.outer(square, square), -0.8, 0.8)
    np.fill_diagonal(related, 1)
    if np.linalg.eigvalsh(related)[0] < 0.05:
        related = np.eye(len(related))
    residuals = sd**2 * (1 - loadings**2)
    return structure.pack(Parameters(sd * loadings, residuals, related, mean, np.zeros(len(related))))


def _members(structure: Structure) -> Iterable[IntArray]:
    return (np.flatnonzero(structure.factor_of == f) for f in range(len(structure.names)))


def _are_within(columns: IntArray, count: int) -> bool:
    return bool(((columns >= 0) & (columns < count)).all())
