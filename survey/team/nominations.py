"""Heads and supervisors approve or change whom their people name as peers."""

from typing import Any

from flask import redirect, render_template, url_for

from forms.nominations import NominationForm
from survey.db import reading, transaction
from survey.exceptions import NotAllowed, RequestRefused
from survey.extensions import databases
from survey.security import signed_in
from survey.services.accounts.access import TEAM_ROLES, Reach
from survey.services.cycles import cycles
from survey.services.raters import nominations as naming
from survey.team.views import blueprint


@blueprint.get("/nominations")
def nominations() -> str:
    """Those within reach who may name peers now."""
    with reading(databases().people) as people:
        return render_template("team/nominations.html", rows=naming.team(people, _reach()))


@blueprint.route("/nominations/<public_id>/<employee>", methods=["GET", "POST"])
def decide_nomination(public_id: str, employee: str) -> Any:
    """Approve or change one list; nobody decides about her own."""
    entered = NominationForm()
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as people:
                sheet = _sheet(people, public_id, employee)
                naming.decide(people, sheet, signed_in().account_id, entered.peer.data or [])
            return redirect(url_for("team.nominations"))
        except RequestRefused as refused:
            entered.refuse(refused.code)
    with reading(databases().people) as people:
        page = render_template(
            "team/nomination.html", sheet=_sheet(people, public_id, employee), entered=entered
        )
    return page, 422 if entered.errors else 200


def _sheet(people: Any, public_id: str, employee: str) -> naming.Sheet:
    sheet = naming.sheet_in_reach(people, _reach(), cycles.find_cycle(people, public_id), employee)
    if sheet.employee.id == signed_in().employee_id:
        raise NotAllowed("own list")
    return sheet


def _reach() -> Reach:
    return signed_in().reach(*TEAM_ROLES)
