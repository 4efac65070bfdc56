"""What HR may still change while a cycle is open: a later last day, larger groups, or its cancellation."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, Length

from forms.cycles import LONGEST_NAME, DateField, IntegerField, one_line


class ExtendForm(FlaskForm):  # type: ignore[misc]
    """A later last day."""

    closes_on = DateField(
        _("New last day"), validators=[InputRequired(_("Write a date, for example 24/11/2026."))]
    )

    def refuse(self) -> None:
        """Say at the field that the day must be later."""
        self.closes_on.errors = [_("Choose a day after the present last day.")]


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
