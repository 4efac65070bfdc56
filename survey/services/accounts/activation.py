"""First passwords and new ones, without e-mail: a desk prints sealed slips, people set passwords themselves.

A slip's code is known in the moment of printing and kept as a hash. It works once, until its last day, with
the username; nothing that others know about a person (her number, her birthday) is any part of it.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, false, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from survey.exceptions import AccountRefused
from survey.models.accounts import Account, Activation, Grant
from survey.models.people import Employee, Unit
from survey.services.accounts import accounts, passwords
from survey.services.accounts.access import EMPLOYEE, OFFICES, SUPERVISOR, Reach
from survey.services.auditing import audit
from survey.services.documents.listing import ListPage, Wanted, page_of_rows
from survey.services.secrets.codes import code_hash, new_code

DAYS_VALID = 14
# What a person of a unit needs now.
NEW, WAITING, EXPIRED, ACTIVE, OFF = "new", "waiting", "expired", "active", "off"
OFFICE, BEYOND = "office", "beyond"
WITHOUT_PASSWORD = (NEW, WAITING, EXPIRED)


@dataclass(frozen=True)
class DeskUnit:
    """A unit with the number of its active employees, and of those who can sign in."""

    public_id: str
    name: str
    employees: int
    active: int


@dataclass(frozen=True)
class DeskPerson:
    """An employee of a unit as the desk sees her: whether she can sign in, never with what."""

    public_id: str
    name: str
    job_title: str
    username: str
    state: str
    until: date | None

    @property
    def can_get_slip(self) -> bool:
        """Whoever may see more than the desk gets no slip of it: the desk could act in her place with it."""
        return self.state not in (OFFICE, BEYOND, OFF)


@dataclass(frozen=True)
class AccountSlip:
    """A code on its way to its person; known in this moment only."""

    name: str
    job_title: str
    username: str
    code: str


def units(session: Session, reach: Reach) -> list[DeskUnit]:
    """The units within reach, with how many of their people can sign in."""
    has_password = (Account.password_hash != "") & Account.is_active
    rows = session.execute(
        select(
            Unit.public_id, Unit.name, func.count(Employee.id), func.count(Account.id).filter(has_password)
        )
        .join(Employee, (Employee.unit_id == Unit.id) & Employee.is_active)
        .outerjoin(Account, Account.employee_id == Employee.id)
        .where(reach.has_unit(Unit.id))
        .group_by(Unit.id, Unit.public_id, Unit.name)
        .order_by(Unit.name, Unit.public_id)
    )
    return [DeskUnit(*row) for row in rows]


def listed_units(session: Session, reach: Reach, wanted: Wanted) -> ListPage:
    """One page of them."""
    orders: dict[str, Callable[[DeskUnit], Any]] = {
        "name": lambda unit: unit.name,
        "employees": lambda unit: unit.employees,
        "active": lambda unit: unit.active,
    }
    return page_of_rows(units(session, reach), wanted, orders, lambda unit: unit.name)


def staff(session: Session, reach: Reach, unit_id: int, today: date) -> list[DeskPerson]:
    """The active employees of a unit by name, and where each stands for a desk of this reach."""
    rows = session.execute(
        select(
            Employee.public_id,
            Employee.name,
            Employee.job_title,
            Account.username,
            (Account.password_hash != "").label("has_password"),
            Account.is_active.label("is_on"),
            _holds_office().label("of_office"),
            _sees_beyond(reach).label("sees_beyond"),
            Activation.expires_on.label("until"),
        )
        .outerjoin(Account, Account.employee_id == Employee.id)
        .outerjoin(Activation, Activation.account_id == Account.id)
        .where(Employee.unit_id == unit_id, Employee.is_active)
        .order_by(Employee.name, Employee.id)
    )
    return [
        DeskPerson(row.public_id, row.name, row.job_title, row.username or "", _state(row, today), row.until)
        for row in rows
    ]


def _holds_office() -> ColumnElement[bool]:
    return exists().where(Grant.account_id == Account.id, Grant.role.in_(OFFICES))


def _sees_beyond(reach: Reach) -> ColumnElement[bool]:
    """Condition: the employee leads a unit or people outside the reach, with a grant or by the chart."""
    if reach.is_city:
        return false()
    report = aliased(Employee)
    leads_unit = exists().where(
        Grant.account_id == Account.id, Grant.unit_id.is_not(None), ~reach.has_unit(Grant.unit_id)
    )
    leads_people = exists().where(
        report.supervisor_id == Employee.id, report.is_active, ~reach.has_unit(report.unit_id)
    )
    return or_(leads_unit, leads_people)


def _state(row: Any, today: date) -> str:
    if row.username is not None and not row.is_on:
        return OFF
    if row.of_office or row.sees_beyond:
        return OFFICE if row.of_office else BEYOND
    return NEW if row.username is None else _state_of_code(row, today)


def _state_of_code(row: Any, today: date) -> str:
    if row.until is not None:
        return WAITING if row.until >= today else EXPIRED
    return ACTIVE if row.has_password else EXPIRED


def print_slips(
    session: Session, by: int, reach: Reach, unit: Unit, today: date, chosen: Collection[str] | None = None
) -> list[AccountSlip]:
    """Fresh codes for the chosen people of a unit, or for all who cannot sign in yet; older codes end.

    Whoever has a password keeps it until the code is used. Accounts are made where there are none.
    """
    wanted = [
        person.public_id
        for person in staff(session, reach, unit.id, today)
        if person.can_get_slip
        and (person.state in WITHOUT_PASSWORD if chosen is None else person.public_id in chosen)
    ]
    if not wanted:
        return []
    of_wanted = Employee.public_id.in_(wanted)
    _make_accounts(session, of_wanted)
    rows = session.execute(
        select(Account.id, Account.username, Employee.name, Employee.job_title)
        .join(Employee, Employee.id == Account.employee_id)
        .where(of_wanted)
        .order_by(Employee.name, Employee.id)
    ).all()
    slips = {row.id: AccountSlip(row.name, row.job_title, row.username, new_code()) for row in rows}
    session.execute(delete(Activation).where(Activation.account_id.in_(slips)))
    expires_on = today + timedelta(days=DAYS_VALID)
    session.execute(
        insert(Activation),
        [
            {"account_id": account, "code_hash": code_hash(slip.code), "expires_on": expires_on}
            for account, slip in slips.items()
        ],
    )
    numbers = " ".join(str(account) for account in sorted(slips))
    audit.record(session, by, "activation.print", f"unit {unit.code}", slips=len(slips), accounts=numbers)
    return list(slips.values())


def _make_accounts(session: Session, of_wanted: ColumnElement[bool]) -> None:
    report = aliased(Employee)
    leads = exists().where(report.supervisor_id == Employee.id, report.is_active)
    without = session.execute(
        select(Employee.id, Employee.name, leads)
        .outerjoin(Account, Account.employee_id == Employee.id)
        .where(of_wanted, Account.id.is_(None))
        .order_by(Employee.id)
    ).all()
    taken = set(session.scalars(select(Account.username)))
    for employee_id, name, is_leader in without:
        username = next(each for each in _usernames(name) if each not in taken)
        taken.add(username)
        roles = (EMPLOYEE, SUPERVISOR) if is_leader else (EMPLOYEE,)
        session.add(
            Account(
                username=username,
                password_hash="",
                employee_id=employee_id,
                grants=[Grant(role=role) for role in roles],
            )
        )
    session.flush()


def _usernames(name: str) -> Iterator[str]:
    """First and last name in small letters, then the same with numbers; titles are left out."""
    plain = unicodedata.normalize("NFKD", name.split(",")[0]).encode("ascii", "ignore").decode()
    parts = [re.sub(r"[^a-z0-9]", "", part.lower()) for part in plain.split() if not part.endswith(".")]
    parts = [part for part in parts if part]
    first = ".".join(dict.fromkeys([*parts[:1], *parts[-1:]])) or "pegawai"
    yield first
    number = 2
    while True:
        yield f"{first}{number}"
        number += 1


def activate(session: Session, username: str, code: str, password: str, today: date) -> None:
    """Set a password with the code from a slip; the code and all older sessions of the account end.

    Raises
    ------
    AccountRefused
        `code`: username and code do not belong together, the code is used, voided or too old, or the account
        holds an office. Else what is wrong with the password (`passwords.faults`).
    """
    audit.hold_chain(session)  # a code works once, even when it is sent twice at once
    found = session.execute(
        select(Account, Employee.name, Employee.number)
        .join(Activation, Activation.account_id == Account.id)
        .join(Employee, Employee.id == Account.employee_id)
        .where(
            Activation.code_hash == code_hash(code),
            Activation.expires_on >= today,
            Account.username == username.strip().lower(),
            Account.is_active,
            ~_holds_office(),
        )
    ).one_or_none()
    if found is None:
        raise AccountRefused("code")
    account, name, number = found
    for fault in passwords.faults(password, [account.username, name], number):
        raise AccountRefused(fault)
    is_first = account.password_hash == ""
    accounts.set_password(session, account.id, password)
    session.execute(delete(Activation).where(Activation.account_id == account.id))
    audit.record(
        session, account.id, "account.activated" if is_first else "account.reset", f"account {account.id}"
    )
