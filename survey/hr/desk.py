"""The desk of a unit: sealed slips with which people set their first password, or a new one."""

from typing import Any

from flask import render_template, request

from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.hr import sealed
from survey.hr.door import blueprint, reach
from survey.lists import wanted
from survey.security import signed_in
from survey.services.accounts import activation
from survey.services.cycles import planning


@blueprint.get("/desk")
def desk() -> str:
    """The units within reach, and how many of their people can sign in."""
    with reading(databases().people) as people:
        return render_template("hr/desk.html", found=activation.listed_units(people, reach(), wanted()))


@blueprint.get("/desk/<unit>")
def desk_unit(unit: str) -> Any:
    """The people of a unit, and whom to print slips for."""
    return _page(unit)


@blueprint.post("/desk/<unit>")
def print_activation(unit: str) -> Any:
    """A file to be printed now: its codes are kept nowhere, older ones end."""
    chosen = request.form.getlist("person") if request.form.get("for") == "chosen" else None
    if chosen == []:
        return _page(unit, "nobody_chosen")
    today = settings().today()
    with transaction(databases().people) as people:
        place = planning.find_unit(people, reach(), unit)
        slips = activation.print_slips(people, signed_in().account_id, reach(), place, today, chosen)
    if not slips:
        return _page(unit, "nobody_without")
    return sealed.activation_sheets(slips, place.name, sealed.asked_layout(), today)


def _page(unit: str, problem: str = "") -> Any:
    with reading(databases().people) as people:
        place = planning.find_unit(people, reach(), unit)
        staff = activation.staff(people, reach(), place.id, settings().today())
        without = sum(person.state in activation.WITHOUT_PASSWORD for person in staff)
        page = render_template(
            "hr/desk_unit.html",
            unit=place,
            staff=staff,
            without=without,
            days=activation.DAYS_VALID,
            problem=problem,
        )
    return page, 422 if problem else 200
