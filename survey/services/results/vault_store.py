"""Write the vault to the answers database and read it back, under natural keys only."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from analysis.statistics import Blocks, Layout, Pool, Vault, pooled_both_ways
from survey.models.vault import Comment, Receipt, TalliedBox, VaultBlock, VaultCount, VaultPool
from survey.services.results.cycle_frame import CycleFrame, GroupFrame
from survey.services.results.tally import Tally, Text

BATCH = 5_000
Rows = list[dict[str, Any]]


def is_tallied(answers: Session, cycle: str) -> bool:
    """Whether the ballots of this cycle have become its vault."""
    return answers.get(TalliedBox, cycle) is not None


def counted(answers: Session, cycle: str) -> TalliedBox:
    """How many ballots of a counted cycle were counted, and how many were rejected."""
    return answers.get_one(TalliedBox, cycle)


def replace_vault(answers: Session, frame: CycleFrame, tally: Tally, sealed: int) -> None:
    """Put a cycle's tally in place of whatever is there. Rows are written sorted by their content.

    What was sealed and is not counted was rejected, whatever the cause.
    """
    for model in (VaultBlock, VaultCount, VaultPool, Comment, Receipt, TalliedBox):
        answers.execute(delete(model).where(model.cycle == frame.cycle))
    blocks, counts, pools = _vault_rows(frame, tally)
    for model, rows in (
        (VaultBlock, blocks),
        (VaultCount, counts),
        (VaultPool, pools),
        (Comment, _comment_rows(frame, tally.texts)),
        (Receipt, [{"cycle": frame.cycle, "code": code} for code in tally.receipts]),
    ):
        _insert(answers, model, rows)
    answers.add(TalliedBox(cycle=frame.cycle, ballots=tally.ballots, rejected=sealed - tally.ballots))
    answers.flush()


def _insert(answers: Session, model: Any, rows: Rows) -> None:
    for start in range(0, len(rows), BATCH):
        answers.execute(insert(model), rows[start : start + BATCH])


def _vault_rows(frame: CycleFrame, tally: Tally) -> tuple[Rows, Rows, Rows]:
    blocks: Rows = []
    counts: Rows = []
    pools: Rows = []
    for group in frame.groups:
        pool = tally.vault.pool(group.layout.instrument, group.rater_group)
        pools.append(_pool_row(frame, group, pool, tally))
        for place, (scale, columns) in enumerate(group.layout.scales):
            for row, block in enumerate(pool.blocks[place].block.tolist()):
                key = {
                    "cycle": frame.cycle,
                    "block": frame.block_name(block),
                    "rater_group": group.rater_group,
                }
                blocks.append({**key, "scale": scale, "n": int(pool.blocks[place].n[row])})
                counts += _count_rows(key, group, columns, pool.blocks[place].counts[row])
    return _sorted(blocks), _sorted(counts), pools


def _count_rows(key: dict[str, str], group: GroupFrame, columns: tuple[int, ...], table: Any) -> Rows:
    return [
        {**key, "item": group.items[columns[i]], "option": group.layout.low + o, "n": int(table[i, o])}
        for i, o in np.argwhere(table > 0).tolist()
    ]


def _pool_row(frame: CycleFrame, group: GroupFrame, pool: Pool, tally: Tally) -> dict[str, Any]:
    statistics = {
        "pairs": pool.pairs.tolist(),
        "within_df": pool.within_df.tolist(),
        "within": pool.within.tolist(),
        "not_judged": pool.not_judged.tolist(),
        "ballots": pool.ballots,
        "unpublished": pool.unpublished.tolist(),
        "careless": tally.careless.get(group.rater_group),
        "named": dict(tally.named),
        "unconfirmed": dict(tally.unconfirmed),
    }
    if tally.without:
        without = tally.without.pool(group.layout.instrument, group.rater_group)
        statistics["within_without"] = without.within.tolist()
    return {
        "cycle": frame.cycle,
        "rater_group": group.rater_group,
        "instrument_hash": group.layout.instrument,
        "statistics": statistics,
    }


def _comment_rows(frame: CycleFrame, texts: tuple[Text, ...]) -> Rows:
    rows: Rows = []
    ranks: dict[tuple[int, str, str], int] = defaultdict(int)
    for text in texts:
        place = (text.subject, text.voice, text.question)
        rows.append(
            {
                "cycle": frame.cycle,
                "block": frame.subject_keys[text.subject],
                "voice": text.voice,
                "question": text.question,
                "rank": ranks[place],
                "text": text.words,
            }
        )
        ranks[place] += 1
    return rows


def _sorted(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: tuple(row.values()))


def read_vault(answers: Session, frame: CycleFrame) -> Vault:
    """The vault of a cycle as the analysis takes it, without the items that the frame leaves out."""
    blocks = answers.execute(
        select(VaultBlock.block, VaultBlock.rater_group, VaultBlock.scale, VaultBlock.n).where(
            VaultBlock.cycle == frame.cycle
        )
    ).all()
    counts = answers.execute(
        select(
            VaultCount.block, VaultCount.rater_group, VaultCount.item, VaultCount.option, VaultCount.n
        ).where(VaultCount.cycle == frame.cycle)
    ).all()
    number = _block_numbers(frame)
    sizes: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for block, rater_group, scale, n in blocks:
        sizes[rater_group, scale][number[block]] = n
    chosen: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for block, rater_group, item, option, n in counts:
        chosen[rater_group, item].append((number[block], option, n))
    pools = answers.scalars(select(VaultPool).where(VaultPool.cycle == frame.cycle)).all()
    statistics = {pool.rater_group: pool.statistics for pool in pools}
    return Vault(
        {
            (group.layout.instrument, group.rater_group): _read_pool(
                group, statistics[group.rater_group], sizes, chosen
            )
            for group in frame.groups
        }
    )


def read_careless(answers: Session, cycle: str) -> dict[str, dict[str, Any]]:
    """By rater group what was found of careless ballots while there were ballots."""
    pools = answers.scalars(select(VaultPool).where(VaultPool.cycle == cycle))
    found = {pool.rater_group: pool.statistics.get("careless") for pool in pools}
    return {group: told for group, told in found.items() if told}


def read_named(answers: Session, cycle: str) -> tuple[dict[str, str], dict[str, str]]:
    """Items by scale that the rule named at counting; and those it named at first, and then not again."""
    pools = answers.scalars(select(VaultPool).where(VaultPool.cycle == cycle))
    statistics = next((pool.statistics for pool in pools), {})
    return statistics.get("named", {}), statistics.get("unconfirmed", {})


def within_of(statistics: Mapping[str, Any], *, is_left_out: bool) -> Any:
    """Cross-products of scales around subjects' means, of all items or without the named ones."""
    return statistics.get("within_without", statistics["within"]) if is_left_out else statistics["within"]


def keep_one_version(answers: Session, frame: CycleFrame) -> None:
    """Drop the sums of the version that is not released; it may be called again."""
    for pool in answers.scalars(select(VaultPool).where(VaultPool.cycle == frame.cycle)):
        kept = within_of(pool.statistics, is_left_out=bool(frame.left_out))
        rest = {name: value for name, value in pool.statistics.items() if name != "within_without"}
        pool.statistics = {**rest, "within": kept}
    answers.flush()


def _block_numbers(frame: CycleFrame) -> dict[str, int]:
    remainders = range(-2 - len(frame.unit_codes), -1)
    names = {frame.block_name(block): block for block in remainders}
    return names | {key: place for place, key in enumerate(frame.subject_keys)}


def _read_pool(group: GroupFrame, statistics: dict[str, Any], sizes: Any, chosen: Any) -> Pool:
    named = statistics.get("named", {})
    return Pool(
        layout=group.layout,
        group=group.rater_group,
        blocks=tuple(
            _read_blocks(group, scale, named.get(scale), sizes[group.rater_group, scale], chosen)
            for scale, _columns in group.layout.scales
        ),
        pairs=np.array(statistics["pairs"], dtype=np.int64),
        within_df=np.array(statistics["within_df"], dtype=np.int64),
        within=np.array(within_of(statistics, is_left_out=bool(group.left_out)), dtype=np.float64),
        not_judged=np.array(statistics["not_judged"], dtype=np.int64),
        ballots=statistics["ballots"],
        unpublished=np.array(statistics["unpublished"], dtype=np.int64),
    )


def _read_blocks(
    group: GroupFrame, scale: str, named: str | None, sizes: dict[int, int], chosen: Any
) -> Blocks:
    """The blocks of a scale. Where the rule named an item, those are pooled that may be told both ways."""
    layout, items = group.layout, group.items
    columns = layout.columns(layout.scale(scale))
    if named not in items:
        return _blocks_of(layout, sizes, [chosen[group.rater_group, items[column]] for column in columns])
    asked = sorted({*columns, items.index(str(named))})
    whole = _blocks_of(layout, sizes, [chosen[group.rater_group, items[column]] for column in asked])
    pooled = pooled_both_ways(whole, layout, asked.index(items.index(str(named))))
    places = [asked.index(column) for column in columns]
    return Blocks(whole.block, whole.n, whole.counts[:, places], pooled)


def _blocks_of(layout: Layout, sizes: dict[int, int], chosen: list[list[tuple[int, int, int]]]) -> Blocks:
    block = np.array(sorted(sizes), dtype=np.int64)
    n = np.array([sizes[number] for number in block.tolist()], dtype=np.int64)
    counts = np.zeros((len(block), len(chosen), layout.options), dtype=np.int64)
    for column, rows in enumerate(chosen):
        if rows:
            numbers, options, amounts = np.array(rows, dtype=np.int64).T
            counts[np.searchsorted(block, numbers), column, options - layout.low] = amounts
    return Blocks(block, n, counts)
