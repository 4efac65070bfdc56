"""Everything that may be told of a unit in one period, put together once for pages, reports and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from analysis.satisfaction import SatisfactionIndex, SatisfactionPolicy, satisfaction_index
from survey.exceptions import NotFound
from survey.services.citizens import (
    arrivals,
    citizen_answers,
    comparing,
    periods,
    priorities,
    respondents,
    service_points,
)
from survey.services.citizens.arrivals import Unusual
from survey.services.citizens.channel_fixing import fixed_for
from survey.services.citizens.comparing import ElementPlace, PeriodRow
from survey.services.citizens.element_weights import OWN_WEIGHTS, Declared, declared_for, in_force
from survey.services.citizens.official_channels import APART, OFFICIAL, Fixed, was_fixed
from survey.services.citizens.priorities import ElementShare
from survey.services.citizens.respondents import FieldProfile, Need
from survey.services.citizens.satisfaction import (
    OFFICIAL_WEIGHTS,
    PeriodFigures,
    Satisfaction,
    in_period,
    of_group,
    parts_there,
)
from survey.services.citizens.satisfaction_counts import read_told
from survey.services.citizens.satisfaction_range import Range, Ranges, index_range, ranges_of
from survey.services.citizens.service_points import UnitPoints

WHOLE = ""


@dataclass(frozen=True, eq=False)
class UnitSetup:
    """What the people database knows of a unit: its points, how many used them, and what was fixed before."""

    unit: UnitPoints
    users: Mapping[tuple[str, str], int]
    declared: tuple[Declared, ...]
    fixed: tuple[Fixed, ...] = ()
    unusual: tuple[Unusual, ...] = ()  # in how answers arrived


@dataclass(frozen=True, eq=False)
class Part:
    """A service or a service point of the unit in the chosen period."""

    name: str
    figures: PeriodFigures
    range: Range | None
    need: Need | None
    points: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Chosen:
    """What is told of the chosen period."""

    figures: PeriodFigures
    ranges: Ranges
    need: Need | None
    history: tuple[PeriodRow, ...]
    improvement: tuple[ElementPlace, ...]
    shares: tuple[ElementShare, ...] | None
    profile: tuple[FieldProfile, ...] | None
    services: tuple[Part, ...]
    points: tuple[Part, ...]
    own: tuple[Declared, SatisfactionIndex] | None  # with the unit's own weights
    others: Mapping[str, PeriodFigures | None]  # the other parts of the answers, in the same period
    unusual: tuple[Unusual, ...]  # in how answers of the period arrived
    was_fixed: bool  # channels were chosen before the period; else the index counts the open link


@dataclass(frozen=True, eq=False)
class UnitResults:
    """A unit with all its periods, and the chosen one if there is any."""

    unit: UnitPoints
    weights: str
    satisfaction: Satisfaction
    parts: tuple[str, ...]  # of which there are answers
    chosen: Chosen | None


def set_up(people: Session, unit: str) -> UnitSetup:
    """Look a unit up; five statements."""
    found = service_points.points_of_unit(people, unit)
    users = respondents.users_by_place(people, [point.public_id for point in found.points])
    return UnitSetup(
        found,
        users,
        declared_for(people, unit),
        fixed_for(people, unit),
        tuple(arrivals.unusual_of(people, [point.public_id for point in found.points])),
    )


def unit_results(
    answers: Session,
    setup: UnitSetup,
    policy: SatisfactionPolicy,
    today: date,
    period: str | None = None,
    weights: str = OFFICIAL_WEIGHTS,
    part: str = OFFICIAL,
) -> UnitResults:
    """The results of a unit, for a period or for the newest one with an index; two statements.

    Services and points of a unit are told of the same channels as the whole.

    Raises
    ------
    NotFound
        Nobody answered in that period, or the weights or the part of the answers are unknown.
    """
    if weights not in policy.weights or part not in (OFFICIAL, *APART):
        raise NotFound("weights")
    groups = _groups(setup.unit)
    told = read_told(answers, groups[WHOLE], policy)
    found = {
        name: of_group(told, group, policy, setup.fixed, weights, part) for name, group in groups.items()
    }
    whole = found[WHOLE]
    figures = whole.newest if period is None else whole.find(period)
    if period is not None and figures is None:
        raise NotFound("period")
    there = parts_there(told, groups[WHOLE], setup.fixed)
    if figures is None:
        return UnitResults(setup.unit, weights, whole, there, None)
    others = {
        each: in_period(told, groups[WHOLE], policy, setup.fixed, figures.period, each)
        for each in there
        if each != part
    }
    chosen = _chosen(setup, found, figures, others, policy, today, weights)
    return UnitResults(setup.unit, weights, whole, there, chosen)


def _groups(unit: UnitPoints) -> dict[str, tuple[str, ...]]:
    """The points of the whole unit, of each service (`s` before its name) and of each point (`p`)."""
    groups = {WHOLE: tuple(point.public_id for point in unit.points)}
    for point in unit.points:
        groups[f"s{point.service}"] = (*groups.get(f"s{point.service}", ()), point.public_id)
    return groups | {f"p{point.public_id}": (point.public_id,) for point in unit.points}


def _chosen(
    setup: UnitSetup,
    found: Mapping[str, Satisfaction],
    figures: PeriodFigures,
    others: Mapping[str, PeriodFigures | None],
    policy: SatisfactionPolicy,
    today: date,
    weights: str,
) -> Chosen:
    groups = _groups(setup.unit)
    names = {f"p{point.public_id}": point.name for point in setup.unit.points}
    parts = {
        key: Part(
            names.get(key, key[1:]),
            each,
            index_range(each, policy, weights),
            respondents.need_of(dict(setup.users), groups[key], each),
            groups[key],
        )
        for key, satisfaction in found.items()
        if key != WHOLE and (each := satisfaction.find(figures.period)) is not None
    }
    fields = [field.code for field in citizen_answers.questionnaire().profile]
    return Chosen(
        figures=figures,
        ranges=ranges_of(figures, policy, weights),
        need=respondents.need_of(dict(setup.users), groups[WHOLE], figures),
        history=comparing.history(found[WHOLE], figures, policy, weights),
        improvement=comparing.improvement_order(figures, policy),
        shares=priorities.shares_of(figures, policy, today),
        profile=respondents.profile_of(figures, fields, today),
        services=tuple(part for key, part in parts.items() if key.startswith("s")),
        points=tuple(part for key, part in parts.items() if key.startswith("p")),
        own=_own(setup, figures, policy),
        others=others,
        unusual=tuple(e for e in setup.unusual if e.period in periods.quarters_of(figures.period)),
        was_fixed=was_fixed(setup.fixed, figures.period),
    )


def _own(
    setup: UnitSetup, figures: PeriodFigures, policy: SatisfactionPolicy
) -> tuple[Declared, SatisfactionIndex] | None:
    declared = in_force(setup.declared, figures.period)
    if declared is None or figures.index is None:
        return None
    own = declared.policy(policy)
    return declared, satisfaction_index(figures.told.totals(own), policy=own, weight_mode=OWN_WEIGHTS)
