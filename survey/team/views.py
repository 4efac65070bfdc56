"""The pages of heads and supervisors: their own people."""

from flask import Blueprint, render_template

from survey.db import reading
from survey.extensions import databases
from survey.lists import wanted
from survey.security import signed_in
from survey.services.accounts.access import TEAM_ROLES, UNIT_HEAD, Reach
from survey.services.cycles import briefings
from survey.services.organisation import people as organisation
from survey.services.organisation import people_lists

blueprint = Blueprint("team", __name__)


@blueprint.get("/")
def home() -> str:
    """The people within reach, with a search."""
    with reading(databases().people) as people:
        found = people_lists.employees(people, _reach(), wanted())
        leads_unit = UNIT_HEAD in signed_in().roles
        to_explain = briefings.current(people) if leads_unit else []
        return render_template("team/home.html", found=found, leads_unit=leads_unit, to_explain=to_explain)


@blueprint.get("/employees/<public_id>")
def employee(public_id: str) -> str:
    """One of the people within reach, and who works around her or him."""
    with reading(databases().people) as people:
        details = organisation.employee_details(people, _reach(), public_id)
        return render_template("team/employee.html", details=details)


def _reach() -> Reach:
    return signed_in().reach(*TEAM_ROLES)
