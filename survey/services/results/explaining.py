"""What people are told about a cycle before they are asked, made from its real settings."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from instruments.schema import Instrument, RaterGroup
from protocol.manifest import Citizens
from survey.exceptions import NotFound
from survey.models.cycles import Cycle
from survey.models.protocol import Layer
from survey.services.cycles import cycle_texts, cycles, holders
from survey.services.results import officer_parts

STILL_PLANNED = ("nomination", "assigned", "opening")
UNKNOWN_STATES = ("draft", "cancelled")  # HR may still change everything; nothing will come of it


@dataclass(frozen=True)
class AskedGroup:
    """A rater group with what it is asked."""

    rater_group: RaterGroup
    instrument: Instrument
    items: int
    minutes: int
    weight: float


@dataclass(frozen=True)
class Explanation:
    """Everything that the page, the slides and the practice need."""

    cycle: Cycle
    groups: tuple[AskedGroup, ...]
    layers: tuple[Layer, ...]
    citizens: Citizens | None  # how what citizens say of an officer enters her figure
    is_fixed: bool  # opened: nothing of it can be changed any more

    @property
    def offices(self) -> list[str]:
        """The offices that hold keys."""
        return [layer.office for layer in self.layers if layer.office]

    def group(self, rater_group: str) -> AskedGroup:
        """One of the groups; NotFound for any other word."""
        for each in self.groups:
            if each.rater_group == rater_group:
                return each
        raise NotFound(rater_group)


def explain(people: Session, public_id: str) -> Explanation:
    """What a cycle asks, who sees what, how the score is made.

    Raises
    ------
    NotFound
        There is no such cycle, or it is a draft.
    """
    cycle = cycles.find_cycle(people, public_id)
    if cycle.state in UNKNOWN_STATES:
        raise NotFound(public_id)
    asked = cycle_texts.questionnaires(people, cycle)
    groups = tuple(
        AskedGroup(
            group.rater_group,  # type: ignore[arg-type]
            asked[group.rater_group],
            len(asked[group.rater_group].items_for(group.rater_group)),  # type: ignore[arg-type]
            asked[group.rater_group].burden_minutes(group.rater_group),  # type: ignore[arg-type]
            group.weight,
        )
        for group in cycle.groups
    )
    return Explanation(
        cycle,
        groups,
        tuple(holders.layers(people, cycle)),
        officer_parts.published_rule(cycle) or officer_parts.rule_of(people, cycle),
        is_fixed=cycle.state not in STILL_PLANNED,
    )
