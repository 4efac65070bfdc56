"""The employee names peers, and declines to rate others, before the list of raters is made."""

from typing import Any

from flask import redirect, render_template, url_for

from forms.nominations import DeclineToRateForm, NominationForm
from survey.db import reading, transaction
from survey.exceptions import NotFound, RequestRefused
from survey.extensions import databases
from survey.me.door import blueprint, own_employee
from survey.security import signed_in
from survey.services.cycles import cycles
from survey.services.raters import declining, nominations


@blueprint.route("/nominations/<public_id>", methods=["GET", "POST"])
def name_peers(public_id: str) -> Any:
    """Name the peers who shall be asked about me."""
    entered = NominationForm()
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as people:
                found = cycles.find_cycle(people, public_id)
                account = signed_in().account_id
                nominations.name(people, found, own_employee(), account, entered.peer.data or [])
            return redirect(url_for("me.home"))
        except RequestRefused as refused:
            entered.refuse(refused.code)
    with reading(databases().people) as people:
        sheet = nominations.sheet(people, cycles.find_cycle(people, public_id), own_employee())
        page = render_template("me/nomination.html", sheet=sheet, entered=entered)
    return page, 422 if entered.errors else 200


@blueprint.route("/nominations/<public_id>/decline/<subject>", methods=["GET", "POST"])
def decline_to_rate(public_id: str, subject: str) -> Any:
    """Say that I do not want to rate somebody who named me, or whom the list says I shall be asked about."""
    entered = DeclineToRateForm()
    if entered.validate_on_submit():
        with transaction(databases().people) as people:
            found = cycles.find_cycle(people, public_id)
            declining.decline(people, found, own_employee(), subject, entered.reason.data)
        return redirect(url_for("me.home"))
    with reading(databases().people) as people:
        asked = [
            name
            for cycle, who, name in declining.asked_of(people, own_employee())
            if (cycle.public_id, who) == (public_id, subject)
        ]
    if not asked:
        raise NotFound(subject)
    page = render_template(
        "me/decline.html", name=asked[0], public_id=public_id, subject=subject, entered=entered
    )
    return page, 422 if entered.errors else 200
