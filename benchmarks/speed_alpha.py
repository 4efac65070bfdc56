"""Cronbach's alpha of a million rows by twenty items, against pingouin."""

from __future__ import annotations

import sys
from functools import partial

import numpy as np
import pandas as pd
import pingouin

from analysis import cronbach_alpha
from benchmarks.timing import Goal, in_turn, seconds_to_read, show

ROWS, ITEMS, SHARE_MISSING = 1_000_000, 20, 0.05
OURS, PEER = "here, floats", "pingouin, floats"
OURS_BYTES = "here, int8"
OURS_GAPS, PEER_GAPS = "here, 5 % missing, pairwise", "pingouin, 5 % missing, pairwise"


def answers() -> np.ndarray:
    """Steps of a five-point scale, as floats."""
    rng = np.random.default_rng(20261124)
    latent = 3.4 + rng.normal(0, 0.7, (ROWS, 1)) + rng.normal(0, 0.8, (ROWS, ITEMS))
    return np.clip(np.rint(latent), 1, 5)


def main() -> int:
    """Measure and judge."""
    whole = answers()
    gaps = np.where(np.random.default_rng(1).random(whole.shape) < SHARE_MISSING, np.nan, whole)
    small = whole.astype(np.int8)
    frame, frame_with_gaps = pd.DataFrame(whole), pd.DataFrame(gaps)
    candidates = {
        PEER: partial(pingouin.cronbach_alpha, frame),
        OURS: partial(cronbach_alpha, whole),
        OURS_BYTES: partial(cronbach_alpha, small),
        PEER_GAPS: partial(pingouin.cronbach_alpha, frame_with_gaps),
        OURS_GAPS: partial(cronbach_alpha, gaps, missing="pairwise"),
    }
    for ours, peer in ((OURS, PEER), (OURS_GAPS, PEER_GAPS)):
        if not np.isclose(candidates[ours]().estimate, candidates[peer]()[0], rtol=0, atol=1e-9):
            raise SystemExit(f"{ours}: not the same alpha")
    times = in_turn(candidates, rounds=9)
    floats = seconds_to_read(whole.nbytes)
    bounds = {OURS: floats, OURS_BYTES: floats / 8, OURS_GAPS: floats, PEER: floats, PEER_GAPS: floats}
    goals = [
        Goal("pingouin over here, nothing missing", times.ratio(PEER, OURS), 2),
        Goal("pingouin over here, 5 % missing, pairwise", times.ratio(PEER_GAPS, OURS_GAPS), 8),
    ]
    return show(f"Cronbach's alpha, {ROWS:,} rows by {ITEMS} items", times, bounds, goals)


if __name__ == "__main__":
    sys.exit(main())
