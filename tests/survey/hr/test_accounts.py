"""The admin's pages of accounts and the desk's pages of slips."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select, update

from survey.db import Databases, reading, transaction
from survey.models.accounts import Account, Activation
from survey.services.accounts import accounts
from tests.conftest import PASSWORD, sign_in
from tests.factories import make_employee, make_team, make_unit


@pytest.fixture
def staff(databases: Databases) -> int:
    """An account of somebody of the staff."""
    with transaction(databases.people) as session:
        person = make_employee(session, make_unit(session), 1)
        return accounts.create_account(session, "budi", PASSWORD, ("employee",), person.id).id


def own_id(databases: Databases) -> int:
    with reading(databases.people) as session:
        return session.scalars(select(Account.id).where(Account.username == "hr")).one()


def test_a_role_is_given_on_the_page_and_works_at_once(
    app: Flask, databases: Databases, hr: FlaskClient, staff: int
) -> None:
    budi = sign_in(app, "budi")
    assert budi.get("/staff/team/").status_code == 403
    head = {"role": "unit_head", "unit": "DINKES"}
    assert hr.post(f"/staff/hr/accounts/{staff}/grant", data=head).status_code == 302
    assert budi.get("/staff/team/").status_code == 200
    page = hr.get(f"/staff/hr/accounts/{staff}?lang=en").text
    assert "Head of a unit" in page
    taken = page.split("/revoke/")[2].split('"')[0]
    assert hr.post(f"/staff/hr/accounts/{staff}/revoke/{taken}").status_code == 302
    assert budi.get("/staff/team/").status_code == 403


@pytest.mark.parametrize("role", ["approver", "auditor"])
def test_hr_makes_no_second_office_and_the_page_says_who_does(
    app: Flask, databases: Databases, hr: FlaskClient, role: str
) -> None:
    with transaction(databases.people) as session:
        unit = make_unit(session)
        place, chosen = unit.public_id, make_team(session, unit, 1)[1].public_id
    slips = hr.post(f"/staff/hr/desk/{place}", data={"for": "chosen", "person": [chosen]})
    assert slips.mimetype == "application/pdf"  # a dormant employee, whose code HR now knows
    with reading(databases.people) as session:
        account = session.scalars(select(Activation.account_id)).one()
    page = hr.get(f"/staff/hr/accounts/{account}?lang=en").text
    assert f'value="{role}"' not in page
    assert "given on the server" in page
    assert hr.post(f"/staff/hr/accounts/{account}/grant", data={"role": role}).status_code == 422
    with reading(databases.people) as session:
        assert role not in {grant.role for grant in session.get_one(Account, account).grants}


def test_what_is_refused_stands_at_its_field(hr: FlaskClient, staff: int) -> None:
    for data, words in (
        ({"role": ""}, "Choose a role"),
        ({"role": "unit_head"}, "Type the code of the unit"),
        ({"role": "unit_head", "unit": "NONE"}, "no unit with this code"),
        ({"role": "employee"}, "holds this role already"),
    ):
        answer = hr.post(f"/staff/hr/accounts/{staff}/grant?lang=en", data=data)
        assert answer.status_code == 422, data
        assert words in answer.text, data


def test_nobody_changes_the_own_account_and_the_page_offers_nothing(
    hr: FlaskClient, databases: Databases
) -> None:
    own = own_id(databases)
    page = hr.get(f"/staff/hr/accounts/{own}?lang=en").text
    assert "Nobody changes their own account" in page
    assert not any(f"/accounts/{own}/{act}" in page for act in ("grant", "off", "revoke"))
    assert hr.post(f"/staff/hr/accounts/{own}/off").status_code == 422
    assert hr.post(f"/staff/hr/accounts/{own}/grant", data={"role": "auditor"}).status_code == 422
    assert hr.get("/staff/hr/accounts").status_code == 200


def test_switching_off_signs_out_at_once(app: Flask, hr: FlaskClient, staff: int) -> None:
    budi = sign_in(app, "budi")
    assert hr.post(f"/staff/hr/accounts/{staff}/off").status_code == 302
    assert budi.get("/staff/me/").status_code == 302
    assert "Switched off" in hr.get("/staff/hr/accounts?lang=en").text
    assert hr.post(f"/staff/hr/accounts/{staff}/on").status_code == 302
    assert sign_in(app, "budi").get("/staff/me/").status_code == 200


def test_accounts_are_searched_and_an_empty_answer_says_what_to_do(hr: FlaskClient, staff: int) -> None:
    page = hr.get("/staff/hr/accounts?q=Pegawai&role=employee&lang=en").text
    assert "1 accounts" in page and "budi" in page
    assert "Nothing found" in hr.get("/staff/hr/accounts?q=zzz&lang=en").text
    assert hr.get("/staff/hr/accounts/999").status_code == 404


def test_a_desk_prints_for_those_it_ticks_and_for_its_own_unit(
    app: Flask, databases: Databases, hr: FlaskClient
) -> None:
    with transaction(databases.people) as session:
        own, other = make_unit(session), make_unit(session, "LAIN", "Lain")
        team = make_team(session, own, 2)
        make_team(session, other, 2, first=11)
        accounts.create_account(session, "desk", PASSWORD, ("hr_operator",), unit_id=own.id)
    desk = sign_in(app, "desk")
    listed = desk.get("/staff/hr/desk").text
    assert own.name in listed and other.public_id not in listed
    assert desk.get(f"/staff/hr/desk/{other.public_id}").status_code == 404
    assert desk.post(f"/staff/hr/desk/{other.public_id}").status_code == 404
    page = f"/staff/hr/desk/{own.public_id}?lang=en"
    empty = desk.post(page, data={"for": "chosen"})
    assert empty.status_code == 422 and "Tick the people" in empty.text
    letters = desk.post(page, data={"for": "chosen", "person": [team[1].public_id], "layout": "letters"})
    assert letters.mimetype == "application/pdf"
    assert letters.headers["Content-Disposition"].startswith("attachment")
    assert letters.headers["Cache-Control"] == "no-store"
    assert desk.get(page).text.count("Slip handed out") == 1
    assert desk.post(page, data={"for": "new"}).status_code == 200
    with transaction(databases.people) as session:
        session.execute(update(Account).values(password_hash="x"))
        session.execute(delete(Activation))
    done = desk.post(page, data={"for": "new"})
    assert done.status_code == 422 and "Everybody here can sign in already" in done.text


def test_the_list_takes_as_many_statements_for_many_accounts_as_for_few(
    hr: FlaskClient,
    databases: Databases,
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    counts = []
    for first, size in ((1, 2), (100, 30)):
        with transaction(databases.people) as session:
            unit = make_unit(session, f"U{first}", f"Unit {first}")
            for person in make_team(session, unit, size, first=first):
                session.add(
                    Account(username=person.number, password_hash="", employee_id=person.id, grants=[])
                )
        with count_statements(databases.people) as counted:
            assert hr.get("/staff/hr/accounts").status_code == 200
        counts.append(counted())
    assert counts[0] == counts[1] <= 8
