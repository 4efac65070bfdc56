"""Reach: units with all below them, a team, the whole city; what lies outside is not there."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import NotFound, RequestRefused
from survey.models.accounts import Account, Grant
from survey.models.cycles import Cycle
from survey.models.people import Employee, Unit
from survey.services.accounts import access, accounts
from survey.services.accounts.access import NOBODY, WHOLE_CITY, Reach
from survey.services.cycles import planning
from survey.services.documents.listing import Wanted
from survey.services.organisation import people, people_lists
from survey.services.papers import distribution, replacing
from survey.services.results import exports, reports
from tests.conftest import PASSWORD, sign_in
from tests.factories import close, make_employee, make_team, make_unit, open_cycle
from tests.survey.results import accept


@pytest.fixture
def city(databases: Databases) -> dict[str, Unit]:
    """An office with a clinic below it, and another office."""
    with transaction(databases.people) as session:
        office, other = make_unit(session), make_unit(session, "LAIN", "Dinas Lain")
        clinic = Unit(code="PKM", name="Puskesmas", parent_id=office.id)
        session.add(clinic)
        session.flush()
        make_team(session, office, 6)
        make_team(session, clinic, 6, first=101)
        for person in make_team(session, other, 6, first=201):
            person.name = f"Asing {person.number[-3:]}"
    return {"office": office, "clinic": clinic, "other": other}


@pytest.fixture
def desk(app: Flask, databases: Databases, city: dict[str, Unit]) -> FlaskClient:
    """The personnel desk of the office."""
    with transaction(databases.people) as session:
        accounts.create_account(session, "desk", PASSWORD, ("hr_operator",), unit_id=city["office"].id)
    return sign_in(app, "desk")


def reaches(databases: Databases, roles: tuple[str, ...], **where: int) -> dict[str, Reach]:
    with transaction(databases.people) as session:
        account = accounts.create_account(session, "x", PASSWORD, roles, **where)
        return access.reaches(session, account)


def test_a_role_over_a_unit_reaches_all_units_below_it(databases: Databases, city: dict[str, Unit]) -> None:
    found = reaches(databases, ("hr_operator", "unit_head"), unit_id=city["office"].id)
    below = Reach(frozenset({city["office"].id, city["clinic"].id}))
    assert found == {"hr_operator": below, "unit_head": below}


def test_without_a_unit_hr_reaches_the_city_and_a_person_only_what_is_hers(
    databases: Databases, city: dict[str, Unit]
) -> None:
    with transaction(databases.people) as session:
        person = make_employee(session, city["clinic"], 300)
    found = reaches(databases, ("hr_admin", "employee", "supervisor"), employee_id=person.id)
    assert found == {"hr_admin": WHOLE_CITY, "employee": NOBODY, "supervisor": Reach(frozenset(), person.id)}


def test_two_grants_of_a_role_reach_both_units_and_a_grant_without_unit_wins(
    databases: Databases, city: dict[str, Unit]
) -> None:
    with transaction(databases.people) as session:
        account = Account(username="x", password_hash="", grants=[])
        account.grants = [Grant(role="hr_operator", unit_id=city[name].id) for name in ("clinic", "other")]
        both = access.reaches(session, account)["hr_operator"]
        assert both.unit_ids == {city["clinic"].id, city["other"].id}
        account.grants.append(Grant(role="hr_operator", unit_id=None))
        assert access.reaches(session, account)["hr_operator"].is_city


@pytest.mark.parametrize(
    ("roles", "where", "codes"),
    [
        (("hr_admin", "approver"), {}, ["two_offices"]),
        (("hr_operator", "auditor"), {}, ["two_offices"]),
        (("approver", "auditor"), {}, ["two_offices"]),
        (("supervisor",), {}, ["employee_missing"]),
        (("unit_head",), {}, ["unit_missing"]),
        (("king",), {}, ["role_unknown"]),
        (("hr_admin", "hr_operator", "employee"), {"employee_id": 1}, []),
    ],
)
def test_roles_that_do_not_go_together_are_named(
    roles: tuple[str, ...], where: dict[str, int], codes: list[str]
) -> None:
    assert access.faults(roles, where.get("employee_id"), where.get("unit_id")) == codes


def test_who_lies_outside_is_not_found(databases: Databases, city: dict[str, Unit]) -> None:
    with reading(databases.people) as session:
        office = Reach(access.units_below(session)[city["office"].id])
        stranger = session.query(Employee).filter_by(unit_id=city["other"].id).first()
        member = session.query(Employee).filter_by(unit_id=city["clinic"].id).first()
        assert stranger and member
        assert people.employee_details(session, office, member.public_id).employee is member
        for read, of in (
            (people.employee_details, (stranger.public_id,)),
            (people.unit_details, (city["other"].public_id,)),
            (planning.find_unit, (city["other"].public_id,)),
        ):
            with pytest.raises(NotFound):
                read(session, office, *of)  # type: ignore[operator]
        assert {unit.code for unit in people.unit_overview(session, office)} == {"DINKES", "PKM"}
        assert people_lists.employees(session, office, Wanted("Asing")).total == 0
        assert list(people.find_units(session, office, "Lain")) == []
        assert people_lists.employees(session, WHOLE_CITY, Wanted("Asing")).total == 7


def test_a_supervisor_reaches_direct_reports_alone(databases: Databases, city: dict[str, Unit]) -> None:
    with reading(databases.people) as session:
        head = session.query(Employee).filter_by(number="198001012005011101").one()
        team = Reach(frozenset(), head.id)
        assert people_lists.employees(session, team, Wanted()).total == 6
        with pytest.raises(NotFound):
            people.employee_details(session, team, head.public_id)


def test_a_cycle_shows_a_desk_its_own_units_alone(
    databases: Databases, settings: Settings, city: dict[str, Unit]
) -> None:
    cycle = open_cycle(databases, settings)
    with transaction(databases.people) as session:
        office = Reach(access.units_below(session)[city["office"].id])
        found = session.get_one(Cycle, cycle.id)
        assert {each.unit for each in distribution.participation(session, office, found)} == {
            "Dinas Kesehatan",
            "Puskesmas",
        }
        assert len(planning.units_of_raters(session, office, found)) == 2
        asker = accounts.create_account(session, "x", PASSWORD, ("hr_operator",)).id
        with pytest.raises(RequestRefused, match="rater_unknown"):
            replacing.ask(session, office, found, asker, "198001012005011202", "Hilang")
        replacing.ask(session, WHOLE_CITY, found, asker, "198001012005011202", "Hilang")
        assert replacing.of_cycle(session, office, found) == []
        assert len(replacing.of_cycle(session, WHOLE_CITY, found)) == 1
    close(databases, settings, cycle)
    accept(databases, cycle)
    with reading(databases.people) as session:
        found = session.get_one(Cycle, cycle.id)
        assert reports.result_page(session, WHOLE_CITY, found, Wanted()).total == 21
        assert reports.result_page(session, office, found, Wanted()).total == 14
        assert reports.overview(session, office, found).total == 14
        assert len(list(exports.appraisal_table(session, office, found, str, "en").rows)) == 14


def test_no_page_names_a_stranger_to_a_unit_desk(
    databases: Databases, settings: Settings, city: dict[str, Unit], desk: FlaskClient, hr: FlaskClient
) -> None:
    cycle = open_cycle(databases, settings)
    with reading(databases.people) as session:
        stranger = session.query(Employee).filter_by(unit_id=city["other"].id).first()
    assert stranger
    base = f"/staff/hr/cycles/{cycle.public_id}"
    for path in ("/staff/hr/people", "/staff/hr/people/employees?q=Asing", base, f"{base}/slips"):
        page = desk.get(path)
        assert page.status_code == 200, path
        assert "Dinas Lain" not in page.text and stranger.name not in page.text, path
    for path in (
        f"/staff/hr/people/units/{city['other'].public_id}",
        f"/staff/hr/people/employees/{stranger.public_id}",
        f"{base}/slips/{city['other'].public_id}",
    ):
        assert desk.get(path).status_code == 404, path
        assert hr.get(path).status_code == 200, path
    assert desk.post(f"{base}/slips/{city['other'].public_id}").status_code == 404
    assert desk.post(f"{base}/slips/{city['clinic'].public_id}").status_code == 200
    close(databases, settings, cycle)
    accept(databases, cycle)
    for path in (f"{base}/results", f"{base}/appraisals.csv"):
        assert "Pegawai 101" in desk.get(path).text, path
        assert "Asing" in hr.get(path).text, path
        assert "Asing" not in desk.get(path).text, path


def test_what_an_account_may_not_open_is_not_offered(
    databases: Databases, settings: Settings, city: dict[str, Unit], desk: FlaskClient, hr: FlaskClient
) -> None:
    cycle = open_cycle(databases, settings)
    path = f"/staff/hr/cycles/{cycle.public_id}"
    assert f"{path}/close" in hr.get(path).text
    assert f"{path}/close" not in desk.get(path).text
    assert f"{path}/slips" in desk.get(path).text
    assert "/staff/hr/service-points" not in desk.get(path).text


def test_the_reach_costs_one_statement_and_only_where_a_unit_is_named(
    databases: Databases,
    desk: FlaskClient,
    hr: FlaskClient,
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    counts = []
    for client in (hr, desk):
        with count_statements(databases.people) as counted:
            client.get("/staff/hr/instruments")
        counts.append(counted())
    assert counts[1] == counts[0] + 1
