"""Reliability, agreement and scores of multi-source ratings, from rows or from mergeable statistics.

NumPy and SciPy only; figures live in `analysis.plots`, which is imported where it is used.
"""

# agreement and rater reliability
from analysis.agreement import (
    Agreement,
    GroupStatistics,
    OnewayIcc,
    Shrinkage,
    average_deviation,
    empirical_bayes,
    group_statistics,
    icc_oneway,
    rwg_j,
)

# what may be published
from analysis.disclosure import (
    UNPUBLISHED,
    Asked,
    Kind,
    Publication,
    guaranteed_raters,
    partition,
    remainder_block,
    unit_of_block,
)

# internal consistency
from analysis.moments import ItemMoments, item_moments, moments_from_sums
from analysis.reliability import (
    Alpha,
    ItemAnalysis,
    MeasurementError,
    Omega,
    cronbach_alpha,
    item_analysis,
    mcdonald_omega,
    standard_error_of_measurement,
)

# public satisfaction
from analysis.satisfaction import (
    ElementScore,
    ElementTotals,
    QualityBand,
    SatisfactionIndex,
    SatisfactionPolicy,
    element_totals,
    quality_band,
    round_half_up,
    sample_size,
    satisfaction_index,
)

# scores
from analysis.scoring import (
    Components,
    Composite,
    Limits,
    Scores,
    SelfOtherGap,
    answered_mean,
    composite,
    self_other_gap,
)

# mergeable statistics
from analysis.statistics import (
    Blocks,
    Layout,
    Missing,
    Pool,
    Vault,
    accumulate,
    count_complete,
    merge,
    without_small_pools,
)
from analysis.vault_figures import (
    BlockMeans,
    ScaleCovariance,
    WholeComponents,
    block_means,
    pooled_alpha,
    pooled_group_statistics,
    pooled_icc,
    pooled_moments,
    pooled_omega,
    scale_covariance,
    whole_components,
    whole_moments,
)

__all__ = [
    "UNPUBLISHED",
    "Agreement",
    "Alpha",
    "Asked",
    "BlockMeans",
    "Blocks",
    "Components",
    "Composite",
    "ElementScore",
    "ElementTotals",
    "GroupStatistics",
    "ItemAnalysis",
    "ItemMoments",
    "Kind",
    "Layout",
    "Limits",
    "MeasurementError",
    "Missing",
    "Omega",
    "OnewayIcc",
    "Pool",
    "Publication",
    "QualityBand",
    "SatisfactionIndex",
    "SatisfactionPolicy",
    "ScaleCovariance",
    "Scores",
    "SelfOtherGap",
    "Shrinkage",
    "Vault",
    "WholeComponents",
    "accumulate",
    "answered_mean",
    "average_deviation",
    "block_means",
    "composite",
    "count_complete",
    "cronbach_alpha",
    "element_totals",
    "empirical_bayes",
    "group_statistics",
    "guaranteed_raters",
    "icc_oneway",
    "item_analysis",
    "item_moments",
    "mcdonald_omega",
    "merge",
    "moments_from_sums",
    "partition",
    "pooled_alpha",
    "pooled_group_statistics",
    "pooled_icc",
    "pooled_moments",
    "pooled_omega",
    "quality_band",
    "remainder_block",
    "round_half_up",
    "rwg_j",
    "sample_size",
    "satisfaction_index",
    "scale_covariance",
    "self_other_gap",
    "standard_error_of_measurement",
    "unit_of_block",
    "whole_components",
    "whole_moments",
    "without_small_pools",
]
