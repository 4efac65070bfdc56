"""Judge the items of a counted cycle by the rule that was fixed before it opened (docs/decisions/0023).

At most one item of a behaviour is named, the one that misses its limits by most; at least two stay. Rater
groups are judged together, since all of them are asked about the same behaviour. Where any of them would be
told with the item and without it on few questionnaires, nothing of that behaviour is judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.reliability import ItemVerdict, item_analysis, judge_items
from analysis.statistics import Missing, Pool, Vault, figures
from survey import rules
from survey.services.results.cycle_frame import CycleFrame, GroupFrame
from survey.services.results.quality_figures import FEWEST_FOR_ITEMS

Outcome = Literal["kept", "named", "another_named", "too_few", "two_items", "unconfirmed", "not_judged"]
FEWEST_ITEMS_LEFT = 2
UNABLE = (Missing.NEVER_SEEN, Missing.NOT_PART_OF_JOB)


@dataclass(frozen=True)
class JudgedItem:
    """One item of one behaviour, and what the rule says of it."""

    scale: str
    item: str
    verdict: ItemVerdict
    outcome: Outcome


@dataclass(frozen=True)
class _Judging:
    """A rater group that was asked about a behaviour, with its pool."""

    group: GroupFrame
    pool: Pool


def has_rule(frame: CycleFrame) -> bool:
    """Whether the plan of the cycle has a limit at all."""
    return frame.item_rule.least_r is not None or frame.item_rule.most_unable is not None


def judge(frame: CycleFrame, vault: Vault, unconfirmed: Mapping[str, str] | None = None) -> list[JudgedItem]:
    """Every item of every behaviour; nothing where the cycle has no rule.

    Parameters
    ----------
    frame
        With all items.
    unconfirmed
        Items that the rule named before blocks were pooled for both ways, and not, or not safely, after.
    """
    if not has_rule(frame):
        return []
    found: list[JudgedItem] = []
    for scale in frame.scales:
        found += _judge_scale(frame, vault, scale, (unconfirmed or {}).get(scale))
    return found


def named(judged: list[JudgedItem]) -> dict[str, str]:
    """The named items by behaviour."""
    return {one.scale: one.item for one in judged if one.outcome == "named"}


def _judge_scale(frame: CycleFrame, vault: Vault, scale: str, unconfirmed: str | None) -> list[JudgedItem]:
    asked = [
        _Judging(group, vault.pool(group.layout.instrument, group.rater_group))
        for group in frame.groups
        if scale in dict(group.layout.scales)
    ]
    items = list(dict.fromkeys(item for one in asked for item in _items_of(one.group, scale)))
    judging = [
        one
        for one in asked
        if one.group.kind == "anonymous" and _size(one.pool, scale)[0] >= FEWEST_FOR_ITEMS
    ]
    if not judging:
        nothing = ItemVerdict(None, None, 0, ())
        return [JudgedItem(scale, item, nothing, "not_judged") for item in items]
    verdicts = _verdicts(frame, judging, scale, items)
    told_twice = [one for one in asked if _has_error(one.pool, scale)]
    worst = _worst(dict(zip(items, verdicts, strict=True)))
    found = []
    for item, verdict in zip(items, verdicts, strict=True):
        if not verdict.faults:
            outcome: Outcome = "kept"
        elif not all(is_large(one.pool, scale) for one in (*judging, *told_twice)):
            outcome = "too_few"
        elif min(len(_items_of(one.group, scale)) for one in asked) <= FEWEST_ITEMS_LEFT:
            outcome = "two_items"
        elif item != worst:
            outcome = "another_named"
        else:
            outcome = "unconfirmed" if item == unconfirmed else "named"
        found.append(JudgedItem(scale, item, verdict, outcome))
    return found


def _items_of(group: GroupFrame, scale: str) -> list[str]:
    return [group.items[column] for column in dict(group.layout.scales)[scale]]


def _verdicts(
    frame: CycleFrame, judging: list[_Judging], scale: str, items: list[str]
) -> tuple[ItemVerdict, ...]:
    r = np.full((len(judging), len(items)), np.nan)
    unable = np.zeros((len(judging), len(items)), dtype=np.int64)
    for row, one in enumerate(judging):
        places = [items.index(item) for item in _items_of(one.group, scale)]
        columns = list(dict(one.group.layout.scales)[scale])
        analysed = item_analysis(figures.pooled_moments(one.pool, scale))
        r[row, places] = analysed.item_total_r
        reasons = [list(Missing).index(reason) for reason in UNABLE]
        unable[row, places] = one.pool.not_judged[columns][:, reasons].sum(axis=1)
    sizes = [_size(one.pool, scale)[0] for one in judging]
    return judge_items(r, sizes, unable, [one.pool.ballots for one in judging], frame.item_rule)


def _size(pool: Pool, scale: str) -> tuple[int, int]:
    """Ballots and subjects of the tables that are told; none where they are not."""
    n = figures.pooled_sums(pool, scale).n
    return int(n.sum()), int((n > 0).sum())


def _has_error(pool: Pool, scale: str) -> bool:
    """Whether a spread within subjects is told, so that with and without the item give two equations."""
    place = pool.layout.scale(scale)
    return bool(pool.within_df[place, place] > 0) and _size(pool, scale)[0] > 0


def is_large(pool: Pool, scale: str) -> bool:
    """Whether coefficients of a scale may be told with an item and without it."""
    ballots, subjects = _size(pool, scale)
    limits = rules.item_exclusion()
    return ballots >= limits.fewest_ballots.value and subjects >= limits.fewest_subjects.value


def _worst(verdicts: Mapping[str, ItemVerdict]) -> str | None:
    """The lowest correlation first; then of items that too many cannot judge, the largest share."""

    def order(item: str) -> tuple[bool, float, str]:
        one = verdicts[item]
        by_r = "item_total_r" in one.faults
        return not by_r, (one.r if by_r else -(one.unable or 0.0)) or 0.0, item

    faulty = [item for item, one in verdicts.items() if one.faults]
    return min(faulty, key=order) if faulty else None
