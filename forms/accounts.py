"""Accounts: first passwords and new ones, and who holds which role."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length

LONGEST_TYPED = 200
ROLE_WORDS: dict[str, Any] = {
    "hr_admin": _("HR admin: plans, opens, closes, releases, gives roles"),
    "hr_operator": _("HR operator: people, slips, results; of the city or of a unit"),
    "approver": _("Approver: the second office, decides what HR asks for"),
    "unit_head": _("Head of a unit: sees the people of the unit"),
    "supervisor": _("Supervisor: sees direct reports"),
    "employee": _("Employee: own questionnaires and own results"),
    "auditor": _("Auditor: reads and checks the audit trail"),
}
# Roles of the offices that decide and check are given on the server.
GIVEN_HERE = {role: words for role, words in ROLE_WORDS.items() if role not in ("approver", "auditor")}
WEAK: dict[str, Any] = {
    "short": _("The password needs 12 characters or more."),
    "long": _("The password is longer than fits. At most 128 characters, please."),
    "guessable": _("Easily guessed. Take four words that have nothing to do with each other."),
    "number": _("Digits of your employee number are known to others. Leave them out."),
}
# What the services refuse, at the field where it is mended.
REFUSALS: dict[str, tuple[str, Any]] = {
    "code": (
        "code",
        _("Username and code do not belong together, or the code was used or is too old. Look at your slip."),
    ),
    "current": ("current", _("This is not your password until now. Try again.")),
    **{code: ("password", words) for code, words in WEAK.items()},
    "role_unknown": ("role", _("Choose a role.")),
    "held": ("role", _("The account holds this role already.")),
    "server_alone": ("role", _("This role is given on the server, by whoever runs it.")),
    "two_offices": (
        "role",
        _("One office asks, another decides, a third checks: an account holds roles of one of them only."),
    ),
    "employee_missing": (
        "role",
        _("The account belongs to nobody in the organisation chart."),
    ),
    "unit_missing": ("unit", _("Type the code of the unit that is led.")),
    "unit_unknown": ("unit", _("There is no unit with this code. It stands on the page of the unit.")),
    "unit_not_for_role": ("unit", _("This role is not held over a unit. Leave the field empty.")),
    "own": ("role", _("Nobody changes their own account. Ask another HR admin.")),
    "last_admin": ("role", _("This is the last HR admin. Make another one first.")),
}


class _Refusing(FlaskForm):  # type: ignore[misc]
    """A form that shows what a service refuses."""

    def refuse(self, code: str) -> None:
        """Put it at the field where it is mended."""
        name, words = REFUSALS[code]
        self[name].errors = [*self[name].errors, words]


class _ChoosingPassword(_Refusing):
    """A password, typed twice."""

    password = PasswordField(
        _("New password"),
        description=_("12 characters or more. Four words that have nothing to do with each other are good."),
        validators=[DataRequired(_("Choose a password.")), Length(max=LONGEST_TYPED)],
    )
    repeated = PasswordField(
        _("The new password again"),
        validators=[EqualTo("password", _("The two passwords differ. Type the same one twice."))],
    )


class ActivationForm(_ChoosingPassword):
    """A code from a slip, and the password that its person chooses."""

    username = StringField(
        _("Username"),
        description=_("It stands on your slip."),
        validators=[DataRequired(_("Type the username from your slip.")), Length(max=LONGEST_TYPED)],
    )
    code = StringField(
        _("Code"),
        description=_("16 letters and digits on your slip."),
        validators=[DataRequired(_("Type the code from your slip.")), Length(max=LONGEST_TYPED)],
    )


class PasswordForm(_ChoosingPassword):
    """A new password of somebody who is signed in."""

    current = PasswordField(
        _("Password until now"),
        validators=[DataRequired(_("Type your password.")), Length(max=LONGEST_TYPED)],
    )


class GrantForm(_Refusing):
    """A role for an account."""

    role = SelectField(
        _("Role"),
        choices=[SelectChoice("", _("Choose a role")), *(SelectChoice(*each) for each in GIVEN_HERE.items())],
    )
    unit = StringField(
        _("Code of the unit"),
        description=_(
            "For the head of a unit, and for an HR operator of one unit. It reaches all units below."
        ),
        validators=[Length(max=LONGEST_TYPED)],
    )
