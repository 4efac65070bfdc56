"""The auditor's pages: the audit trail and its check. Nothing is decided or changed through this door."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import format_datetime

from survey.db import reading
from survey.extensions import databases, settings
from survey.services import trail

blueprint = Blueprint("auditor", __name__)
TIME = "d MMM y HH:mm:ss"
LAST_PAGE = 10**6


@blueprint.get("/")
def home() -> Any:
    """The trail is where an auditor begins."""
    return redirect(url_for("auditor.acts"))


@blueprint.get("/trail")
def acts() -> str:
    """Every act of staff and server, the newest first."""
    number = max(1, min(request.args.get("page", 1, type=int), LAST_PAGE))
    with reading(databases().people) as people:
        found = trail.page(people, number)
    times = {act.number: format_datetime(act.at, TIME) for act in found.acts}
    return render_template("auditor/trail.html", found=found, times=times, time_zone=settings().time_zone)


@blueprint.get("/trail/check")
def check_trail() -> str:
    """Whether any entry was changed, moved or taken out."""
    with reading(databases().people) as people:
        return render_template("auditor/check.html", chain=trail.check(people))
