"""A new cycle: what HR decides before anybody is asked."""

import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, ValidationError, fields
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from instruments.schema import Instrument

LONGEST_NAME = 120
LARGEST_MINIMUM = 50
WHOLE = 100  # weights are shares of a hundred
RATED_BY = ("self", "supervisor", "peer", "subordinate")
WEIGHTED = ("supervisor", "peer", "subordinate")

# What the service refuses, at the field where it is mended.
REFUSALS: dict[str, tuple[str, Any]] = {
    "name_missing": ("name", _("Write a name, for example “Semester II 2026”.")),
    "name_taken": ("name", _("Another cycle has this name. Choose a different one.")),
    "purpose_unknown": ("purpose", _("Choose what the cycle is for.")),
    "dates_reversed": ("closes_on", _("The last day lies before the first. Choose a later day.")),
    "weight_negative": ("weight_supervisor", _("A weight cannot be below 0.")),
    "no_anonymous_weight": (
        "weight_peer",
        _("Peers or subordinates must carry some weight: without them no figure would protect its raters."),
    ),
    "already_over": ("closes_on", _("This day is over. Choose today or a later day.")),
    "decision_missing": (
        "minimum_decision",
        _("Name the written decision that allows fewer than 5, for example its number and date."),
    ),
    "minimum_too_small": (
        "minimum_group_size",
        _("Fewer than 3 would give single answers away. Choose 3 or more."),
    ),
    "reliability_out_of_range": ("minimum_reliability", _("Choose a number from 0 to below 1.")),
    "mode_unknown": ("mode", _("Choose who holds the keys.")),
    "cap_out_of_range": ("weight_cap", _("Choose a share from 1 to 99 per cent.")),
}


def _one_line(text: str | None) -> str:
    letters = (" " if unicodedata.category(letter)[0] == "C" else letter for letter in text or "")
    return " ".join("".join(letters).split())


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
            self.data = Decimal(valuelist[0].strip().replace(",", "."))
        except InvalidOperation:
            raise ValueError(_("Write a number, for example 0.50.")) from None


def _weight(label: Any) -> IntegerField:
    return IntegerField(
        label,
        validators=[
            InputRequired(_("Write a weight; 0 if the group should not count.")),
            NumberRange(0, WHOLE, _("Choose a weight from 0 to 100.")),
        ],
    )


class CycleForm(FlaskForm):  # type: ignore[misc]
    """Everything a cycle needs; the values shown first are good ones to keep."""

    name = StringField(
        _("Name"),
        description=_("Raters and employees see it, for example “Semester II 2026”."),
        filters=[_one_line],
        validators=[
            InputRequired(_("Write a name, for example “Semester II 2026”.")),
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
    )
    purpose = RadioField(
        _("Purpose"),
        description=_("A unit’s first cycle should serve development. Raters see the purpose first."),
        choices=[
            SelectChoice("development", _("Development: helps people grow, no effect on appraisal or pay")),
            SelectChoice("appraisal", _("Appraisal: usable figures go into the appraisal")),
        ],
        validators=[InputRequired(_("Choose what the cycle is for."))],
    )
    opens_on = DateField(_("First day"), validators=[InputRequired(_("Choose the first day."))])
    closes_on = DateField(_("Last day"), validators=[InputRequired(_("Choose the last day."))])
    questionnaire_self = SelectField(_("Self"))
    questionnaire_supervisor = SelectField(_("Supervisor"))
    questionnaire_peer = SelectField(_("Peers"))
    questionnaire_subordinate = SelectField(_("Subordinates"))
    weight_supervisor = _weight(_("Supervisor, per cent"))
    weight_peer = _weight(_("Peers, per cent"))
    weight_subordinate = _weight(_("Subordinates, per cent"))
    mode = RadioField(
        _("Who holds the keys of the sealed answers"),
        description=_("Raters see it before they answer. It cannot be changed once the cycle is open."),
        choices=[
            SelectChoice(
                "two_holders",
                _("Two offices outside HR: no stored answer leads to a rater unless both act together"),
            ),
            SelectChoice("one_holder", _("One office outside HR, and this server")),
            SelectChoice("server_key", _("This server alone: for trials; its key could be copied")),
        ],
        validators=[InputRequired(_("Choose who holds the keys."))],
    )
    minimum_group_size = IntegerField(
        _("Smallest group"),
        description=_(
            "Peers and subordinates are shown from this many answers on. 3 needs a written decision."
        ),
        validators=[
            InputRequired(_("Write a number, for example 5.")),
            NumberRange(max=LARGEST_MINIMUM, message=_("Choose at most %(max)s.")),
        ],
    )
    minimum_decision = StringField(
        _("Written decision for fewer than 5"),
        description=_("Its number and date. Raters see it before they answer. Leave empty from 5 on."),
        filters=[_one_line],
        validators=[Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters."))],
    )
    minimum_reliability = DecimalField(
        _("Lowest reliability"),
        description=_("A figure below it is not usable. 0.50 means: half of the differences are not chance."),
        validators=[
            InputRequired(_("Write a number, for example 0.50.")),
            NumberRange(0, 1, _("Choose a number from 0 to below 1.")),
        ],
    )
    weight_cap = IntegerField(
        _("Most that one identifiable person may carry, per cent"),
        description=_("A supervisor alone never carries more than this, however few others answer."),
        validators=[
            InputRequired(_("Write a number, for example 60.")),
            NumberRange(1, WHOLE - 1, _("Choose a share from 1 to 99 per cent.")),
        ],
    )

    def offer(self, instruments: Sequence[Instrument], lang: str) -> None:
        """Set the questionnaires that each rater group can be given."""
        self._offered = {instrument.code: instrument for instrument in instruments}
        for group in RATED_BY:
            self.questionnaire_of(group).choices = [
                SelectChoice(instrument.code, instrument.title.in_language(lang))
                for instrument in instruments
                if group in instrument.rater_groups
            ]

    def chosen_for(self, group: str) -> Instrument:
        """The questionnaire chosen for a group, in its newest version."""
        return self._offered[self.questionnaire_of(group).data]

    def questionnaire_of(self, group: str) -> Any:
        """The field in which a group's questionnaire is chosen."""
        return self[f"questionnaire_{group}"]

    def weight_of(self, group: str) -> int:
        """The weight typed for a group; the self-rating never counts."""
        return self[f"weight_{group}"].data if group in WEIGHTED else 0

    def refuse(self, code: str) -> None:
        """Put what the service refused at its field."""
        name, words = REFUSALS[code]
        self[name].errors = [words]

    def validate_weight_subordinate(self, field: Any) -> None:
        weights = [self[f"weight_{group}"].data for group in WEIGHTED]
        if None not in weights and sum(weights) != WHOLE:
            raise ValidationError(
                _("The weights add up to %(sum)s. Change one so that they add up to 100.", sum=sum(weights))
            )

    def validate_questionnaire_subordinate(self, field: Any) -> None:
        # A code that is not offered is refused by its own field.
        chosen = [self._offered.get(self.questionnaire_of(group).data) for group in RATED_BY]
        if len({_behaviours(instrument) for instrument in chosen if instrument}) > 1:
            raise ValidationError(
                _("Ask all groups about the same behaviours: choose questionnaires that belong together.")
            )


def _behaviours(instrument: Instrument) -> tuple[object, ...]:
    return (
        *sorted(scale.code for scale in instrument.scales),
        *(option.value for option in instrument.options),
    )


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
