"""Heads and supervisors see their own people, and nobody else's."""

from flask import Flask
from flask.testing import FlaskClient

from survey.db import Databases, transaction
from survey.models.people import Employee
from survey.services.accounts import accounts
from tests.conftest import PASSWORD, sign_in
from tests.factories import make_team, make_unit


def two_offices(databases: Databases) -> tuple[list[Employee], list[Employee]]:
    with transaction(databases.people) as session:
        first, second = make_unit(session), make_unit(session, "LAIN", "Dinas Lain")
        own, others = make_team(session, first, 3), make_team(session, second, 3, first=11)
        roles = ("employee", "supervisor")
        accounts.create_account(session, "lead", PASSWORD, roles, own[0].id)
        accounts.create_account(session, "head", PASSWORD, ("unit_head",), own[1].id, unit_id=second.id)
        accounts.create_account(session, "alone", PASSWORD, roles, own[2].id)
    return own, others


def page_of(client: FlaskClient, path: str = "/staff/team/?lang=en") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_a_supervisor_sees_direct_reports_and_a_head_the_whole_unit(app: Flask, databases: Databases) -> None:
    own, others = two_offices(databases)
    lead, head = sign_in(app, "lead"), sign_in(app, "head")
    assert all(each.name in page_of(lead) for each in own[1:])
    assert "3 employees" in page_of(lead) and "My team" in page_of(lead)
    assert all(each.name in page_of(head) for each in others)
    assert "4 employees" in page_of(head) and "My unit" in page_of(head)
    assert own[1].number not in page_of(lead)
    assert head.get("/staff/").location == "/staff/team/"


def test_a_person_outside_is_not_found(app: Flask, databases: Databases) -> None:
    own, others = two_offices(databases)
    lead = sign_in(app, "lead")
    assert own[1].name in page_of(lead, f"/staff/team/employees/{own[1].public_id}")
    assert lead.get(f"/staff/team/employees/{others[1].public_id}").status_code == 404


def test_a_search_and_an_empty_team_say_so(app: Flask, databases: Databases) -> None:
    two_offices(databases)
    lead, alone = sign_in(app, "lead"), sign_in(app, "alone")
    assert "1 employees" in page_of(lead, "/staff/team/?q=Pegawai+002&lang=en")
    assert "Nobody found" in page_of(lead, "/staff/team/?q=Pegawai+011&lang=en")
    assert "names nobody under you" in page_of(alone)
