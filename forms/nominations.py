"""Naming peers, deciding on them, declining."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, Length

LONGEST_REASON = 500
# What the service refuses, at the field where it is mended.
REFUSALS: dict[str, Any] = {
    "too_few": _("Choose more people: fewer would not protect what each of them says."),
    "too_many": _("Choose fewer people."),
    "unknown": _("Choose from the people listed here."),
    "decided": _("Your supervisor has decided already. The list cannot be changed here any more."),
}


class NominationForm(FlaskForm):  # type: ignore[misc]
    """Who is chosen, by public id."""

    peer = SelectMultipleField(_("Peers"), validate_choice=False)

    def refuse(self, code: str) -> None:
        """Put what the service refuses at the list."""
        self.peer.errors = [REFUSALS[code]]


class DeclineToRateForm(FlaskForm):  # type: ignore[misc]
    """Why somebody does not want to rate."""

    reason = TextAreaField(
        _("Why"),
        description=_("HR alone reads it, without your name. For example: I know too little of the work."),
        validators=[
            DataRequired(_("Write the reason.")),
            Length(max=LONGEST_REASON, message=_("At most %(max)d signs, please.")),
        ],
    )
