"""How well the items of one scale hang together: alpha, omega, bounds, item statistics, error of a score.

Every function takes a table of answers (rows by items, NaN = missing); all but `item_analysis` also
take `ItemMoments`. Items are taken as they are keyed: nothing is ever reversed silently.
"""

from analysis.reliability.alpha import Alpha, MeasurementError, cronbach_alpha, standard_error_of_measurement
from analysis.reliability.item_rule import ItemRule, ItemVerdict, judge_items
from analysis.reliability.items import ItemAnalysis, ScaleWithoutItem, item_analysis
from analysis.reliability.omega import Omega, mcdonald_omega
from analysis.reliability.ordinal import CategoricalOmega, OrdinalAlpha, categorical_omega, ordinal_alpha
from analysis.reliability.schmid_leiman import HierarchicalOmega, omega_hierarchical
from analysis.reliability.splits import (
    GuttmanLambdas,
    SplitHalf,
    StratifiedAlpha,
    guttman_lambdas,
    split_half,
    stratified_alpha,
)

__all__ = [
    "Alpha",
    "CategoricalOmega",
    "GuttmanLambdas",
    "HierarchicalOmega",
    "ItemAnalysis",
    "ItemRule",
    "ItemVerdict",
    "MeasurementError",
    "Omega",
    "OrdinalAlpha",
    "ScaleWithoutItem",
    "SplitHalf",
    "StratifiedAlpha",
    "categorical_omega",
    "cronbach_alpha",
    "guttman_lambdas",
    "item_analysis",
    "judge_items",
    "mcdonald_omega",
    "omega_hierarchical",
    "ordinal_alpha",
    "split_half",
    "standard_error_of_measurement",
    "stratified_alpha",
]
