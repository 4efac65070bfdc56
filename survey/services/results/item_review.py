"""What the rule about items found in a counted cycle, what follows from it, and what HR chose.

The rule is applied whole or not at all: choosing among the items that it names would be no rule. The choice
falls before anybody sees a result and can be taken back until then; afterwards means with an item and without
it would tell what was answered to it about each person (docs/decisions/0018, 0023).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.exceptions import InvalidPlan, StepNotAllowed
from survey.models.appraisals import Appraisal, Quality
from survey.models.cycles import Cycle
from survey.models.reviews import ItemReview
from survey.services.results import appraising, item_rule, officer_parts, vault_store
from survey.services.results.cycle_frame import CycleFrame, read_frame
from survey.services.results.item_rule import JudgedItem
from survey.services.results.quality_figures import WHOLE

COMPARED = ("alpha", "omega_total", "icc1", "icck", "sem")
OPEN_IN = "tallied"


@dataclass(frozen=True)
class Way:
    """What a cycle says in one way of counting: coefficients by rater group and scale, and who is usable."""

    figures: dict[tuple[str, str], dict[str, Any]]
    usable: dict[int, bool]


def way_of(people: Session, cycle: Cycle) -> Way:
    """What is stored of the cycle now."""
    rows = people.scalars(select(Quality).where(Quality.cycle_id == cycle.id, Quality.scale != WHOLE))
    usable = people.execute(
        select(Appraisal.employee_id, Appraisal.usable).where(Appraisal.cycle_id == cycle.id)
    )
    figures = {(row.rater_group, row.scale): row.figures for row in rows}
    return Way(figures, dict(usable.all()))


def note(
    people: Session, cycle: Cycle, judged: Sequence[JudgedItem], asked: Way, without: Way | None
) -> None:
    """Write down what the rule found and what would follow; the choice stays as it was made."""
    named = item_rule.named(list(judged))
    findings = {
        "items": [_told(one) for one in judged],
        "scales": _compared(named, asked, without) if without else [],
        "usable": _usable(asked, without) if without else None,
    }
    review = people.get(ItemReview, cycle.id)
    if review is None:
        people.add(ItemReview(cycle_id=cycle.id, named=named, findings=findings))
    else:
        review.named, review.findings = named, findings
    people.flush()


def _told(one: JudgedItem) -> dict[str, Any]:
    return {
        "scale": one.scale,
        "item": one.item,
        "outcome": one.outcome,
        **asdict(one.verdict),
        "faults": list(one.verdict.faults),
    }


def _compared(named: dict[str, str], asked: Way, without: Way) -> list[dict[str, Any]]:
    """Coefficients of the scales that lose an item; none of a rater group whose answers are by name."""
    return [
        {
            "rater_group": rater_group,
            "scale": scale,
            "n": before["ballots"],
            "with": {name: before[name] for name in COMPARED},
            "without": {name: without.figures[rater_group, scale][name] for name in COMPARED},
        }
        for (rater_group, scale), before in sorted(asked.figures.items())
        if scale in named and before["icc1"] is not None
    ]


def _usable(asked: Way, without: Way) -> dict[str, int]:
    both = [(asked.usable[person], without.usable[person]) for person in asked.usable]
    return {
        "with": sum(one for one, _other in both),
        "without": sum(other for _one, other in both),
        "gained": sum(other and not one for one, other in both),
        "lost": sum(one and not other for one, other in both),
    }


def find(people: Session, cycle: Cycle) -> ItemReview | None:
    """What the rule found; None where the cycle has no rule, or is not counted."""
    return people.get(ItemReview, cycle.id)


def left_out(people: Session, cycle: Cycle) -> dict[str, str]:
    """The items that count in no figure, by scale."""
    review = find(people, cycle)
    return dict(review.named) if review and review.is_left_out else {}


def leave_out(people: Session, answers: Session, cycle: Cycle, reason: str) -> None:
    """Leave the named items out of every figure.

    Raises
    ------
    InvalidPlan, StepNotAllowed
        No reason was given; the rule names no item; the quality was accepted before, or nothing is counted.
    """
    if not reason.strip():
        raise InvalidPlan("reason_missing")
    _choose(people, answers, cycle, is_left_out=True, reason=reason.strip())


def keep(people: Session, answers: Session, cycle: Cycle) -> None:
    """Take the choice back: all items count again.

    Raises
    ------
    StepNotAllowed
        As in `leave_out`; or nothing is left out.
    """
    _choose(people, answers, cycle, is_left_out=False, reason="")


def _choose(people: Session, answers: Session, cycle: Cycle, *, is_left_out: bool, reason: str) -> None:
    open_now = select(Cycle.id).where(Cycle.id == cycle.id, Cycle.state == OPEN_IN).with_for_update()
    review = find(people, cycle)
    is_open = people.scalar(open_now) is not None  # until this transaction ends nobody accepts the quality
    if not is_open or review is None or not review.named or review.is_left_out == is_left_out:
        raise StepNotAllowed(cycle.state, "leave_out" if is_left_out else "keep_items")
    review.is_left_out, review.reason = is_left_out, reason
    people.flush()
    store(people, answers, cycle, read_frame(people, cycle))


def store(people: Session, answers: Session, cycle: Cycle, frame: CycleFrame) -> None:
    """Work the figures out as the frame counts them, and put them in place of those that are stored."""
    vault = vault_store.read_vault(answers, frame)
    careless = vault_store.read_careless(answers, cycle.public_id)
    citizens = officer_parts.of_cycle(people, answers, cycle)
    appraising.appraise(people, cycle, frame, vault, careless, citizens)
