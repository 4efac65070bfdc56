"""Which keys of the reference data are matched, by which function, and which are left with a reason.

A matcher is called with the key and returns ours in the shape of R's value: a number, a list, a
mapping (of a named vector, or of the columns of a data frame). A mapping may hold fewer entries than
R's: those are what is compared, the others stand in the table of `docs/methods.md` as not offered.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import numpy as np

from tests.analysis.reference_values import HERE

Matcher = Callable[[str], Any]

MATCHERS: dict[tuple[str, str], Matcher] = {}
LEFT: dict[tuple[str, str], str] = {}  # data set and pattern of keys -> why


def key(dataset: str, *names: str) -> Callable[[Matcher], Matcher]:
    """Register a matcher for keys of one data set."""

    def register(matcher: Matcher) -> Matcher:
        for name in names:
            if (dataset, name) in MATCHERS:
                raise ValueError(f"{dataset}: {name} has two matchers")
            MATCHERS[dataset, name] = matcher
        return matcher

    return register


def left(dataset: str, pattern: str, reason: str) -> None:
    """Say why the keys of a pattern have no matcher."""
    LEFT[dataset, pattern] = reason


@dataclass(frozen=True)
class Compared:
    """One number of ours beside R's."""

    place: str
    found: float
    expected: float


def load_matchers() -> None:
    """Import every topic, which registers its matchers."""
    package = importlib.import_module("tests.analysis.keys")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in ("registry", "table"):
            importlib.import_module(f"{package.__name__}.{module.name}")


@cache
def entries(dataset: str) -> Mapping[str, Mapping[str, Any]]:
    """The results of one data set: key -> {value, cmd, tol, …}."""
    results: Mapping[str, Mapping[str, Any]] = json.loads((HERE / f"{dataset}.json").read_text())["results"]
    return results


def all_keys() -> Iterator[tuple[str, str]]:
    """Every key of every data set."""
    for path in sorted(HERE.glob("*.json")):
        if path.stem != "krejcie_morgan":  # a table of sizes, tested in test_sampling
            yield from ((path.stem, name) for name in entries(path.stem))


def reason_left(dataset: str, name: str) -> str | None:
    """Why a key is left, if a pattern names it."""
    return next(
        (why for (data, pattern), why in LEFT.items() if data == dataset and fnmatchcase(name, pattern)), None
    )


def compare(found: Any, value: Any, place: str = "value") -> Iterator[Compared]:
    """Ours beside R's, number by number; raises where the shapes differ."""
    if isinstance(value, Mapping) and {"rows", "cols", "values"} <= value.keys():
        names = value["cols"]  # a matrix may have none
        columns = {name: [row[i] for row in value["values"]] for i, name in enumerate(names or ())}
        value = columns if names else value["values"]
    if isinstance(found, Mapping):
        if not found or not isinstance(value, Mapping):
            raise AssertionError(f"{place}: a mapping does not fit {value!r:.80}")
        for name, part in found.items():
            yield from compare(part, value[name], f"{place}[{name}]")
        return
    ours, theirs = np.asarray(found, dtype=float), _numbers(value)
    if ours.shape != theirs.shape:
        raise AssertionError(f"{place}: shape {ours.shape} is not {theirs.shape}")
    for position in np.ndindex(ours.shape):
        yield Compared(f"{place}{list(position) or ''}", float(ours[position]), float(theirs[position]))


def offered(found: Any, value: Any) -> tuple[int, int]:
    """How many of the entries R names are compared, and of how many."""
    names = value["cols"] if isinstance(value, Mapping) and "cols" in value else value
    if isinstance(found, Mapping) and isinstance(names, (Mapping, list)):
        return len(found), len(names)
    return 1, 1


def is_close(pair: Compared, tolerance: float) -> bool:
    """|a - b| <= tol max(1, |b|); undefined agrees with undefined only."""
    if np.isnan(pair.expected) or np.isinf(pair.expected):
        return bool(np.isnan(pair.found) if np.isnan(pair.expected) else pair.found == pair.expected)
    return abs(pair.found - pair.expected) <= tolerance * max(1.0, abs(pair.expected))


def _numbers(value: Any) -> np.ndarray:
    special = {"NA": np.nan, "NaN": np.nan, "Inf": np.inf, "-Inf": -np.inf, None: np.nan}

    def number(part: Any) -> Any:
        return [number(inner) for inner in part] if isinstance(part, list) else special.get(part, part)

    if isinstance(value, Mapping):  # a named vector compared in order
        value = list(value.values())
    return np.asarray(number(value), dtype=float)
