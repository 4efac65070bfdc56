"""A request for replacement papers."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

LONGEST_REASON = 500
# What the service refuses, at the field where it is mended.
REFUSALS: dict[str, tuple[str, Any]] = {
    "reason_missing": ("reason", _("Write why the sheets are to be replaced.")),
    "rater_unknown": ("number", _("Nobody with this NIP is asked in this cycle. Check the number.")),
    "waiting_already": ("number", _("A request for this rater is waiting already.")),
}


class ReplacementForm(FlaskForm):  # type: ignore[misc]
    """Who lost the device, and how."""

    number = StringField(
        _("NIP of the rater"), validators=[DataRequired(_("Type the NIP of the rater.")), Length(max=40)]
    )
    reason = TextAreaField(
        _("Why"),
        description=_("For example: telephone stolen on 20 November, reported to the police."),
        validators=[
            DataRequired(_("Write why the sheets are to be replaced.")),
            Length(max=LONGEST_REASON, message=_("At most %(max)d signs, please.")),
        ],
    )

    def refuse(self, code: str) -> None:
        """Put what the service refuses at its field."""
        name, words = REFUSALS[code]
        self[name].errors = [*self[name].errors, words]
