"""What lies behind the public figures of citizens' answers: counts and sums by channel, point and quarter."""

import operator
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.satisfaction import AnswerSums, ElementTotals, SatisfactionPolicy, no_answers
from survey.models.citizens import CitizenCount
from survey.services.citizens.channels import STRATA
from survey.services.citizens.citizen_sums import Bands, sums_of

Profile = dict[str, Bands]


@dataclass(frozen=True, eq=False)
class Told:
    """What lies behind the figures of a set of service points in one quarter, or of several quarters.

    `counts` are the public ones, by element and step; `sums` and `profiles` (by quarter and point) follow the
    responses at once and never leave the services but coarsened.
    """

    counts: Mapping[str, tuple[int, ...]]
    sums: AnswerSums
    profiles: tuple[tuple[Profile, ...], ...]

    def totals(self, policy: SatisfactionPolicy) -> ElementTotals:
        """Sums and counts by element."""
        steps = range(policy.low, policy.high + 1)
        return ElementTotals(
            {name: sum(map(operator.mul, counts, steps)) for name, counts in self.counts.items()},
            {name: sum(counts) for name, counts in self.counts.items()},
            self.sums.respondents,
        )

    def with_point(self, other: "Told") -> "Told":
        """Together with another service point or channel in the same quarter."""
        (own,), (others,) = self.profiles, other.profiles
        return replace(self + other, profiles=((*own, *others),))

    def __add__(self, other: "Told") -> "Told":
        counts = {
            name: tuple(map(operator.add, self.counts[name], other.counts[name])) for name in self.counts
        }
        return Told(counts, self.sums + other.sums, self.profiles + other.profiles)


def nothing_told(policy: SatisfactionPolicy) -> Told:
    """What lies behind no quarter, to begin an addition with."""
    return Told(dict.fromkeys(policy.elements, (0,) * (policy.high - policy.low + 1)), no_answers(policy), ())


ByPlace = dict[str, dict[str, Told]]  # by service point and quarter


def read_told(answers: Session, points: Sequence[str], policy: SatisfactionPolicy) -> dict[str, ByPlace]:
    """What lies behind each point and quarter, by channel; two statements."""
    counts = _counts(answers, points, policy)
    nothing = nothing_told(policy).counts
    found: dict[str, ByPlace] = {channel: defaultdict(dict) for channel in STRATA}
    for each in sums_of(answers, points, policy, STRATA):
        if each.sums.respondents:
            shown = counts.get((each.service_point, each.period, each.stratum), nothing)
            told = Told(shown, each.sums, ((each.profile,),))
            found[each.stratum][each.service_point][each.period] = told
    return found


def _counts(
    answers: Session, points: Sequence[str], policy: SatisfactionPolicy
) -> dict[tuple[str, str, str], dict[str, tuple[int, ...]]]:
    counted = select(
        CitizenCount.service_point,
        CitizenCount.period,
        CitizenCount.stratum,
        CitizenCount.item,
        CitizenCount.option,
        CitizenCount.shown,
    ).where(CitizenCount.service_point.in_(points))
    tables: dict[tuple[str, str, str], dict[str, list[int]]] = {}
    steps = policy.high - policy.low + 1
    known = frozenset(policy.elements)
    for point, period, stratum, item, option, shown in answers.execute(counted):
        if item in known:
            place = (point, period, stratum)
            if place not in tables:
                tables[place] = {name: [0] * steps for name in policy.elements}
            tables[place][item][option - policy.low] = shown
    return {place: {name: tuple(row) for name, row in table.items()} for place, table in tables.items()}
