"""What stands on sealed slips and letters, in the language of who prints them; never shown as a page."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from protocol import manifest
from survey.extensions import settings
from survey.i18n import language, long_date
from survey.models.cycles import Cycle
from survey.services.accounts.activation import DAYS_VALID, AccountSlip
from survey.services.documents import sheets
from survey.services.papers.distribution import Slip


def asked_layout() -> str:
    """Slips to be cut, unless letters are asked for."""
    layout = request.form.get("layout", "")
    return layout if layout in sheets.LAYOUTS else sheets.LAYOUTS[0]


def public_address() -> str:
    """The one address that raters are told, the same for everybody."""
    return address_of("respond.start").rstrip("/")


def address_of(endpoint: str) -> str:
    """A page's address as it is printed: without any language or secret."""
    return settings().base_url.rstrip("/") + url_for(endpoint).partition("?")[0]


def activation_sheets(slips: Sequence[AccountSlip], unit: str, layout: str, today: date) -> Response:
    """Slips with which people set a password."""
    address = address_of("sign_in.activation")
    until = long_date(today + timedelta(days=DAYS_VALID))
    words = sheets.Words(
        title=_("Sign-in slips: %(unit)s", unit=unit),
        subject=_("Your Cermin account"),
        steps=[
            _("Open %(address)s", address=address),
            _("Type username and code."),
            _("Choose a password that nobody else knows."),
        ],
        inside=[
            _("Works once, until %(day)s.", day=until),
            _("We never ask for your password or this code, not by telephone and not by WhatsApp."),
        ],
        letter=[
            _("With this account you answer about colleagues you work with, and read your own results."),
            _("If you did not ask for a new password, tell %(contact)s.", contact=settings().contact),
        ],
        **_common(address),
    )
    printed = [sheets.Sheet(slip.name, slip.job_title, slip.code, slip.username) for slip in slips]
    return _file(printed, words, unit, address, layout, "")


def rater_sheets(slips: Sequence[Slip], cycle: Cycle, unit: str, layout: str, last_day: date) -> Response:
    """Slips with which raters answer who have no account."""
    address, contact, day = public_address(), settings().contact, long_date(last_day)
    genuine = address_of("public.genuine")
    words = sheets.Words(
        title=_("Slips: %(cycle)s, %(unit)s", cycle=cycle.name, unit=unit),
        subject=cycle.name,
        steps=[
            _("Open %(address)s", address=address),
            _("Type the code. You need no account."),
            _("Answer about the colleagues who are listed there."),
        ],
        inside=[
            _("Until %(day)s. For you alone: whoever has this code can answer in your place.", day=day),
            _("The page shows the code of the rules too. If it differs, tell %(contact)s.", contact=contact),
        ],
        letter=[
            _("Nobody reads what you alone answered: only groups that are large enough are shown."),
            _("Is this message genuine? Check it at %(address)s", address=genuine),
        ],
        **_common(address),
    )
    printed = [sheets.Sheet(slip.name, slip.job_title, slip.code) for slip in slips]
    code = manifest.manifest_code(cycle.manifest.encode())
    return _file(printed, words, unit, address, layout, code)


def _common(address: str) -> dict[str, Any]:
    contact = settings().contact
    return {
        "sender": f"{contact}, {settings().city}",
        "outside": [
            _("To be opened by this person alone."),
            _(
                "If the seal is broken, do not use it, and ask %(contact)s for a new one.",
                contact=settings().contact,
            ),
        ],
        "username": _("Username"),
        "code": _("Code"),
        "rules": _("Code of this cycle’s rules and keys"),
        "fold": _("Fold here, over the part with the code, and glue."),
        "drawing": _("QR code of the address %(address)s", address=address),
    }


def _file(
    printed: list[sheets.Sheet], words: sheets.Words, unit: str, address: str, layout: str, rules_code: str
) -> Response:
    data = sheets.as_pdf(
        printed, words, unit=unit, address=address, layout=layout, language=language(), rules_code=rules_code
    )
    answer = Response(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="sealed-slips.pdf"'
    return answer
