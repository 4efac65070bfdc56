"""Forms for service points."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

LONGEST_NAME = 120
LONGEST_CODE = 40


def _one_line(text: str | None) -> str | None:
    return " ".join(text.split()) if text else text


class NamesForm(FlaskForm):  # type: ignore[misc]
    """The name that citizens see, and the service that several points may share."""

    name = StringField(
        _("Name that citizens see"),
        filters=[_one_line],
        validators=[
            DataRequired(_("Write a name, for example “Registration desk”.")),
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
    )
    service = StringField(
        _("Kind of service (optional)"),
        description=_(
            "Points with the same words here are also counted together, for example “Birth certificates”."
        ),
        filters=[_one_line],
        validators=[Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters."))],
    )


class ServicePointForm(NamesForm):
    """A new service point."""

    # The list is checked here and not by the field, whose message would be WTForms' own.
    unit = SelectField(_("Unit"), validate_choice=False, validators=[DataRequired(_("Choose the unit."))])
    code = StringField(
        _("Code"),
        description=_("Short and unique: letters, digits, dots and dashes. It cannot be changed later."),
        filters=[_one_line],
        validators=[
            DataRequired(_("Write a code, for example PKM-01.")),
            Length(max=LONGEST_CODE, message=_("Use at most %(max)d characters.")),
            Regexp(r"^[A-Za-z0-9.-]+\Z", message=_("Use letters, digits, dots and dashes only.")),
        ],
    )

    def validate_unit(self, field: SelectField) -> None:
        """Refuse what is not in the list."""
        if field.data not in {value for value, _label in field.choices}:
            raise ValidationError(_("Choose a unit from the list."))
