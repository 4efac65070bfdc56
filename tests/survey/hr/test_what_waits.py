"""The page of a cycle says what waits, and who acts."""

from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey.config import Settings
from survey.db import Databases, transaction
from survey.models.cycles import Cycle
from survey.models.mail import Bounce, Letter, Wave
from survey.models.nominations import Nomination
from survey.models.people import Employee
from survey.services.accounts import accounts
from survey.services.cycles import cycles
from survey.services.raters import nominations
from tests.conftest import PASSWORD
from tests.factories import make_team, make_unit, open_cycle, plan
from tests.survey.mail import give_addresses


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 7)


def page_of(hr: FlaskClient, cycle: Cycle) -> str:
    return hr.get(f"/staff/hr/cycles/{cycle.public_id}?lang=en").text


def test_while_peers_are_named_undecided_lists_and_a_first_day_that_passed_wait(
    hr: FlaskClient, databases: Databases, team: list[Employee]
) -> None:
    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(
            session, replace(plan(), chooses_raters="nomination", closes_on=date(2090, 12, 31))
        )
        who = accounts.create_account(session, "perencana", PASSWORD, ("hr_admin",))
        nominations.begin(session, cycle, who.id)
        for subject, state in ((team[1], "named"), (team[2], "approved")):
            session.add(
                Nomination(cycle_id=cycle.id, subject_id=subject.id, rater_id=team[3].id, state=state)
            )
    page = page_of(hr, cycle)
    assert "1 list of names waits for the supervisor’s decision" in page
    assert "6 employees have named nobody yet" in page
    assert "It should have been opened on" in page  # on 1 January 2020
    with transaction(databases.people) as session:
        session.execute(update(Cycle).values(closes_on=date(2020, 1, 31)))
    assert "The last day is over before the cycle was opened" in page_of(hr, cycle)


def test_while_a_cycle_is_open_refused_addresses_and_unclear_letters_wait(
    hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    give_addresses(databases)
    cycle = open_cycle(databases, settings)
    assert "No letter reaches" not in page_of(hr, cycle)
    with transaction(databases.people) as session:
        wave = Wave(cycle_id=cycle.id, kind="invitation", units="")
        session.add(wave)
        session.flush()
        for person in session.scalars(select(Employee).limit(2)):
            address = str(person.email)
            session.add(Bounce(employee_id=person.id, address=address, reason="550"))
            session.add(Letter(wave_id=wave.id, employee_id=person.id, address=address, state="unclear"))
    page = page_of(hr, cycle)
    assert "No letter reaches 2 raters: their addresses were refused." in page
    assert 'href="/staff/hr/mail/refused"' in page
    assert "Of 2 letters nobody knows whether they arrived" in page
    with transaction(databases.people) as session:  # mended: the refused address is no longer the present one
        session.execute(update(Employee).values(email="baru@example.go.id"))
    assert "No letter reaches" not in page_of(hr, cycle)
