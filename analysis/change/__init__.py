"""Did it change? Persons, means and whole periods, each with the error of both ends.

Anonymous raters cannot be linked over time, so change is told of means, never of raters.
"""

from analysis.change.differences import MeanChange, ReliableChange, mean_change, reliable_change
from analysis.change.trends import Trend, trend
from analysis.change.two_samples import BeforeAfter, before_after, before_after_counts

__all__ = [
    "BeforeAfter",
    "MeanChange",
    "ReliableChange",
    "Trend",
    "before_after",
    "before_after_counts",
    "mean_change",
    "reliable_change",
    "trend",
]
