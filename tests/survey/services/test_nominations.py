"""From naming to the list: who decides, who declines, and what nobody learns."""

import re
from dataclasses import replace
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from survey.db import Databases, reading, transaction
from survey.models.assignments import Assignment, ConflictPair
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.models.nominations import Nomination
from survey.models.people import Employee
from survey.services import accounts, assignments, cycles, nominations
from tests.conftest import PASSWORD, sign_in
from tests.factories import make_team, make_unit, plan


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 30)


@pytest.fixture
def cycle(databases: Databases, team: list[Employee]) -> Cycle:
    with transaction(databases.people) as session:
        found = cycles.create_cycle(session, replace(plan(), chooses_raters="nomination"))
        who = accounts.create_account(session, "perencana", PASSWORD, ("hr_admin",))
        nominations.begin(session, found, who.id)
    return found


def states(databases: Databases) -> dict[int, str]:
    with reading(databases.people) as people:
        return dict(people.execute(select(Nomination.rater_id, Nomination.state)).all())


def without_token(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


@pytest.mark.db
def test_an_employee_names_her_supervisor_changes_a_rater_declines_and_the_rule_fills(
    app: Flask, databases: Databases, team: list[Employee], cycle: Cycle
) -> None:
    head, subject, *others = team
    with transaction(databases.people) as session:
        accounts.create_account(session, "kepala", PASSWORD, ("supervisor", "employee"), head.id)
        accounts.create_account(session, "saya", PASSWORD, ("employee",), subject.id)
        accounts.create_account(session, "rekan", PASSWORD, ("employee",), others[0].id)
    me, boss, peer = sign_in(app, "saya"), sign_in(app, "kepala"), sign_in(app, "rekan")
    mine = f"/staff/me/nominations/{cycle.public_id}"
    assert mine in me.get("/staff/me/").text
    few = me.post(mine, data={"peer": [other.public_id for other in others[:4]]})
    assert few.status_code == 422
    assert me.post(mine, data={"peer": [other.public_id for other in others[:6]]}).status_code == 302

    theirs = f"/staff/team/nominations/{cycle.public_id}/{subject.public_id}"
    assert theirs in boss.get("/staff/team/nominations").text
    changed = [other.public_id for other in others[:5]] + [others[9].public_id]
    assert boss.post(theirs, data={"peer": changed}).status_code == 302
    assert states(databases)[others[5].id] == "refused"
    assert me.post(mine, data={"peer": changed}).status_code == 422  # decided

    no = f"{mine}/decline/{subject.public_id}"
    assert no in peer.get("/staff/me/").text
    assert peer.post(no, data={"reason": " "}).status_code == 422
    before = without_token(me.get(mine).text)
    assert peer.post(no, data={"reason": "kurang mengenal pekerjaannya"}).status_code == 302
    assert without_token(me.get(mine).text) == before  # the subject cannot see that somebody declined

    with transaction(databases.people) as session:
        assignments.assign_raters(session, cycles.find_cycle(session, cycle.public_id), random=Random(1))
    with reading(databases.people) as people:
        raters = set(
            people.scalars(
                select(Assignment.rater_id).where(
                    Assignment.subject_id == subject.id, Assignment.rater_group == "peer"
                )
            )
        )
        told = str(people.execute(select(AuditEvent.object, AuditEvent.detail)).all())
    assert {other.id for other in [*others[1:5], others[9]]} <= raters
    assert len(raters) == 9
    assert "kurang" not in told
    assert subject.public_id not in told


@pytest.mark.db
def test_a_conflict_pair_that_was_named_and_approved_is_left_out_without_a_word(
    databases: Databases, team: list[Employee], cycle: Cycle
) -> None:
    _head, subject, *others = team
    with transaction(databases.people) as session:
        found = cycles.find_cycle(session, cycle.public_id)
        session.add_all(
            Nomination(cycle_id=found.id, subject_id=subject.id, rater_id=other.id, state="approved")
            for other in others[:5]
        )
        low, high = sorted((subject.id, others[0].id))
        session.add(ConflictPair(first_id=low, second_id=high, reason="menikah"))
        session.flush()
        assignments.assign_raters(session, found, random=Random(1))
        raters = session.scalars(
            select(Assignment.rater_id).where(
                Assignment.subject_id == subject.id, Assignment.rater_group == "peer"
            )
        ).all()
    assert others[0].id not in raters
    assert len(raters) == 9


def test_nobody_decides_about_the_own_list_or_about_strangers(
    app: Flask, databases: Databases, team: list[Employee], cycle: Cycle
) -> None:
    _head, subject, other, *_rest = team
    with transaction(databases.people) as session:
        accounts.create_account(session, "saya", PASSWORD, ("supervisor", "employee"), subject.id)
    me = sign_in(app, "saya")
    for who in (subject, other):
        assert me.get(f"/staff/team/nominations/{cycle.public_id}/{who.public_id}").status_code in (403, 404)


def test_back_to_the_draft_every_name_is_forgotten(
    app: Flask, databases: Databases, team: list[Employee], cycle: Cycle
) -> None:
    with transaction(databases.people) as session:
        session.add(Nomination(cycle_id=cycle.id, subject_id=team[1].id, rater_id=team[2].id))
    hr = sign_in(app, "perencana")
    assert "Dari 31 pegawai" in hr.get(f"/staff/hr/cycles/{cycle.public_id}").text
    hr.post(f"/staff/hr/cycles/{cycle.public_id}/replan")
    assert states(databases) == {}
