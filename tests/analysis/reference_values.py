"""The reference data sets and what R gave on them."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parents[1] / "reference"


def golden(name: str) -> dict[str, Any]:
    """The results of one data set: key -> {value, cmd, tol, …}."""
    return json.loads((HERE / f"{name}.json").read_text())["results"]


def columns(name: str) -> dict[str, np.ndarray]:
    """The columns of one data set as floats, NaN where a cell is empty; words stay words."""
    packed = HERE / f"{name}.csv.gz"
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else (HERE / f"{name}.csv").read_bytes()
    head, *rows = csv.reader(data.decode().splitlines())
    return {title: _column(cells) for title, cells in zip(head, zip(*rows, strict=True), strict=True)}


def _column(cells: tuple[str, ...]) -> np.ndarray:
    try:
        return np.array([float(cell) if cell not in ("", "NA") else np.nan for cell in cells])
    except ValueError:
        return np.array(cells)


def edge_case(name: str) -> np.ndarray:
    """A small matrix of the edge cases."""
    rows = json.loads((HERE / "edge_cases.json").read_text())["data"][name]["rows"]
    return np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=float)


def column(frame: dict[str, Any], name: str) -> np.ndarray:
    """One column of a data frame in the results."""
    place = frame["cols"].index(name)
    return np.array(
        [np.nan if row[place] in ("NA", "NaN") else row[place] for row in frame["values"]], dtype=float
    )


def close(found: Any, entry: dict[str, Any], expected: Any) -> None:
    """Compare within the entry's own tolerance."""
    a, b = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    tolerance = entry.get("tol", 1e-8)
    off = np.abs(a - b) > tolerance * np.maximum(1, np.abs(b))
    assert a.shape == b.shape
    assert not off.any(), f"{a[off]} is not {b[off]} within {tolerance} ({entry['cmd']})"
