"""The second office's pages: what waits for its consent, and the decisions."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from forms.conflicts import DeclineForm
from survey.db import reading, transaction
from survey.extensions import databases
from survey.lists import wanted
from survey.security import signed_in
from survey.services.cycles import cycles, planning
from survey.services.papers import replacing
from survey.services.raters import assignments, list_approval

blueprint = Blueprint("approval", __name__)


@blueprint.get("/")
def home() -> str:
    """What waits for a decision."""
    with reading(databases().people) as people:
        return render_template(
            "approval/home.html", requests=replacing.pending(people), lists=list_approval.waiting(people)
        )


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


@blueprint.get("/lists/<public_id>")
def rater_list(public_id: str) -> str:
    """Who is to be asked about whom in a cycle, before it opens."""
    return _list_page(public_id, DeclineForm())


def _list_page(public_id: str, entered: DeclineForm) -> str:
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        return render_template(
            "approval/rater_list.html",
            cycle=found,
            standing=list_approval.standing(people, found),
            size=cycles.size(people, found),
            load=planning.load(people, found),
            coverage=assignments.coverage(people, found),
            newly_led=planning.newly_led(people, found),
            listed=planning.list_page(people, found, wanted()),
            entered=entered,
        )


@blueprint.post("/lists/<public_id>/approve")
def approve_list(public_id: str) -> Any:
    """Let the cycle open with this list."""
    with transaction(databases().people) as people:
        list_approval.approve(people, cycles.find_cycle(people, public_id), signed_in().account_id)
    return redirect(url_for("approval.rater_list", public_id=public_id))


@blueprint.post("/lists/<public_id>/decline")
def decline_list(public_id: str) -> Any:
    """Send the list back, with the reason."""
    entered = DeclineForm()
    if not entered.validate_on_submit():
        return _list_page(public_id, entered), 422
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        list_approval.decline(people, found, signed_in().account_id, entered.reason.data)
    return redirect(url_for("approval.rater_list", public_id=public_id))
