"""Forms for what offices do about what citizens say."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from forms.typed_fields import DecimalField

LONGEST_LINE = 200
LONGEST_TEXT = 1000


def _one_line(text: str | None) -> str | None:
    return " ".join(text.split()) if text else text


def _line(label: str, needed: str, hint: str = "") -> StringField:
    return StringField(
        label,
        description=hint,
        filters=[_one_line],
        validators=[
            DataRequired(needed),
            Length(max=LONGEST_LINE, message=_("Use at most %(max)d characters.")),
        ],
    )


class PromiseForm(FlaskForm):  # type: ignore[misc]
    """An action about an element."""

    period = SelectField(_("Period in which citizens said so"), validate_choice=True)
    element = SelectField(_("Element"), validate_choice=True)
    action = TextAreaField(
        _("What will be done"),
        validators=[
            DataRequired(_("Write what will be done, for example “Open a second counter from 8 to 11”.")),
            Length(max=LONGEST_TEXT, message=_("Use at most %(max)d characters.")),
        ],
    )
    responsible = _line(
        _("Who is responsible"),
        _("Write the post that is responsible."),
        _("A post, not a person’s name: everybody can read this."),
    )
    due_on = DateField(_("By when"), validators=[DataRequired(_("Choose the day."))])
    state = RadioField(_("State"), default="planned")
    done_on = DateField(_("Done on"), validators=[Optional()])
    evidence = TextAreaField(
        _("Evidence"),
        description=_(
            "Where everybody can see that it was done: a document number, an address, a photo’s place."
        ),
        validators=[Length(max=LONGEST_TEXT, message=_("Use at most %(max)d characters."))],
    )

    def validate_state(self, field: RadioField) -> None:
        """What is done was done on a day."""
        if field.data == "done" and self.done_on.data is None:
            raise ValidationError(_("Write the day on which it was done."))


class IndicatorForm(FlaskForm):  # type: ignore[misc]
    """A figure of the service."""

    name = _line(_("Name"), _("Write a name, for example “Waiting time at the desk”."))
    measure = _line(
        _("Unit of measure"), _("Write the unit, for example minutes."), _("For example minutes, cases.")
    )
    less_is_better = BooleanField(_("Less is better"))
    element = SelectField(_("Shown beside the element"), validate_choice=True)


class ValuesForm(FlaskForm):  # type: ignore[misc]
    """A file of days and figures."""

    file = FileField(
        _("File with the columns day and value"),
        description=_("CSV or XLSX. Days as 2026-11-24. A day that is there already is replaced."),
        validators=[FileRequired(_("Choose a file."))],
    )


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """A change of the service."""

    changed_on = DateField(_("Since when"), validators=[DataRequired(_("Choose the day."))])
    words = _line(_("What was changed"), _("Write what was changed, for example “Numbers by telephone”."))


class UsersForm(FlaskForm):  # type: ignore[misc]
    """How many used a service point in a quarter."""

    point = SelectField(_("Counter"), validate_choice=True)
    period = SelectField(_("Quarter"), validate_choice=True)
    users = IntegerField(
        _("People who used it"),
        validators=[
            InputRequired(_("Write a whole number.")),
            NumberRange(min=1, max=100_000_000, message=_("Write a whole number above zero.")),
        ],
    )


class WeightsForm(FlaskForm):  # type: ignore[misc]
    """Weights of the elements from a quarter on; the fields of the elements are added by `weights_form`."""

    from_period = SelectField(_("From"), validate_choice=True)
    reason = TextAreaField(
        _("Reason"),
        description=_("Everybody can read it."),
        validators=[
            DataRequired(_("Write why the elements weigh differently here.")),
            Length(max=LONGEST_TEXT, message=_("Use at most %(max)d characters.")),
        ],
    )

    def weight(self, element: str) -> DecimalField:
        """The field of an element."""
        found: DecimalField = self[f"weight_{element}"]
        return found


def weights_form(elements: Sequence[tuple[str, str]]) -> type[WeightsForm]:
    """A form with a field for each element, in percent."""
    fields = {
        f"weight_{code}": DecimalField(
            title,
            validators=[
                InputRequired(_("Write a number from 0 to 100.")),
                NumberRange(0, 100, _("Write a number from 0 to 100.")),
            ],
        )
        for code, title in elements
    }
    return type("WeightsForm", (WeightsForm,), fields)


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What the data do not know of a report."""

    period = SelectField(_("Period"), validate_choice=True)
    weights = RadioField(_("Weight of an element"), default="1/9")
    signatory = _line(_("Who signs"), _("Write the name of who signs."))
    number = StringField(
        _("Employee number (NIP)"),
        description=_("It is printed and not kept."),
        filters=[_one_line],
        validators=[Length(max=30, message=_("Use at most %(max)d characters."))],
    )
    post = _line(_("Post"), _("Write the post of who signs."))
    place = _line(_("Place"), _("Write the place."))
    signed_on = DateField(_("Date"), validators=[DataRequired(_("Choose the day."))])
    method = TextAreaField(
        _("How the answers were collected"),
        validators=[
            DataRequired(_("Write how the answers were collected.")),
            Length(max=LONGEST_TEXT, message=_("Use at most %(max)d characters.")),
        ],
    )
    kind = RadioField(_("File"), default="report.pdf")
    publish = BooleanField(_("Enter this file in the public log of publications"))
    published_at = StringField(
        _("Where it is published"),
        description=_("For example: notice board of the office; its website."),
        filters=[_one_line],
        validators=[Length(max=LONGEST_LINE, message=_("Use at most %(max)d characters."))],
    )


class OfficialChannelsForm(FlaskForm):  # type: ignore[misc]
    """Which channels the index counts from a quarter on."""

    from_period = SelectField(_("From the beginning of"), validate_choice=True)
    channels = SelectMultipleField(
        _("Channels"), validators=[DataRequired(_("Choose at least one channel."))]
    )
