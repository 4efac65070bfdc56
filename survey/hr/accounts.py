"""Accounts: who holds what, give and take roles, switch accounts off and on."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from forms.accounts import REFUSALS, ROLE_WORDS, GrantForm
from survey.db import reading, transaction
from survey.exceptions import AccountRefused
from survey.extensions import databases
from survey.hr.door import blueprint
from survey.lists import asked_file, file_of, wanted
from survey.security import signed_in
from survey.services.accounts import grants


@blueprint.get("/accounts")
def accounts() -> Any:
    """All accounts with what they hold, or what a search finds."""
    asked = wanted(("role",))
    with reading(databases().people) as people:
        if kind := asked_file():
            return file_of(grants.account_sheet(people, asked, _), _("accounts"), kind)
        found = grants.find_accounts(people, asked)
        return render_template("hr/accounts.html", found=found, roles=ROLE_WORDS)


@blueprint.get("/accounts/<int:account_id>")
def account(account_id: int) -> Any:
    """One account: its person, its roles, and a form for another."""
    return _page(account_id, GrantForm(formdata=None))


def _page(account_id: int, entered: GrantForm, problem: Any = "") -> Any:
    with reading(databases().people) as people:
        found = grants.find(people, account_id)
        is_own = account_id == signed_in().account_id
        page = render_template(
            "hr/account.html",
            account=found,
            entered=entered,
            problem=problem,
            roles=ROLE_WORDS,
            is_own=is_own,
        )
    return page, 422 if entered.errors or problem else 200


@blueprint.post("/accounts/<int:account_id>/grant")
def give_role(account_id: int) -> Any:
    """Give a role."""
    entered = GrantForm()
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as people:
                by = signed_in().account_id
                grants.grant(people, by, account_id, entered.role.data, entered.unit.data or "")
            return _to_account(account_id)
        except AccountRefused as refused:
            entered.refuse(refused.code)
    return _page(account_id, entered)


@blueprint.post("/accounts/<int:account_id>/revoke/<int:grant_id>")
def take_role(account_id: int, grant_id: int) -> Any:
    """Take a role away."""
    return _change(account_id, lambda people, by: grants.revoke(people, by, account_id, grant_id))


@blueprint.post("/accounts/<int:account_id>/off")
def switch_off(account_id: int) -> Any:
    """End the account's sessions and let nobody sign in with it."""
    return _change(account_id, lambda people, by: grants.switch(people, by, account_id, False))


@blueprint.post("/accounts/<int:account_id>/on")
def switch_on(account_id: int) -> Any:
    """Let its person sign in again."""
    return _change(account_id, lambda people, by: grants.switch(people, by, account_id, True))


def _change(account_id: int, act: Callable[[Any, int], None]) -> Any:
    try:
        with transaction(databases().people) as people:
            act(people, signed_in().account_id)
    except AccountRefused as refused:
        return _page(account_id, GrantForm(formdata=None), REFUSALS[refused.code][1])
    return _to_account(account_id)


def _to_account(account_id: int) -> Any:
    return redirect(url_for("hr.account", account_id=account_id))
