"""Where the differences between answers come from, and how many raters and items a reliable mean needs.

The design of a 360 is persons with their own raters, items the same for all: p x (r:p) x i. Anonymous
raters cannot be linked between persons, so leniency lies inside r:p. Balanced designs of other kinds are
in `balanced_components`. With one item there is nothing to part: `analysis.agreement.icc_oneway`.
"""

from analysis.generalizability.decision import (
    DStudy,
    Facets,
    RatersNeeded,
    d_study,
    d_study_balanced,
    raters_needed,
)
from analysis.generalizability.designs import BalancedComponents, balanced_components
from analysis.generalizability.study import GStudy, NestedSums, g_study, g_study_of_sums, nested_sums

__all__ = [
    "BalancedComponents",
    "DStudy",
    "Facets",
    "GStudy",
    "NestedSums",
    "RatersNeeded",
    "balanced_components",
    "d_study",
    "d_study_balanced",
    "g_study",
    "g_study_of_sums",
    "nested_sums",
    "raters_needed",
]
