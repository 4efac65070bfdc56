"""Forms for rolls of single-use codes and for kiosks."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

LARGEST_ROLL = 500
LONGEST_NAME = 120
PDF, PAGE = "pdf", "page"


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
    officer = StringField(
        _("Only for visitors of one officer"),
        description=_(
            "NIP or employee code, or empty. Citizens with these codes are then asked three questions about "
            "this officer. Print the codes on the queue slips, for all; no officer chooses who gets one."
        ),
        filters=[lambda text: text.strip() if text else text],
        validators=[Length(max=LONGEST_NAME)],
    )
    language = SelectField(
        _("Language of the slips"),
        choices=[SelectChoice("id", "Bahasa Indonesia"), SelectChoice("en", "English")],
        default="id",
    )
    kind = SelectField(
        _("As"),
        choices=[
            SelectChoice(PDF, _("PDF with lines to cut along")),
            SelectChoice(PAGE, _("A page, to print from the browser")),
        ],
        default=PDF,
    )

    def refuse_officer(self) -> None:
        """Say that nobody is known by what was typed."""
        self.officer.errors = [
            *self.officer.errors,
            _("Nobody has this NIP or employee code. Check it."),
        ]


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
