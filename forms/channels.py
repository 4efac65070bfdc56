"""Forms for rolls of single-use codes and for kiosks."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

LARGEST_ROLL = 500
LONGEST_NAME = 120


class RollForm(FlaskForm):  # type: ignore[misc]
    """How many codes a roll has."""

    count = IntegerField(
        _("Number of codes"),
        default=120,
        validators=[
            InputRequired(_("Write how many codes to print.")),
            NumberRange(5, LARGEST_ROLL, _("Print between %(min)d and %(max)d codes at once.")),
        ],
    )


class KioskForm(FlaskForm):  # type: ignore[misc]
    """What a device is called."""

    name = StringField(
        _("Name of the device"),
        filters=[lambda text: " ".join(text.split()) if text else text],
        validators=[
            InputRequired(_("Write a name, for example “Tablet at the exit”.")),
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
    )
