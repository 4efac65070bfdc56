"""Slips: a personal code per rater on paper, a unit at a time. Printing anew voids what was handed out."""

from typing import Any

from flask import render_template

from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.hr import sealed
from survey.hr.door import blueprint, reach
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles, later_days, planning
from survey.services.papers import distribution


@blueprint.get("/cycles/<public_id>/slips")
def slips(public_id: str) -> str:
    """The units whose slips can be printed."""
    with reading(databases().people) as people:
        found = cycles.find_open(people, public_id)
        return render_template(
            "hr/slips.html", cycle=found, units=planning.units_of_raters(people, reach(), found)
        )


@blueprint.get("/cycles/<public_id>/slips/<unit>")
def confirm_slips(public_id: str, unit: str) -> str:
    """Say what new slips make worthless before they are made."""
    with reading(databases().people) as people:
        found = cycles.find_open(people, public_id)
        return render_template(
            "hr/slips_confirm.html", cycle=found, unit=planning.find_unit(people, reach(), unit)
        )


@blueprint.post("/cycles/<public_id>/slips/<unit>")
def print_slips(public_id: str, unit: str) -> Any:
    """Fresh codes for one unit, in a file to be printed now: they are kept nowhere."""
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        place = planning.find_unit(people, reach(), unit)
        issued = distribution.issue_slips(people, found, place.id, settings().today())
        audit.record(
            people, signed_in().account_id, "slips.print", public_id, unit=place.code, slips=len(issued)
        )
        last_day = later_days.last_day_of_unit(people, found, place.id)
    return sealed.rater_sheets(issued, found, place.name, sealed.asked_layout(), last_day)
