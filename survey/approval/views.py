"""The second office's pages: what waits for its consent, and the decisions."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from survey.db import reading, transaction
from survey.extensions import databases
from survey.security import signed_in
from survey.services import replacing

blueprint = Blueprint("approval", __name__)


@blueprint.get("/")
def home() -> str:
    """What waits for a decision."""
    with reading(databases().people) as people:
        return render_template("approval/home.html", requests=replacing.pending(people))


@blueprint.get("/requests/<public_id>")
def replacement(public_id: str) -> str:
    """One request: who asks, for whom and why, and how much of the share is used."""
    with reading(databases().people) as people:
        found = replacing.find(people, public_id)
        return render_template(
            "approval/replacement.html", asked=found, share=replacing.share(people, found.cycle)
        )


@blueprint.post("/requests/<public_id>/approve")
def approve(public_id: str) -> Any:
    """Let the rater take her papers anew."""
    with transaction(databases().people) as people:
        replacing.approve(people, public_id, signed_in().account_id)
    return redirect(url_for("approval.replacement", public_id=public_id))


@blueprint.post("/requests/<public_id>/decline")
def decline(public_id: str) -> Any:
    """Leave the papers as they are."""
    with transaction(databases().people) as people:
        replacing.decline(people, public_id, signed_in().account_id)
    return redirect(url_for("approval.replacement", public_id=public_id))
