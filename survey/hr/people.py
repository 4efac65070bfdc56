"""Units and employees: look at them."""

from flask import render_template, request

from survey.db import reading
from survey.extensions import databases
from survey.hr.door import blueprint, reach
from survey.services import people as organisation

UNITS_PER_PAGE = 100
LONGEST_SEARCH = 100


@blueprint.get("/people")
def people() -> str:
    """All units with the number of their employees, or what a search finds."""
    text = _search_text()
    with reading(databases().people) as session:
        if text:
            return render_template(
                "hr/people_found.html",
                text=text,
                units=organisation.find_units(session, reach(), text),
                found=organisation.find_employees(session, reach(), text, _page_number()),
            )
        units = organisation.unit_overview(session, reach())
    pages = max(1, -(-len(units) // UNITS_PER_PAGE))
    number = min(_page_number(), pages)
    shown = units[(number - 1) * UNITS_PER_PAGE : number * UNITS_PER_PAGE]
    total = sum(unit.employees for unit in units)
    return render_template(
        "hr/people.html", units=shown, unit_count=len(units), total=total, number=number, pages=pages
    )


@blueprint.get("/people/units/<public_id>")
def unit(public_id: str) -> str:
    """One unit: its place, its heads, its employees."""
    with reading(databases().people) as session:
        details = organisation.unit_details(session, reach(), public_id, _page_number())
        return render_template("hr/people_unit.html", details=details)


@blueprint.get("/people/employees/<public_id>")
def employee(public_id: str) -> str:
    """One employee and the people around her or him in the chart."""
    with reading(databases().people) as session:
        return render_template(
            "hr/people_employee.html", details=organisation.employee_details(session, reach(), public_id)
        )


def _search_text() -> str:
    return " ".join(request.args.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH]


def _page_number() -> int:
    return max(1, min(request.args.get("page", 1, type=int), 10**6))
