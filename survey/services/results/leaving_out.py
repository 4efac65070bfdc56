"""Count a cycle with all items and without those that its rule names, while there are ballots.

Both ways rest on the same ballots and pool the same blocks (docs/decisions/0018, 0023).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from analysis.disclosure import Publication
from analysis.statistics import (
    Layout,
    Pool,
    Vault,
    accumulate,
    complete_only,
    count_complete,
    merge,
    pooled_subjects,
    sum_complete,
    without_small_pools,
)
from survey.services.results import item_rule
from survey.services.results.cycle_frame import CycleFrame, GroupFrame

Table = tuple[np.ndarray[tuple[int, int], np.dtype[np.int8]], np.ndarray[tuple[int], np.dtype[np.int64]]]
Pooled = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Versions:
    """The vault of all items; where the rule names some, the vault without them."""

    asked: Vault
    without: Vault | None = None
    named: Mapping[str, str] = field(default_factory=dict)  # item by scale
    unconfirmed: Mapping[str, str] = field(default_factory=dict)


def count_versions(frame: CycleFrame, tables: Sequence[Table], publication: Publication) -> Versions:
    """Count with all items and, where the rule names items twice, without them.

    An item is named once more after blocks are pooled for both ways; one that is not, or whose scale
    would then tell too much, stays, and is never told to be left out.
    """
    frame = frame.leaving_out({})
    asked = _count(frame, tables, publication, frame)
    wanted = item_rule.named(item_rule.judge(frame, asked))
    confirmed = wanted
    while confirmed:
        both = [
            _count(frame, tables, publication, version, frame.leaving_out(confirmed))
            for version in (frame, frame.leaving_out(confirmed))
        ]
        again = item_rule.named(item_rule.judge(frame, both[0]))
        stays = {
            scale: item
            for scale, item in confirmed.items()
            if again.get(scale) == item and _same_pools(frame, scale, both[0], both[1])
        }
        if stays == confirmed:
            unconfirmed = {scale: item for scale, item in wanted.items() if scale not in confirmed}
            return Versions(both[0], both[1], confirmed, unconfirmed)
        confirmed = stays  # fewer each time
    return Versions(asked, unconfirmed=wanted)


def _count(
    frame: CycleFrame,
    tables: Sequence[Table],
    publication: Publication,
    version: CycleFrame,
    other: CycleFrame | None = None,
) -> Vault:
    """One version, with the blocks pooled that may be told in it and in the other one."""
    parts = []
    for place, (answers, subjects) in enumerate(tables):
        asked, group = frame.groups[place], version.groups[place]
        columns = [frame.scales.index(name) for name, _own in asked.layout.scales]
        blocks = publication.block[:, place, columns]
        ways = [asked, other.groups[place]] if other else []
        told = [_pooled(asked, one, answers, subjects, blocks) for one in ways]
        counted = accumulate(
            complete_only(answers, asked.layout) if group.left_out else answers,
            subjects,
            layout=group.layout,
            group=group.rater_group,
            blocks=blocks,
            pooled=np.logical_and(*told) if told else None,
        )
        fewest = frame.minimum + int(frame.replaced[:, place].sum())
        parts.append(without_small_pools(counted, minimum_ballots=fewest))
    return reduce(merge, parts)  # each group is a pool of its own


def _pooled(
    asked: GroupFrame, version: GroupFrame, answers: np.ndarray, subjects: np.ndarray, blocks: np.ndarray
) -> Pooled:
    rows, layout = complete_only(answers, asked.layout), version.layout
    n, sums = (count(rows, subjects, layout, len(blocks)) for count in (count_complete, sum_complete))
    return pooled_subjects(n, sums, blocks, layout)


def _same_pools(frame: CycleFrame, scale: str, one: Vault, other: Vault) -> bool:
    """Whether both ways keep the pooled tables of the scale in the same rater groups."""
    for group in frame.groups:
        layout = group.layout
        if scale in dict(layout.scales):
            pools = [vault.pool(layout.instrument, group.rater_group) for vault in (one, other)]
            if len({_is_kept(pool, pool.layout, scale) for pool in pools}) > 1:
                return False
    return True


def _is_kept(pool: Pool, layout: Layout, scale: str) -> bool:
    columns = layout.columns(layout.scale(scale))
    return bool(pool.pairs[np.ix_(columns, range(layout.options), columns)].any())
