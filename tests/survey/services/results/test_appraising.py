"""Appraisals from the vault: which behaviours exist for whom."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from sqlalchemy import select, update

from instruments import catalogue
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.appraisals import Appraisal, ScaleComposite, ScaleScore
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.cycles import cycles
from survey.services.papers import paper_office
from survey.services.results import appraising, own_report, vault_store
from survey.services.results.cycle_frame import read_frame
from tests.factories import TODAY, answer, close, code_for, make_team, make_unit, open_cycle, plan

LEADING = "kepemimpinan"


@dataclass(frozen=True)
class Led:
    """A head with eight members in a cycle whose questionnaire also asks about leading."""

    cycle: Cycle
    team: list[Employee]


def with_leading() -> cycles.CyclePlan:
    instrument = catalogue.get("pp30_behaviour")
    groups = [
        replace(group, instrument_code=instrument.code, instrument_hash=instrument.content_hash())
        for group in plan().groups
    ]
    return replace(plan(), groups=tuple(groups))


@pytest.fixture
def led(databases: Databases, settings: Settings) -> Led:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 8)
    return Led(open_cycle(databases, settings, with_leading()), team)


def count(databases: Databases, settings: Settings, led: Led) -> None:
    for place, rater in enumerate(led.team):
        answer(databases, led.cycle, rater, lambda subject, item, place=place: 2 + (len(item) + place) % 3)
    close(databases, settings, led.cycle)


def rows_about_leading(databases: Databases, model: type, employee: Employee) -> int:
    with reading(databases.people) as people:
        rows = people.scalars(
            select(model)
            .join(Appraisal, Appraisal.id == model.appraisal_id)
            .where(Appraisal.employee_id == employee.id, model.scale == LEADING)
        )
        return len(rows.all())


@pytest.mark.db
def test_who_leads_nobody_has_no_row_about_leading(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 8)
    led = Led(open_cycle(databases, settings, with_leading()), team)
    count(databases, settings, led)
    for model, of_the_head in ((ScaleScore, 2), (ScaleComposite, 1)):  # self and subordinates; no supervisor
        assert rows_about_leading(databases, model, team[0]) == of_the_head
        assert [rows_about_leading(databases, model, member) for member in team[1:]] == [0] * 8
    with reading(databases.people) as people:
        for place, sections in ((0, 5), (1, 4)):
            found = people.scalars(select(Appraisal).where(Appraisal.employee_id == team[place].id)).one()
            assert len(own_report.own_report(people, found).scales) == sections


def leads_on_papers(databases: Databases, led: Led, rater: Employee) -> dict[str, bool]:
    code = code_for(databases, led.cycle, rater)
    with reading(databases.people) as people:
        return {entry.name: entry.leads for entry in paper_office.papers_of(people, code, TODAY).entries}


def test_who_leads_is_fixed_when_raters_are_assigned(databases: Databases, led: Led) -> None:
    head, member, other = led.team[:3]
    before = leads_on_papers(databases, led, member)
    assert (before[head.name], before[member.name]) == (True, False)
    with transaction(databases.people) as people:
        people.execute(update(Employee).where(Employee.supervisor_id == head.id).values(supervisor_id=None))
        people.execute(update(Employee).where(Employee.id == other.id).values(supervisor_id=member.id))
    assert leads_on_papers(databases, led, member) == before


def test_a_superior_of_people_who_left_leads_nobody(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 3)
        gone = make_team(session, make_unit(session, "B", "Lain"), 1, first=50)
        gone[1].is_active = False
    cycle = open_cycle(databases, settings, with_leading())
    with reading(databases.people) as people:
        frame = read_frame(people, cycles.find_cycle(people, cycle.public_id))
    leaders = {person for person, leads in zip(frame.subject_ids, frame.leads, strict=True) if leads}
    assert leaders == {team[0].id}


def test_answers_about_leading_count_for_leaders_only(
    databases: Databases, settings: Settings, led: Led
) -> None:
    count(databases, settings, led)
    with reading(databases.people) as people, reading(databases.answers) as answers:
        frame = read_frame(people, cycles.find_cycle(people, led.cycle.public_id))
        vault = vault_store.read_vault(answers, frame)
    place = frame.scales.index(LEADING)
    assert np.isfinite(appraising.shown_means(frame, vault).mean[:, :, place]).any()
    nobody = appraising.shown_means(replace(frame, leads=np.zeros_like(frame.leads)), vault)
    assert not np.isfinite(nobody.mean[:, :, place]).any()
    assert not nobody.n[:, :, place].any()
