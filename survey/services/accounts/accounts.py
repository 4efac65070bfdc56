"""Accounts: make one, check a password, say what it may do."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from survey.exceptions import AccountRefused
from survey.models.accounts import Account, Grant
from survey.services.accounts import access, passwords
from survey.services.accounts.access import Reach
from survey.services.auditing import audit

_hasher = PasswordHasher()
# A hash to check against when there is no such account, so that the answer takes as long.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class AccountDetails:
    """What the sign-in needs to know of an account."""

    account_id: int
    version: int
    name: str
    employee_id: int | None
    reaches: Mapping[str, Reach]  # by role

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.reaches)


def create_account(
    session: Session,
    username: str,
    password: str,
    roles: tuple[str, ...],
    employee_id: int | None = None,
    is_demo: bool = False,
    unit_id: int | None = None,
) -> Account:
    """Add an account; roles that are held over a unit are held over `unit_id` with all below it.

    Raises
    ------
    ValueError
        The password is weak, or the roles do not go together, with this employee, or without a unit.
    """
    _check(password, username)
    if found := access.faults(roles, employee_id, unit_id):
        raise ValueError(f"roles: {', '.join(found)}")
    account = Account(
        username=username.strip().lower(),
        password_hash=_hasher.hash(password),
        employee_id=employee_id,
        is_demo=is_demo,
        grants=[
            Grant(role=role, unit_id=unit_id if role in access.MAY_HAVE_UNIT else None) for role in roles
        ],
    )
    session.add(account)
    session.flush()
    return account


def check_password(session: Session, username: str, password: str) -> AccountDetails | None:
    """The account, if username and password belong together."""
    account = session.scalar(_with_details().where(Account.username == username.strip().lower()))
    try:
        _hasher.verify(account.password_hash if account else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    return _details(session, account) if account and account.is_active else None


def find_account(session: Session, account_id: int, version: int) -> AccountDetails | None:
    """The account of a running session, unless it was ended meanwhile."""
    account = session.scalar(_with_details().where(Account.id == account_id, Account.version == version))
    return _details(session, account) if account and account.is_active else None


def has_demo_accounts(session: Session) -> bool:
    """Whether accounts with printed passwords exist; production refuses to serve then."""
    return bool(session.scalar(select(func.count()).select_from(Account).where(Account.is_demo)))


def end_sessions(session: Session, account_id: int) -> None:
    """Make every session cookie of the account worthless."""
    session.get_one(Account, account_id).version += 1


def set_password(session: Session, account_id: int, password: str) -> None:
    """Change a password and end the account's other sessions; ValueError where the password is weak."""
    account = session.get_one(Account, account_id)
    _check(password, account.username)
    account.password_hash = _hasher.hash(password)
    account.version += 1


def change_password(session: Session, account_id: int, current: str, password: str) -> None:
    """Let an account change its own password.

    Raises
    ------
    AccountRefused
        `current`: it is not the password until now. Else what is wrong with the new one.
    """
    account = session.get_one(Account, account_id)
    if check_password(session, account.username, current) is None:
        raise AccountRefused("current")
    person = account.employee
    words, number = ([account.username, person.name], person.number) if person else ([account.username], None)
    for fault in passwords.faults(password, words, number):
        raise AccountRefused(fault)
    set_password(session, account_id, password)
    audit.record(session, account_id, "account.password_changed", f"account {account_id}")


def _check(password: str, username: str) -> None:
    if found := passwords.faults(password, [username]):
        raise ValueError(f"password: {', '.join(found)}")


def _with_details() -> Select[Account]:
    return select(Account).options(selectinload(Account.employee), selectinload(Account.grants))


def _details(session: Session, account: Account) -> AccountDetails:
    return AccountDetails(
        account_id=account.id,
        version=account.version,
        name=account.employee.name if account.employee else account.username,
        employee_id=account.employee_id,
        reaches=access.reaches(session, account),
    )
