"""Closing a vault: what pooled tables would tell about few is dropped before anything is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.disclosure.closeness import lie_close
from analysis.statistics.blocks import is_pooled
from analysis.statistics.vault import Pool, Vault


def without_small_pools(vault: Vault, minimum_subjects: int = 3, minimum_ballots: int = 5) -> Vault:
    """The closed vault: without pooled tables that rest on too little, and without the sums of `Joint`.

    Second moments need `minimum_subjects` single-subject blocks, and answers that lie far enough apart
    (`lie_close`); why items were not judged, and how many ballots there are, is told of
    `minimum_ballots` or more (docs/methods.md, sections 4 and 5). To be called once, after the last
    merge.

    Parameters
    ----------
    vault : to be thinned
    minimum_subjects : the fewest subjects of a pool
    minimum_ballots : the fewest ballots of a pool

    Returns
    -------
    Vault

    Examples
    --------
    Of one subject nothing pooled is left:

    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> vault = accumulate([[2, 3]] * 5, [0] * 5, layout=two, group="peer", blocks=[[0]])
    >>> [v.pool("two", "peer").pairs.any().item() for v in (vault, without_small_pools(vault))]
    [True, False]
    """
    pools = {key: _without_telling_scales(pool, minimum_subjects) for key, pool in vault.pools.items()}
    return Vault({key: _without_few_ballots(pool, minimum_ballots) for key, pool in pools.items()})


def _without_few_ballots(pool: Pool, minimum: int) -> Pool:
    if pool.ballots >= minimum:
        return pool
    nothing = np.zeros_like(pool.not_judged), np.zeros_like(pool.unpublished)
    return replace(pool, not_judged=nothing[0], unpublished=nothing[1], ballots=0)


def _without_telling_scales(pool: Pool, minimum: int) -> Pool:
    closed = replace(pool, joint=None)
    small = [
        s
        for s, b in enumerate(pool.blocks)
        if is_pooled(b, pool.layout).sum() < minimum or _lies_close(pool, s)
    ]
    if not small:
        return closed
    pairs, df, within = pool.pairs.copy(), pool.within_df.copy(), pool.within.copy()
    columns = [column for s in small for column in pool.layout.columns(s)]
    pairs[columns], pairs[:, :, columns] = 0, 0
    for table in (df, within):
        table[small], table[:, small] = 0, 0
    return replace(closed, pairs=pairs, within_df=df, within=within)


def _lies_close(pool: Pool, scale: int) -> bool:
    blocks, layout = pool.blocks[scale], pool.layout
    own, columns = is_pooled(blocks, layout), layout.columns(scale)
    squares = np.einsum("iajb,a,b->", pool.pairs[columns][:, :, columns], layout.steps, layout.steps)
    sums = (blocks.counts[own] @ layout.steps).sum(axis=1)
    width = (layout.high - layout.low) * len(columns)
    return lie_close(int(squares), sums, blocks.n[own], width)
