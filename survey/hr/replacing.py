"""Ask another office that a rater who lost her device may take her papers anew."""

from typing import Any

from flask import redirect, render_template, url_for

from forms.replacements import ReplacementForm
from survey.db import reading, transaction
from survey.exceptions import RequestRefused
from survey.extensions import databases
from survey.hr.door import blueprint, reach
from survey.security import signed_in
from survey.services.cycles import cycles
from survey.services.papers import replacing


@blueprint.route("/cycles/<public_id>/replacements", methods=["GET", "POST"])
def replacements(public_id: str) -> Any:
    """The requests of a cycle, and a form for a new one while it is open."""
    entered = ReplacementForm()
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as people:
                found = cycles.find_cycle(people, public_id)
                account = signed_in().account_id
                replacing.ask(people, reach(), found, account, entered.number.data, entered.reason.data)
            return redirect(url_for("hr.replacements", public_id=public_id))
        except RequestRefused as refused:
            entered.refuse(refused.code)
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        page = render_template(
            "hr/replacements.html",
            cycle=found,
            entered=entered,
            requests=replacing.of_cycle(people, reach(), found),
        )
    return page, 422 if entered.errors else 200
