"""From naming to the list: who decides, who declines, and what nobody learns."""

import re
from dataclasses import replace
from random import Random

import pytest
from flask import Flask
from sqlalchemy import delete, select

from survey.db import Databases, reading, transaction
from survey.exceptions import NotFound, StepNotAllowed
from survey.models.accounts import Account
from survey.models.assignments import Assignment, ConflictPair
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.models.nominations import Decline, Nomination
from survey.models.people import Employee
from survey.services.accounts import accounts
from survey.services.accounts.access import WHOLE_CITY, Reach
from survey.services.cycles import cycles
from survey.services.raters import assignments, declining, list_approval, list_making, nominations
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
        act = people.scalars(select(AuditEvent).where(AuditEvent.action == "nomination.decline")).one()
    assert act.account_id is None
    assert others[0].id not in raters  # the rule draws nobody who was promised not to be asked
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


@pytest.mark.db
def test_pages_of_subject_and_supervisor_are_the_same_whether_or_not_somebody_declined(
    app: Flask, databases: Databases, team: list[Employee], cycle: Cycle
) -> None:
    head, subject, *others = team
    people = {"kepala": head, "saya": subject, "rekan": others[0], "lain": others[20]}
    with transaction(databases.people) as session:
        for name, person in people.items():
            roles = ("supervisor", "employee") if person is head else ("employee",)
            accounts.create_account(session, name, PASSWORD, roles, person.id)
        session.get_one(Cycle, cycle.id).load_cap = 1  # one name more or less makes a rater busy
    signed = {name: sign_in(app, name) for name in people}
    mine = f"/staff/me/nominations/{cycle.public_id}"
    theirs = f"/staff/team/nominations/{cycle.public_id}/{subject.public_id}"
    ids = [other.public_id for other in others]

    def look() -> list[str]:
        pages = [signed["saya"].get(path) for path in ("/staff/me/", mine)]
        pages += [signed["kepala"].get(path) for path in ("/staff/team/nominations", theirs)]
        pages.append(signed["lain"].get(mine))
        assert all(page.status_code == 200 for page in pages)
        return [without_token(page.text) for page in pages]

    def world(declines: bool) -> list[list[str]]:
        with transaction(databases.people) as session:
            session.execute(delete(Nomination))
        seen = []
        signed["saya"].post(mine, data={"peer": ids[:6]})
        if declines:
            answer = signed["rekan"].post(f"{mine}/decline/{subject.public_id}", data={"reason": "jauh"})
            assert answer.status_code == 302
        seen.append(look())
        for chosen in (ids[1:7], ids[:6]):  # without the one who declined, and with her again
            assert signed["saya"].post(mine, data={"peer": chosen}).status_code == 302
            seen.append(look())
        for chosen in (ids[1:7], ids[:6]):
            assert signed["kepala"].post(theirs, data={"peer": chosen}).status_code == 302
            seen.append(look())
        return seen

    without = world(declines=False)
    assert world(declines=True) == without
    assert subject.name not in signed["rekan"].get("/staff/me/").text  # named again, and not asked again


@pytest.mark.db
def test_who_declined_is_not_drawn_and_may_be_rated_by_the_subject(
    databases: Databases, team: list[Employee], cycle: Cycle
) -> None:
    head, subject, *others = team
    with transaction(databases.people) as session:
        found = cycles.find_cycle(session, cycle.public_id)
        away = [head, *others[:18]]
        session.add_all(
            Decline(cycle_id=found.id, subject_id=subject.id, rater_id=other.id, reason="x") for other in away
        )
        session.flush()
        nominations.forget(session, found)  # a promise outlives a new plan
        assignments.assign_raters(session, found, random=Random(1))
        pairs = session.execute(select(Assignment.rater_id, Assignment.subject_id)).all()
    raters = {rater for rater, about in pairs if about == subject.id}
    rated = {about for rater, about in pairs if rater == subject.id}
    gone = {each.id for each in away}
    assert not raters & gone
    assert len(raters) == 1 + 9  # herself, and as many peers as ever
    assert rated & gone


def test_reasons_are_read_by_hr_of_the_city_and_name_a_unit_only_of_many(
    databases: Databases, team: list[Employee], cycle: Cycle
) -> None:
    with transaction(databases.people) as session:
        small = make_unit(session, "KECIL", "Kecil")
        (one, *_more) = make_team(session, small, 1, first=200)
        session.add_all(
            Decline(cycle_id=cycle.id, subject_id=team[1].id, rater_id=rater.id, reason=f"alasan {place}")
            for place, rater in enumerate((one, *team[2:6]))
        )
        session.add(Decline(cycle_id=cycle.id, subject_id=team[6].id, rater_id=team[2].id, reason="lagi"))
        session.flush()
        found = cycles.find_cycle(session, cycle.public_id)
        assert {unit for unit, _reason in declining.declined(session, WHOLE_CITY, found)} == {""}
        session.add(Decline(cycle_id=cycle.id, subject_id=team[1].id, rater_id=team[7].id, reason="akhir"))
        session.flush()
        told = declining.declined(session, WHOLE_CITY, found)
        assert [unit for unit, _reason in told] == ["", *["Dinas Kesehatan"] * 6]
        assert declining.declined(session, Reach(frozenset({team[1].unit_id})), found) == []


@pytest.fixture
def listed(databases: Databases, team: list[Employee]) -> Cycle:
    """A cycle whose raters the rule chose, approved by the other office."""
    with transaction(databases.people) as session:
        found = cycles.create_cycle(session, replace(plan(purpose="appraisal"), peers_wanted=7))
        assignments.assign_raters(session, found, random=Random(1))
        asking = accounts.create_account(session, "perencana", PASSWORD, ("hr_admin",))
        other = accounts.create_account(session, "kedua", PASSWORD, ("approver",))
        list_approval.ask(session, found, asking.id)
        list_approval.approve(session, found, other.id)
    return found


def raters_of(databases: Databases, cycle: Cycle, subject: Employee, group: str) -> list[int]:
    with reading(databases.people) as people:
        return list(
            people.scalars(
                select(Assignment.rater_id)
                .where(
                    Assignment.cycle_id == cycle.id,
                    Assignment.subject_id == subject.id,
                    Assignment.rater_group == group,
                )
                .order_by(Assignment.rater_id)
            )
        )


@pytest.mark.db
def test_whoever_the_rule_chose_declines_until_the_cycle_opens_and_an_approval_is_void(
    app: Flask, databases: Databases, team: list[Employee], listed: Cycle
) -> None:
    head, subject, *_others = team
    rater_id, *stay = raters_of(databases, listed, subject, "peer")
    with transaction(databases.people) as session:
        accounts.create_account(session, "rekan", PASSWORD, ("employee",), rater_id)
        accounts.create_account(session, "saya", PASSWORD, ("employee",), subject.id)
        accounts.create_account(session, "kepala", PASSWORD, ("supervisor", "employee"), head.id)
    rater, hr, boss, me = (sign_in(app, name) for name in ("rekan", "perencana", "kepala", "saya"))
    page = f"/staff/hr/cycles/{listed.public_id}"
    pages = (
        (me, "/staff/me/"),
        (boss, "/staff/me/"),
        (boss, "/staff/team/"),
        (boss, f"/staff/team/employees/{subject.public_id}"),
    )
    before = [without_token(client.get(path).text) for client, path in pages]
    assert f'href="{page}/open"' in hr.get(page).text
    no = f"/staff/me/nominations/{listed.public_id}/decline/{subject.public_id}"
    assert no in rater.get("/staff/me/").text
    assert rater.post(no, data={"reason": " "}).status_code == 422
    assert rater.post(no, data={"reason": "jarang bertemu"}).status_code == 302

    assert raters_of(databases, listed, subject, "peer") == stay
    assert no not in rater.get("/staff/me/").text
    assert rater.post(no, data={"reason": "jarang bertemu"}).status_code == 404
    assert [without_token(client.get(path).text) for client, path in pages] == before
    seen = hr.get(page).text
    assert "jarang bertemu" in seen and f'href="{page}/open"' not in seen
    assert hr.post(f"{page}/open").status_code == 409
    with reading(databases.people) as people:
        told = people.scalars(select(AuditEvent).where(AuditEvent.action == "nomination.decline")).one()
    assert (told.account_id, told.detail) == (None, {})

    with transaction(databases.people) as session:  # the next list does not draw the pair again
        assignments.assign_raters(session, session.get_one(Cycle, listed.id), random=Random(2))
    anew = raters_of(databases, listed, subject, "peer")
    assert rater_id not in anew and len(anew) == 7
    with transaction(databases.people) as session:
        found = session.get_one(Cycle, listed.id)
        cycles.advance(session, found, "freeze")
        with pytest.raises(StepNotAllowed):
            declining.decline(session, found, anew[0], subject.public_id, "terlambat")


@pytest.mark.db
def test_a_superior_and_oneself_do_not_decline(
    databases: Databases, team: list[Employee], listed: Cycle
) -> None:
    head, subject, *_others = team
    for who in (head, subject):
        with transaction(databases.people) as session, pytest.raises(NotFound):
            found = session.get_one(Cycle, listed.id)
            declining.decline(session, found, who.id, subject.public_id, "tidak mau")
    with reading(databases.people) as people:
        asked = {public_id for _cycle, public_id, _name in declining.asked_of(people, subject.id)}
    assert subject.public_id not in asked
    assert len(asked) >= 7


@pytest.mark.db
def test_a_list_that_was_being_made_leaves_out_who_declined_meanwhile(
    databases: Databases, team: list[Employee], listed: Cycle
) -> None:
    subject = team[1]
    with transaction(databases.people) as session:
        found = session.get_one(Cycle, listed.id)
        asking = session.scalars(select(Account.id).where(Account.username == "perencana")).one()
        list_making.ask(session, found, asking, None)
    with reading(databases.people) as session:
        found = session.get_one(Cycle, listed.id)
        request = list_making.pending(session, found)
        assert request is not None
        proposal = list_making.propose(session, found, request)
    with transaction(databases.people) as session:
        assignments.keep(session, session.get_one(Cycle, listed.id), proposal)
    gone, *stay = raters_of(databases, listed, subject, "peer")
    with transaction(databases.people) as session:
        declining.decline(session, session.get_one(Cycle, listed.id), gone, subject.public_id, "jauh")
    with transaction(databases.people) as session:
        assert list_making.keep(session, session.get_one(Cycle, listed.id), request, proposal)
    assert raters_of(databases, listed, subject, "peer") == stay
