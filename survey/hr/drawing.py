"""Drawn codes: for groups of raters without phones, or who want no link at all. Shown once, kept nowhere."""

from typing import Any

from flask import render_template

from protocol import manifest
from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.hr.door import blueprint, reach
from survey.qr import drawing_of
from survey.security import signed_in
from survey.services import audit, cycles, drawing, planning


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
    """Codes for one scope to be cut, folded and mixed, and the list that is signed; shown once."""
    today = settings().today()
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        place = planning.find_unit(people, reach(), unit)
        scope = drawing.find_scope(people, found, place.id, employee, rater_group, today)
        sheet = drawing.print_codes(people, found, scope, today)
        audit.record(
            people, signed_in().account_id, "drawn.print", public_id, unit=place.code, codes=len(sheet.codes)
        )
    address = settings().base_url.rstrip("/") + "/i"
    return render_template(
        "hr/drawn_print.html",
        cycle=found,
        unit=place,
        sheet=sheet,
        codes=[(code, drawing_of(f"{address}#{code}")) for code in sheet.codes],
        address=address,
        rules_code=manifest.manifest_code(found.manifest.encode()),
    )
