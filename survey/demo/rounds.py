"""The two cycles: last year's, closed and released, and this year's, open and partly answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import numpy as np

from instruments import catalogue
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.demo.casting import OpenCycle, Progress
from survey.demo.raters import Turnout, answer_papers
from survey.demo.truth import Truth
from survey.jobs import close_cycle
from survey.models.cycles import Cycle
from survey.services import assignments, ballot_box, cycles, distribution
from survey.services.cycle_frame import read_frame

INSTRUMENT = "berakhlak_short"
A_YEAR = timedelta(weeks=52)
OPEN_SINCE, OPEN_FOR = timedelta(weeks=2), timedelta(weeks=6)
CLOSED_TURNOUT = Turnout(nothing=0.10, some=0.20, some_share=0.60)  # .82 of the papers
OPEN_TURNOUT = Turnout(nothing=0.45, some=0.30, some_share=0.50)  # .40 of the papers


@dataclass(frozen=True)
class Draws:
    """The sources of chance of one cycle: who is asked, what is answered, in which order it arrives."""

    assigning: Random
    answering: np.random.Generator
    order: np.random.Generator


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
        opens_on=opens,
        closes_on=opens + OPEN_FOR,
        groups=tuple(
            cycles.GroupPlan(group, instrument.code, instrument.content_hash(), weight)
            for group, weight in cycles.PRESET_WEIGHTS.items()
        ),
    )


def open_cycle(
    settings: Settings,
    databases: Databases,
    plan: cycles.CyclePlan,
    employee_ids: Sequence[int],
    truth: Truth,
    turnout: Turnout,
    draws: Draws,
) -> OpenCycle:
    """Plan a cycle over everybody, assign, open it, and draw what everybody will answer."""
    with transaction(databases.people) as people:
        cycle = cycles.create_cycle(people, plan)
        assignments.assign_raters(people, cycle, random=draws.assigning)
        cycles.advance(people, cycle, "open")
        distribution.issue_invitations(people, cycle)
    with transaction(databases.spool) as spool:
        ballot_box.open_box(spool, settings.key_directory, cycles.box_name(cycle))
    with reading(databases.people) as people:
        frame = read_frame(people, cycle)
    place_of = {employee: place for place, employee in enumerate(employee_ids)}
    returns = answer_papers(frame, place_of, truth, turnout, draws.answering)
    return OpenCycle(cycle, frame, returns, employee_ids)


def close_and_release(settings: Settings, databases: Databases, cycle: Cycle, progress: Progress) -> None:
    """Run the closing job, and release the results."""
    close_cycle.run(settings, databases, cycle.public_id, lambda _step, done, total: progress(done, total))
    with transaction(databases.people) as people:
        stored = cycles.find_cycle(people, cycle.public_id)
        cycles.advance(people, stored, "release")
