"""What only a visit gives: rolls of single-use codes, and kiosks. Codes and secrets are shown once."""

from typing import Any

from flask import redirect, render_template, url_for

from forms.channels import PDF, KioskForm, RollForm
from survey.db import reading, transaction
from survey.exceptions import OrganisationRefused
from survey.extensions import databases, settings
from survey.hr import counter_prints
from survey.hr.door import blueprint
from survey.i18n import DEFAULT_LANGUAGE
from survey.qr import drawing_of
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.citizens import kiosks, service_points, visit_codes
from survey.services.organisation import placing


@blueprint.get("/service-points/<public_id>/channels")
def channels(public_id: str) -> str:
    """The rolls and kiosks of a service point."""
    return _page(public_id, RollForm(formdata=None), KioskForm(formdata=None))


@blueprint.post("/service-points/<public_id>/rolls")
def print_roll(public_id: str) -> Any:
    """Fresh codes, to be printed now."""
    entered = RollForm()
    if not entered.validate_on_submit():
        return _page(public_id, entered, KioskForm(formdata=None)), 422
    with transaction(databases().people) as people:
        point = service_points.find_point(people, public_id)
        try:
            officer = placing.employee_of_key(people, entered.officer.data) if entered.officer.data else None
        except OrganisationRefused:
            entered.refuse_officer()
            return _page(public_id, entered, KioskForm(formdata=None)), 422
        codes = visit_codes.print_roll(people, public_id, entered.count.data, officer.id if officer else None)
        of = {"officer": officer.public_id} if officer else {}
        audit.record(people, signed_in().account_id, "code_roll.print", public_id, codes=len(codes), **of)
    served_by = officer.name if officer else ""
    if entered.kind.data == PDF:
        return counter_prints.roll_file(point, codes, entered.language.data, served_by)
    address = counter_prints.address_of("citizen.start_with_code", public_id, DEFAULT_LANGUAGE)
    slips = [(code, drawing_of(f"{address}#{code}")) for code in codes]
    return render_template(
        "hr/code_roll.html", point=point, slips=slips, address=address, served_by=served_by
    )


@blueprint.post("/service-points/<public_id>/rolls/<roll>/void")
def void_roll(public_id: str, roll: str) -> Any:
    """Let no code of a lost roll be used."""
    with transaction(databases().people) as people:
        visit_codes.void_roll(people, public_id, roll)
        audit.record(people, signed_in().account_id, "code_roll.void", public_id)
    return redirect(url_for("hr.channels", public_id=public_id))


@blueprint.post("/service-points/<public_id>/kiosks")
def add_kiosk(public_id: str) -> Any:
    """Register a device and show the address that sets it up, once."""
    entered = KioskForm()
    if not entered.validate_on_submit():
        return _page(public_id, RollForm(formdata=None), entered), 422
    with transaction(databases().people) as people:
        point = service_points.find_point(people, public_id)
        secret = kiosks.add(people, public_id, entered.name.data)
        audit.record(people, signed_in().account_id, "kiosk.add", public_id, name=entered.name.data)
    address = f"{settings().base_url.rstrip('/')}{url_for('kiosk.page')}#{secret}"
    return render_template(
        "hr/kiosk_added.html",
        point=point,
        name=entered.name.data,
        address=address,
        drawing=drawing_of(address),
    )


@blueprint.post("/service-points/<public_id>/kiosks/<kiosk>/retire")
def retire_kiosk(public_id: str, kiosk: str) -> Any:
    """Take nothing more from a device."""
    with transaction(databases().people) as people:
        kiosks.retire(people, public_id, kiosk)
        audit.record(people, signed_in().account_id, "kiosk.retire", public_id)
    return redirect(url_for("hr.channels", public_id=public_id))


def _page(public_id: str, roll: RollForm, kiosk: KioskForm) -> str:
    with reading(databases().people) as people:
        return render_template(
            "hr/channels.html",
            point=service_points.find_point(people, public_id),
            rolls=visit_codes.rolls(people, public_id),
            kiosks=kiosks.of_point(people, public_id),
            roll_form=roll,
            kiosk_form=kiosk,
        )
