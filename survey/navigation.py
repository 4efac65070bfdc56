"""What every page's frame shows: the signed-in name and the main menu of the roles held."""

from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from survey.config import STAFF_PATH
from survey.security import signed_in


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
    if "hr" in roles:
        places += [
            ("hr.home", _("Cycles")),
            ("hr.people", _("Units and employees")),
            ("hr.service_points", _("Service points")),
            ("hr.instruments", _("Questionnaires")),
        ]
    if "auditor" in roles:
        places += [("auditor.home", _("Requests")), ("auditor.acts", _("Audit trail"))]
    if "employee" in roles:
        places += [("me.home", _("My feedback"))]
    return [(place, label, _is_active(place)) for place, label in places]


def _is_active(place: str) -> bool:
    if place == "hr.home":
        return request.path == url_for(place) or request.path.startswith(f"{url_for(place)}cycles")
    if place == "auditor.home":
        return request.path == url_for(place) or request.path.startswith(f"{url_for(place)}requests")
    return request.path.startswith(url_for(place))
