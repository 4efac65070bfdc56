"""The public satisfaction index (IKM) in exact arithmetic.

Nothing here knows the ministry's numbers: cuts, bands and weight modes come in as a frozen policy.
Sums are whole numbers, everything after is a fraction; rounding happens once, at the very end. The modules
beside this one say how sure an index is, weigh answers to a population, tell how many answers are needed and
compare units; their names can be had from here.
"""

from analysis.satisfaction.answer_sums import AnswerSums, answer_covariances, answer_sums, no_answers
from analysis.satisfaction.comparison import UnitComparison, compare_units
from analysis.satisfaction.index import (
    ElementScore,
    ElementTotals,
    SatisfactionIndex,
    element_totals,
    quality_band,
    round_half_up,
    satisfaction_index,
)
from analysis.satisfaction.index_interval import (
    IndexWithError,
    element_intervals,
    index_error,
    index_error_of_sums,
)
from analysis.satisfaction.policy import QualityBand, SatisfactionPolicy
from analysis.satisfaction.sampling import covered_population, margin_of_error, sample_size
from analysis.satisfaction.stuffing import StuffingPolicy, are_alike, count_class, is_unusual_day
from analysis.satisfaction.weighting import StratumWeights, post_stratification_weights

__all__ = [
    "AnswerSums",
    "ElementScore",
    "ElementTotals",
    "IndexWithError",
    "QualityBand",
    "SatisfactionIndex",
    "SatisfactionPolicy",
    "StratumWeights",
    "StuffingPolicy",
    "UnitComparison",
    "answer_covariances",
    "answer_sums",
    "are_alike",
    "compare_units",
    "count_class",
    "covered_population",
    "element_intervals",
    "element_totals",
    "index_error",
    "index_error_of_sums",
    "is_unusual_day",
    "margin_of_error",
    "no_answers",
    "post_stratification_weights",
    "quality_band",
    "round_half_up",
    "sample_size",
    "satisfaction_index",
]
