"""Units and employees: look at them."""

from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from survey.db import reading
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.hr.door import blueprint, reach
from survey.lists import asked_file, file_of, wanted
from survey.services.documents.export_files import WRITERS
from survey.services.organisation import careers, people_lists, unit_history
from survey.services.organisation import people as organisation
from survey.services.organisation.employee_numbers import KINDS


@blueprint.get("/people")
def people() -> Any:
    """All units with the number of their employees."""
    with reading(databases().people) as session:
        units = organisation.unit_overview(session, reach())
    if kind := asked_file():
        return file_of(people_lists.unit_sheet(units, wanted(), _), _("units"), kind)
    total = sum(unit.employees for unit in units)
    return render_template("hr/people.html", found=people_lists.units(units, wanted()), total=total)


@blueprint.get("/people/employees")
def employees() -> str:
    """All employees: searched, narrowed, sorted."""
    asked = wanted(people_lists.FILTERS)
    with reading(databases().people) as session:
        return render_template(
            "hr/people_employees.html",
            found=people_lists.employees(session, reach(), asked),
            units=organisation.find_units(session, reach(), asked.text) if asked.text else [],
            offices=organisation.unit_overview(session, reach()),
            kinds=KINDS,
        )


@blueprint.get("/people/employees.<file>")
def employees_file(file: str) -> Response:
    """The same list as a file, with the headers that the import reads."""
    if file not in WRITERS:
        raise NotFound(file)
    with reading(databases().people) as session:
        sheet = people_lists.employee_sheet(session, reach(), wanted(people_lists.FILTERS), _)
    return file_of(sheet, _("employees"), file)


@blueprint.get("/people/units/<public_id>")
def unit(public_id: str) -> str:
    """One unit: its place, its heads, its employees."""
    with reading(databases().people) as session:
        details = organisation.unit_details(session, reach(), public_id)
        found = people_lists.staff_of(session, reach(), details.unit.id, wanted())
        history = unit_history.history_of(session, details.unit.id)
        return render_template("hr/people_unit.html", details=details, found=found, history=history)


@blueprint.get("/people/employees/<public_id>")
def employee(public_id: str) -> str:
    """One employee and the people around her or him in the chart."""
    with reading(databases().people) as session:
        details = organisation.employee_details(session, reach(), public_id)
        return render_template(
            "hr/people_employee.html",
            details=details,
            career=careers.career_of(session, details.employee.id),
            today=settings().today(),
        )
