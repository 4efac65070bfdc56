"""The whole analysis of a cycle of 3,000 subjects, against bare NumPy and a loop over pingouin and pandas.

Per scale: mean and standard error of every subject, intraclass correlation with Wald's interval, rwg(j),
shrunken means, alpha, omega, variance components and D study.
"""

from __future__ import annotations

import sys
from functools import partial

import numpy as np
import pandas as pd
import pingouin

from analysis import Layout, ScaleOverview, scale_overview, scale_sums
from benchmarks.timing import Goal, in_turn, seconds_to_read, show

SUBJECTS, RATERS, SCALES, ITEMS = 3_000, 10, 7, 3
SUBSET = 100  # subjects that the loop is timed on; its time grows with their number
LAYOUT = Layout(
    "behaviour",
    tuple((f"scale {s}", tuple(range(s * ITEMS, (s + 1) * ITEMS))) for s in range(SCALES)),
    SCALES * ITEMS,
    1,
    5,
)
OURS, LOOP = "here, everything", f"pingouin and pandas, {SUBSET} subjects"
CALL, PROGRAM = "one reduceat call: sums by subject", "bare reduceat: sums and squares, items and scales"


def answers() -> tuple[np.ndarray, np.ndarray]:
    """Ballots with differences between subjects and between raters, and whom they are about."""
    rng = np.random.default_rng(20261124)
    subject = np.repeat(np.arange(SUBJECTS), RATERS)
    latent = 3.4 + rng.normal(0, 0.4, SUBJECTS)[subject, np.newaxis]
    latent = latent + rng.normal(0, 0.6, (len(subject), 1)) + rng.normal(0, 0.8, (len(subject), LAYOUT.items))
    return np.clip(np.rint(latent), 1, 5).astype(np.int8), subject


def everything(x: np.ndarray, subject: np.ndarray) -> dict[str, ScaleOverview]:
    """All figures of all scales."""
    return {name: scale_overview(sums) for name, sums in scale_sums(x, subject, LAYOUT).items()}


def one_call(x: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Sums of every item by subject, and nothing else."""
    return np.add.reduceat(x, starts, axis=0, dtype=np.int64)


def bare_program(x: np.ndarray, starts: np.ndarray) -> list[np.ndarray]:
    """The sums that the figures rest on, by NumPy alone, and no figure yet."""
    scores = np.add.reduceat(x, np.arange(0, LAYOUT.items, ITEMS), axis=1, dtype=np.int64)
    wide = x.astype(np.int64)
    return [np.add.reduceat(table, starts, axis=0) for table in (wide, wide**2, scores, scores**2)]


def loop(frame: pd.DataFrame) -> list[object]:
    """What a user writes with pingouin and pandas: no shrinkage, omega or D study, which they do not have."""
    found: list[object] = []
    for _, columns in LAYOUT.scales:
        names = [f"i{column}" for column in columns]
        for _, own in frame.groupby("subject"):
            score = own[names].mean(axis=1)
            variance = own[names].var(ddof=1).mean()
            agreement = 1 - min(variance, 2.0) / 2.0
            rwg = ITEMS * agreement / (ITEMS * agreement + min(variance, 2.0) / 2.0)
            found.append((score.mean(), score.std() / np.sqrt(len(score)), rwg))
        found.append(pingouin.cronbach_alpha(frame[names]))
        scored = frame[["subject", "rater"]].assign(score=frame[names].mean(axis=1))
        found.append(pingouin.intraclass_corr(scored, "subject", "rater", "score"))
    return found


def main() -> int:
    """Measure and judge."""
    x, subject = answers()
    starts = np.arange(0, len(x), RATERS)
    frame = pd.DataFrame(x, columns=[f"i{column}" for column in range(LAYOUT.items)])
    frame = frame.assign(subject=subject, rater=np.tile(np.arange(RATERS), SUBJECTS))
    candidates = {
        CALL: partial(one_call, x, starts),
        PROGRAM: partial(bare_program, x, starts),
        OURS: partial(everything, x, subject),
    }
    times = in_turn(candidates, rounds=31)
    slow = in_turn({LOOP: partial(loop, frame[: SUBSET * RATERS]), OURS: candidates[OURS]}, rounds=3)
    goals = [
        Goal("here over bare reduceat", times.ratio(OURS, PROGRAM), 10, is_at_most=True),
        Goal("here over one reduceat call", times.ratio(OURS, CALL)),
        Goal(
            f"the loop over here, its time times {SUBJECTS // SUBSET}",
            slow.ratio(LOOP, OURS, factor=SUBJECTS / SUBSET),
            1000,
        ),
    ]
    title = f"{SUBJECTS:,} subjects by {RATERS} raters by {LAYOUT.items} items in {SCALES} scales"
    bound = seconds_to_read(x.nbytes + subject.nbytes)
    everyone = type(times)({**times.seconds, LOOP: slow.seconds[LOOP]})
    return show(title, everyone, dict.fromkeys((OURS, CALL, PROGRAM), bound), goals)


if __name__ == "__main__":
    sys.exit(main())
