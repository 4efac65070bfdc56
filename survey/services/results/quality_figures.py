"""How well a cycle measured: figures of one rater group out of its pool in the vault.

All of them are pooled over many subjects; none is about one. Where a pool is small, or its answers lie at an
end of the scale, the table of items would say what single raters answered, so it is not told.
"""

from typing import Any

import numpy as np

from analysis.agreement import average_deviation, rwg_j
from analysis.disclosure import in_high_band, in_low_band
from analysis.generalizability import g_study_of_sums
from analysis.reliability import ItemAnalysis, cronbach_alpha, item_analysis
from analysis.reliability.omega import mcdonald_omega
from analysis.scoring.means import mean_error
from analysis.statistics import Missing, Pool, figures, wholes
from survey.services.results.cycle_frame import CycleFrame, GroupFrame

WHOLE = ""  # in place of a scale: all items of the questionnaire together
FEWEST_FOR_ITEMS = 30  # ballots of a pool, below which nothing is told of its items
COUNTS = ("ballots", "subjects", "at_ends", "items", "held_back", "careless")
STEPS_OF_SKEWED_NULL = 5  # the printed variances of skewed nulls are of five options

Row = dict[str, Any]
Interval = tuple[float, float] | None


def whole_figures(frame: CycleFrame, place: int, pool: Pool) -> Row:
    """All items of one rater group together, and how many results of subjects are held back, and why."""
    moments = wholes.whole_moments(pool)
    components = wholes.whole_components(pool)
    return {
        "ballots": moments.n,
        "items": len(moments.mean),
        "alpha": cronbach_alpha(moments).estimate,
        "omega_total": mcdonald_omega(moments).estimate,
        "icc1": components.icc1,
        "sigma2_between": components.between,
        "sigma2_within": components.within,
        "held_back": _held_back(frame, place, pool),
    }


def scale_figures(group: GroupFrame, pool: Pool, scale: str) -> Row:
    """One scale of one rater group."""
    icc = figures.pooled_icc(pool, scale)
    alpha, omega = figures.pooled_alpha(pool, scale), figures.pooled_omega(pool, scale)
    stats = figures.pooled_group_statistics(pool, scale)
    at_ends = _in_bands(pool, stats.mean)
    return {
        "ballots": int(stats.n.sum()),
        "subjects": int((stats.n > 0).sum()),
        "at_ends": int(at_ends.sum()),
        "icc1": icc.icc1,
        **_limits("icc1", icc.ci_wald),
        "icck": icc.icck,
        **_limits("icck", icc.ci_icck),
        "raters": icc.n0,
        "sem": float(mean_error(icc.msw, icc.n0)) if icc.msw is not None and icc.n0 else None,
        "sigma2_between": icc.sigma2_between,
        "sigma2_within": icc.sigma2_within,
        "alpha": alpha.estimate,
        **_limits("alpha", alpha.ci),
        "omega_total": omega.estimate,
        **_limits("omega", omega.ci),
        **_agreement(pool, scale),
        "components": _components(pool, scale),
        "items": _items(group, pool, scale),
    }


def untold(figures: Row) -> Row:
    """The same without any coefficient: told with an item and without it they would tell too much here."""
    told = {name: value if name in COUNTS else None for name, value in figures.items()}
    items = told.get("items")
    if isinstance(items, list):
        unsaid = {"cannot_judge": None, "skipped": None}
        told["items"] = [{"item": one["item"], **unsaid} for one in items]
    return told


def _limits(name: str, interval: Interval) -> Row:
    low, high = interval or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}


def _in_bands(pool: Pool, mean: Any) -> Any:
    low, high = pool.layout.low, pool.layout.high
    return in_low_band(mean, low, high) | in_high_band(mean, low, high)


def _agreement(pool: Pool, scale: str) -> Row:
    """Means over subjects of rwg(j), against an even and a slightly skewed null, and of the deviation."""
    names = ("rwg", "rwg_skewed", "deviation", "agreement_subjects")
    if not figures.pooled_sums(pool, scale).n.any():  # too small a pool, or all agree to the digit
        return dict.fromkeys(names)
    counts = figures.pooled_option_counts(pool, scale)
    even = rwg_j(counts)
    has_five = pool.layout.options == STEPS_OF_SKEWED_NULL
    skewed = rwg_j(counts, null="slight_skew").estimate if has_five else None
    subjects = int(np.isfinite(even.values).sum())
    found = (even.estimate, skewed, average_deviation(counts).estimate, subjects)
    return dict(zip(names, found, strict=True))


def _components(pool: Pool, scale: str) -> Row | None:
    """Variance components of persons, their raters and the items, as a D study takes them."""
    facets = g_study_of_sums(figures.pooled_nested_sums(pool, scale)).facets
    return None if facets is None else dict(facets.effects)


def _items(group: GroupFrame, pool: Pool, scale: str) -> list[Row]:
    columns = pool.layout.columns(pool.layout.scale(scale))
    moments = figures.pooled_moments(pool, scale)
    found = item_analysis(moments) if moments.n >= FEWEST_FOR_ITEMS else None
    table = figures.pooled_pair_counts(pool, scale)
    return [
        {
            "item": group.items[column],
            **_missing_shares(pool, column),
            **(_item(pool, found, place, table[place, :, place].sum(axis=1)) if found else {}),
        }
        for place, column in enumerate(columns)
    ]


def _item(pool: Pool, found: ItemAnalysis, place: int, counts: Any) -> Row:
    """One item; of one at the end of the scale neither mean nor spread, which would say who chose what."""
    is_banded = bool(_in_bands(pool, found.mean[place]))
    return {
        "n": int(found.item_n[place]),
        "is_banded": is_banded,
        "mean": None if is_banded else float(found.mean[place]),
        "sd": None if is_banded else _number(found.sd[place]),
        "shares": None if is_banded else [round(100 * int(n) / int(counts.sum())) for n in counts],
        "r": _number(found.item_total_r[place]),
        "alpha_without": _number(found.alpha_if_dropped[place]),
    }


def _missing_shares(pool: Pool, column: int) -> Row:
    """Of all ballots of the group: how many could not judge an item, and how many passed it over."""
    if pool.ballots < FEWEST_FOR_ITEMS:
        return {"cannot_judge": None, "skipped": None}
    by_reason = dict(zip(Missing, pool.not_judged[column].tolist(), strict=True))
    unable = by_reason[Missing.NEVER_SEEN] + by_reason[Missing.NOT_PART_OF_JOB]
    return {
        "cannot_judge": unable / pool.ballots,
        "skipped": by_reason[Missing.SKIPPED] / pool.ballots,
    }


def _held_back(frame: CycleFrame, place: int, pool: Pool) -> Row:
    """How many results, each of one subject on one scale, are shown, and why the others are not."""
    asked = shown = banded = 0
    for name, _own in pool.layout.scales:
        s = frame.scales.index(name)
        concerned = (frame.group_sizes[:, place] > 0) & frame.applies[:, s] & ~frame.named[:, place]
        blocks = figures.block_means(pool, name)
        own = np.isin(blocks.block, np.flatnonzero(concerned))
        asked += int(concerned.sum())
        shown += int(own.sum())
        banded += int(_in_bands(pool, blocks.mean[own]).sum())
    return {"asked": asked, "shown": shown, "banded": banded, "too_few": asked - shown}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
