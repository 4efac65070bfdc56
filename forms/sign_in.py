"""The sign-in form."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Username and password."""

    username = StringField(
        _("Username"), validators=[DataRequired(_("Type your username.")), Length(max=100)]
    )
    password = PasswordField(
        _("Password"), validators=[DataRequired(_("Type your password.")), Length(max=200)]
    )
