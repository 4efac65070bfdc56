"""Service partners of a cycle: a file of pairs, or a rule for two units."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange

MOST_PARTNERS = 30
# What the service refuses, at the field where it is mended.
REFUSALS: dict[str, tuple[str, Any]] = {
    "unit_unknown": ("raters", _("This unit is not there any more. Choose another one.")),
    "units_overlap": ("raters", _("One of the units holds the other. Choose a unit outside it.")),
    "too_few_partners": ("wanted", _("Ask at least as many partners as the smallest group has.")),
}


class PairsForm(FlaskForm):  # type: ignore[misc]
    """A file of subjects and partners."""

    file = FileField(
        _("File with the columns subject and partner"),
        description=_(
            "CSV or XLSX, one pair a row, each person by NIP or employee code. The file replaces the pairs "
            "brought before."
        ),
        validators=[FileRequired(_("Choose a file."))],
    )


class RuleForm(FlaskForm):  # type: ignore[misc]
    """Raters of one unit for each employee of another."""

    subjects = SelectField(
        _("Employees of this unit are rated"),
        validate_choice=False,
        validators=[DataRequired(_("Choose a unit."))],
    )
    raters = SelectField(
        _("by people of this unit"), validate_choice=False, validators=[DataRequired(_("Choose a unit."))]
    )
    wanted = IntegerField(
        _("Partners for each employee"),
        validators=[
            InputRequired(_("Write a whole number.")),
            NumberRange(1, MOST_PARTNERS, _("Choose a number from %(min)s to %(max)s.")),
        ],
    )

    def refuse(self, code: str) -> None:
        """Put what the service refuses at its field."""
        name, words = REFUSALS[code]
        self[name].errors = [*self[name].errors, words]
