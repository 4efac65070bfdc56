"""Bringing in units and employees: choose the files, then confirm what was looked at."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, HiddenField, ValidationError
from wtforms.validators import InputRequired, Optional


class ImportForm(FlaskForm):  # type: ignore[misc]
    """One file or both."""

    units = FileField(_("File of units"))
    employees = FileField(_("File of employees"))

    def validate_units(self, field: Any) -> None:
        if not (field.data or self.employees.data):
            raise ValidationError(_("Choose a file of units, a file of employees, or both."))


class ApplyForm(FlaskForm):  # type: ignore[misc]
    """Which upload to apply, and the difference that was looked at."""

    upload = HiddenField(validators=[InputRequired()])
    fingerprint = HiddenField(validators=[InputRequired()])
    begins_on = DateField(
        _("New posts hold from"),
        description=_("What somebody was before stays readable, up to the day before."),
        validators=[Optional()],
    )
    is_correction = BooleanField(
        _("No: the file corrects mistakes, and nothing is kept of what was wrong"),
    )
