"""Close a cycle: confirm, then watch the job that counts. The page may be left and opened again."""

from typing import Any

from flask import redirect, render_template, request, url_for

from forms.open_cycles import CancelForm, ExtendForm, MinimumForm
from survey.db import reading, transaction
from survey.exceptions import InvalidPlan, StepNotAllowed
from survey.extensions import databases
from survey.hr import holders
from survey.hr.door import blueprint
from survey.jobs import cancel_cycle, close_cycle, port
from survey.security import signed_in
from survey.services import audit, cycles, open_cycles

SECONDS_BETWEEN_LOOKS = 2


@blueprint.route("/cycles/<public_id>/extend", methods=["GET", "POST"])
def extend(public_id: str) -> Any:
    """Move the last day of an open cycle."""
    entered = ExtendForm()
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state != "open":
            raise StepNotAllowed(found.state, "extend")
        if entered.validate_on_submit():
            try:
                open_cycles.extend(people, found, entered.closes_on.data)
                audit.record(people, signed_in().account_id, "cycle.extend", public_id)
                return redirect(url_for("hr.cycle", public_id=public_id))
            except InvalidPlan:
                entered.refuse()
    status = 422 if entered.errors else 200
    return render_template("hr/cycle_extend.html", cycle=found, entered=entered), status


@blueprint.route("/cycles/<public_id>/minimum", methods=["GET", "POST"])
def raise_minimum(public_id: str) -> Any:
    """Ask for larger groups while the cycle is open; smaller ones are never possible."""
    entered = MinimumForm()
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state != "open":
            raise StepNotAllowed(found.state, "raise_minimum")
        if entered.validate_on_submit():
            try:
                open_cycles.raise_minimum(people, found, entered.minimum.data)
                audit.record(
                    people,
                    signed_in().account_id,
                    "cycle.raise-minimum",
                    public_id,
                    minimum=found.minimum_group_size,
                )
                return redirect(url_for("hr.cycle", public_id=public_id))
            except InvalidPlan:
                entered.refuse()
    status = 422 if entered.errors else 200
    return render_template("hr/cycle_minimum.html", cycle=found, entered=entered), status


@blueprint.route("/cycles/<public_id>/close", methods=["GET", "POST"])
def close(public_id: str) -> Any:
    """Say what is destroyed, then ask for the job; asking twice is one job."""
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state not in cycles.STEPS["close"][0]:
            raise StepNotAllowed(found.state, "close")
        if request.method == "GET":
            return render_template("hr/cycle_close.html", cycle=found)
        port.enqueue(people, close_cycle.KIND, public_id)
        audit.record(people, signed_in().account_id, "cycle.close", public_id)
    return redirect(url_for("hr.closing", public_id=public_id))


@blueprint.route("/cycles/<public_id>/cancel", methods=["GET", "POST"])
def cancel(public_id: str) -> Any:
    """End a cycle whose key is lost: what was sent is destroyed unread."""
    entered = CancelForm()
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state != "open" and holders.awaited_layer(people, found) is None:
            raise StepNotAllowed(found.state, "cancel")
        if entered.validate_on_submit():
            open_cycles.cancel(people, found, entered.reason.data)
            port.enqueue(people, cancel_cycle.KIND, public_id)
            audit.record(people, signed_in().account_id, "cycle.cancel", public_id)
            return redirect(url_for("hr.cycle", public_id=public_id))
    status = 422 if entered.errors else 200
    return render_template("hr/cycle_cancel.html", cycle=found, entered=entered), status


@blueprint.get("/cycles/<public_id>/closing")
def closing(public_id: str) -> Any:
    """How far the counting has come."""
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        job = port.latest(people, close_cycle.KIND, public_id)
        awaited = holders.awaited_layer(people, found)
    if job is None or found.state == "cancelled":
        return redirect(url_for("hr.cycle", public_id=public_id))
    return render_template(
        "hr/cycle_closing.html",
        cycle=found,
        job=job,
        awaited=awaited,
        is_under_way=job.state in ("queued", "running"),
        seconds=SECONDS_BETWEEN_LOOKS,
    )
