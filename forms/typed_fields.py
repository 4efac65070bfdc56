"""Fields for dates and numbers that say in our words what is wrong with what was typed."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import fields
from wtforms.validators import InputRequired, NumberRange


class DateField(fields.DateField):  # type: ignore[misc]
    """A date that says in our words what is wrong with it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a date, for example 24/11/2026.")) from None


class IntegerField(fields.IntegerField):  # type: ignore[misc]
    """A whole number that says in our words what is wrong with it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a whole number.")) from None


class DecimalField(fields.DecimalField):  # type: ignore[misc]
    """A number from 0 to 1, with a decimal point or a decimal comma."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        try:
            self.data: Any = Decimal(valuelist[0].strip().replace(",", "."))
        except InvalidOperation:
            raise ValueError(_("Write a number, for example 0.50.")) from None


class OptionalDecimalField(DecimalField):
    """A number that may be left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if is_empty(valuelist):
            self.data = None
        else:
            super().process_formdata(valuelist)


class OptionalIntegerField(IntegerField):
    """A whole number that may be left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if is_empty(valuelist):
            self.data = None
        else:
            super().process_formdata(valuelist)


def is_empty(typed: list[str]) -> bool:
    """Whether the field was there and nothing was typed into it."""
    return bool(typed) and not typed[0].strip()


def number_field(label: Any, hint: Any, least: int, most: int) -> IntegerField:
    """A whole number that must be typed, between two ends."""
    return IntegerField(
        label,
        description=hint,
        validators=[
            InputRequired(_("Write a whole number.")),
            NumberRange(least, most, _("Choose a number from %(min)s to %(max)s.")),
        ],
    )
