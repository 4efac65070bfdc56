"""The scales in the reference data, items keyed one way."""

from __future__ import annotations

from functools import cache

import numpy as np

from tests.analysis.reference_values import columns

REVERSED = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}
SCALES = "ACENO"


@cache
def table(dataset: str, *names: str) -> np.ndarray:
    """Some columns of a data set; all of them when none is named."""
    data = columns(dataset)
    found = np.column_stack([data[name] for name in names or data])
    found.flags.writeable = False
    return found


def complete(x: np.ndarray) -> np.ndarray:
    return x[~np.isnan(x).any(axis=1)]


@cache
def bfi(scales: str) -> np.ndarray:
    """The five items of each scale of the Big Five, 1 to 6."""
    names = [f"{scale}{i}" for scale in scales for i in range(1, 6)]
    turned = np.array([name in REVERSED for name in names])
    return np.where(turned, 7 - table("bfi", *names), table("bfi", *names))


def attitude() -> np.ndarray:
    return table("attitude")


def lead() -> np.ndarray:
    """Eleven items on leadership."""
    return table("lq2002", *(f"LEAD{i:02d}" for i in range(1, 12)))


def host() -> np.ndarray:
    """Five items on hostility."""
    return table("lq2002", *(f"HOSTIL{i:02d}" for i in range(1, 6)))


def holzinger() -> np.ndarray:
    """Nine tests."""
    return table("holzinger1939", *(f"x{i}" for i in range(1, 10)))


def cohesion() -> np.ndarray:
    """Five items, one answer missing."""
    return table("cohesion", *(f"COH{i:02d}" for i in range(1, 6)))
