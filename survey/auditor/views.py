"""The auditor's pages: requests for replacement papers, and the audit trail to be read."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import format_datetime

from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.security import signed_in
from survey.services import replacing, trail

blueprint = Blueprint("auditor", __name__)
TIME = "d MMM y HH:mm:ss"
LAST_PAGE = 10**6


@blueprint.get("/")
def home() -> str:
    """What waits for a decision."""
    with reading(databases().people) as people:
        return render_template("auditor/home.html", requests=replacing.pending(people))


@blueprint.get("/requests/<public_id>")
def replacement(public_id: str) -> str:
    """One request: who asks, for whom and why, and how much of the share is used."""
    with reading(databases().people) as people:
        found = replacing.find(people, public_id)
        return render_template(
            "auditor/replacement.html", asked=found, share=replacing.share(people, found.cycle)
        )


@blueprint.post("/requests/<public_id>/approve")
def approve(public_id: str) -> Any:
    """Let the rater take her papers anew."""
    with transaction(databases().people) as people:
        replacing.approve(people, public_id, signed_in().account_id)
    return redirect(url_for("auditor.replacement", public_id=public_id))


@blueprint.post("/requests/<public_id>/decline")
def decline(public_id: str) -> Any:
    """Leave the papers as they are."""
    with transaction(databases().people) as people:
        replacing.decline(people, public_id, signed_in().account_id)
    return redirect(url_for("auditor.replacement", public_id=public_id))


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
