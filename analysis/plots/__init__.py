"""Figures for reports, as inline SVG: readable in black and white, each with a title and a description.

The only part of the package that needs matplotlib.
"""

from analysis.plots._canvas import Words
from analysis.plots.curves import (
    Period,
    Profile,
    dstudy_curve,
    response_distributions,
    scree,
    self_other,
    trend,
)
from analysis.plots.ratings import (
    ForestRow,
    item_map,
    mean_histogram,
    reliability_forest,
    subject_means,
    typical_half_width,
)
from analysis.plots.satisfaction import ElementBar, element_bars

__all__ = [
    "ElementBar",
    "ForestRow",
    "Period",
    "Profile",
    "Words",
    "dstudy_curve",
    "element_bars",
    "item_map",
    "mean_histogram",
    "reliability_forest",
    "response_distributions",
    "scree",
    "self_other",
    "subject_means",
    "trend",
    "typical_half_width",
]
