"""The two cycles: last year's, counted and released, and this year's, open and partly answered.

Last year's ran over the whole city. Its ballots never lay in a box: papers for all scopes need some eight
thousand keys, minutes of a newcomer's patience, so what people answered is counted as it is drawn. This
year's runs over a few offices, with papers, sealed ballots and all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import numpy as np
from sqlalchemy import select

from instruments import catalogue
from instruments.rater_groups import PRESET_WEIGHTS
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.demo.casting import Progress, Round, simulated_ballots
from survey.demo.raters import Turnout, answer_papers
from survey.demo.truth import Truth
from survey.jobs import close_cycle, open_cycle
from survey.models.cycles import Cycle
from survey.models.people import Unit
from survey.services.cycles import cycles
from survey.services.raters import assignments
from survey.services.results import release_gate, reviewing, tally, vault_store
from survey.services.results.cycle_frame import read_frame

INSTRUMENT = "berakhlak_short"
REASON = "Rekan dan bawahan membedakan pegawai pada semua perilaku."
A_YEAR = timedelta(weeks=52)
OPEN_IN = ("BKPSDM", "PKM-RASIMAHAHMAD", "DISDUKCAPIL", "KEL-TD")
OPEN_SINCE, OPEN_FOR = timedelta(weeks=2), timedelta(weeks=6)
CLOSED_TURNOUT = Turnout(nothing=0.10, some=0.20, some_share=0.60)  # .82 of the papers
OPEN_TURNOUT = Turnout(nothing=0.45, some=0.30, some_share=0.50)  # .40 of the papers


@dataclass(frozen=True)
class Draws:
    """The sources of chance of one cycle: who is asked, what is answered, in which order it arrives."""

    assigning: Random
    answering: np.random.Generator
    order: np.random.Generator


@dataclass(frozen=True)
class Cast:
    """Everybody in the city, what is true of them, and how many of them answer."""

    employee_ids: Sequence[int]
    truth: Truth
    turnout: Turnout


def scales() -> tuple[str, ...]:
    """What the demo's questionnaire measures."""
    return tuple(scale.code for scale in catalogue.get(INSTRUMENT).scales)


def open_now(today: date) -> cycles.CyclePlan:
    """This year's cycle: open since two weeks, for four more."""
    opens = today - OPEN_SINCE
    return _plan(opens, opens.year)


def a_year_ago(today: date) -> cycles.CyclePlan:
    """The same cycle a year earlier."""
    opens = today - OPEN_SINCE
    return _plan(opens - A_YEAR, opens.year - 1)


def _plan(opens: date, year: int) -> cycles.CyclePlan:
    instrument = catalogue.get(INSTRUMENT)
    return cycles.CyclePlan(
        name=f"Penilaian perilaku {year}",
        purpose="development",
        mode="server_key",
        opens_on=opens,
        closes_on=opens + OPEN_FOR,
        groups=tuple(
            cycles.GroupPlan(group, instrument.code, instrument.content_hash(), weight)
            for group, weight in PRESET_WEIGHTS.items()
        ),
    )


def plan_round(
    databases: Databases, plan: cycles.CyclePlan, cast: Cast, draws: Draws, offices: Sequence[str] = ()
) -> Round:
    """Plan a cycle, assign raters, and draw what everybody will answer."""
    with transaction(databases.people) as people:
        cycle = cycles.create_cycle(people, plan)
        units = set(people.scalars(select(Unit.id).where(Unit.code.in_(offices))))
        assignments.assign_raters(people, cycle, units or None, random=draws.assigning)
    with reading(databases.people) as people:
        frame = read_frame(people, cycle)
    place_of = {employee: place for place, employee in enumerate(cast.employee_ids)}
    returns = answer_papers(frame, place_of, cast.truth, cast.turnout, draws.answering)
    return Round(cycle, frame, returns, cast.employee_ids)


def open_round(settings: Settings, databases: Databases, planned: Round, progress: Progress) -> Round:
    """Run the opening job: keys, manifest, invitations; returns the round as it is now."""
    open_cycle.run(settings, databases, planned.cycle.public_id, lambda _step, *how_far: progress(*how_far))
    with reading(databases.people) as people:
        return replace(planned, cycle=cycles.find_cycle(people, planned.cycle.public_id))


def count_and_release(databases: Databases, planned: Round, draws: Draws) -> None:
    """Count what was drawn, and release the results."""
    ballots = simulated_ballots(planned, draws.order)
    with transaction(databases.answers) as answers:
        vault_store.replace_vault(answers, planned.frame, tally.count(planned.frame, ballots), len(ballots))
    _step(databases, planned.cycle, "freeze", "open", "close")
    close_cycle.appraise(databases, planned.cycle.public_id, planned.frame)
    with reading(databases.answers) as answers, transaction(databases.people) as people:
        reviewing.accept(people, cycles.find_cycle(people, planned.cycle.public_id), REASON)
        release_gate.release(people, answers, cycles.find_cycle(people, planned.cycle.public_id))


def _step(databases: Databases, cycle: Cycle, *steps: str) -> None:
    with transaction(databases.people) as people:
        stored = cycles.find_cycle(people, cycle.public_id)
        for step in steps:
            cycles.advance(people, stored, step)
