"""The whole analysis of a cycle of 3,000 subjects, against bare NumPy and a loop over pingouin and pandas.

Per scale: means of all items, mean score and standard error of every subject, intraclass correlation
with Wald's interval, rwg(j), shrunken means, alpha, omega, variance components and D study.
"""

from __future__ import annotations

import sys
from functools import partial

import numpy as np
import pandas as pd
import pingouin
from scipy.optimize import minimize

from analysis import Layout, ScaleOverview, scale_overview, scale_sums
from benchmarks.timing import Goal, in_turn, seconds_to_read, show

SUBJECTS, RATERS, SCALES, ITEMS = 3_000, 10, 7, 3
LAYOUT = Layout(
    "behaviour",
    tuple((f"scale {s}", tuple(range(s * ITEMS, (s + 1) * ITEMS))) for s in range(SCALES)),
    SCALES * ITEMS,
    1,
    5,
)
OURS, LOOP = "here, everything", "the same by pingouin and pandas"
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
    """What a user writes with pingouin and pandas for the same figures, subject by subject."""
    found: list[object] = []
    for _, columns in LAYOUT.scales:
        names = [f"i{column}" for column in columns]
        means = {}
        for subject, own in frame.groupby("subject"):
            score = own[names].mean(axis=1)
            share = min(own[names].var(ddof=1).mean(), 2.0) / 2.0
            rwg = ITEMS * (1 - share) / (ITEMS * (1 - share) + share)
            means[subject] = score.mean()
            found.append((own[names].mean(), score.std() / np.sqrt(len(score)), rwg))
        found.append(pingouin.cronbach_alpha(frame[names]))
        scored = frame[["subject", "rater"]].assign(score=frame[names].mean(axis=1))
        icc = pingouin.intraclass_corr(scored, "subject", "rater", "score").set_index("Type")["ICC"]
        pull = icc["ICC(1,k)"]
        found += [icc, [pull * mean + (1 - pull) * scored.score.mean() for mean in means.values()]]
        found += [one_factor_omega(frame[names].cov()), decision_by_hand(frame, names)]
    return found


def one_factor_omega(covariance: pd.DataFrame) -> float:
    """Omega of the one-factor model with the least squared residuals."""
    observed = covariance.to_numpy()
    away = ~np.eye(len(observed), dtype=bool)
    fit = minimize(lambda a: ((observed - np.outer(a, a))[away] ** 2).sum(), np.sqrt(np.diag(observed) / 2))
    return float(fit.x.sum() ** 2 / observed.sum())


def decision_by_hand(frame: pd.DataFrame, names: list[str]) -> list[float]:
    """Phi of 1 to 20 raters from the mean squares of p x (r:p) x i."""
    long = frame.melt(["subject", "rater"], names)
    of = {
        key: long.groupby(list(key)).value.transform("mean")
        for key in (("subject",), ("variable",), ("subject", "rater"), ("subject", "variable"))
    }
    p, i, r, pi = of.values()
    grand, (subjects, raters) = long.value.mean(), (frame.subject.nunique(), RATERS)
    parts = {
        "p": ((p - grand) ** 2).sum() / (subjects - 1),
        "i": ((i - grand) ** 2).sum() / (ITEMS - 1),
        "r": ((r - p) ** 2).sum() / (subjects * (raters - 1)),
        "pi": ((pi - p - i + grand) ** 2).sum() / ((subjects - 1) * (ITEMS - 1)),
        "ri": ((long.value - r - pi + p) ** 2).sum() / (subjects * (raters - 1) * (ITEMS - 1)),
    }
    rater, cell = (parts["r"] - parts["ri"]) / ITEMS, max((parts["pi"] - parts["ri"]) / raters, 0)
    person = (parts["p"] - parts["r"] - parts["pi"] + parts["ri"]) / (raters * ITEMS)
    item = max((parts["i"] - parts["pi"]) / (subjects * raters), 0)
    errors = [(item + cell) / ITEMS + rater / n + parts["ri"] / (n * ITEMS) for n in (1, 2, 3, 5, 8, 12, 20)]
    return [float(person / (person + error)) for error in errors]


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
    slow = in_turn({LOOP: partial(loop, frame), OURS: candidates[OURS]}, rounds=3)
    goals = [
        Goal("here over bare reduceat", times.ratio(OURS, PROGRAM), 10, is_at_most=True),
        Goal("here over one reduceat call", times.ratio(OURS, CALL)),
        Goal("the loop over here", slow.ratio(LOOP, OURS), 1000),
    ]
    title = f"{SUBJECTS:,} subjects by {RATERS} raters by {LAYOUT.items} items in {SCALES} scales"
    bound = seconds_to_read(x.nbytes + subject.nbytes)
    everyone = type(times)({**times.seconds, LOOP: slow.seconds[LOOP]})
    return show(title, everyone, dict.fromkeys((OURS, CALL, PROGRAM), bound), goals)


if __name__ == "__main__":
    sys.exit(main())
