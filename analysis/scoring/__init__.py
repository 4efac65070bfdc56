"""From blocks to one figure: the composite over rater groups and scales, with its error.

A mean that is not shown is NaN and carries no weight; its share goes to the groups that are shown.
The figure exists only with at least one anonymous block, and one identifiable person never carries
more than a stated share of it. The modules beside this one score rows, give means their errors and set a
self-rating beside the others' answers; their names can be had from here.
"""

from analysis.agreement.shrinkage import Shrinkage, empirical_bayes
from analysis.scoring.citizens import mapped, with_citizens
from analysis.scoring.composites import Components, Composite, Limits, Scores, composite
from analysis.scoring.means import GroupMeans, group_means, own_errors
from analysis.scoring.profile import ProfileAgreement, SelfOtherGap, profile_agreement, self_other_gap
from analysis.scoring.scales import ScaleScores, answered_mean, reverse_items, scale_scores

__all__ = [
    "Components",
    "Composite",
    "GroupMeans",
    "Limits",
    "ProfileAgreement",
    "ScaleScores",
    "Scores",
    "SelfOtherGap",
    "Shrinkage",
    "answered_mean",
    "composite",
    "empirical_bayes",
    "group_means",
    "mapped",
    "own_errors",
    "profile_agreement",
    "reverse_items",
    "scale_scores",
    "self_other_gap",
    "with_citizens",
]
