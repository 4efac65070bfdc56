"""The one gate: every figure that is shown about a subject comes through here.

A group that is too small has a reason and no number. A mean at the very end of the scale gives away what
each rater said, so it becomes a band without an error. Such a mean counts as the middle of its band from
the moment it is read out of the vault (`Span.coarsened`); whatever is made of it can be told as it is.
"""

from dataclasses import dataclass

import numpy as np

from analysis.disclosure import BAND_SHARE, coarsened, in_high_band, in_low_band
from analysis.scoring.means import normal_interval
from survey.exceptions import StepNotAllowed
from survey.models.cycles import Cycle
from survey.tables import N_

PLACES = 2
FEWEST_TEXTS = 3
FEWEST_FOR_DISTRIBUTION = 10
TOO_FEW = "too_few_raters"

# Why there is no figure, or why it is not usable: in full, and for a narrow column.
REASONS = {
    "development_only": N_(
        "No group of anonymous raters is large enough to be shown, so there is no overall figure. "
        "The result serves development only."
    ),
    "no_weighted_group": N_(
        "The groups of anonymous raters that are large enough carry no weight in this cycle, so there is no "
        "overall figure. The result serves development only."
    ),
    TOO_FEW: N_("Fewer than %(minimum)s anonymous raters stand behind at least one behaviour."),
    "error_unknown": N_("The error is not told: too few people were rated, or it would give answers away."),
    "reliability_unknown": N_("How far the figure can be trusted is not known: too few people were rated."),
    "low_reliability": N_(
        "The reliability is below %(reliability)s: chance could explain too much of the difference "
        "between people."
    ),
    "scales_missing": N_("At least one behaviour has no result."),
}
SHORT_REASONS = {
    "development_only": N_("No anonymous group large enough"),
    "no_weighted_group": N_("No weight on the groups that answered"),
    TOO_FEW: N_("Too few raters"),
    "error_unknown": N_("Error unknown"),
    "reliability_unknown": N_("Reliability unknown"),
    "low_reliability": N_("Reliability too low"),
    "scales_missing": N_("A behaviour has no result"),
}
RULE = N_(
    "Groups without a result carry no weight; their share goes to the other groups in proportion. One person "
    "who can be identified carries at most %(cap)s%% of the figure. The self-rating never counts."
)


Means = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class Span:
    """First and last step of the scale on which figures stand, and the bands at its two ends."""

    low: int
    high: int

    @property
    def _width(self) -> float:
        return BAND_SHARE * (self.high - self.low)

    @property
    def low_band(self) -> float:
        return self.low + self._width

    @property
    def high_band(self) -> float:
        return self.high - self._width

    @property
    def low_middle(self) -> float:
        return self.low + self._width / 2

    @property
    def high_middle(self) -> float:
        return self.high - self._width / 2

    def coarsened(self, means: Means) -> Means:
        """Each mean inside a band as the middle of that band, the others as they are."""
        return coarsened(means, self.low, self.high)

    def band_of(self, value: float) -> str:
        """`high`, `low`, or nothing where the figure itself may be told."""
        if in_high_band(value, self.low, self.high):
            return "high"
        return "low" if in_low_band(value, self.low, self.high) else ""


@dataclass(frozen=True)
class Figure:
    """One figure as it may be shown: a mean with its error, a band, or only a reason."""

    span: Span
    value: float | None = None
    standard_error: float | None = None
    n: int | None = None
    band: str = ""
    reason: str = ""

    @property
    def interval(self) -> tuple[float, float] | None:
        """A 95 % interval, cut off at the ends of the scale."""
        if self.value is None or self.standard_error is None:
            return None
        return normal_interval(self.value, self.standard_error, (self.span.low, self.span.high))

    @property
    def limit(self) -> float:
        """Where the band begins."""
        return self.span.high_band if self.band == "high" else self.span.low_band


def is_named(rater_group: str, n: int | None) -> bool:
    """Whether the group is one person who was told so: self, or a supervisor alone."""
    return rater_group == "self" or (rater_group == "supervisor" and n == 1)


def group_figure(
    span: Span, minimum: int, rater_group: str, n: int | None, mean: float | None, error: float | None
) -> Figure:
    """The mean of one rater group on one scale."""
    if is_named(rater_group, n) and mean is not None:
        return Figure(span, mean, n=n)
    if mean is None or n is None or n < minimum:
        return Figure(span, reason=TOO_FEW)
    if band := span.band_of(mean):
        return Figure(span, n=n, band=band)
    return Figure(span, mean, error, n)


def composite_figure(
    span: Span, value: float | None, error: float | None, n: int | None, *, reason: str | None
) -> Figure:
    """A weighted mean over groups, or over scales; made of coarsened means, so it needs no band."""
    if value is None:
        return Figure(span, reason=reason or "development_only")
    return Figure(span, value, error, n, reason=reason or "")


def without_unusable(figure: Figure) -> Figure:
    """For those who would use the figure: one that is not usable is a reason and nothing else."""
    return Figure(figure.span, reason=figure.reason) if figure.reason else figure


def may_show_texts(voice: str, texts: int, *, has_shown_group: bool) -> bool:
    """Anonymous words need a group that is shown and at least three texts to hide among."""
    return voice != "anonymous" or (has_shown_group and texts >= FEWEST_TEXTS)


def require_counted(cycle: Cycle) -> None:
    """HR sees the quality of a cycle only after its ballots have become sums."""
    if cycle.state not in ("tallied", "reviewed", "released"):
        raise StepNotAllowed(cycle.state, "quality")


def require_reviewed(cycle: Cycle) -> None:
    """HR sees figures about people only after the quality report was accepted: nobody judges it by them."""
    if cycle.state not in ("reviewed", "released"):
        raise StepNotAllowed(cycle.state, "results")


def require_released(cycle: Cycle) -> None:
    """HR sees the means of single rater groups only once the employees may: never before those concerned."""
    if not is_released(cycle):
        raise StepNotAllowed(cycle.state, "groups")


def is_released(cycle: Cycle) -> bool:
    """Whether the employees of a cycle may read their results."""
    return cycle.state == "released"
