"""Reliable change against R."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis import cronbach_alpha, reliable_change
from tests.analysis.keys.registry import key
from tests.analysis.reference_values import columns


@key("attitude", "rci.first_two")
def _first_two(_name: str) -> Any:
    items = np.column_stack(list(columns("attitude").values()))
    total, alpha = items.sum(axis=1), cronbach_alpha(items).estimate
    found = reliable_change(total[:1], total[1:2], sd=float(total.std(ddof=1)), reliability=alpha or 0.0)
    return float(found.index[0])
