"""Close a cycle: confirm, then watch the job that counts. The page may be left and opened again."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from forms.open_cycles import CancelForm, ExtendForm, MinimumForm
from survey.db import reading, transaction
from survey.exceptions import InvalidPlan, StepNotAllowed
from survey.extensions import databases, settings
from survey.hr import holders
from survey.hr.door import blueprint, reach
from survey.jobs import cancel_cycle, close_cycle, port
from survey.models.cycles import Cycle
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles, deadlines, later_days, open_cycles, planning
from survey.services.organisation import people as organisation

SECONDS_BETWEEN_LOOKS = 2
INDENT = "\u2003"  # a space that a list keeps


@blueprint.route("/cycles/<public_id>/extend", methods=["GET", "POST"])
def extend(public_id: str) -> Any:
    """Move the last day of an open cycle."""
    entered = ExtendForm()
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state != "open":
            raise StepNotAllowed(found.state, "extend")
        entered.offer(_indented(organisation.unit_overview(people, reach())))
        if entered.validate_on_submit():
            try:
                _extend(people, found, entered.unit.data, entered.closes_on.data)
                return redirect(url_for("hr.cycle", public_id=public_id))
            except InvalidPlan as refused:
                entered.refuse(str(refused.message))
        later = later_days.later_days(people, found)
    status = 422 if entered.errors else 200
    return render_template("hr/cycle_extend.html", cycle=found, entered=entered, later=later), status


def _indented(units: Iterable[organisation.UnitSummary]) -> list[tuple[str, str]]:
    """The tree of units as a list."""
    return [(unit.public_id, f"{INDENT * unit.level}{unit.name}") for unit in units]


def _extend(people: Session, found: Cycle, unit: str, closes_on: date) -> None:
    """Give more time to all, or to the raters of one unit."""
    day = closes_on.isoformat()
    if not unit:
        open_cycles.extend(people, found, closes_on)
        audit.record(people, signed_in().account_id, "cycle.extend", found.public_id, closes_on=day)
        return
    place = planning.find_unit(people, reach(), unit)
    deadlines.extend_unit(people, found, place, closes_on)
    audit.record(
        people,
        signed_in().account_id,
        "cycle.extend-unit",
        found.public_id,
        closes_on=day,
        unit=place.code,
    )


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
            last_day = later_days.last_day(people, found)
            is_early = found.state == "open" and settings().today() <= last_day
            return render_template("hr/cycle_close.html", cycle=found, last_day=last_day, is_early=is_early)
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
