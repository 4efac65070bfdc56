"""How far the raters of one subject agree, from rows of answers or from counts of options.

The modules beside this one say how well raters tell subjects apart (`oneway`, `panels`) and correct
agreement for chance (`chance_agreement`); their names can be had from here.
"""

from analysis.agreement.chance import GwetAc, KrippendorffAlpha, gwet_ac, krippendorff_alpha
from analysis.agreement.icc_forms import IccForm, IccForms
from analysis.agreement.oneway import GroupStatistics, OnewayIcc, group_statistics, icc_oneway
from analysis.agreement.oneway_intervals import OnewayIntervals, oneway_intervals
from analysis.agreement.option_counts import ItemSpread, OptionCounts
from analysis.agreement.panels import KendallW, PanelIcc, icc, kendall_w
from analysis.agreement.shrinkage import Shrinkage, empirical_bayes
from analysis.agreement.within_group import Agreement, average_deviation, awg, rwg, rwg_j

__all__ = [
    "Agreement",
    "GroupStatistics",
    "GwetAc",
    "IccForm",
    "IccForms",
    "ItemSpread",
    "KendallW",
    "KrippendorffAlpha",
    "OnewayIcc",
    "OnewayIntervals",
    "OptionCounts",
    "PanelIcc",
    "Shrinkage",
    "average_deviation",
    "awg",
    "empirical_bayes",
    "group_statistics",
    "gwet_ac",
    "icc",
    "icc_oneway",
    "kendall_w",
    "krippendorff_alpha",
    "oneway_intervals",
    "rwg",
    "rwg_j",
]
