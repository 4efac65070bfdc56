"""Write the vault to the answers database and read it back, under natural keys only."""

from collections import defaultdict
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from analysis.statistics import Blocks, Pool, Vault
from survey.models.vault import Comment, Receipt, TalliedBox, VaultBlock, VaultCount, VaultPool
from survey.services.cycle_frame import CycleFrame, GroupFrame
from survey.services.tally import Tally, Text

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
        pools.append(_pool_row(frame, group, pool, tally.careless.get(group.rater_group)))
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


def _pool_row(
    frame: CycleFrame, group: GroupFrame, pool: Pool, careless: dict[str, Any] | None
) -> dict[str, Any]:
    statistics = {
        "pairs": pool.pairs.tolist(),
        "within_df": pool.within_df.tolist(),
        "within": pool.within.tolist(),
        "not_judged": pool.not_judged.tolist(),
        "ballots": pool.ballots,
        "unpublished": pool.unpublished.tolist(),
        "careless": careless,
    }
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
    """The vault of a cycle as the analysis takes it."""
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


def _block_numbers(frame: CycleFrame) -> dict[str, int]:
    remainders = range(-2 - len(frame.unit_codes), -1)
    names = {frame.block_name(block): block for block in remainders}
    return names | {key: place for place, key in enumerate(frame.subject_keys)}


def _read_pool(group: GroupFrame, statistics: dict[str, Any], sizes: Any, chosen: Any) -> Pool:
    return Pool(
        layout=group.layout,
        group=group.rater_group,
        blocks=tuple(
            _read_blocks(
                group,
                sizes[group.rater_group, scale],
                [chosen[group.rater_group, group.items[column]] for column in columns],
            )
            for scale, columns in group.layout.scales
        ),
        pairs=np.array(statistics["pairs"], dtype=np.int64),
        within_df=np.array(statistics["within_df"], dtype=np.int64),
        within=np.array(statistics["within"], dtype=np.float64),
        not_judged=np.array(statistics["not_judged"], dtype=np.int64),
        ballots=statistics["ballots"],
        unpublished=np.array(statistics["unpublished"], dtype=np.int64),
    )


def _read_blocks(
    group: GroupFrame, sizes: dict[int, int], chosen: list[list[tuple[int, int, int]]]
) -> Blocks:
    block = np.array(sorted(sizes), dtype=np.int64)
    n = np.array([sizes[number] for number in block.tolist()], dtype=np.int64)
    counts = np.zeros((len(block), len(chosen), group.layout.options), dtype=np.int64)
    for column, rows in enumerate(chosen):
        if rows:
            numbers, options, amounts = np.array(rows, dtype=np.int64).T
            counts[np.searchsorted(block, numbers), column, options - group.layout.low] = amounts
    return Blocks(block, n, counts)
