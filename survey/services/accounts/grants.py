"""Who holds which role: look, grant, revoke, switch off. Every act is audited, and none is on oneself.

No page gives roles of the offices that decide and check: whoever asks could make the other office herself.
"""

from collections.abc import Callable

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from survey.exceptions import AccountRefused, NotFound
from survey.models.accounts import Account, Activation, Grant
from survey.models.people import Employee, Unit
from survey.services.accounts import access
from survey.services.auditing import audit
from survey.services.documents.export_files import Cell, Sheet
from survey.services.documents.listing import ListPage, Wanted, in_order, page_of
from survey.tables import N_

ORDERS = {
    "name": func.coalesce(Employee.name, Account.username),
    "username": Account.username,
    "unit": Unit.name,
}


def find_accounts(session: Session, wanted: Wanted) -> ListPage:
    """One page of the accounts whose username, person or unit holds what is searched, of one role or all."""
    return page_of(session, _found(wanted), wanted, ORDERS, Account.id)


def account_sheet(session: Session, wanted: Wanted, translate: Callable[[str], str]) -> Sheet:
    """All of them with what they hold, for a file."""
    header = [translate(word) for word in (N_("Name"), N_("Username"), N_("Unit"), N_("Roles"), N_("State"))]
    accounts = session.scalars(in_order(_found(wanted), wanted.sort, ORDERS, Account.id)).all()
    rows = (_cells(account, translate) for account in accounts)
    return Sheet(translate(N_("Accounts and roles")), header, rows, numbers=frozenset())


def _cells(account: Account, translate: Callable[[str], str]) -> list[Cell]:
    person = account.employee
    held = (f"{each.role} ({each.unit.name})" if each.unit else each.role for each in account.grants)
    state = "" if account.is_active else translate(N_("Switched off"))
    return [
        person.name if person else account.username,
        account.username,
        person.unit.name if person else "",
        ", ".join(held),
        state,
    ]


def _found(wanted: Wanted) -> Select[Account]:
    query = _whole(
        select(Account)
        .outerjoin(Employee, Employee.id == Account.employee_id)
        .outerjoin(Unit, Unit.id == Employee.unit_id)
    )
    if wanted.text:
        columns = (Account.username, Employee.name, Unit.name)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    if role := wanted.filters.get("role"):
        query = query.where(Account.id.in_(select(Grant.account_id).where(Grant.role == role)))
    return query


def find(session: Session, account_id: int) -> Account:
    """One account with its person and grants."""
    account = session.scalar(_whole(select(Account).where(Account.id == account_id)))
    if account is None:
        raise NotFound(account_id)
    return account


def _whole(query: Select[Account]) -> Select[Account]:
    person = joinedload(Account.employee).joinedload(Employee.unit)
    return query.options(person, selectinload(Account.grants).joinedload(Grant.unit))


def grant(session: Session, by: int | None, account_id: int, role: str, unit_code: str) -> None:
    """Give an account a role, over a unit or (empty) over the city; `by` nobody on the command line alone.

    A code on a slip ends with a role that shows others' data. With the first role of an office the password
    ends too, and every session: somebody else may have set it, with a slip that she printed.

    Raises
    ------
    AccountRefused
        `own`, `held`, `server_alone`, `unit_unknown`, `unit_not_for_role`, or a code of `access.faults`.
    """
    account = _others(session, by, account_id)
    if by is not None and role in access.GIVEN_ON_SERVER:
        raise AccountRefused("server_alone")
    unit_id = _unit_id(session, role, unit_code.strip())
    clashing = access.clashes({role, *(each.role for each in account.grants)})
    for fault in access.faults({role}, account.employee_id, unit_id) + clashing:
        raise AccountRefused(fault)
    if any(each.role == role and each.unit_id == unit_id for each in account.grants):
        raise AccountRefused("held")
    if role not in access.OF_A_PERSON:
        session.query(Activation).filter_by(account_id=account_id).delete()
    if role in access.OFFICES and not any(each.role in access.OFFICES for each in account.grants):
        account.password_hash = ""
        account.version += 1
    account.grants.append(Grant(role=role, unit_id=unit_id))
    audit.record(session, by, "grant.give", f"account {account_id}", role=role, unit=unit_code.strip())


def revoke(session: Session, by: int, account_id: int, grant_id: int) -> None:
    """Take one grant away.

    Raises
    ------
    AccountRefused, NotFound
        `own`, `last_admin`; the account holds no such grant.
    """
    account = _others(session, by, account_id)
    found = next((each for each in account.grants if each.id == grant_id), None)
    if found is None:
        raise NotFound(grant_id)
    if found.role == access.HR_ADMIN:
        _require_another_admin(session, account_id)
    unit = found.unit.code if found.unit else ""
    account.grants.remove(found)
    audit.record(session, by, "grant.take", f"account {account_id}", role=found.role, unit=unit)


def switch(session: Session, by: int, account_id: int, is_active: bool) -> None:
    """Let an account sign in, or no longer; what it holds is kept, its sessions and codes end.

    Raises
    ------
    AccountRefused
        `own`, `last_admin`.
    """
    account = _others(session, by, account_id)
    if not is_active:
        if any(each.role == access.HR_ADMIN for each in account.grants):
            _require_another_admin(session, account_id)
        account.version += 1
        session.query(Activation).filter_by(account_id=account_id).delete()
    account.is_active = is_active
    audit.record(session, by, "account.on" if is_active else "account.off", f"account {account_id}")


def _others(session: Session, by: int | None, account_id: int) -> Account:
    """The account, while nobody else changes any; nobody changes her own."""
    if by == account_id:
        raise AccountRefused("own")
    audit.hold_chain(session)
    return find(session, account_id)


def _require_another_admin(session: Session, account_id: int) -> None:
    others = select(Grant.id).join(Account, Account.id == Grant.account_id)
    others = others.where(Grant.role == access.HR_ADMIN, Account.is_active, Account.id != account_id)
    if session.scalar(others.limit(1)) is None:
        raise AccountRefused("last_admin")


def _unit_id(session: Session, role: str, code: str) -> int | None:
    if not code:
        return None
    if role not in access.MAY_HAVE_UNIT:
        raise AccountRefused("unit_not_for_role")
    unit_id = session.scalar(select(Unit.id).where(func.lower(Unit.code) == code.lower()))
    if unit_id is None:
        raise AccountRefused("unit_unknown")
    return unit_id
