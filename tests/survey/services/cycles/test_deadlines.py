"""More time for one unit: its raters can answer, others cannot, and everybody can read that it was given."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import CycleNotOpen, InvalidPlan, WaveRefused
from survey.jobs import tell_boxes
from survey.models.cycles import Cycle
from survey.models.mail import Wave
from survey.models.people import Employee, Unit
from survey.services.accounts import accounts
from survey.services.auditing import public_log
from survey.services.cycles import cycles, deadlines, later_days, open_cycles
from survey.services.mail import letters, mailing
from survey.services.papers import distribution, paper_office
from tests.conftest import PASSWORD, sign_in
from tests.factories import TODAY, make_team, make_unit, open_cycle
from tests.survey.mail import give_addresses

LATE = TODAY + timedelta(days=1)
LATER = TODAY + timedelta(days=7)


@pytest.fixture
def teams(databases: Databases) -> dict[str, list[Employee]]:
    """Two units, and a third below the first."""
    with transaction(databases.people) as people:
        one, other = make_unit(people, "SATU", "Unit satu"), make_unit(people, "DUA", "Unit dua")
        below = make_unit(people, "SATU-1", "Unit di bawah")
        below.parent_id = one.id
        found = {
            unit.code: make_team(people, unit, 5, 1 + 10 * place) for place, unit in enumerate((one, other))
        }
        found["SATU-1"] = make_team(people, below, 3, 31)
        return found


@pytest.fixture
def cycle(databases: Databases, settings: Settings, teams: dict[str, list[Employee]]) -> Iterator[Cycle]:
    opened = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        people.get_one(Cycle, opened.id).closes_on = TODAY
    with reading(databases.people) as people:
        yield cycles.find_cycle(people, opened.public_id)


def extend(people: Session, cycle: Cycle, code: str, day: date = LATER) -> None:
    unit = people.query(Unit).filter_by(code=code).one()
    deadlines.extend_unit(people, cycles.find_cycle(people, cycle.public_id), unit, day)


@pytest.mark.db
def test_only_raters_of_the_unit_and_below_have_more_time(
    databases: Databases, cycle: Cycle, teams: dict[str, list[Employee]]
) -> None:
    with transaction(databases.people) as people:
        extend(people, cycle, "SATU")
    for code, may in (("SATU", True), ("SATU-1", True), ("DUA", False)):
        rater = teams[code][1].id
        with transaction(databases.people) as people:
            assert bool(distribution.own_invitations(people, rater, LATE)) is may
            if not may:
                with pytest.raises(CycleNotOpen):
                    distribution.issue_own_code(people, cycle, rater, LATE)
                continue
            personal = distribution.issue_own_code(people, cycle, rater, LATE)
            assert paper_office.papers_of(people, personal, LATE).closes_on == LATER
            with pytest.raises(CycleNotOpen):
                paper_office.papers_of(people, personal, LATER + timedelta(days=1))


@pytest.mark.db
def test_who_has_more_time_was_decided_when_the_cycle_opened(
    databases: Databases, cycle: Cycle, teams: dict[str, list[Employee]]
) -> None:
    """Moved out she keeps her days; moved in she gets none, so nobody can be made to answer alone."""
    with transaction(databases.people) as people:
        extend(people, cycle, "SATU")
        out, into = (people.get_one(Employee, teams[code][1].id) for code in ("SATU", "DUA"))
        out.unit_id, into.unit_id = into.unit_id, out.unit_id
    with transaction(databases.people) as people:
        assert distribution.own_invitations(people, out.id, LATE)
        assert paper_office.papers_of(
            people, distribution.issue_own_code(people, cycle, out.id, LATE), LATE
        ).entries
        assert not distribution.own_invitations(people, into.id, LATE)
        with pytest.raises(CycleNotOpen):
            distribution.issue_own_code(people, cycle, into.id, LATE)


@pytest.mark.db
def test_everybody_can_read_it_and_it_never_becomes_earlier(databases: Databases, cycle: Cycle) -> None:
    with transaction(databases.people) as people:
        extend(people, cycle, "SATU")
    for day in (LATER, TODAY):
        with transaction(databases.people) as people, pytest.raises(InvalidPlan, match="not_later"):
            extend(people, cycle, "SATU", day)
    with transaction(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        told = [
            entry.detail
            for entry in public_log.entries(people, cycle.public_id)
            if entry.action == "unit-extended"
        ]
        assert told == [{"closes_on": LATER.isoformat(), "unit": "SATU"}]
        assert later_days.later_days(people, found) == [later_days.LaterDay("Unit satu", LATER)]
        open_cycles.extend(people, found, LATER + timedelta(days=1))
        assert later_days.later_days(people, found) == [], "the cycle itself has longer now"


def test_a_unit_of_few_raters_gets_no_day_of_its_own(databases: Databases, cycle: Cycle) -> None:
    with transaction(databases.people) as people, pytest.raises(InvalidPlan, match="too_few"):
        extend(people, cycle, "SATU-1")


def test_the_box_of_a_unit_that_answers_alone_is_not_counted_day_by_day(
    databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    with transaction(databases.people) as people:
        extend(people, cycle, "SATU")
    assert tell_boxes.run(settings, databases) == 1
    with patch.object(Settings, "today", lambda _settings: LATE):
        assert tell_boxes.run(settings, databases) == 0


def test_hr_gives_a_unit_more_time_and_the_public_page_says_so(
    hr: FlaskClient, client: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    with reading(databases.people) as people:
        units = {unit.code: unit.public_id for unit in people.query(Unit)}
    address = f"/staff/hr/cycles/{cycle.public_id}/extend?lang=en"
    few = hr.post(address, data={"unit": units["SATU-1"], "closes_on": LATER.isoformat()})
    assert few.status_code == 422
    assert "Too few raters" in few.text
    assert hr.post(address, data={"unit": units["SATU"], "closes_on": LATER.isoformat()}).status_code == 302
    assert "Unit satu" in hr.get(address).text
    public = client.get(f"/cycles/{cycle.public_id}?lang=en").text
    assert "Units with more time" in public
    assert "Raters of the unit SATU were given more time" in public


def at(day: date) -> AbstractContextManager[object]:
    return patch.object(Settings, "today", lambda _settings: day)


def test_pages_of_hr_tell_who_still_has_time_after_the_common_day(
    hr: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    place = f"/staff/hr/cycles/{cycle.public_id}"
    with at(LATE):
        assert "No answers are taken since" in hr.get(f"{place}?lang=en").text
        assert "Raters still have time" not in hr.get(f"{place}/close?lang=en").text
    with transaction(databases.people) as people:
        extend(people, cycle, "SATU")
    with at(LATE):
        page = hr.get(f"{place}?lang=en").text
        assert "No answers are taken since" not in page
        assert "Raters of units with more time still answer, until December 1, 2026" in page
        assert "they can answer until December 1, 2026" in hr.get(f"{place}/close?lang=en").text
        assert "Unit satu: until December 1, 2026" in hr.get(f"{place}/invite?lang=en").text
    with at(LATER + timedelta(days=1)):
        assert "No answers are taken since December 1, 2026" in hr.get(f"{place}?lang=en").text


def test_the_page_with_the_own_code_tells_the_last_day_of_her_unit(
    app: Flask, databases: Databases, cycle: Cycle, teams: dict[str, list[Employee]]
) -> None:
    with transaction(databases.people) as people:
        extend(people, cycle, "SATU")
        accounts.create_account(people, "satu", PASSWORD, ("employee",), employee_id=teams["SATU"][1].id)
    mine = sign_in(app, "satu").post(f"/staff/me/cycles/{cycle.public_id}/code?lang=en")
    assert "until December 1, 2026" in mine.text


def test_letters_tell_every_last_day_and_after_the_common_one_go_to_who_has_time(
    databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    give_addresses(databases)
    with transaction(databases.people) as people:
        extend(people, cycle, "SATU")
        units = {unit.code: unit.id for unit in people.query(Unit)}
        longer = frozenset({units["SATU"], units["SATU-1"]})
        found = cycles.find_cycle(people, cycle.public_id)

        def plan(unit_ids: frozenset[int] | None, day: date) -> Wave:
            wave = mailing.plan(people, found, mailing.WavePlan("reminder", unit_ids, "", ""), day)
            mailing.move(people, wave, "start")
            return wave

        for too_late in (None, longer | {units["DUA"]}):
            with pytest.raises(WaveRefused, match="time_over"):
                plan(too_late, LATE)
        everybody, some = plan(None, TODAY), plan(longer, LATE)
        words = letters.words_of(some, found, later_days.later_days(people, found), settings)
        assert "Tuesday, November 24, 2026 (Unit satu: until Tuesday, December 1, 2026)" in words.body
        assert mailing.progress(people, everybody).waiting > mailing.progress(people, some).waiting
        taken = mailing.next_wave(people, LATE, 0)
        assert taken
        assert taken[0].id == everybody.id
        assert mailing.progress(people, everybody) == mailing.progress(people, some)
        assert mailing.next_wave(people, LATER + timedelta(days=1), 0) is None
        assert {everybody.state, some.state} == {"cancelled"}
