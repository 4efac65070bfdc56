"""What HR may still change while a cycle is open: a later last day, larger groups, or its cancellation."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.cycles import LONGEST_NAME, one_line
from forms.typed_fields import DateField, IntegerField

ALL_UNITS = ""
# What the service refuses, at the field where it is mended.
LATER_DAY_REFUSALS: dict[str, tuple[str, Any]] = {
    "not_later": ("closes_on", _("Choose a day after the present last day.")),
    "too_few": (
        "unit",
        _("Too few raters: a late answer would show whose it is. Choose a larger unit, or all."),
    ),
}


class ExtendForm(FlaskForm):  # type: ignore[misc]
    """A later last day."""

    closes_on = DateField(
        _("New last day"), validators=[InputRequired(_("Write a date, for example 24/11/2026."))]
    )

    unit = SelectField(_("For whom"), validators=[Optional()], default=ALL_UNITS)

    def offer(self, units: Iterable[tuple[str, str]]) -> None:
        """Let one unit be chosen (public id, name) in place of all."""
        self.unit.choices = [
            SelectChoice(ALL_UNITS, _("All raters")),
            *(SelectChoice(public_id, name) for public_id, name in units),
        ]

    def refuse(self, code: str) -> None:
        """Put what the service refuses at the field where it is mended."""
        name, words = LATER_DAY_REFUSALS[code]
        self[name].errors = [words]


class MinimumForm(FlaskForm):  # type: ignore[misc]
    """A larger smallest group."""

    minimum = IntegerField(
        _("New smallest group"), validators=[InputRequired(_("Write a whole number, for example 7."))]
    )

    def refuse(self) -> None:
        """Say at the field that the number must be larger."""
        self.minimum.errors = [_("Write a number larger than the present one. It can only become stricter.")]


class CancelForm(FlaskForm):  # type: ignore[misc]
    """Why a cycle can never be counted; everybody may read it."""

    reason = StringField(
        _("Why the cycle is cancelled"),
        description=_("One sentence. It stands on the public page of the cycle for good, so name no person."),
        filters=[one_line],
        validators=[
            DataRequired(_("Write why, in one sentence.")),
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
    )
