"""The record of a meeting in which a unit was told about a cycle."""

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from forms.typed_fields import DateField, IntegerField

LONGEST_NAME = 120
MOST_PRESENT = 5000


class BriefingForm(FlaskForm):  # type: ignore[misc]
    """When, by whom, how many; the units are chosen beside it."""

    held_on = DateField(_("Day of the meeting"), validators=[InputRequired(_("Choose the day."))])
    led_by = StringField(
        _("Who explained"),
        description=_("A name or an office."),
        filters=[lambda text: " ".join(text.split()) if text else text],
        validators=[
            DataRequired(_("Write who explained, for example “BKPSDM”.")),
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
    )
    present = IntegerField(
        _("How many were there"),
        description=_("A number only; nobody is named."),
        validators=[
            InputRequired(_("Write a whole number.")),
            NumberRange(1, MOST_PRESENT, _("Write a number from 1 to 5000.")),
        ],
    )

    def refuse_later_than(self, today: date) -> bool:
        """Say at the field that the meeting must have been held."""
        if self.held_on.data <= today:
            return False
        self.held_on.errors = [_("The day lies in the future. Write a meeting down once it was held.")]
        return True
