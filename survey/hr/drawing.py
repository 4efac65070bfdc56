"""Drawn codes: for groups of raters without phones, or who want no link. Printed once, kept nowhere."""

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from protocol import manifest
from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.hr.counter_prints import pdf_file
from survey.hr.door import blueprint, reach
from survey.hr.sealed import public_address
from survey.i18n import language, long_date
from survey.models.cycles import Cycle
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles, planning
from survey.services.papers import drawing, drawn_sheets


@blueprint.get("/cycles/<public_id>/drawn")
def drawn(public_id: str) -> str:
    """The units of the people about whom codes can be printed."""
    with reading(databases().people) as people:
        found = cycles.find_open(people, public_id)
        return render_template("hr/drawn.html", cycle=found, units=drawing.units(people, reach(), found))


@blueprint.get("/cycles/<public_id>/drawn/<unit>")
def drawn_scopes(public_id: str, unit: str) -> str:
    """How many papers of a unit's people nobody used yet; that somebody looked is written down."""
    with transaction(databases().people) as people:
        found = cycles.find_open(people, public_id)
        place = planning.find_unit(people, reach(), unit)
        audit.record(people, signed_in().account_id, "drawn.list", public_id, unit=place.code)
        return render_template(
            "hr/drawn_scopes.html", cycle=found, unit=place, scopes=drawing.scopes(people, found, place.id)
        )


@blueprint.get("/cycles/<public_id>/drawn/<unit>/<employee>/<rater_group>")
def confirm_drawn(public_id: str, unit: str, employee: str, rater_group: str) -> str:
    """Say what drawn codes make worthless before they are made."""
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        place = planning.find_unit(people, reach(), unit)
        scope = drawing.find_scope(people, found, place.id, employee, rater_group, settings().today())
        return render_template("hr/drawn_confirm.html", cycle=found, unit=place, scope=scope)


@blueprint.post("/cycles/<public_id>/drawn/<unit>/<employee>/<rater_group>")
def print_drawn(public_id: str, unit: str, employee: str, rater_group: str) -> Any:
    """Codes for one scope in a file to be printed now, and the list that is signed: they are kept nowhere."""
    today = settings().today()
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        place = planning.find_unit(people, reach(), unit)
        scope = drawing.find_scope(people, found, place.id, employee, rater_group, today)
        sheet = drawing.print_codes(people, found, scope, today)
        audit.record(
            people, signed_in().account_id, "drawn.print", public_id, unit=place.code, codes=len(sheet.codes)
        )
    return _file(sheet, found)


def _file(sheet: drawing.Sheet, cycle: Cycle) -> Any:
    address = public_address()
    about = _("Feedback about %(name)s", name=sheet.subject)
    rated_by = {"peer": _("rated by peers"), "subordinate": _("rated by subordinates")}[sheet.rater_group]
    words = drawn_sheets.Words(
        title=_("Drawn codes") + f": {sheet.subject}",
        sender=f"{settings().contact}, {settings().city}",
        cycle=cycle.name,
        about=f"{about}, {rated_by}",
        steps=[_("Open %(address)s", address=address), _("Type the code. You need no account.")],
        rules=_("Code of this cycle’s rules and keys:"),
        note=_(
            "Until %(day)s. Drawn from a box: nobody knows who holds it. It counts once.",
            day=long_date(cycle.closes_on),
        ),
        drawing=_("QR code of the address %(address)s", address=address),
        list_title=_("Who may draw one code"),
        list_note=_("Sign, then draw. This list says who took part, not what anybody answered."),
        name=_("Name"),
        signature=_("Signature"),
    )
    data = drawn_sheets.as_pdf(
        sheet.codes,
        sheet.raters,
        words,
        address=address,
        rules_code=manifest.manifest_code(cycle.manifest.encode()),
        language=language(),
    )
    return pdf_file(data, "drawn-codes.pdf")
