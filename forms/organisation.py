"""Changes of people's posts and of units, with the words for what the services refuse."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

LONGEST = 200
JOB_KINDS = (
    SelectChoice("", _("not given")),
    SelectChoice("jpt", _("High leadership (JPT)")),
    SelectChoice("administrator", _("Administrator")),
    SelectChoice("pengawas", _("Pengawas")),
    SelectChoice("fungsional", _("Functional")),
    SelectChoice("pelaksana", _("Pelaksana")),
)
# What the services refuse, at the field where it is mended.
REFUSALS: dict[str, tuple[str, Any]] = {
    "before_this_post": ("begins_on", _("The present post began on that day or later. Choose a later day.")),
    "own_superior": ("superior", _("Nobody is her or his own supervisor. Name somebody else.")),
    "ends_before_it_begins": ("ends_on", _("The last day lies before the first. Correct one of the two.")),
    "acting_without_first_day": ("begins_on", _("Write the first day: acting counts from it.")),
    "seat_missing": ("acts_for", _("Name whose seat it is; nobody acts for herself or himself.")),
    "seat_taken": ("acts_for", _("Somebody else acts for this seat in these days. End that post first.")),
    "unit_unknown": ("unit", _("There is no unit with this code. Check the list of units.")),
    "employee_unknown": ("superior", _("Nobody has this NIP or code. Check the list of employees.")),
    "day_ahead": ("begins_on", _("That day lies ahead. Enter the change on that day.")),
    "unit_gone": ("begins_on", _("This unit has ended already.")),
    "before_last_change": ("begins_on", _("The unit changed after that day. Choose a later day.")),
    "below_itself": ("parent", _("The new place lies below the unit itself. Choose another.")),
    "two_units_needed": ("units", _("Choose at least one other unit.")),
    "name_taken": ("name", _("This name is taken. Choose a different one.")),
    "in_team_already": ("employee", _("She or he is in this team in these days already.")),
    "code_taken": ("code", _("Another unit has this code. Choose a different one.")),
}


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _text(label: Any, description: Any = "", required: Any = "") -> StringField:
    check = [DataRequired(required)] if required else []
    return StringField(
        label,
        description=description,
        filters=[_one_line],
        validators=[*check, Length(max=LONGEST, message=_("Use at most %(max)d characters."))],
    )


def _day(label: Any, required: Any = "", description: Any = "") -> DateField:
    return DateField(
        label, description=description, validators=[DataRequired(required) if required else Optional()]
    )


class _Refusable(FlaskForm):  # type: ignore[misc]
    def refuse(self, code: str) -> None:
        """Put what the service refuses at its field, or at the first one."""
        name, words = REFUSALS[code]
        field = self[name] if name in self else next(iter(self))  # who is unknown stands in the first field
        field.errors = [*field.errors, words]


class TransferForm(_Refusable):
    """Another main post."""

    unit = _text(_("Unit (code)"), required=_("Write the code of the unit."))
    title = _text(_("Job title"))
    job_kind = SelectField(_("Kind of post"), choices=JOB_KINDS)
    job_level = _text(_("Level of post"), _("For example: Ahli Muda, Pratama."))
    superior = _text(_("Supervisor (NIP or code)"), _("Leave it empty where there is none."))
    begins_on = _day(_("First day"), _("Write the first day."))


class PostForm(_Refusable):
    """A further post, or acting for a seat."""

    capacity = SelectField(
        _("What it is"),
        choices=[
            SelectChoice("further", _("Further post beside the main post")),
            SelectChoice("plt", _("Plt: the seat is vacant")),
            SelectChoice("plh", _("Plh: the holder is away for a time")),
        ],
    )
    unit = _text(_("Unit (code)"), required=_("Write the code of the unit."))
    title = _text(_("Job title"))
    acts_for = _text(
        _("Whose seat (NIP or code)"), _("For Plt and Plh: who holds the seat, or held it last.")
    )
    superior = _text(_("Supervisor (NIP or code)"), _("Leave it empty where there is none."))
    begins_on = _day(_("First day"))
    ends_on = _day(_("Last day"), description=_("Leave it empty while it is not known."))
    decree = _text(_("Number of the decree"))


class DayForm(_Refusable):
    """The last day of something."""

    ends_on = _day(_("Last day"), _("Write the last day."))


class _DecreeForm(_Refusable):
    begins_on = _day(_("Holds from"), _("Write the day."))
    decree = _text(_("Number of the decree"), required=_("Write the number of the decree."))


class RenameForm(_DecreeForm):
    """Another name for a unit."""

    name = _text(_("New name"), required=_("Write the new name."))


class MoveForm(_DecreeForm):
    """Another place in the tree."""

    parent = SelectField(_("Belongs to"))


class MergeForm(_DecreeForm):
    """Units that become one: this one with others."""

    units = SelectMultipleField(_("Together with"))
    code = _text(
        _("Code of the new unit"), _("Leave code and name empty where the others become part of this one.")
    )
    name = _text(_("Name of the new unit"))


class SplitForm(_DecreeForm):
    """A new unit out of one that stays."""

    code = _text(_("Code of the new unit"), required=_("Write a code."))
    name = _text(_("Name of the new unit"), required=_("Write the name."))
    people = SelectMultipleField(_("Who goes there, with all they lead"))
    below = SelectMultipleField(_("Units below that go there"))


class TeamForm(_Refusable):
    """A new team."""

    name = _text(_("Name of the team"), required=_("Write the name."))
    decree = _text(_("Number of the decree"))


class MemberForm(_Refusable):
    """Somebody more in a team."""

    employee = _text(_("Employee (NIP or code)"), required=_("Write the NIP or the code."))
    leads = BooleanField(_("Leads the team"))
    begins_on = _day(_("First day"), _("Write the first day."))


class CircleForm(_Refusable):
    """A circle of like posts."""

    name = _text(_("Name of the circle"), required=_("Write the name."))
    job_kind = SelectField(_("Kind of post"), choices=JOB_KINDS[1:])
    job_level = _text(_("Level of post"), _("Leave it empty where every level belongs."))
    title_begins = _text(
        _("The job title begins with"), _("For example: Lurah. Leave it empty where every title belongs.")
    )
