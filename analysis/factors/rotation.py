"""Rotation of factors: varimax, quartimin (oblimin with gamma 0) and promax.

A rotated pattern L and the correlations Phi of the factors leave L Phi L' what the unrotated
loadings gave. Columns are put in order of the variance they carry, and turned so that they sum up
to more than nothing: a rotation is defined up to both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from scipy import optimize

if TYPE_CHECKING:
    from analysis._arrays import FloatArray

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

Rotation = Literal["none", "varimax", "oblimin", "promax"]
ROTATIONS = ("none", "varimax", "oblimin", "promax")
_ENOUGH = 1e-9  # change, or slope, at which a rotation has converged


class Rotated(NamedTuple):
    """Pattern loadings (k, m), and correlations of the factors (m, m)."""

    loadings: FloatArray
    correlations: FloatArray


def rotate(loadings: FloatArray, rotation: Rotation, *, starts: int, seed: int) -> Rotated:
    """The best of several rotations: one from where the factors are, the others from random positions.

    One factor has no rotation.
    """
    m = loadings.shape[1]
    if rotation == "none" or m == 1:
        return _in_order(Rotated(loadings, np.eye(m)))
    tried = [
        _quartimin(loadings, start) if rotation == "oblimin" else _varimax(loadings, start)
        for start in _starts(m, starts, seed)
    ]
    best = min(tried, key=lambda one: one[0])[1]
    if rotation == "promax":
        best = _promax(loadings, best.loadings)
    return _in_order(best)


def _starts(m: int, count: int, seed: int) -> list[FloatArray]:
    """The unit matrix, then random orthogonal ones."""
    rng = np.random.default_rng(seed)
    drawn = [np.linalg.qr(rng.standard_normal((m, m)))[0] for _ in range(count - 1)]
    return [np.eye(m), *drawn]


def _varimax(loadings: FloatArray, turn: FloatArray) -> tuple[float, Rotated]:
    """Kaiser's varimax of rows brought to length one (Kaiser 1958), by repeated polar decomposition."""
    length = _row_lengths(loadings)
    a = loadings / length
    for _ in range(1000):
        turned = a @ turn
        slope = a.T @ (turned**3 - turned * (turned**2).mean(axis=0))
        u, _, v = np.linalg.svd(slope)
        nearer = u @ v
        moved = float(np.abs(nearer - turn).max())
        turn = nearer
        if moved < _ENOUGH:
            break
    turned = a @ turn
    value = -float(((turned**2).var(axis=0)).sum())
    return value, Rotated(turned * length, np.eye(len(turn)))


def _quartimin(loadings: FloatArray, start: FloatArray) -> tuple[float, Rotated]:
    """Direct quartimin (Jennrich & Sampson 1966): the least over all turns with columns of length one."""
    m = len(start)

    def value(columns: Vector) -> float:
        free = columns.reshape(m, m)
        return _quartimin_slope(loadings, free / np.linalg.norm(free, axis=0))[0]

    def slope(columns: Vector) -> Vector:
        free = columns.reshape(m, m)
        length = np.linalg.norm(free, axis=0)
        turn = free / length
        by_turn = _quartimin_slope(loadings, turn)[1]
        along = by_turn - turn * (turn * by_turn).sum(axis=0)  # a longer column changes nothing
        return np.asarray(along / length, dtype=np.float64).ravel()

    found = optimize.minimize(value, start.ravel(), jac=slope, method="BFGS", tol=_ENOUGH)
    free = np.asarray(found.x, dtype=np.float64).reshape(m, m)
    turn = free / np.linalg.norm(free, axis=0)
    return float(found.fun), Rotated(loadings @ np.linalg.inv(turn).T, turn.T @ turn)


def _quartimin_slope(loadings: FloatArray, turn: FloatArray) -> tuple[float, FloatArray]:
    """Cross-products of squared loadings of different factors, and their derivatives (Jennrich 2002)."""
    back = np.linalg.inv(turn)
    pattern = loadings @ back.T
    others = pattern**2 @ (1 - np.eye(len(turn)))
    slope = -(pattern.T @ (pattern * others) @ back).T
    return float((pattern**2 * others).sum() / 4), np.asarray(slope, dtype=np.float64)


def _promax(loadings: FloatArray, varimax: FloatArray) -> Rotated:
    """Oblique rotation to the fourth power of the varimax loadings (Hendrickson & White 1964)."""
    length = _row_lengths(loadings)
    scaled = varimax / length
    turn = np.linalg.lstsq(scaled, scaled * np.abs(scaled) ** 3)[0]
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    back = np.linalg.inv(turn)
    return Rotated(scaled @ turn * length, np.asarray(back @ back.T, dtype=np.float64))


def _row_lengths(loadings: FloatArray) -> FloatArray:
    """Root communalities, one for an item without any."""
    length = np.linalg.norm(loadings, axis=1, keepdims=True)
    return np.where(length > 0, length, 1.0)


def _in_order(rotated: Rotated) -> Rotated:
    """Columns by the variance they carry, each turned to a positive sum."""
    loadings, phi = rotated
    order = np.argsort(-(phi @ loadings.T @ loadings).diagonal(), kind="stable")
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)[order]
    return Rotated(loadings[:, order] * sign, phi[np.ix_(order, order)] * np.outer(sign, sign))
