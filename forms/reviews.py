"""Accepting the quality report of a counted cycle."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length


def _written(text: str | None) -> str | None:
    return text.strip() if text else text


class ReviewForm(FlaskForm):  # type: ignore[misc]
    """Why the quality of a counted cycle is accepted."""

    reason = TextAreaField(
        _("Why you accept it"),
        description=_(
            "For example: peers tell employees apart on all behaviours; two weak items are revised for the "
            "next cycle."
        ),
        filters=[_written],
        validators=[
            InputRequired(_("Write a reason in a sentence.")),
            Length(min=10, max=1_000, message=_("Write a reason of 10 to 1,000 signs.")),
        ],
    )


class LeaveOutForm(FlaskForm):  # type: ignore[misc]
    """Why the items that the rule names are left out of a counted cycle."""

    why = TextAreaField(
        _("Why you leave them out"),
        description=_(
            "For example: raters understood the item differently, as the meeting of 12 June found."
        ),
        filters=[_written],
        validators=[
            InputRequired(_("Write a reason in a sentence.")),
            Length(min=10, max=1_000, message=_("Write a reason of 10 to 1,000 signs.")),
        ],
    )
