"""A wave of letters, a test of it, and addresses that do not work."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, EmailField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

LONGEST_NOTE = 600
LONGEST_LIST = 200_000
# What the service refuses, at the field where it is mended.
REFUSALS: dict[str, tuple[str, Any]] = {
    "kind_unknown": ("kind", _("Choose what kind of letter it is.")),
    "no_unit": ("unit", _("Choose at least one unit, or all units.")),
    "too_few": (
        "unit",
        _("Too few raters for a letter: it would show who answers. Choose more units."),
    ),
    "time_over": (
        "unit",
        _("The last day is over. Choose units that have more time, and no other."),
    ),
    "no_address": ("unit", _("No rater of these units has an address that works. Bring addresses in first.")),
}


class WaveForm(FlaskForm):  # type: ignore[misc]
    """What is sent, to whom, and when."""

    kind = RadioField(
        _("Letter"),
        choices=[
            SelectChoice("invitation", _("Invitation")),
            SelectChoice("reminder", _("Reminder, in the same words to everybody")),
        ],
        default="invitation",
    )
    scope = RadioField(
        _("To the raters"),
        choices=[
            SelectChoice("all", _("Of all units")),
            SelectChoice("some", _("Only of the units ticked below")),
        ],
        default="all",
    )
    note = TextAreaField(
        _("A paragraph of your own"),
        description=_(
            "It stands in both parts of the letter as you write it. No names, no links to other sites."
        ),
        validators=[Optional(), Length(max=LONGEST_NOTE, message=_("At most %(max)d signs, please."))],
    )

    def refuse(self, code: str) -> None:
        """Put what the service refuses at its field; units are no field of this form."""
        name, words = REFUSALS[code]
        self.form_errors.append(words) if name == "unit" else self[name].errors.append(words)


class StartForm(FlaskForm):  # type: ignore[misc]
    """When a wave begins."""

    start = DateTimeLocalField(
        _("Begin"), description=_("Leave it empty to begin now."), validators=[Optional()]
    )


class TestForm(FlaskForm):  # type: ignore[misc]
    """Where a letter goes for a look before all others."""

    address = EmailField(
        _("Send a test to"),
        validators=[DataRequired(_("Type an e-mail address.")), Length(max=254)],
    )


class MendForm(FlaskForm):  # type: ignore[misc]
    """Another address for an employee."""

    address = StringField(
        _("Address"), validators=[DataRequired(_("Type an e-mail address.")), Length(max=254)]
    )


class BounceForm(FlaskForm):  # type: ignore[misc]
    """Addresses from the keeper of the mail server."""

    addresses = TextAreaField(
        _("Addresses that do not work"),
        description=_(
            "Paste them in any form, also whole bounce messages: every address in the text is looked for."
        ),
        validators=[DataRequired(_("Paste at least one address.")), Length(max=LONGEST_LIST)],
    )
