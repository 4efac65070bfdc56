"""Make accounts and change their passwords. A password is asked for or read, never an argument."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.config import load_settings
from survey.db import connect, reading, transaction
from survey.exceptions import AccountRefused
from survey.models.accounts import Account
from survey.services.accounts import access, accounts, grants, passwords
from survey.services.auditing import audit
from survey.services.organisation import people
from survey.services.organisation.employee_numbers import digits_of

FAULTS = {
    "two_offices": "These roles belong to two offices, one that asks and one that decides: make two accounts"
    " for two people.",
    "employee_missing": "The roles employee and supervisor need --number NIP.",
    "unit_missing": "The role unit_head needs --unit CODE.",
    "unit_unknown": "There is no unit with this code. Import units first.",
    "unit_not_for_role": "This role is not held over a unit: leave --unit out.",
    "held": "The account holds this role already.",
}

WEAK = {
    "short": f"The password needs {passwords.SHORTEST} characters or more.",
    "long": f"The password has more than {passwords.LONGEST} characters.",
    "guessable": "The password is easily guessed. Take four words that have nothing to do with each other.",
}


@click.command("create-account")
@click.argument("username")
@click.option("--role", "roles", type=click.Choice(access.ROLES), multiple=True, required=True)
@click.option("--number", help="The NIP of the employee who signs in with this account.")
@click.option("--unit", "code", help="The code of the unit that hr_operator or unit_head is held over.")
def create_command(username: str, roles: tuple[str, ...], number: str | None, code: str | None) -> None:
    """Make an account. The password is asked for, or read from standard input."""
    name = _name_of(username)
    with _people() as engine:
        with reading(engine) as session:
            employee_id = _free_employee(session, name, number)
            unit_id = _unit(session, code)
        for fault in access.faults(roles, employee_id, unit_id):
            raise click.UsageError(FAULTS[fault])
        password = _read_password(name)
        try:
            with transaction(engine) as session:
                account = accounts.create_account(
                    session, name, password, roles, employee_id, unit_id=unit_id
                )
                audit.record(session, None, "account.created", f"account {account.id}", roles=list(roles))
        except IntegrityError as error:  # somebody was faster
            raise click.UsageError("That username or employee has got an account just now.") from error
    click.echo(f"The account “{name}” can sign in.")


@click.command("set-password")
@click.argument("username")
def set_password_command(username: str) -> None:
    """Give an account a new password and end its sessions.

    The password is asked for, or read from standard input.
    """
    name = _name_of(username)
    with _people() as engine:
        with reading(engine) as session:
            account_id = _account(session, name)
        password = _read_password(name)
        with transaction(engine) as session:
            accounts.set_password(session, account_id, password)
            audit.record(session, None, "account.password_set", f"account {account_id}")
    click.echo(
        f"The account “{name}” has the new password. Whoever was signed in with it must sign in again."
    )


@click.command("give-role")
@click.argument("username")
@click.option("--role", type=click.Choice(access.ROLES), required=True)
@click.option("--unit", "code", default="", help="The code of the unit that the role is held over.")
def give_command(username: str, role: str, code: str) -> None:
    """Give an account one more role; no page gives those of the approver and the auditor.

    With the first role of an office its password and a code on a slip end.
    """
    name = _name_of(username)
    with _people() as engine:
        try:
            with transaction(engine) as session:
                account_id = _account(session, name)
                grants.grant(session, None, account_id, role, code)
                is_open = not session.get_one(Account, account_id).password_hash
        except AccountRefused as refused:
            raise click.UsageError(FAULTS[refused.code]) from refused
    click.echo(f"The account “{name}” holds the role {role}.")
    if is_open:
        click.echo(f"It has no password now. Set one together with its person: set-password {name}")


def _account(session: Session, name: str) -> int:
    account_id = session.scalar(select(Account.id).where(Account.username == name))
    if account_id is None:
        raise click.UsageError(f"There is no account “{name}”. Make it: create-account {name} --role ROLE")
    return account_id


@contextmanager
def _people() -> Iterator[Engine]:
    engine = connect(load_settings().people_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _name_of(username: str) -> str:
    """The username as it is stored."""
    name = username.strip().lower()
    if not name:
        raise click.UsageError("a username is needed")
    return name


def _free_employee(session: Session, name: str, number: str | None) -> int | None:
    """The employee of the new account, if one is named; refuses when anything is taken or unknown."""
    if session.scalar(select(Account.id).where(Account.username == name)) is not None:
        raise click.UsageError(
            f"There is an account “{name}” already. Choose another username, or give that account a new"
            f" password: set-password {name}"
        )
    if not number:
        return None
    employee_id = people.employee_id_of(session, digits_of(number))
    if employee_id is None:
        raise click.UsageError(f"There is no employee with the number {number}. Import employees first.")
    taken = session.scalar(select(Account.username).where(Account.employee_id == employee_id))
    if taken is not None:
        raise click.UsageError(f"The employee {number} has the account “{taken}” already.")
    return employee_id


def _unit(session: Session, code: str | None) -> int | None:
    unit_id = people.unit_id_of(session, code) if code else None
    if code and unit_id is None:
        raise click.UsageError(f"There is no unit with the code {code}. Import units first.")
    return unit_id


def _read_password(username: str) -> str:
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    for fault in passwords.faults(password, [username]):
        raise click.UsageError(WEAK[fault])
    return password
