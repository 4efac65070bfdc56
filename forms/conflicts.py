"""Pairs who must not rate each other, and decisions about the list of raters."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

LONGEST_REASON = 500
# What the service refuses, at the field where it is mended.
REFUSALS: dict[str, tuple[str, Any]] = {
    "first_unknown": ("first", _("Nobody has this NIP. Check the number.")),
    "second_unknown": ("second", _("Nobody has this NIP. Check the number.")),
    "same_person": ("second", _("This is the same person. Type the NIP of the other one.")),
    "reason_missing": ("reason", _("Write the reason.")),
    "known_already": ("second", _("This pair is entered already.")),
}


def _number(label: Any) -> StringField:
    return StringField(label, validators=[DataRequired(_("Type a NIP.")), Length(max=40)])


class ConflictForm(FlaskForm):  # type: ignore[misc]
    """Two people and why."""

    first = _number(_("NIP of the one"))
    second = _number(_("NIP of the other"))
    reason = TextAreaField(
        _("Reason"),
        description=_("For example: married; a complaint is being heard. Only HR reads it."),
        validators=[
            DataRequired(_("Write the reason.")),
            Length(max=LONGEST_REASON, message=_("At most %(max)d signs, please.")),
        ],
    )

    def refuse(self, code: str) -> None:
        """Put what the service refuses at its field."""
        name, words = REFUSALS[code]
        self[name].errors = [*self[name].errors, words]


class WrittenDecisionForm(FlaskForm):  # type: ignore[misc]
    """The decision that approves the list of raters where no other office has an account."""

    decision = StringField(
        _("Written decision"),
        description=_("Number, date and who signed it. It enters the audit trail."),
        validators=[DataRequired(_("Name the decision.")), Length(max=LONGEST_REASON)],
    )


class DeclineForm(FlaskForm):  # type: ignore[misc]
    """Why the list is sent back."""

    reason = TextAreaField(
        _("Why the list is sent back"),
        validators=[
            DataRequired(_("Write the reason.")),
            Length(max=LONGEST_REASON, message=_("At most %(max)d signs, please.")),
        ],
    )
