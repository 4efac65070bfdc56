"""What HR may still change while a cycle is open: a later last day, larger groups."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from forms.cycles import DateField, IntegerField


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
