"""Tell raters: one public address without a secret, the same for everybody, fit for a group chat."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import render_template
from flask_babel import gettext as _

from protocol import manifest
from survey.db import reading
from survey.extensions import databases, settings
from survey.hr.door import blueprint
from survey.hr.sealed import address_of, public_address
from survey.i18n import long_date
from survey.models.cycles import Cycle
from survey.qr import drawing_of
from survey.services.cycles import cycles, later_days
from survey.services.cycles.later_days import LaterDay

WHATSAPP = "https://wa.me/?"


@blueprint.get("/cycles/<public_id>/invite")
def invite(public_id: str) -> str:
    """The public address, a message to send on, and a notice to hang up."""
    with reading(databases().people) as people:
        found = cycles.find_open(people, public_id)
        later = later_days.later_days(people, found)
    code = manifest.manifest_code(found.manifest.encode())
    message = _message(found, later, code)
    return render_template(
        "hr/invite.html",
        cycle=found,
        later=later,
        code=code,
        address=public_address(),
        genuine=address_of("public.genuine"),
        message=message,
        whatsapp=WHATSAPP + urlencode({"text": message}),
        drawing=drawing_of(public_address()),
    )


def _message(cycle: Cycle, later: Sequence[LaterDay], code: str) -> str:
    name, day, address = cycle.name, long_date(cycle.closes_on), public_address()
    lines = [
        _("%(cycle)s: please answer about the colleagues you work with, until %(day)s.", cycle=name, day=day),
        *(_("%(unit)s: until %(day)s", unit=each.unit, day=long_date(each.closes_on)) for each in later),
        _("Open %(address)s and sign in, or type the code from your sealed slip.", address=address),
        _("Who answered what stays secret."),
        _("Code of the cycle: %(code)s", code=code),
        _("Is this message genuine? Check it at %(address)s", address=address_of("public.genuine")),
        f"{settings().contact}, {settings().city}",
    ]
    return "\n".join(lines)
