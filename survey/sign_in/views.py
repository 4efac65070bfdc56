"""Sign in, sign out."""

import time
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from forms.sign_in import SignInForm
from survey.config import STAFF_PATH
from survey.db import reading, transaction
from survey.extensions import databases, limiter, login_manager
from survey.security import SignedIn, signed_in
from survey.services import accounts
from survey.services.access import APPROVER, AUDITOR, EMPLOYEE, HR_ROLES, TEAM_ROLES

blueprint = Blueprint("sign_in", __name__)
WRONG_PASSWORDS = "10 per minute; 100 per hour"  # of one network; right ones are not counted
LONGEST_SESSION = 12 * 3600  # seconds, however busy
SIGNED_IN_AT = "signed_in_at"
# Whoever holds several roles begins where the work is.
FIRST_PAGES = (
    ({*HR_ROLES}, "hr.home"),
    ({APPROVER}, "approval.home"),
    ({AUDITOR}, "auditor.home"),
    ({EMPLOYEE}, "me.home"),
    ({*TEAM_ROLES}, "team.home"),
)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_account(session_id: str) -> SignedIn | None:
    """The account that a session cookie names, if it is still good."""
    account_id, _separator, version = session_id.partition(":")
    if not (account_id.isdigit() and version.isdigit()):
        return None
    if time.time() - session.get(SIGNED_IN_AT, 0) > LONGEST_SESSION:
        return None
    with reading(databases().people) as people:
        details = accounts.find_account(people, int(account_id), int(version))
    return _signed_in(details) if details else None


@login_manager.unauthorized_handler  # type: ignore[untyped-decorator]
def ask_to_sign_in() -> Any:
    """Send a visitor without a session to the sign-in page, and back afterwards."""
    target = request.path if request.method == "GET" else None
    return redirect(url_for("sign_in.form", next=target))


@blueprint.get("/")
def home() -> Any:
    """The first page of whoever is signed in."""
    if not current_user.is_authenticated:
        return redirect(url_for("sign_in.form"))
    return redirect(_first_page(signed_in().roles))


@blueprint.get("/sign-in")
def form() -> Any:
    """Show the form."""
    return render_template("sign_in/form.html", entered=SignInForm())


@blueprint.post("/sign-in")
@limiter.limit(WRONG_PASSWORDS, deduct_when=lambda response: response.status_code == 422)
def sign_in() -> Any:
    """Check the password and start a session."""
    entered = SignInForm()
    details = _checked(entered) if entered.validate_on_submit() else None
    if details is None:
        if not entered.errors:
            entered.password.errors = [_("Username and password do not belong together. Try again.")]
        return render_template("sign_in/form.html", entered=entered), 422
    chosen_language = session.get("language")
    session.clear()
    if chosen_language:
        session["language"] = chosen_language
    session.permanent = True
    session[SIGNED_IN_AT] = int(time.time())
    login_user(_signed_in(details))
    return redirect(_next_page(details))


@blueprint.post("/sign-out")
def sign_out() -> Any:
    """End every session of the account, so that a copied cookie is worth nothing."""
    if current_user.is_authenticated:
        with transaction(databases().people) as people:
            accounts.end_sessions(people, signed_in().account_id)
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.form"))


def _checked(entered: SignInForm) -> accounts.AccountDetails | None:
    with reading(databases().people) as people:
        return accounts.check_password(people, entered.username.data, entered.password.data)


def _signed_in(details: accounts.AccountDetails) -> SignedIn:
    return SignedIn(details.account_id, details.version, details.name, details.employee_id, details.reaches)


def _next_page(details: accounts.AccountDetails) -> str:
    """Back to the page that was asked for; only ever a path of our own staff pages."""
    target = request.args.get("next", "")
    if target.startswith(f"{STAFF_PATH}/") and not urlsplit(target).netloc and "\\" not in target:
        return target
    return _first_page(details.roles)


def _first_page(roles: frozenset[str]) -> str:
    for of_these, place in FIRST_PAGES:
        if roles & of_these:
            return url_for(place)
    return url_for("me.home")
