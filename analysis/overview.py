"""Everything about one scale at once, from one set of sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.agreement import Agreement, rwg_j
from analysis.agreement.oneway import OnewayIcc, icc_oneway
from analysis.agreement.shrinkage import Shrinkage, empirical_bayes
from analysis.generalizability import GStudy, g_study_of_sums
from analysis.generalizability.decision import DStudy, d_study
from analysis.reliability.alpha import Alpha, cronbach_alpha
from analysis.reliability.omega import Omega, mcdonald_omega

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis._arrays import FloatArray, IntArray
    from analysis.generalizability.study import Estimator
    from analysis.statistics.one_pass import ScaleSums

_RATERS = (1, 2, 3, 5, 8, 12, 20)


@dataclass(frozen=True, eq=False)
class ScaleOverview:
    """What there is to say about one scale.

    Attributes
    ----------
    labels, n, mean : (G,) subjects, complete ballots about each, mean score; NaN without ballots
    item_mean : (G, k) the mean of each item, over the same ballots
    se : (G,) sqrt(MSW/n), MSW the variance between raters pooled over the subjects
    icc, agreement, shrunken : how well raters tell subjects apart, how far they agree (rwg(j)), and
        empirical-Bayes means
    alpha, omega : how well the items hang together
    components : variance components of p x (r:p) x i
    decision : reliability against the number of raters, or None without components
    """

    labels: IntArray
    n: IntArray
    mean: FloatArray
    item_mean: FloatArray
    se: FloatArray
    icc: OnewayIcc
    agreement: Agreement
    shrunken: Shrinkage
    alpha: Alpha
    omega: Omega
    components: GStudy
    decision: DStudy | None


def scale_overview(
    sums: ScaleSums,
    *,
    raters: Sequence[int] = _RATERS,
    estimator: Estimator = "anova",
    confidence: float = 0.95,
) -> ScaleOverview:
    """Means with errors, agreement, reliability, components and D study of one scale.

    Parameters
    ----------
    sums : of the scale, from rows (`scale_sums`) or from a vault (`pooled_sums`)
    raters : numbers of raters of the D study
    estimator : of the variance components: "anova" (mean squares, at once) or "reml", which `g_study` takes
        when not told; they differ where raters are unequal in number or a component is near zero
    confidence : share of the intervals

    Returns
    -------
    ScaleOverview

    Raises
    ------
    ValueError : confidence outside 0 to 1, fewer than one rater

    References
    ----------
    Each figure by its own function, with the source told there; docs/methods.md, sections 1 to 3, 10.

    Examples
    --------
    >>> from analysis.statistics.layout import Layout
    >>> from analysis.statistics.one_pass import scale_sums
    >>> layout = Layout("two items", (("service", (0, 1)),), 2, 1, 5)
    >>> rows = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]]
    >>> found = scale_overview(scale_sums(rows, [1, 1, 2, 2, 3, 3], layout)["service"])
    >>> found.mean.tolist(), round(found.icc.icc1, 3)
    ([1.75, 4.5, 3.25], 0.957)
    """
    groups, moments, spread = sums.groups(), sums.moments(), sums.spread()
    icc = icc_oneway(groups, confidence=confidence)
    components = g_study_of_sums(sums.nested(), estimator=estimator, confidence=confidence)
    facets = components.facets
    msw = np.nan if icc.msw is None else icc.msw
    return ScaleOverview(
        labels=sums.labels,
        n=sums.n,
        mean=groups.mean,
        item_mean=spread.mean,
        se=np.sqrt(msw / np.where(sums.n > 0, sums.n, np.nan)),
        icc=icc,
        agreement=rwg_j(spread),
        shrunken=empirical_bayes(groups, components=icc),
        alpha=cronbach_alpha(moments, confidence=confidence),
        omega=mcdonald_omega(moments, confidence=confidence),
        components=components,
        decision=None
        if facets is None
        else d_study(facets, np.asarray(raters, dtype=np.float64), len(moments.mean)),
    )
