"""The record of meetings about a cycle, the same for HR and for heads of units but for how far they reach."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from forms.briefings import BriefingForm
from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.security import signed_in
from survey.services.accounts.access import Reach
from survey.services.auditing import audit
from survey.services.cycles import briefings, cycles


@dataclass(frozen=True)
class Door:
    """Whose page it is: how far it reaches, and the names of its addresses."""

    reach: Reach
    page: str
    remove: str
    back: str


def show_or_record(public_id: str, door: Door) -> Any:
    """Units that were briefed and units that were not; write a meeting down for those chosen."""
    entered = BriefingForm(data={"held_on": settings().today()})
    chosen = request.form.getlist("unit")
    is_sound = entered.validate_on_submit() and not entered.refuse_later_than(settings().today())
    if is_sound and chosen:
        return _record(public_id, door, entered, chosen)
    with reading(databases().people) as people:
        cycle = cycles.find_cycle(people, public_id)
        units = briefings.by_unit(people, cycle, door.reach)
    is_refused = request.method == "POST"
    page = render_template(
        "hr/briefings.html",
        cycle=cycle,
        units=units,
        entered=entered,
        chosen=chosen,
        door=door,
        no_unit=is_refused and not chosen,
    )
    return page, 422 if is_refused else 200


def _record(public_id: str, door: Door, entered: BriefingForm, chosen: list[str]) -> Any:
    meeting = briefings.Meeting(entered.held_on.data, entered.led_by.data, entered.present.data)
    with transaction(databases().people) as people:
        cycle = cycles.find_cycle(people, public_id)
        briefings.record(people, cycle, door.reach, chosen, meeting)
        audit.record(
            people,
            signed_in().account_id,
            "briefing.add",
            public_id,
            units=len(chosen),
            held_on=meeting.held_on.isoformat(),
            present=meeting.present,
        )
    flash(_("The meeting is written down."), "good")
    return redirect(url_for(door.page, public_id=public_id))


def take_back(public_id: str, briefing: str, door: Door) -> Any:
    """Remove a meeting that was written down by mistake."""
    with transaction(databases().people) as people:
        cycle = cycles.find_cycle(people, public_id)
        unit = briefings.remove(people, cycle, door.reach, briefing)
        audit.record(people, signed_in().account_id, "briefing.remove", public_id, unit=unit)
    flash(_("The meeting is taken back."), "good")
    return redirect(url_for(door.page, public_id=public_id))
