"""Elimination of sums over cells in whole numbers: what combinations of figures rest on which cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import gcd, lcm
from typing import NamedTuple

import numpy as np
from scipy import sparse


class Combination(NamedTuple):
    """A sum of figures: what each cell and each figure is taken times; never zero."""

    cells: dict[int, int]
    figures: dict[int, int]


def reduced(rows: Iterable[Combination], rank: Callable[[int], int]) -> list[Combination]:
    """Reduced row echelon form: each combination has a cell that no other one has.

    That cell is the one of highest rank. So the combinations whose cells all rank low span every
    combination that rests on cells of low rank alone.
    """
    pivots: dict[int, Combination] = {}
    holders: dict[int, set[int]] = {}  # of each cell: the pivots of the rows that have it
    for given in sorted(rows, key=lambda row: len(row.cells)):
        row = without(given, {cell: pivots[cell] for cell in given.cells if cell in pivots})
        if not row.cells:
            continue
        pivot = max(row.cells, key=lambda cell: (rank(cell), -cell))
        for other in holders.pop(pivot, set()):
            old, pivots[other] = pivots[other], without(pivots[other], {pivot: row})
            for cell in old.cells.keys() - pivots[other].cells.keys() - {pivot}:
                holders[cell].discard(other)
            for cell in pivots[other].cells.keys() - old.cells.keys():
                holders.setdefault(cell, set()).add(other)
        pivots[pivot] = row
        for cell in row.cells.keys() - {pivot}:
            holders.setdefault(cell, set()).add(pivot)
    return list(pivots.values())


def without(row: Combination, by: Mapping[int, Combination]) -> Combination:
    """So many times `row` less so many times others that their cells are gone; positive in `row`.

    None of the others may have the cell of another one. All are taken off in one go: the total of a city
    has thousands of cells to lose.
    """
    if not by:
        return row
    times = lcm(
        *(abs(other.cells[cell]) // gcd(other.cells[cell], row.cells[cell]) for cell, other in by.items())
    )
    less = [(other, times * row.cells[cell] // other.cells[cell]) for cell, other in by.items()]
    cells = _difference(row.cells, times, [(other.cells, often) for other, often in less])
    figures = _difference(row.figures, times, [(other.figures, often) for other, often in less])
    shared = gcd(*cells.values(), *figures.values()) or 1
    return Combination(
        {c: v // shared for c, v in cells.items()}, {f: v // shared for f, v in figures.items()}
    )


def tangles(rows: Sequence[Combination]) -> list[list[Combination]]:
    """The combinations in groups that have no cell in common."""
    places = [(number, cell) for number, row in enumerate(rows) for cell in row.cells]
    if not places:
        return []
    row, cell = np.array(places).T
    touching = sparse.coo_array((np.ones(len(row)), (row, cell))).tocsr()
    count, group = sparse.csgraph.connected_components(touching @ touching.T, directed=False)
    return [[rows[at] for at in np.flatnonzero(group == each).tolist()] for each in range(count)]


def _difference(one: dict[int, int], times: int, less: list[tuple[dict[int, int], int]]) -> dict[int, int]:
    found = {key: times * value for key, value in one.items()}
    for other, often in less:
        for key, value in other.items():
            found[key] = found.get(key, 0) - often * value
    return {key: value for key, value in found.items() if value}
