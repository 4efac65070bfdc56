"""The auditor reads the trail and checks its chain; no route of this door changes anything."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.services.auditing import audit
from tests.factories import make_team, make_unit, open_cycle


@pytest.fixture
def cycle(databases: Databases, settings: Settings) -> Cycle:
    """An open cycle, so that there is a trail."""
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 7)
    return open_cycle(databases, settings)


def test_the_trail_is_read_page_by_page_and_its_chain_is_checked(
    auditor: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    with transaction(databases.people) as people:
        for number in range(60):
            audit.record(people, None, "test.act", cycle.public_id, number=number, text="<b>")
    first = auditor.get("/staff/audit/trail?lang=en").text
    assert first.count("test.act") == 50
    assert "number: 59; text: &lt;b&gt;" in first
    second = auditor.get("/staff/audit/trail?page=2").text
    assert second.count("test.act") == 10
    assert "cycle-opened" in second
    assert auditor.get("/staff/audit/trail?page=99").text == second.replace("page=2", "page=99")
    assert "The chain is whole" in auditor.get("/staff/audit/trail/check").text
    with databases.people.begin() as connection:
        connection.execute(text("UPDATE audit_events SET action = 'other' WHERE id = 7"))
    assert "Entry 7 does not follow" in auditor.get("/staff/audit/trail/check").text


@pytest.mark.parametrize(
    ("language", "words"), [("id", "Hasil diterbitkan"), ("en", "Results were released")]
)
def test_an_act_is_told_in_words_with_its_code_beside(
    auditor: FlaskClient, databases: Databases, language: str, words: str
) -> None:
    with transaction(databases.people) as people:
        audit.record(people, None, "cycle.release", "x")
    page = auditor.get(f"/staff/audit/trail?lang={language}").text
    assert f"{words} <code>cycle.release</code>" in page


def test_the_trail_can_be_read_and_not_written(
    auditor: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    with reading(databases.people) as people:
        before = people.scalars(select(AuditEvent.hash)).all()
    for path in ("/staff/audit/trail", "/staff/audit/trail/check"):
        assert auditor.get(path).status_code == 200
        assert auditor.post(path).status_code == 405
    with reading(databases.people) as people:
        assert people.scalars(select(AuditEvent.hash)).all() == before


def test_no_route_of_the_auditors_door_takes_anything(app: Flask) -> None:
    own = [rule for rule in app.url_map.iter_rules() if str(rule).startswith("/staff/audit")]
    assert len(own) >= 3
    assert all((rule.methods or set()) <= {"GET", "HEAD", "OPTIONS"} for rule in own)
