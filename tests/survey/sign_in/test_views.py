"""Signing in and out."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.sign_in import views
from tests.conftest import PASSWORD, sign_in


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
    wrong = {"username": "hr", "password": "wrong"}
    answers = [app.test_client().post("/staff/sign-in", data=wrong).status_code for _time in range(11)]
    assert answers == [422] * 10 + [429]
