"""What every page's frame shows: the signed-in name and the main menu of the roles held."""

from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from survey.config import STAFF_PATH
from survey.security import may, signed_in
from survey.services.accounts.access import APPROVER, AUDITOR, EMPLOYEE, HR_ROLES, TEAM_ROLES, UNIT_HEAD


def configure_navigation(app: Flask) -> None:
    """Give every template its frame."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    frame: dict[str, Any] = {"promise_url": url_for("public.promise")}
    if request.path.startswith(STAFF_PATH) and current_user.is_authenticated:
        frame |= {
            "signed_in_name": signed_in().name,
            "sign_out_url": url_for("sign_in.sign_out"),
            "navigation": _menu(signed_in().roles),
        }
    return frame


def _menu(roles: frozenset[str]) -> list[tuple[str, str, bool]]:
    places: list[tuple[str, str]] = []
    if roles & {*HR_ROLES}:
        places += [
            ("hr.home", _("Cycles")),
            ("hr.people", _("Units and employees")),
            ("hr.service_points", _("Service points")),
            ("hr.instruments", _("Questionnaires")),
            ("hr.desk", _("Sign-in slips")),
            ("hr.accounts", _("Accounts and roles")),
        ]
    if roles & {*HR_ROLES, UNIT_HEAD}:
        places += [("offices.home", _("Satisfaction and plans"))]
    if APPROVER in roles:
        places += [("approval.home", _("Requests"))]
    if AUDITOR in roles:
        places += [("auditor.acts", _("Audit trail"))]
    if roles & {*TEAM_ROLES}:
        places += [("team.home", _("My unit") if UNIT_HEAD in roles else _("My team"))]
        places += [("team.nominations", _("Peers named"))]
    if EMPLOYEE in roles:
        places += [("me.home", _("My feedback"))]
    places += [("sign_in.password", _("Password"))]
    return [(place, label, _is_active(place)) for place, label in places if may(place)]


def _is_active(place: str) -> bool:
    if place == "hr.home":
        return request.path == url_for(place) or request.path.startswith(f"{url_for(place)}cycles")
    if place == "team.home":
        return request.path.startswith(url_for(place)) and not _is_active("team.nominations")
    return request.path.startswith(url_for(place))
