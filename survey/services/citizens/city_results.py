"""All units beside each other in one period: those whose index counts visits, and those of open links.

The two are neither added nor compared. A city's half-year or year is that of its units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.satisfaction import SatisfactionPolicy
from survey.services.citizens import periods
from survey.services.citizens.comparing import Ranking, rank
from survey.services.citizens.official_channels import OFFICIAL, FixedByUnit, channels_of
from survey.services.citizens.satisfaction import PeriodFigures, added_up, in_period
from survey.services.citizens.satisfaction_counts import ByPlace


@dataclass(frozen=True, eq=False)
class OneKind:
    """Units whose index counts visits, or those of open links, and all of them together."""

    is_verified: bool
    whole: PeriodFigures
    units: Mapping[str, PeriodFigures]
    ranking: Ranking


@dataclass(frozen=True, eq=False)
class City:
    """The chosen period, or the newest with an index; verified answers first."""

    period: str
    periods: tuple[str, ...]  # to choose from, the oldest first
    kinds: tuple[OneKind, ...]


def city_in(
    told: Mapping[str, ByPlace],
    groups: Mapping[str, Sequence[str]],
    policy: SatisfactionPolicy,
    fixed: FixedByUnit,
    period: str | None = None,
) -> City:
    """All units in a period."""
    quarters = _quarters(told, groups, fixed)
    longer = {periods.around(quarter, kind) for quarter in quarters for kind in ("half", "year")}
    names = (*quarters, *sorted(longer, key=lambda name: (-len(name), name)))
    if period is not None:
        return City(period, names, _kinds(told, groups, policy, fixed, period))
    for quarter in reversed(quarters):
        found = _kinds(told, groups, policy, fixed, quarter)
        if any(each.index for kind in found for each in kind.units.values()):
            return City(quarter, names, found)
    newest = quarters[-1] if quarters else ""
    return City(newest, names, _kinds(told, groups, policy, fixed, newest) if newest else ())


def _quarters(
    told: Mapping[str, ByPlace], groups: Mapping[str, Sequence[str]], fixed: FixedByUnit
) -> tuple[str, ...]:
    """The quarters in which an index counts anything."""
    found = {
        quarter
        for name, points in groups.items()
        for channel, by_place in told.items()
        for point in points
        for quarter in by_place.get(point, {})
        if channel in channels_of(fixed.get(name, ()), quarter, OFFICIAL)
    }
    return tuple(sorted(found))


def _kinds(
    told: Mapping[str, ByPlace],
    groups: Mapping[str, Sequence[str]],
    policy: SatisfactionPolicy,
    fixed: FixedByUnit,
    period: str,
) -> tuple[OneKind, ...]:
    found = {
        name: in_period(told, points, policy, fixed.get(name, ()), period) for name, points in groups.items()
    }
    kinds = []
    for is_verified in (True, False):
        units = {name: each for name, each in found.items() if each and each.is_verified == is_verified}
        if units:
            whole = added_up(period, list(units.values()), policy)
            kinds.append(OneKind(is_verified, whole, units, rank(units, policy)))
    return tuple(kinds)
