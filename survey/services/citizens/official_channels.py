"""Which answers make a unit's index: those of channels that were fixed before the quarter began.

No number of answers changes the rule, so that nobody turns an index by bringing a few more answers of another
kind. All other answers are told apart from it, those of open links and those of visits each for themselves
(docs/decisions/0019).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from survey.services.citizens import periods
from survey.services.citizens.channels import OPEN_LINK, STRATA, VERIFIED

OFFICIAL: Final = "official"  # what the index counts
OPEN: Final = "open"  # open links, where the index does not count them
VISITS: Final = "visits"  # answers that show a visit, through channels that the index does not count
APART: Final = (OPEN, VISITS)
UNFIXED: Final = (OPEN_LINK,)  # every service point has this channel from its first day


@dataclass(frozen=True)
class Fixed:
    """The channels that a unit's index counts from a quarter on.

    Raises
    ------
    ValueError
        There is none, one is unknown, or open links stand beside visits: the two are never added.
    """

    from_period: str
    channels: tuple[str, ...]

    def __post_init__(self) -> None:
        given = set(self.channels)
        if not given or not (given == {OPEN_LINK} or given <= set(VERIFIED)):
            raise ValueError(f"channels: {self.channels} are not open links alone or visits alone")


FixedByUnit = Mapping[str, Sequence[Fixed]]


def _official_in(fixed: Sequence[Fixed], quarter: str) -> tuple[str, ...]:
    """The channels that the index of a quarter counts: those fixed last before it."""
    holding = [each for each in fixed if each.from_period <= quarter]
    return max(holding, key=lambda each: each.from_period).channels if holding else UNFIXED


def channels_of(fixed: Sequence[Fixed], quarter: str, part: str) -> tuple[str, ...]:
    """The channels of one part of a quarter's answers; every channel is in one part."""
    official = _official_in(fixed, quarter)
    if part == OFFICIAL:
        return official
    return tuple(
        channel for channel in STRATA if channel not in official and (channel == OPEN_LINK) == (part == OPEN)
    )


def channels_over(fixed: Sequence[Fixed], period: str, part: str) -> tuple[str, ...] | None:
    """The channels of a part over a whole period; None where they change within it: no figures then."""
    first, *others = (channels_of(fixed, quarter, part) for quarter in periods.quarters_of(period))
    return first if all(set(each) == set(first) for each in others) else None


def was_fixed(fixed: Sequence[Fixed], period: str) -> bool:
    """Whether the channels of a whole period were chosen; else the open link holds in some of it."""
    first = periods.quarters_of(period)[0]
    return any(each.from_period <= first for each in fixed)
