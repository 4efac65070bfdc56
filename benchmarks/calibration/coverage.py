"""Count how often intervals cover what is true, setting by setting, through the vault as in production."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from analysis import OnewayIcc, empirical_bayes, icc_oneway
from analysis.scoring import Components, Limits, composite
from analysis.statistics import Layout, Pool, accumulate
from analysis.statistics.figures import block_means, pooled_group_statistics, scale_covariance
from benchmarks.calibration.model import HIGH, LOW, Floats, Setting, Sheets, population

NORMAL_95 = 1.96
GROUPS = ("peer", "subordinate")

Draw = Callable[[Setting, np.random.Generator], Sheets]


@dataclass
class Coefficient:
    """ICC(1) over replications: how often it was defined, its sum, and how often it was covered."""

    defined: int = 0
    total: float = 0.0
    covered: int = 0

    def add(self, found: OnewayIcc, true: float) -> None:
        """Count one replication."""
        if found.estimate is not None and found.ci is not None:
            self.defined += 1
            self.total += found.estimate
            self.covered += found.ci[0] <= true <= found.ci[1]

    @property
    def mean(self) -> float:
        """Mean estimate."""
        return self.total / max(1, self.defined)

    @property
    def coverage(self) -> float:
        """Share of the intervals that hold what is true."""
        return self.covered / max(1, self.defined)


@dataclass
class Tally:
    """Sums over replications of one setting."""

    replications: int = 0
    icc_true: float = 0.0
    icc: Coefficient = field(default_factory=Coefficient)
    icc_of_rows: Coefficient = field(default_factory=Coefficient)
    means: int = 0
    means_covered: int = 0
    raw_error: float = 0.0
    shrunken_error: float = 0.0
    composites: int = 0
    composites_covered: int = 0
    by_third: Floats = field(default_factory=lambda: np.zeros((3, 2)))

    @property
    def mean_coverage(self) -> float:
        """Share of the subjects' intervals that hold their true mean."""
        return self.means_covered / max(1, self.means)

    @property
    def composite_coverage(self) -> float:
        """Share of the composites' intervals that hold what is true."""
        return self.composites_covered / max(1, self.composites)

    @property
    def error_ratio(self) -> float:
        """Mean squared error of shrunken means over that of raw means; below 1 they are better."""
        return self.shrunken_error / self.raw_error

    @property
    def thirds(self) -> list[float]:
        """Coverage of the means of the lowest, middle and highest third of subjects."""
        return (self.by_third[:, 0] / np.maximum(1, self.by_third[:, 1])).tolist()


def run(setting: Setting, draw: Draw, replications: int, seed: int) -> Tally:
    """Simulate a setting again and again."""
    tally = Tally(icc_true=population(setting).icc)
    for replication in range(replications):
        random = np.random.default_rng([seed, replication])
        first, second = draw(setting, random), draw(setting, random)
        pools = [_pool(setting, sheets, group) for sheets, group in zip((first, second), GROUPS, strict=True)]
        tally.icc.add(icc_oneway(pooled_group_statistics(pools[0], "scale")), tally.icc_true)
        tally.icc_of_rows.add(icc_oneway(first.marks.mean(axis=1), first.subject), tally.icc_true)
        _count_means(tally, pools[0], first)
        _count_composites(tally, pools, [first, second])
        tally.replications += 1
    return tally


def _pool(setting: Setting, sheets: Sheets, group: str) -> Pool:
    layout = Layout("acts", (("scale", tuple(range(setting.items))),), setting.items, LOW, HIGH)
    blocks = np.arange(setting.subjects)[:, np.newaxis]
    vault = accumulate(sheets.marks, sheets.subject, layout=layout, group=group, blocks=blocks)
    return vault.pool("acts", group)


def _count_means(tally: Tally, pool: Pool, sheets: Sheets) -> None:
    means = block_means(pool, "scale")
    within = float(scale_covariance(pool).within[0, 0])
    truth = sheets.truth[means.block]
    covered = np.abs(means.mean - truth) <= NORMAL_95 * np.sqrt(within / means.n)
    tally.means += len(truth)
    tally.means_covered += int(covered.sum())
    third = np.searchsorted(np.quantile(sheets.truth, [1 / 3, 2 / 3]), truth)
    tally.by_third[:, 0] += np.bincount(third, weights=covered, minlength=3)
    tally.by_third[:, 1] += np.bincount(third, minlength=3)
    shrunken = empirical_bayes(pooled_group_statistics(pool, "scale"))
    tally.raw_error += float(((means.mean - truth) ** 2).sum())
    tally.shrunken_error += float(((shrunken.theta - truth) ** 2).sum())


def _count_composites(tally: Tally, pools: list[Pool], sheets: list[Sheets]) -> None:
    subjects = len(sheets[0].truth)
    mean, n = np.full((subjects, len(pools), 1), np.nan), np.zeros((subjects, len(pools), 1), dtype=np.int64)
    covariances = [scale_covariance(pool) for pool in pools]
    for place, pool in enumerate(pools):
        means = block_means(pool, "scale")
        mean[means.block, place, 0], n[means.block, place, 0] = means.mean, means.n
    result = composite(
        mean,
        n,
        named=np.zeros((subjects, len(pools)), dtype=bool),
        groups=GROUPS,
        kinds=["anonymous"] * len(pools),
        weights=[0.5] * len(pools),
        components=Components(
            np.array([each.within for each in covariances]), np.array([each.between for each in covariances])
        ),
        limits=Limits(raters=1, reliability=0.0),
    )
    known = ~np.isnan(mean).any(axis=(1, 2))
    truth = np.mean([each.truth for each in sheets], axis=0)[known]
    half = NORMAL_95 * result.overall.se[known]
    tally.composites += int(known.sum())
    tally.composites_covered += int((np.abs(result.overall.score[known] - truth) <= half).sum())
