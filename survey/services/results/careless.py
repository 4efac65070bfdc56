"""Figures with and without ballots that look careless, while there are ballots; nobody's answers leave here.

What is told with and without tells the flagged ballots by subtraction. So it is kept only where both parts
are large: enough ballots, of as many people for certain, about as many subjects, none of whom half of them
are about, with no mean at the end of the scale. Else it is kept that it was too little, and no number. No
ballot is left out of any result.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.agreement import icc_oneway
from analysis.careless import CarelessRows, careless_rows
from analysis.disclosure import guaranteed_raters, in_high_band, in_low_band
from analysis.reliability import cronbach_alpha
from analysis.statistics import Vault, figures, is_pooled
from survey.services.results.cycle_frame import CycleFrame

FEWEST_BALLOTS = 30  # of a rater group, below which signs are not looked for
PLACES = 3  # figures are kept in thousandths, so that no sum comes back exactly

Answers = np.ndarray[tuple[int, int], np.dtype[np.int8]]
Subjects = np.ndarray[tuple[int], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
Told = dict[str, Any]


def with_and_without(
    frame: CycleFrame, place: int, answers: Answers, subjects: Subjects, vault: Vault
) -> Told:
    """How many ballots of a rater group carry a sign, and the figures of each scale with and without them."""
    if len(answers) < FEWEST_BALLOTS:
        return {"ballots": None, "flagged": None, "scales": {}}
    rows = np.where(answers < 0, np.nan, answers.astype(np.float64))
    signs = careless_rows(rows)
    group = frame.groups[place]
    pool = vault.pool(group.layout.instrument, group.rater_group)
    told: Told = {"ballots": len(rows), **_counts(frame, place, signs, subjects), "scales": {}}
    for s, (scale, columns) in enumerate(group.layout.scales):
        blocks = pool.blocks[s]
        shown = blocks.block[is_pooled(blocks, pool.layout)]
        own = rows[:, columns]
        counts = np.isin(subjects, shown) & ~np.isnan(own).any(axis=1)
        if not figures.pooled_sums(pool, scale).n.any():  # too small a pool, or all agree to the digit
            continue
        flags = signs.flags[counts]
        if _may_be_told(frame, place, own[counts], subjects[counts], flags):
            told["scales"][scale] = _both(own[counts], subjects[counts], flags)
    return told


def _counts(frame: CycleFrame, place: int, signs: CarelessRows, subjects: Subjects) -> Told:
    """How many ballots carry which sign; none where few do, or few do not."""
    kinds = {"flagged": signs.flags, "runs": signs.runs, "far": signs.far}
    return {
        name: int(flags.sum()) if _are_large(frame, place, subjects, flags) else None
        for name, flags in kinds.items()
    }


def _are_large(frame: CycleFrame, place: int, subjects: Subjects, flags: Flags) -> bool:
    """Whether flagged and other ballots are each of enough people, for certain, and about enough subjects."""
    return all(_is_large(frame, place, subjects[part]) for part in (flags, ~flags))


def _is_large(frame: CycleFrame, place: int, subjects: Subjects) -> bool:
    least = frame.minimum + int(frame.replaced[:, place].sum())
    about = np.bincount(subjects)
    if len(subjects) < least or (about > 0).sum() < least or 2 * about.max() > len(subjects):
        return False
    own = frame.asked.group == place
    loads = np.bincount(frame.asked.rater[own])
    return guaranteed_raters(loads[loads > 0], len(subjects)) >= least


def _may_be_told(
    frame: CycleFrame, place: int, answers: np.ndarray[Any, Any], subjects: Subjects, flags: Flags
) -> bool:
    if not _are_large(frame, place, subjects, flags):
        return False
    layout = frame.groups[place].layout
    means = np.array([answers[flags].mean(), answers[~flags].mean()])
    ends = layout.low, layout.high
    return not (in_low_band(means, *ends) | in_high_band(means, *ends)).any()


def _both(answers: np.ndarray[Any, Any], subjects: Subjects, flags: Flags) -> Told:
    return {
        "n": len(answers),
        "flagged": int(flags.sum()),
        "with": _figures(answers, subjects),
        "without": _figures(answers[~flags], subjects[~flags]),
    }


def _figures(answers: np.ndarray[Any, Any], subjects: Subjects) -> Told:
    scores: Sequence[float] = answers.mean(axis=1).tolist()
    found = {
        "mean": float(answers.mean()),
        "alpha": cronbach_alpha(answers).estimate if answers.shape[1] > 1 else None,
        "icc1": icc_oneway(scores, subjects).icc1,
    }
    return {name: None if value is None else round(value, PLACES) for name, value in found.items()}
