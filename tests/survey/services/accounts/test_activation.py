"""Sealed slips: a code works once, for its person, until its last day; the desk keeps nothing usable."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text

from survey.db import Databases, reading, transaction
from survey.exceptions import AccountRefused
from survey.models.accounts import Account, Activation, Grant
from survey.models.audit import AuditEvent
from survey.models.people import Employee, Unit
from survey.services.accounts import accounts, activation
from survey.services.accounts.access import WHOLE_CITY, Reach
from survey.services.accounts.activation import AccountSlip
from tests.conftest import PASSWORD
from tests.factories import TODAY, make_team, make_unit

CHOSEN = "kucing hujan meja biru"


@pytest.fixture
def unit(databases: Databases) -> Unit:
    with transaction(databases.people) as session:
        unit = make_unit(session)
        team = make_team(session, unit, 3)
        for person, name in zip(
            team, ("Drs. Budi Hatta, M.Si.", "Siti Aminah", "Siti Aminah", "Yusuf"), strict=True
        ):
            person.name = name
        return unit


def print_all(databases: Databases, unit: Unit, chosen: list[str] | None = None) -> list[AccountSlip]:
    with transaction(databases.people) as session:
        by = session.scalar(select(Account.id).where(Account.username == "desk"))
        if by is None:
            by = accounts.create_account(session, "desk", PASSWORD, ("hr_operator",), unit_id=unit.id).id
        return activation.print_slips(session, by, Reach(frozenset({unit.id})), unit, TODAY, chosen)


def activate(databases: Databases, slip: AccountSlip, password: str = CHOSEN, days: int = 0) -> None:
    with transaction(databases.people) as session:
        activation.activate(session, slip.username, slip.code, password, TODAY + timedelta(days=days))


def refusal(databases: Databases, slip: AccountSlip, password: str = CHOSEN, days: int = 0) -> str:
    with pytest.raises(AccountRefused) as refused:
        activate(databases, slip, password, days)
    return refused.value.code


def signs_in(databases: Databases, username: str, password: str) -> bool:
    with reading(databases.people) as session:
        return accounts.check_password(session, username, password) is not None


@pytest.mark.db
def test_everybody_of_a_unit_gets_an_account_and_activates_it(databases: Databases, unit: Unit) -> None:
    slips = print_all(databases, unit)
    assert sorted(slip.username for slip in slips) == ["budi.hatta", "siti.aminah", "siti.aminah2", "yusuf"]
    assert not any(signs_in(databases, slip.username, "") for slip in slips)
    for slip in slips:
        activate(databases, slip)
        assert signs_in(databases, slip.username, CHOSEN)
    with reading(databases.people) as session:
        roles = {
            account.username: {grant.role for grant in account.grants}
            for account in session.scalars(select(Account))
        }
        assert session.scalars(select(Activation)).all() == []
    assert roles["budi.hatta"] == {"employee", "supervisor"}
    assert roles["yusuf"] == {"employee"}


def test_a_code_works_once_for_its_person_until_its_last_day(databases: Databases, unit: Unit) -> None:
    first, second, *_others = print_all(databases, unit)
    swapped = AccountSlip(first.name, first.job_title, first.username, second.code)
    assert refusal(databases, swapped) == "code"
    assert refusal(databases, first, days=activation.DAYS_VALID + 1) == "code"
    activate(databases, first, days=activation.DAYS_VALID)
    assert refusal(databases, first, "lain lagi katanya dia") == "code"
    assert signs_in(databases, first.username, CHOSEN)


def test_codes_have_eighty_random_bits_and_are_kept_as_hashes_alone(databases: Databases, unit: Unit) -> None:
    slips = print_all(databases, unit)
    assert len({slip.code for slip in slips}) == 4
    assert all(len(slip.code.replace("-", "")) * 5 >= 60 for slip in slips)
    with databases.people.connect() as connection:
        rows = [
            repr(connection.execute(text(f"SELECT * FROM {name}")).all())
            for name in ("activations", "audit_events")
        ]
    assert not any(slip.code in row for slip in slips for row in rows)


def test_a_new_slip_ends_the_older_code_and_not_the_password(databases: Databases, unit: Unit) -> None:
    slips = print_all(databases, unit)
    activate(databases, slips[0])
    with reading(databases.people) as session:
        ids = dict(session.execute(select(Employee.name, Employee.public_id)).all())
    (reset,) = print_all(databases, unit, [ids[slips[0].name]])
    assert signs_in(databases, reset.username, CHOSEN)
    (again,) = print_all(databases, unit, [ids[slips[0].name]])
    assert refusal(databases, reset) == "code"
    activate(databases, again, "lain lagi katanya dia")
    assert not signs_in(databases, reset.username, CHOSEN)
    with reading(databases.people) as session:
        events = session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id)).all()
    assert [action for action, _detail in events] == [
        "activation.print",
        "account.activated",
        "activation.print",
        "activation.print",
        "account.reset",
    ]
    assert events[2].detail["slips"] == 1


def test_all_means_those_who_cannot_sign_in(databases: Databases, unit: Unit) -> None:
    slips = print_all(databases, unit)
    activate(databases, slips[0])
    assert len(print_all(databases, unit)) == 3


@pytest.mark.parametrize(
    ("password", "code"),
    [("pendek", "short"), ("password1234", "guessable"), ("meja 198001 laut biru", "number")],
)
def test_a_weak_password_is_refused_and_the_code_stays_good(
    databases: Databases, unit: Unit, password: str, code: str
) -> None:
    slip = print_all(databases, unit)[0]
    assert refusal(databases, slip, password) == code
    activate(databases, slip)


def test_who_holds_an_office_or_is_switched_off_gets_no_slip(databases: Databases, unit: Unit) -> None:
    with transaction(databases.people) as session:
        people = session.scalars(select(Employee).order_by(Employee.id)).all()
        accounts.create_account(session, "setda", PASSWORD, ("employee", "approver"), people[0].id)
        accounts.create_account(session, "gone", PASSWORD, ("employee",), people[1].id).is_active = False
    assert len(print_all(databases, unit, [person.public_id for person in people])) == 2
    with reading(databases.people) as session:
        states = [person.state for person in activation.staff(session, WHOLE_CITY, unit.id, TODAY)]
    assert sorted(states) == ["off", "office", "waiting", "waiting"]


@pytest.mark.parametrize("role", ["approver", "auditor", "hr_admin"])
def test_an_account_of_an_office_is_not_activated(databases: Databases, unit: Unit, role: str) -> None:
    slip = print_all(databases, unit)[0]
    with transaction(databases.people) as session:
        account = session.scalars(select(Account).where(Account.username == slip.username)).one()
        account.grants.append(Grant(role=role))  # however it came there, with the slip still good
    assert refusal(databases, slip) == "code"


@pytest.mark.db
def test_a_desk_prints_for_nobody_who_sees_more_than_the_desk(databases: Databases, unit: Unit) -> None:
    with transaction(databases.people) as session:
        other = make_unit(session, "LAIN", "Lain")
        head, leads_other, leads_own, plain = session.scalars(select(Employee).order_by(Employee.id)).all()
        _top, report = make_team(session, other, 1, first=50)
        report.supervisor_id = head.id
        for person, name, place in ((leads_other, "luas", other), (leads_own, "sini", unit)):
            accounts.create_account(session, name, PASSWORD, ("unit_head",), person.id, unit_id=place.id)
        ids = [person.public_id for person in (head, leads_other, leads_own, plain)]
    assert {slip.name for slip in print_all(databases, unit, ids)} == {leads_own.name, plain.name}
    with reading(databases.people) as session:
        of_desk = activation.staff(session, Reach(frozenset({unit.id})), unit.id, TODAY)
        of_city = activation.staff(session, WHOLE_CITY, unit.id, TODAY)
    assert sorted(person.state for person in of_desk) == ["beyond", "beyond", "waiting", "waiting"]
    assert all(person.can_get_slip for person in of_city)


def test_a_switched_off_account_is_not_activated(databases: Databases, unit: Unit) -> None:
    slip = print_all(databases, unit)[0]
    with transaction(databases.people) as session:
        session.query(Account).filter_by(username=slip.username).update({"is_active": False})
    assert refusal(databases, slip) == "code"


def test_the_desk_takes_as_many_statements_for_many_people_as_for_few(
    databases: Databases,
    unit: Unit,
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    counts = []
    for size in (3, 40):
        with transaction(databases.people) as session:
            place = make_unit(session, f"U{size}", f"Unit {size}")
            make_team(session, place, size, first=size + 100)
        with count_statements(databases.people) as counted, reading(databases.people) as session:
            activation.units(session, WHOLE_CITY)
            activation.staff(session, Reach(frozenset({place.id})), place.id, TODAY)
        counts.append(counted())
    assert counts == [2, 2]
