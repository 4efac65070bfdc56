"""Signing in and out."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.db import Databases, transaction
from survey.sign_in import views
from tests.conftest import PASSWORD, sign_in
from tests.factories import make_team, make_unit
from tests.printed import read_pdf

NEW = "kucing hujan meja biru"


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, hr: FlaskClient) -> None:
    cookie = hr.get_cookie("cermin", path="/staff")
    assert cookie is not None
    hr.post("/staff/sign-out")
    thief = app.test_client()
    thief.set_cookie("cermin", cookie.value, path="/staff")
    assert thief.get("/staff/hr/").status_code == 302


def test_a_session_ends_after_half_a_day_however_busy(
    hr: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LONGEST_SESSION", -1)
    assert hr.get("/staff/hr/").status_code == 302


def test_the_language_chosen_before_signing_in_is_kept(app: Flask, hr: FlaskClient) -> None:
    client = app.test_client()
    client.get("/staff/sign-in?lang=en")
    client.post("/staff/sign-in", data={"username": "hr", "password": PASSWORD})
    assert "Sign out" in client.get("/staff/hr/").text


@pytest.mark.usefixtures("limits")
def test_only_wrong_passwords_count_toward_the_limit(app: Flask, hr: FlaskClient) -> None:
    for _time in range(12):
        sign_in(app, "hr")
    wrong = [{"username": f"somebody{number}", "password": "wrong"} for number in range(11)]
    answers = [app.test_client().post("/staff/sign-in", data=data).status_code for data in wrong]
    assert answers == [422] * 10 + [429]


@pytest.mark.usefixtures("limits")
def test_one_username_is_tried_five_times_a_minute_from_wherever(app: Flask, hr: FlaskClient) -> None:
    wrong = {"username": "HR ", "password": "wrong"}
    answers = [
        app.test_client()
        .post("/staff/sign-in", data=wrong, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"})
        .status_code
        for number in range(6)
    ]
    assert answers == [422] * 5 + [429]


@pytest.mark.usefixtures("limits")
def test_codes_of_slips_are_tried_seldom(app: Flask) -> None:
    typed = {"username": "budi", "code": "ABCD-EFGH-JKMN-PQRS", "password": NEW, "repeated": NEW}
    answers = [app.test_client().post("/staff/activate", data=typed).status_code for _time in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_slip_leads_to_a_password_and_a_sign_in(app: Flask, databases: Databases, hr: FlaskClient) -> None:
    with transaction(databases.people) as session:
        unit = make_unit(session)
        make_team(session, unit, 2)
    page = hr.post(f"/staff/hr/desk/{unit.public_id}", data={"for": "new", "layout": "slips"})
    assert page.mimetype == "application/pdf"
    words = read_pdf(page.data)
    code = re.findall(r"\w{4}(?:-\w{4}){3}", words)[0]
    client = app.test_client()
    form = client.get("/staff/activate?lang=en").text
    assert "NIP" not in form and "Code" in form
    typed = {"username": "pegawai.001", "code": code.lower().replace("-", " "), "password": NEW}
    for wrong, told in (
        ({"repeated": "x"}, "differ"),
        ({"repeated": "password1234", "password": "password1234"}, "Easily guessed"),
        ({"repeated": NEW, "username": "pegawai.002"}, "do not belong together"),
    ):
        answer = client.post("/staff/activate", data=typed | wrong)
        assert answer.status_code == 422
        assert told in answer.text, told
    done = client.post("/staff/activate", data=typed | {"repeated": NEW}, follow_redirects=True)
    assert "Your password is set" in done.text
    assert sign_in(app, "pegawai.001", NEW).get("/staff/me/").status_code == 200


def test_a_password_is_changed_by_its_owner_and_ends_all_sessions(
    app: Flask, databases: Databases, employee: FlaskClient
) -> None:
    other = sign_in(app, "employee")
    page = "/staff/password?lang=en"
    for data, told in (
        ({"current": "wrong", "password": NEW, "repeated": NEW}, "not your password until now"),
        ({"current": PASSWORD, "password": "pendek", "repeated": "pendek"}, "12 characters or more"),
        ({"current": PASSWORD, "password": NEW, "repeated": "x"}, "differ"),
    ):
        answer = employee.post(page, data=data)
        assert answer.status_code == 422 and told in answer.text, told
    assert (
        employee.post(page, data={"current": PASSWORD, "password": NEW, "repeated": NEW}).status_code == 302
    )
    assert other.get("/staff/me/").status_code == 302
    assert sign_in(app, "employee", NEW).get("/staff/me/").status_code == 200
