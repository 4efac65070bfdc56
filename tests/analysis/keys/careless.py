"""Careless answering against R's careless 1.2.2."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import numpy as np

from analysis import careless
from tests.analysis.keys.registry import entries, key, left
from tests.analysis.reference_values import columns

TENS = [list(range(5 * scale, 5 * scale + 5)) for scale in range(10)]
FIVES = TENS[:5]
BFI = [f"{scale}{number}" for scale in "ACENO" for number in range(1, 6)]
REVERSED = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}


@cache
def simulated() -> np.ndarray:
    return np.column_stack(list(columns("careless200x50").values()))


@cache
def bfi() -> np.ndarray:
    data = columns("bfi")
    return np.column_stack([data[name] for name in BFI])


@cache
def bfi_keyed() -> np.ndarray:
    turned = np.array([name in REVERSED for name in BFI])
    return np.where(turned, 7 - bfi(), bfi())


@key("careless200x50", "longstring")
def _longstring(_name: str) -> Any:
    return careless.longstring(simulated()).values


@key("careless200x50", "longstring.avg")
def _average(_name: str) -> Any:
    found = careless.longstring(simulated())
    return {"longstr": found.values, "avgstr": found.average}


@key("careless200x50", "irv")
def _irv(_name: str) -> Any:
    return careless.individual_variability(simulated()).values


@key("careless200x50", "irv.split4")
def _irv_parts(name: str) -> Any:
    found, value = (
        careless.individual_variability(simulated(), parts=4),
        entries("careless200x50")[name]["value"],
    )
    rows = len(value["values"])
    return dict(zip(value["cols"], [found.values[:rows], *found.parts[:rows].T], strict=True))


@key("careless200x50", "mahad")
def _mahad(_name: str) -> Any:
    return careless.mahalanobis(simulated()).values


@key("careless200x50", "mahad.flag99")
def _flagged(_name: str) -> Any:
    return np.flatnonzero(careless.mahalanobis(simulated()).flags) + 1


@key("careless200x50", "mahad.cutoff99")
def _cutoff(_name: str) -> Any:
    return careless.mahalanobis(simulated()).threshold


@key("careless200x50", "evenodd")
def _even_odd(_name: str) -> Any:
    return careless.even_odd(simulated(), TENS).values


@key("careless200x50", "evenodd.diag")
def _even_odd_rows(name: str) -> Any:
    rows = len(entries("careless200x50")[name]["value"]["values"])
    return {"eo_cor": careless.even_odd(simulated(), TENS).values[:rows]}


@key("careless200x50", "psychsyn.pairs")
def _pairs(name: str) -> Any:
    return _correlations_of_pairs(simulated(), entries("careless200x50")[name]["value"])


@key("careless200x50", "psychsyn60", "psychsyn45")
def _synonyms(name: str) -> Any:
    return careless.psychometric_synonyms(simulated(), critical=int(name[-2:]) / 100).values


@key("bfi", "careless.longstring")
def _bfi_runs(_name: str) -> Any:
    counts = Counter(careless.longstring(bfi()).values.astype(int).tolist())
    return {str(length): counts[length] for length in sorted(counts)}


@key("bfi", "careless.longstring.first40")
def _bfi_longstring(_name: str) -> Any:
    return careless.longstring(bfi()).values[:40]


@key("bfi", "careless.irv.first40")
def _bfi_irv(_name: str) -> Any:
    return careless.individual_variability(bfi()).values[:40]


@key("bfi", "careless.irv.summary")
def _bfi_irv_summary(_name: str) -> Any:
    values = careless.individual_variability(bfi()).values
    return {"mean": values.mean(), "sd": values.std(ddof=1)}


@key("bfi", "careless.evenodd.first40")
def _bfi_even_odd(_name: str) -> Any:
    return careless.even_odd(bfi(), FIVES).values[:40]


@key("bfi", "careless.evenodd.keyed.first40")
def _bfi_even_odd_keyed(_name: str) -> Any:
    return careless.even_odd(bfi_keyed(), FIVES).values[:40]


@key("bfi", "careless.evenodd.keyed.summary")
def _bfi_even_odd_summary(_name: str) -> Any:
    values = careless.even_odd(bfi_keyed(), FIVES).values
    return {"mean": np.nanmean(values), "n_na": np.isnan(values).sum()}


@key("bfi", "careless.mahad.complete.first40")
def _bfi_mahad(_name: str) -> Any:
    complete = bfi()[~np.isnan(bfi()).any(axis=1)]
    return careless.mahalanobis(complete).values[:40]


@key("bfi", "careless.mahad.withNA.first40")
def _bfi_mahad_pairwise(_name: str) -> Any:
    return careless.mahalanobis(bfi(), missing="pairwise").values[:40]


@key("bfi", "careless.mahad.flag99")
def _bfi_flags(_name: str) -> Any:
    found = careless.mahalanobis(bfi()[~np.isnan(bfi()).any(axis=1)])
    return {"n": found.n, "flagged": found.flags.sum()}


@key("bfi", "careless.psychsyn.pairs")
def _bfi_pairs(name: str) -> Any:
    return _correlations_of_pairs(bfi(), entries("bfi")[name]["value"])


@key("bfi", "careless.psychsyn60.first40", "careless.psychsyn50.first40")
def _bfi_synonyms(name: str) -> Any:
    return careless.psychometric_synonyms(bfi(), critical=int(name.split(".")[1][-2:]) / 100).values[:40]


@key("bfi", "careless.psychant.first40")
def _bfi_antonyms(name: str) -> Any:
    command = entries("bfi")[name]["cmd"]
    critical = float(command.split("critval = ")[1].split(",")[0].split(")")[0])
    return careless.psychometric_synonyms(bfi(), critical=critical, antonyms=True).values[:40]


@key("attitude", "mahalanobis")
def _attitude(_name: str) -> Any:
    return careless.mahalanobis(np.column_stack(list(columns("attitude").values()))).values


left("careless200x50", "psychant", "R stops here (no pair below -0.3); ours gives NaN with `no_pairs`")


def _correlations_of_pairs(x: np.ndarray, value: dict[str, Any]) -> dict[str, Any]:
    """The strongest correlations, in R's order; the names of the items are no numbers."""
    return {"cor": careless.psychometric_synonyms(x, critical=-1).pair_r[: len(value["values"])]}
