"""Choose whom a cycle is about, then let a job make the list of raters, or let employees name peers."""

from typing import Any

from flask import redirect, render_template, request, url_for

from survey.db import reading, transaction
from survey.exceptions import StepNotAllowed
from survey.extensions import databases
from survey.hr.door import blueprint, reach
from survey.jobs import assign_raters, port
from survey.security import signed_in
from survey.services.cycles import cycles, planning
from survey.services.organisation import people as organisation
from survey.services.raters import list_making, nominations

AS_ASKED = "as_asked"


@blueprint.route("/cycles/<public_id>/assign", methods=["GET", "POST"])
def assign(public_id: str) -> Any:
    """Choose the units, then ask for the list; or let the job go on that was interrupted."""
    if request.method == "GET":
        return _units_page(public_id)
    chosen = _chosen()
    if chosen == []:
        return _units_page(public_id, error="no_unit"), 422
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if request.form.get("scope") != AS_ASKED or list_making.pending(people, found) is None:
            units = planning.with_units_below(people, chosen) if chosen is not None else None
            list_making.ask(people, found, signed_in().account_id, units)
        port.enqueue(people, assign_raters.KIND, public_id)
    return redirect(url_for("hr.cycle", public_id=public_id))


@blueprint.route("/cycles/<public_id>/nominate", methods=["GET", "POST"])
def nominate(public_id: str) -> Any:
    """Choose the units, then let their employees name peers."""
    if request.method == "GET":
        return _units_page(public_id, step="nominate")
    chosen = _chosen()
    if chosen == []:
        return _units_page(public_id, error="no_unit", step="nominate"), 422
    with transaction(databases().people) as people:
        units = planning.with_units_below(people, chosen) if chosen is not None else None
        found = cycles.find_cycle(people, public_id)
        list_making.require_none(people, found, "nominate")
        nominations.begin(people, found, signed_in().account_id, units)
    return redirect(url_for("hr.cycle", public_id=public_id))


def _chosen() -> list[str] | None:
    """The units ticked; None for all."""
    return request.form.getlist("unit") if request.form.get("scope") == "some" else None


def _units_page(public_id: str, error: str = "", step: str = "assign") -> str:
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state not in cycles.STEPS[step][0]:
            raise StepNotAllowed(found.state, step)
        return render_template(
            "hr/cycle_assign.html",
            cycle=found,
            names_peers=step == "nominate",
            units=organisation.unit_overview(people, reach()),
            chosen=request.form.getlist("unit"),
            scope=request.form.get("scope", "all"),
            error=error,
        )
