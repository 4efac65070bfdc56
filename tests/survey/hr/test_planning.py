"""HR changes a draft, looks ahead, enters conflict pairs and has the list approved."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import ListNotApproved, NotAllowed, StepNotAllowed
from survey.models.assignments import Assignment, ConflictPair
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee
from survey.services.accounts import accounts
from survey.services.cycles import cycles, holders, planning
from survey.services.raters import assignments, list_approval
from tests.conftest import PASSWORD, sign_in
from tests.factories import assign, make_team, make_unit, plan
from tests.survey.hr.test_cycles import FORM


@pytest.fixture
def page(hr: FlaskClient, databases: Databases) -> str:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 7)
    return str(hr.post("/staff/hr/cycles/new", data=FORM).location)


def the_cycle(databases: Databases) -> Cycle:
    with reading(databases.people) as people:
        return people.scalars(select(Cycle)).one()


@pytest.mark.db
def test_a_draft_is_planned_anew_and_keeps_its_name(hr: FlaskClient, databases: Databases, page: str) -> None:
    assert 'value="Semester II 2026"' in hr.get(f"{page}/plan").text
    changed = FORM | {
        "weight_supervisor": "50",
        "weight_peer": "30",
        "mode": "two_holders",
        "peers_wanted": "7",
        "load_cap": "10",
        "joins_groups": "y",
        "has_wide_circles": "y",
        "chooses_raters": "nomination",
    }
    assert hr.post(f"{page}/plan", data=changed).status_code == 302
    found = the_cycle(databases)
    assert {group.rater_group: group.weight for group in found.groups}["peer"] == pytest.approx(0.3)
    assert (found.mode, found.peers_wanted, found.load_cap) == ("two_holders", 7, 10)
    assert found.joins_groups
    assert found.has_wide_circles
    with reading(databases.people) as people:
        assert [state.owner for state in holders.states(people, found)] == ["office", "office"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"peers_wanted": "4"}, "rekan kerja"),
        ({"load_cap": "8"}, "batas"),
        ({"weight_peer": "30"}, "110"),
    ],
)
def test_what_contradicts_itself_is_said_at_its_field(
    hr: FlaskClient, page: str, entry: dict[str, str], words: str
) -> None:
    answer = hr.post(f"{page}/plan", data=FORM | entry)
    assert answer.status_code == 422
    assert "govuk-error-message" in answer.text
    assert words in answer.text


def test_only_a_draft_is_planned_anew(
    hr: FlaskClient, databases: Databases, page: str, settings: Settings
) -> None:
    assign(hr, settings, databases, page)
    assert hr.get(f"{page}/plan").status_code == 409
    hr.post(f"{page}/replan")
    assert hr.get(f"{page}/plan").status_code == 200
    with reading(databases.people) as people:
        assert people.scalars(select(Assignment)).all() == []


def test_the_preview_says_who_cannot_reach_the_minimum(
    hr: FlaskClient, page: str, settings: Settings, databases: Databases
) -> None:
    draft = hr.get(f"{page}/feasibility?lang=en").text
    assert "A trial run" in draft
    assign(hr, settings, databases, page)
    shown = hr.get(f"{page}/feasibility?show=likely&lang=en").text
    assert "P(X ≥ 5)" in shown
    assert "6 asked, 4.5 expected" in shown
    assert "Nobody here" in hr.get(f"{page}/feasibility?show=safe&lang=en").text


@pytest.mark.db
def test_conflict_pairs_are_entered_audited_and_taken_out(
    hr: FlaskClient, databases: Databases, page: str
) -> None:
    with reading(databases.people) as people:
        first, second = people.scalars(select(Employee).order_by(Employee.id).limit(2)).all()
    entry = {"first": first.number, "second": second.number, "reason": "menikah"}
    hr.post("/staff/hr/conflicts", data=entry)
    shown = hr.get("/staff/hr/conflicts").text
    assert first.name in shown
    assert "menikah" in shown
    turned = {"first": second.number, "second": first.number, "reason": "menikah"}
    assert hr.post("/staff/hr/conflicts", data=turned).status_code == 422
    assert hr.post("/staff/hr/conflicts", data=entry | {"second": first.number}).status_code == 422
    with reading(databases.people) as people:
        pair = people.scalars(select(ConflictPair)).one()
    hr.post(f"/staff/hr/conflicts/{pair.public_id}/remove")
    with reading(databases.people) as people:
        assert people.scalars(select(ConflictPair)).all() == []
        told = people.scalars(select(AuditEvent).where(AuditEvent.action.startswith("conflict"))).all()
    assert [event.action for event in told] == ["conflict.add", "conflict.remove"]
    assert "menikah" not in str([event.detail for event in told])


@pytest.fixture
def listed(databases: Databases) -> Cycle:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 7)
        cycle = cycles.create_cycle(session, plan(purpose="appraisal"))
        assignments.assign_raters(session, cycle)
    return cycle


def account(databases: Databases, name: str, *roles: str) -> int:
    with transaction(databases.people) as session:
        return accounts.create_account(session, name, PASSWORD, roles).id


@pytest.mark.db
def test_an_appraisal_opens_only_with_a_list_that_another_office_approved(
    app: Flask, hr: FlaskClient, databases: Databases, listed: Cycle, settings: Settings
) -> None:
    page = f"/staff/hr/cycles/{listed.public_id}"
    assert f'href="{page}/open"' not in hr.get(page).text
    assert hr.post(f"{page}/open").status_code == 409
    hr.post(f"{page}/list")
    account(databases, "kedua", "approver")
    other = sign_in(app, "kedua")
    decide = f"/staff/approve/lists/{listed.public_id}"
    assert decide in other.get("/staff/approve/").text
    shown = other.get(decide).text
    assert "Pegawai 003" in shown
    rows = [row for row in shown.split("<tr>") if "tidak disyaratkan" in row]
    assert [re.findall(r"Diri sendiri|Atasan", row) for row in rows] == [["Diri sendiri"], ["Atasan"]]
    other.post(f"{decide}/approve")
    assert f'href="{page}/open"' in hr.get(page).text
    assign(hr, settings, databases, page)  # another list
    assert hr.post(f"{page}/open").status_code == 409


def test_hr_and_the_other_office_see_whose_superior_is_new_and_how_long_it_takes(
    hr: FlaskClient, approver: FlaskClient, databases: Databases, listed: Cycle
) -> None:
    with transaction(databases.people) as people:
        of_cycle = select(Subject).where(Subject.cycle_id == listed.id).order_by(Subject.employee_id)
        people.scalars(of_cycle).all()[2].is_newly_led = True
        load = planning.load(people, listed)
    page = hr.get(f"/staff/hr/cycles/{listed.public_id}?lang=en").text
    seen = approver.get(f"/staff/approve/lists/{listed.public_id}?lang=en").text
    for text in (page, seen):
        assert "For 1 employee nobody has been the superior for 3 months" in text
        assert (
            f"this takes {load.mean_minutes:.0f} minutes on average, and {load.most_minutes} at most" in text
        )
    assert seen.count("(superior for less than 3 months)") == 1


@pytest.mark.db
def test_who_asked_or_belongs_to_hr_does_not_decide(databases: Databases, listed: Cycle) -> None:
    asking, same_office = account(databases, "satu", "hr_admin"), account(databases, "dua", "hr_operator")
    with transaction(databases.people) as people:
        list_approval.ask(people, cycles.find_cycle(people, listed.public_id), asking)
    for who in (asking, same_office):
        with pytest.raises(NotAllowed), transaction(databases.people) as people:
            list_approval.approve(people, cycles.find_cycle(people, listed.public_id), who)


@pytest.mark.db
def test_a_list_that_changed_since_cannot_be_approved(databases: Databases, listed: Cycle) -> None:
    asking, other = account(databases, "satu", "hr_admin"), account(databases, "kedua", "approver")
    with transaction(databases.people) as people:
        list_approval.ask(people, cycles.find_cycle(people, listed.public_id), asking)
        gone = people.scalars(select(Assignment).where(Assignment.rater_group == "peer").limit(1)).one()
        people.delete(gone)
    with pytest.raises(StepNotAllowed), transaction(databases.people) as people:
        list_approval.approve(people, cycles.find_cycle(people, listed.public_id), other)


@pytest.mark.db
def test_a_written_decision_stands_in_for_the_other_office(
    hr: FlaskClient, databases: Databases, listed: Cycle
) -> None:
    page = f"/staff/hr/cycles/{listed.public_id}"
    assert hr.post(f"{page}/list/decision", data={"decision": " "}).status_code == 422
    hr.post(f"{page}/list/decision", data={"decision": "SK Sekda 12/2026"})
    assert "SK Sekda 12/2026" in hr.get(page).text
    with reading(databases.people) as people:
        list_approval.require(people, the_cycle(databases))


def test_a_list_sent_back_tells_why_and_does_not_open(
    hr: FlaskClient, databases: Databases, listed: Cycle
) -> None:
    page = f"/staff/hr/cycles/{listed.public_id}"
    hr.post(f"{page}/list")
    other = account(databases, "kedua", "approver")
    with transaction(databases.people) as people:
        found = cycles.find_cycle(people, listed.public_id)
        list_approval.decline(people, found, other, "Kelurahan belum lengkap")
    assert "Kelurahan belum lengkap" in hr.get(page).text
    with pytest.raises(ListNotApproved), reading(databases.people) as people:
        list_approval.require(people, the_cycle(databases))


def test_citizens_share_is_planned_and_told_at_its_field(hr: FlaskClient, page: str) -> None:
    share = {"citizen_period": "2026-H1", "citizen_percent": "10"}
    assert hr.post(f"{page}/plan", data=FORM | share).status_code == 302
    shown = hr.get(f"{page}/plan").text
    assert 'value="2026-H1" selected' in shown
    assert re.search(r'name="citizen_percent"[^>]* value="10"', shown, re.S)
    for wrong, field in (
        (share | {"citizen_percent": "0"}, "citizen_percent"),
        (share | {"citizen_percent": "60"}, "citizen_percent"),
        (share | {"citizen_period": "1999-H1"}, "citizen_period"),
    ):
        answer = hr.post(f"{page}/plan", data=FORM | wrong)
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
