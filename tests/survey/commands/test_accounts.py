"""`create-account`, `give-role` and `set-password`."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from survey.commands.accounts import create_command, give_command, set_password_command
from survey.db import Databases, transaction
from survey.models.accounts import Account
from survey.models.audit import AuditEvent
from survey.services.accounts import accounts
from tests.conftest import sign_in
from tests.factories import make_employee, make_unit

PASSWORD = "a long enough password"
OTHER = "another long password"


@pytest.fixture(autouse=True)
def environment(monkeypatch, databases, settings) -> None:
    """The commands read their settings from the environment, as on a server."""
    monkeypatch.setenv("CERMIN_DATA_DIRECTORY", str(settings.data_directory))


@pytest.fixture
def number(databases: Databases) -> str:
    """The number of an employee without an account."""
    with transaction(databases.people) as session:
        return make_employee(session, make_unit(session), 1).number


def run(command, *arguments: str, entered: str = PASSWORD) -> Result:
    return CliRunner().invoke(command, list(arguments), input=f"{entered}\n")


def details(databases: Databases, username: str, password: str):
    with transaction(databases.people) as session:
        return accounts.check_password(session, username, password)


def events(databases: Databases) -> list[tuple[str, dict]]:
    with transaction(databases.people) as session:
        return [(event.action, event.detail) for event in session.scalars(select(AuditEvent))]


def test_an_account_is_made_with_the_password_from_standard_input(databases, number) -> None:
    spaced = f"{number[:8]} {number[8:14]} {number[14:15]} {number[15:]}"
    result = run(create_command, "Ani", "--role", "employee", "--number", spaced)
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    found = details(databases, "ani", PASSWORD)
    assert (found.name, found.roles) == ("Pegawai 001", {"employee"})
    assert events(databases) == [("account.created", {"roles": ["employee"]})]


@pytest.mark.parametrize(
    ("arguments", "password", "words"),
    [
        (["budi", "--role", "hr_admin"], "short", "12 characters or more"),
        (["budi", "--role", "hr_admin"], "", "12 characters or more"),
        (["budi", "--role", "employee"], PASSWORD, "need --number"),
        (["budi", "--role", "unit_head"], PASSWORD, "needs --unit"),
        (["budi", "--role", "hr_operator", "--unit", "NONE"], PASSWORD, "no unit with the code NONE"),
        (
            ["budi", "--role", "hr_admin", "--number", "198001012005011009"],
            PASSWORD,
            "no employee with the number",
        ),
        (["budi", "--role", "king"], PASSWORD, "king"),
        (["  ", "--role", "hr_admin"], PASSWORD, "a username is needed"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_the_reason(databases, arguments, password, words) -> None:
    result = run(create_command, *arguments, entered=password)
    assert result.exit_code == 2
    assert words in result.stderr
    assert details(databases, "budi", password) is None


def test_a_taken_username_is_named_with_both_ways_out(databases) -> None:
    run(create_command, "budi", "--role", "hr_admin")
    result = run(create_command, " Budi ", "--role", "hr_admin", entered=OTHER)
    assert result.exit_code == 2
    assert "There is an account “budi” already. Choose another username" in result.stderr
    assert "set-password budi" in result.stderr
    assert details(databases, "budi", PASSWORD)


def test_an_employee_with_an_account_is_told_its_username(databases, number) -> None:
    run(create_command, "ani", "--role", "employee", "--number", number)
    result = run(create_command, "ani2", "--role", "employee", "--number", number)
    assert result.exit_code == 2
    assert f"The employee {number} has the account “ani” already." in result.stderr
    assert details(databases, "ani2", PASSWORD) is None


def test_a_new_password_takes_the_place_of_the_old_one(databases) -> None:
    run(create_command, "budi", "--role", "hr_admin")
    result = run(set_password_command, " Budi ", entered=OTHER)
    assert result.exit_code == 0, result.output
    assert OTHER not in result.output
    assert details(databases, "budi", OTHER)
    assert details(databases, "budi", PASSWORD) is None
    assert events(databases)[1:] == [("account.password_set", {})]


def test_a_new_password_ends_the_sessions_of_that_account_only(app, databases) -> None:
    for username in ("budi", "citra"):
        run(create_command, username, "--role", "hr_admin")
    clients = {username: sign_in(app, username, PASSWORD) for username in ("budi", "citra")}
    run(set_password_command, "budi", entered=OTHER)
    answers = {username: client.get("/staff/hr/people") for username, client in clients.items()}
    assert answers["citra"].status_code == 200
    assert answers["budi"].status_code == 302
    assert "/staff/sign-in" in answers["budi"].location


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        ("nobody", OTHER, "There is no account “nobody”."),
        ("budi", "short", "12 characters or more"),
        ("budi", "", "12 characters or more"),
    ],
)
def test_a_password_that_cannot_be_set_changes_nothing(databases, username, password, words) -> None:
    run(create_command, "budi", "--role", "hr_admin")
    result = run(set_password_command, username, entered=password)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    found = details(databases, "budi", PASSWORD)
    assert found.version == 1
    assert [action for action, _ in events(databases)] == ["account.created"]


def test_a_demo_account_keeps_its_mark_with_a_new_password(databases) -> None:
    with transaction(databases.people) as session:
        accounts.create_account(session, "demo", PASSWORD, ("hr_admin",), is_demo=True)
    run(set_password_command, "demo", entered=OTHER)
    with transaction(databases.people) as session:
        assert session.scalars(select(Account.is_demo)).one()


def test_an_auditor_gets_an_account_but_never_together_with_hr(databases) -> None:
    assert run(create_command, "inspektorat", "--role", "auditor").exit_code == 0
    assert details(databases, "inspektorat", PASSWORD).roles == {"auditor"}
    refused = run(create_command, "both", "--role", "auditor", "--role", "hr_admin")
    assert refused.exit_code == 2
    assert "two offices" in refused.output
    with transaction(databases.people) as session, pytest.raises(ValueError, match="two_offices"):
        accounts.create_account(session, "both", PASSWORD, ("hr_admin", "auditor"))


def test_the_server_gives_the_role_of_another_office_and_no_known_password_is_left(databases, number) -> None:
    run(create_command, "ani", "--role", "employee", "--number", number)
    result = run(give_command, "Ani", "--role", "approver")
    assert result.exit_code == 0, result.output
    assert "set-password ani" in result.output
    assert details(databases, "ani", PASSWORD) is None
    run(set_password_command, "ani", entered=OTHER)
    assert details(databases, "ani", OTHER).roles == {"employee", "approver"}
    assert ("grant.give", {"role": "approver", "unit": ""}) in events(databases)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "--role", "auditor"], "There is no account"),
        (["hr", "--role", "auditor"], "two offices"),
        (["hr", "--role", "hr_admin"], "already"),
        (["hr", "--role", "unit_head"], "needs --unit"),
        (["hr", "--role", "unit_head", "--unit", "X"], "no unit with this code"),
        (["hr", "--role", "hr_admin", "--unit", "X"], "leave --unit out"),
        (["hr", "--role", "employee"], "--number"),
    ],
)
def test_a_role_that_cannot_be_given_is_refused_in_words(databases, arguments, words) -> None:
    run(create_command, "hr", "--role", "hr_admin")
    result = run(give_command, *arguments)
    assert result.exit_code != 0
    assert words in result.output
