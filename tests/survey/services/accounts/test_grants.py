"""Giving and taking roles: never one's own, never the last admin's, every act in the trail."""

import pytest
from sqlalchemy import select

from survey.db import Databases, reading, transaction
from survey.exceptions import AccountRefused, NotFound
from survey.models.accounts import Account, Activation, Grant
from survey.models.audit import AuditEvent
from survey.services.accounts import accounts, grants
from survey.services.documents.listing import Wanted
from tests.conftest import PASSWORD
from tests.factories import TODAY, make_employee, make_unit


@pytest.fixture
def ids(databases: Databases) -> dict[str, int]:
    """An admin, an operator, an approver, somebody of the staff, and an account without a person."""
    with transaction(databases.people) as session:
        unit = make_unit(session)
        person = make_employee(session, unit, 5)
        roles = {"admin": "hr_admin", "operator": "hr_operator", "approver": "approver"}
        made = {
            name: accounts.create_account(session, name, PASSWORD, (role,)) for name, role in roles.items()
        }
        made["staff"] = accounts.create_account(session, "staff", PASSWORD, ("employee",), person.id)
        made["nobody"] = accounts.create_account(session, "nobody", PASSWORD, ())
        return {name: account.id for name, account in made.items()}


def roles_of(databases: Databases, account_id: int) -> set[tuple[str, bool]]:
    with reading(databases.people) as session:
        held = session.scalars(select(Grant).where(Grant.account_id == account_id))
        return {(grant.role, grant.unit_id is not None) for grant in held}


def give(databases: Databases, by: int, to: int, role: str, unit: str = "") -> None:
    with transaction(databases.people) as session:
        grants.grant(session, by, to, role, unit)


def refused(databases: Databases, act: str, *arguments: object) -> str:
    with pytest.raises(AccountRefused) as fact, transaction(databases.people) as session:
        getattr(grants, act)(session, *arguments)
    return fact.value.code


def test_a_role_is_given_and_taken_and_both_are_noted(databases: Databases, ids: dict[str, int]) -> None:
    give(databases, ids["admin"], ids["staff"], "unit_head", " dinkes ")
    assert roles_of(databases, ids["staff"]) == {("employee", False), ("unit_head", True)}
    with transaction(databases.people) as session:
        held = session.scalars(select(Grant.id).where(Grant.role == "unit_head")).one()
        grants.revoke(session, ids["admin"], ids["staff"], held)
    assert roles_of(databases, ids["staff"]) == {("employee", False)}
    with reading(databases.people) as session:
        events = session.execute(select(AuditEvent.action, AuditEvent.object, AuditEvent.detail)).all()
    about = f"account {ids['staff']}"
    assert [tuple(event) for event in events] == [
        ("grant.give", about, {"role": "unit_head", "unit": "dinkes"}),
        ("grant.take", about, {"role": "unit_head", "unit": "DINKES"}),
    ]


@pytest.mark.parametrize(
    ("to", "role", "unit", "code"),
    [
        ("admin", "hr_operator", "", "own"),
        ("staff", "king", "", "role_unknown"),
        ("staff", "employee", "", "held"),
        ("approver", "hr_operator", "", "two_offices"),
        ("approver", "hr_admin", "", "two_offices"),
        ("nobody", "employee", "", "employee_missing"),
        ("staff", "unit_head", "", "unit_missing"),
        ("staff", "unit_head", "NONE", "unit_unknown"),
        ("staff", "hr_admin", "DINKES", "unit_not_for_role"),
        ("staff", "approver", "", "server_alone"),
        ("nobody", "auditor", "", "server_alone"),
    ],
)
def test_what_may_not_be_given_is_refused_with_its_reason(
    databases: Databases, ids: dict[str, int], to: str, role: str, unit: str, code: str
) -> None:
    before = roles_of(databases, ids[to])
    assert refused(databases, "grant", ids["admin"], ids[to], role, unit) == code
    assert roles_of(databases, ids[to]) == before


def open_slip(databases: Databases, account_id: int) -> None:
    with transaction(databases.people) as session:
        session.add(Activation(account_id=account_id, code_hash=b"x", expires_on=TODAY))


@pytest.mark.db
@pytest.mark.parametrize(
    ("by", "role", "unit", "keeps_password"),
    [
        (None, "approver", "", False),
        ("admin", "hr_operator", "", False),
        ("admin", "unit_head", "DINKES", True),
    ],
)
def test_no_password_or_slip_that_somebody_else_may_know_survives_a_role(
    databases: Databases, ids: dict[str, int], by: str | None, role: str, unit: str, keeps_password: bool
) -> None:
    open_slip(databases, ids["staff"])
    with transaction(databases.people) as session:
        before = session.get_one(Account, ids["staff"]).version
        grants.grant(session, ids[by] if by else None, ids["staff"], role, unit)
    with reading(databases.people) as session:
        assert session.scalars(select(Activation)).all() == []
        assert (accounts.check_password(session, "staff", PASSWORD) is not None) == keeps_password
        assert (accounts.find_account(session, ids["staff"], before) is not None) == keeps_password


def test_a_further_role_of_the_same_office_leaves_the_password(
    databases: Databases, ids: dict[str, int]
) -> None:
    give(databases, ids["admin"], ids["operator"], "hr_admin")
    with reading(databases.people) as session:
        assert accounts.check_password(session, "operator", PASSWORD) is not None


def test_a_second_unit_can_be_added_to_the_same_role(databases: Databases, ids: dict[str, int]) -> None:
    with transaction(databases.people) as session:
        make_unit(session, "LAIN", "Lain")
    for unit in ("DINKES", "LAIN"):
        give(databases, ids["admin"], ids["staff"], "unit_head", unit)
    assert refused(databases, "grant", ids["admin"], ids["staff"], "unit_head", "LAIN") == "held"


def test_the_last_admin_can_neither_be_revoked_nor_switched_off(
    databases: Databases, ids: dict[str, int]
) -> None:
    with reading(databases.people) as session:
        held = session.scalars(select(Grant.id).where(Grant.account_id == ids["admin"])).one()
    # Asked by another account, because nobody changes her own anyhow.
    assert refused(databases, "revoke", ids["operator"], ids["admin"], held) == "last_admin"
    assert refused(databases, "switch", ids["operator"], ids["admin"], False) == "last_admin"
    give(databases, ids["admin"], ids["nobody"], "hr_admin")
    with transaction(databases.people) as session:
        session.get_one(Account, ids["nobody"]).is_active = False
    assert refused(databases, "revoke", ids["operator"], ids["admin"], held) == "last_admin"
    with transaction(databases.people) as session:
        session.get_one(Account, ids["nobody"]).is_active = True
        grants.revoke(session, ids["nobody"], ids["admin"], held)
    assert roles_of(databases, ids["admin"]) == set()


def test_nobody_switches_herself_off(databases: Databases, ids: dict[str, int]) -> None:
    assert refused(databases, "switch", ids["admin"], ids["admin"], False) == "own"


def test_switching_off_ends_sessions_and_keeps_roles(databases: Databases, ids: dict[str, int]) -> None:
    with transaction(databases.people) as session:
        before = session.get_one(Account, ids["staff"]).version
        grants.switch(session, ids["admin"], ids["staff"], False)
        assert accounts.find_account(session, ids["staff"], before) is None
        assert accounts.check_password(session, "staff", PASSWORD) is None
        grants.switch(session, ids["admin"], ids["staff"], True)
        assert accounts.check_password(session, "staff", PASSWORD) is not None
        assert accounts.find_account(session, ids["staff"], before) is None


def test_accounts_are_found_by_name_unit_and_role(databases: Databases, ids: dict[str, int]) -> None:
    def found(text: str, role: str = "") -> list[str]:
        with reading(databases.people) as session:
            wanted = Wanted(text, page=9, filters={"role": role} if role else {})
            return [row.Account.username for row in grants.find_accounts(session, wanted).rows]

    assert found("kesehatan") == ["staff"]
    assert found("", "approver") == ["approver"]
    assert found("OPERA") == ["operator"]
    assert len(found("")) == 5
    with reading(databases.people) as session, pytest.raises(NotFound):
        grants.find(session, 999)
