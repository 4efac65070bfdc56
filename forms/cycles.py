"""A new cycle: what HR decides before anybody is asked."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.typed_fields import (
    DateField,
    DecimalField,
    IntegerField,
    OptionalDecimalField,
    OptionalIntegerField,
    number_field,
)
from instruments.rater_groups import PRESET_WEIGHTS, RATER_GROUPS, WEIGHTED_GROUPS
from instruments.schema import Instrument

LONGEST_NAME = 120
LARGEST_MINIMUM = 50
MOST_RATERS, MOST_LOAD = 30, 60
MOST_OF_CITIZENS = 50
WHOLE = 100  # weights are shares of a hundred

# What the service refuses, at the field where it is mended.
REFUSALS: dict[str, tuple[str, Any]] = {
    "name_missing": ("name", _("Write a name, for example “Semester II 2026”.")),
    "name_taken": ("name", _("Another cycle has this name. Choose a different one.")),
    "purpose_unknown": ("purpose", _("Choose what the cycle is for.")),
    "dates_reversed": ("closes_on", _("The last day lies before the first. Choose a later day.")),
    "weight_negative": ("weight_supervisor", _("A weight cannot be below 0.")),
    "no_anonymous_weight": (
        "weight_peer",
        _(
            "Peers, subordinates or service partners must carry some weight: without them no figure would "
            "protect its raters."
        ),
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
    "way_unknown": ("chooses_raters", _("Choose who proposes the peers.")),
    "too_few_peers": ("peers_wanted", _("Ask at least as many peers as the smallest group has.")),
    "too_few_subordinates": (
        "subordinates_wanted",
        _("Ask at least as many subordinates as the smallest group has."),
    ),
    "cap_below_peers": (
        "load_cap",
        _("Everybody rates as many peers as everybody gets. Choose a cap that is not below that number."),
    ),
    "contact_negative": ("contact_months", _("Choose 0 or more months.")),
    "item_r_out_of_range": ("item_least_r", _("Choose a number above 0 and below 1, or leave it empty.")),
    "unable_out_of_range": (
        "item_most_unable",
        _("Choose a share from 1 to 99 per cent, or leave it empty."),
    ),
    "citizens_unclear": ("citizen_percent", _("Choose a half-year and a share above 0, or neither.")),
    "citizen_weight_out_of_range": ("citizen_percent", _("Choose a share from 0 to 50 per cent.")),
    "citizen_period_late": (
        "citizen_period",
        _("Choose a half-year that ended two weeks before the last day."),
    ),
    "cap_out_of_range": ("weight_cap", _("Choose a share from 1 to 99 per cent.")),
}


def one_line(text: str | None) -> str:
    letters = (" " if unicodedata.category(letter)[0] == "C" else letter for letter in text or "")
    return " ".join("".join(letters).split())


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
        filters=[one_line],
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
    questionnaire_partner = SelectField(
        _("Service partners"),
        description=_("People of other units who get services from the employee. You name them afterwards."),
    )
    weight_supervisor = _weight(_("Supervisor, per cent"))
    weight_peer = _weight(_("Peers, per cent"))
    weight_subordinate = _weight(_("Subordinates, per cent"))
    weight_partner = _weight(_("Service partners, per cent"))
    citizen_period = SelectField(
        _("What citizens say of officers"),
        description=_("Counts where enough visitors rated an officer; nobody else loses by it."),
        default="",
    )
    citizen_percent = IntegerField(
        _("Citizens’ share of the overall figure, per cent"),
        default=0,
        validators=[NumberRange(0, MOST_OF_CITIZENS, _("Choose a share from 0 to 50 per cent."))],
    )
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
            "Groups of anonymous raters are shown from this many answers on. 3 needs a written decision."
        ),
        validators=[
            InputRequired(_("Write a number, for example 5.")),
            NumberRange(max=LARGEST_MINIMUM, message=_("Choose at most %(max)s.")),
        ],
    )
    minimum_decision = StringField(
        _("Written decision for fewer than 5"),
        description=_("Its number and date. Raters see it before they answer. Leave empty from 5 on."),
        filters=[one_line],
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

    item_least_r = OptionalDecimalField(
        _("Least corrected r of an item"),
        description=_("How far an item goes with the others of its behaviour. 0.20 is usual."),
        validators=[Optional()],
    )
    item_most_unable = OptionalIntegerField(
        _("Most raters who cannot judge an item, per cent"),
        description=_("30 is a good value to begin with."),
        validators=[Optional()],
    )

    chooses_raters = RadioField(
        _("Who proposes the peers"),
        choices=[
            SelectChoice(
                "chart", _("The rule: people who work together, chosen by lot, loads spread evenly")
            ),
            SelectChoice(
                "nomination",
                _("The employees; their supervisors approve or change, and the rule fills what is missing"),
            ),
        ],
        validators=[InputRequired(_("Choose who proposes the peers."))],
    )
    peers_wanted = number_field(
        _("Peers for each employee"),
        _("Nine reach five answers in 95 of 100 cases if three of four answer."),
        1,
        MOST_RATERS,
    )
    subordinates_wanted = number_field(
        _("Subordinates for each supervisor, at most"),
        _("Of larger teams as many are drawn, from each kind of post by its share."),
        1,
        MOST_RATERS,
    )
    load_cap = number_field(
        _("Most people one rater is asked about"),
        _("Peers and superiors. Oneself and one’s own staff come on top."),
        1,
        MOST_LOAD,
    )
    contact_months = number_field(
        _("Months of working together before one may rate"), _("Applied where the dates are known."), 0, 24
    )
    joins_groups = BooleanField(
        _("Put peers and subordinates together where neither group is likely to reach the minimum alone"),
    )
    has_wide_circles = BooleanField(
        _("Ask people in the same kind of post of neighbouring units where one’s own circle is too small"),
        description=_(
            "They know the kind of work, but have not worked together: the months above do not hold for them."
        ),
    )

    def offer(
        self, instruments: Sequence[Instrument], lang: str, periods: Sequence[tuple[str, Any]] = ()
    ) -> None:
        """Set the questionnaires of each rater group, and the half-years of officers' figures."""
        self.citizen_period.choices = [SelectChoice("", _("Does not count"))]
        self.citizen_period.choices += [SelectChoice(name, words) for name, words in periods]
        self._offered = {instrument.code: instrument for instrument in instruments}
        for group in RATER_GROUPS:
            nobody = [] if group in PRESET_WEIGHTS else [SelectChoice("", _("Not asked"))]
            self.questionnaire_of(group).choices = nobody + [
                SelectChoice(instrument.code, instrument.title.in_language(lang))
                for instrument in instruments
                if group in instrument.rater_groups
            ]

    def chosen(self) -> dict[str, Instrument]:
        """The questionnaire chosen for each group that is asked, in its newest version."""
        codes = {group: self.questionnaire_of(group).data for group in RATER_GROUPS}
        return {group: self._offered[code] for group, code in codes.items() if code}

    def questionnaire_of(self, group: str) -> Any:
        """The field in which a group's questionnaire is chosen."""
        return self[f"questionnaire_{group}"]

    def weight_of(self, group: str) -> int:
        """The weight typed for a group; the self-rating never counts."""
        return self[f"weight_{group}"].data if group in WEIGHTED_GROUPS else 0

    def refuse(self, code: str) -> None:
        """Put what the service refused at its field."""
        name, words = REFUSALS[code]
        self[name].errors = [words]

    def validate_weight_partner(self, field: Any) -> None:
        if field.data and not self.questionnaire_partner.data:
            raise ValidationError(_("Service partners are not asked, so they carry no weight. Write 0."))

    def validate_weight_subordinate(self, field: Any) -> None:
        weights = [self[f"weight_{group}"].data for group in WEIGHTED_GROUPS]
        if None not in weights and sum(weights) != WHOLE:
            raise ValidationError(
                _("The weights add up to %(sum)s. Change one so that they add up to 100.", sum=sum(weights))
            )

    def validate_questionnaire_subordinate(self, field: Any) -> None:
        # A code that is not offered is refused by its own field.
        chosen = [self._offered.get(self.questionnaire_of(group).data) for group in RATER_GROUPS]
        if len({_behaviours(instrument) for instrument in chosen if instrument}) > 1:
            raise ValidationError(
                _("Ask all groups about the same behaviours: choose questionnaires that belong together.")
            )


def _behaviours(instrument: Instrument) -> tuple[object, ...]:
    return (
        *sorted(scale.code for scale in instrument.scales),
        *(option.value for option in instrument.options),
    )
