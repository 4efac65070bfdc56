"""Build the demo city, in order: people, last year's cycle, this year's, citizens, sign-ins."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from random import Random

import numpy as np

from survey.config import Settings
from survey.db import Databases, transaction
from survey.demo import citizens, improvement, rounds, sign_ins
from survey.demo.casting import Progress, Round, cast_returns
from survey.demo.changes import reorganise
from survey.demo.city import Organisation, organise
from survey.demo.organisation import import_organisation
from survey.demo.truth import RaterModel, Truth, plant
from survey.demo.visits import Visits, draw_visits
from survey.services.accounts.access import WHOLE_CITY
from survey.services.citizens import citizen_answers
from survey.services.organisation.people import unit_overview
from survey.services.papers import distribution

SEED = 2025

Report = Callable[[str, int, int], None]


class Chance(IntEnum):
    """The sources of chance. Each has numbers of its own, so that a change of one leaves the others."""

    PEOPLE = 1
    TRUTH = 2
    CLOSED = 3
    OPEN = 4
    CITIZENS = 5
    ORDER = 6
    IMPROVEMENT = 7


@dataclass(frozen=True)
class CityPlan:
    """What to build. `share` makes offices and answers smaller, `offices` leaves the others out."""

    today: date
    seed: int = SEED
    share: float = 1.0
    offices: Set[str] | None = None
    order: int = 0  # in which order ballots are cast; it must not matter

    def chance(self, source: Chance) -> np.random.Generator:
        """Random numbers for one purpose."""
        return np.random.default_rng([self.seed, source, self.order if source is Chance.ORDER else 0])

    def draws(self, source: Chance) -> rounds.Draws:
        """Random numbers for one cycle."""
        assigning = Random(f"{self.seed} {source}")  # noqa: S311 - invented answers, not secrets
        return rounds.Draws(assigning, self.chance(source), self.chance(Chance.ORDER))


@dataclass(frozen=True, eq=False)
class City:
    """The built city with all that was planted; it lives in memory only."""

    organisation: Organisation
    units: int  # of today: between the cycles some were merged and people left
    employees: int
    truth: Truth
    closed: Round
    opened: Round
    visits: tuple[Visits, ...]
    addresses: dict[str, str]  # of the service points, by code
    sign_ins: tuple[sign_ins.SignIn, ...]
    code: str  # a personal code with papers left in the open cycle
    code_of: str  # whose code that is


@dataclass(frozen=True)
class _Site:
    """Where the city is built, and to whom progress is told."""

    settings: Settings
    databases: Databases
    plan: CityPlan
    report: Report

    def part(self, title: str) -> Progress:
        return lambda done, total: self.report(title, done, total)


def build_city(settings: Settings, databases: Databases, plan: CityPlan, report: Report) -> City:
    """Build the whole city on empty, migrated databases."""
    site = _Site(settings, databases, plan, report)
    organisation, ids = _settle(site)
    truth = plant(len(ids), rounds.scales(), RaterModel(), plan.chance(Chance.TRUTH))
    closed = _count_last_year(site, rounds.Cast(ids, truth, rounds.CLOSED_TURNOUT))
    with transaction(databases.people) as people:
        reorganise(people, organisation, ids, plan.today)
    opened = _open_this_year(site, rounds.Cast(ids, truth, rounds.OPEN_TURNOUT))
    said, addresses = _serve(site, {office.code for office in organisation.offices})
    holder = sign_ins.open_paper_holder(organisation, opened)
    with transaction(databases.people) as people:
        made = sign_ins.make_sign_ins(people, organisation, closed, opened)
        code = distribution.issue_own_code(people, opened.cycle, ids[holder], opened.cycle.opens_on)
        units = unit_overview(people, WHOLE_CITY)
    return City(
        organisation=organisation,
        units=len(units),
        employees=sum(unit.employees for unit in units),
        truth=truth,
        closed=closed,
        opened=opened,
        visits=tuple(said),
        addresses=addresses,
        sign_ins=tuple(made),
        code=code,
        code_of=organisation.people[holder].name,
    )


def _settle(site: _Site) -> tuple[Organisation, list[int]]:
    """Bring offices and people in; returns everybody's id by place."""
    progress = site.part("People and offices")
    progress(0, 1)
    organisation = organise(site.plan.chance(Chance.PEOPLE), site.plan.share, site.plan.offices)
    with transaction(site.databases.people) as people:
        ids = import_organisation(people, organisation, site.plan.today)
    progress(1, 1)
    return organisation, ids


def _count_last_year(site: _Site, cast: rounds.Cast) -> Round:
    """Let people answer, count, release."""
    plan, draws = rounds.a_year_ago(site.plan.today), site.plan.draws(Chance.CLOSED)
    progress = site.part(f"{plan.name}, answers counted")
    progress(0, 1)
    planned = rounds.plan_round(site.databases, plan, cast, draws)
    rounds.count_and_release(site.databases, planned, draws)
    progress(1, 1)
    return planned


def _open_this_year(site: _Site, cast: rounds.Cast) -> Round:
    """Open a cycle in a few offices and let some people answer."""
    plan, draws = rounds.open_now(site.plan.today), site.plan.draws(Chance.OPEN)
    planned = rounds.plan_round(site.databases, plan, cast, draws, rounds.OPEN_IN)
    progress = site.part(f"{plan.name}, keys of the papers")
    opened = rounds.open_round(site.settings, site.databases, planned, progress)
    cast_returns(site.databases, opened, draws.order, site.part(f"{plan.name}, answers"))
    return opened


def _serve(site: _Site, offices: set[str]) -> tuple[list[Visits], dict[str, str]]:
    """Open the service points and let citizens answer."""
    plan, questionnaire = site.plan, citizen_answers.questionnaire()
    said = draw_visits(questionnaire, offices, plan.today, plan.share, plan.chance(Chance.CITIZENS))
    with transaction(site.databases.people) as people:
        addresses = citizens.add_points(people, offices)
    progress = site.part("Service points, answers")
    citizens.cast_visits(site.settings, site.databases, addresses, said, progress)
    with transaction(site.databases.people) as people:
        improvement.add_improvement(people, said, addresses, plan.today, plan.chance(Chance.IMPROVEMENT))
    return said, addresses
