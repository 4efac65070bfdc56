"""Sign in, sign out."""

import time
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from forms.accounts import ActivationForm, PasswordForm
from forms.sign_in import SignInForm
from survey.config import STAFF_PATH
from survey.db import reading, transaction
from survey.exceptions import AccountRefused
from survey.extensions import databases, limiter, login_manager, secret_name, settings
from survey.security import SignedIn, signed_in
from survey.services.accounts import accounts
from survey.services.accounts import activation as activating
from survey.services.accounts.access import APPROVER, AUDITOR, EMPLOYEE, HR_ROLES, TEAM_ROLES

blueprint = Blueprint("sign_in", __name__)
WRONG_PASSWORDS = "10 per minute; 100 per hour"  # of one network; right ones are not counted
WRONG_FOR_ONE = "5 per minute; 30 per hour"  # for one username, from wherever
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


def _was_refused(response: Response) -> bool:
    """Whether an answer counts toward the limits."""
    return response.status_code == 422


def _username() -> str:
    """The username that is tried, as a name that is forgotten within a day."""
    return secret_name(request.form.get("username", "").strip().lower())


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
@limiter.limit(WRONG_PASSWORDS, deduct_when=_was_refused)
@limiter.limit(WRONG_FOR_ONE, deduct_when=_was_refused, key_func=_username)
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


@blueprint.get("/activate")
def activation() -> str:
    """A form for the code from a slip: the first password, or a new one."""
    return render_template("sign_in/activate.html", entered=ActivationForm(formdata=None))


@blueprint.post("/activate")
@limiter.limit(WRONG_PASSWORDS, deduct_when=_was_refused)
@limiter.limit(WRONG_FOR_ONE, deduct_when=_was_refused, key_func=_username)
def activate() -> Any:
    """Set the password; the code works once."""
    entered = ActivationForm()
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as people:
                activating.activate(
                    people,
                    entered.username.data,
                    entered.code.data,
                    entered.password.data,
                    settings().today(),
                )
            flash(_("Your password is set. Sign in with it now."), "good")
            return redirect(url_for("sign_in.form"))
        except AccountRefused as refused:
            entered.refuse(refused.code)
    return render_template("sign_in/activate.html", entered=entered), 422


@blueprint.get("/password")
def password() -> Any:
    """A form for a new password of one's own."""
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    return render_template("sign_in/password.html", entered=PasswordForm(formdata=None))


@blueprint.post("/password")
@limiter.limit(WRONG_PASSWORDS, deduct_when=_was_refused)
def change_password() -> Any:
    """Set it; all sessions of the account end, this one too."""
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    entered = PasswordForm()
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as people:
                accounts.change_password(
                    people, signed_in().account_id, entered.current.data, entered.password.data
                )
            logout_user()
            flash(_("Your password is set. Sign in with it now."), "good")
            return redirect(url_for("sign_in.form"))
        except AccountRefused as refused:
            entered.refuse(refused.code)
    return render_template("sign_in/password.html", entered=entered), 422


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
