"""Cycles: plan one, and take it from step to step."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import delete, distinct, func, select, update
from sqlalchemy.orm import Session

from instruments.rater_groups import ANONYMOUS_GROUPS, RATER_GROUPS
from protocol.manifest import manifest_hash
from survey.exceptions import CycleNotOpen, InvalidPlan, NotFound, StepNotAllowed
from survey.models.assignments import Assignment, ListApproval, ListRequest, PartnerPair, PartnerRule
from survey.models.briefings import Briefing
from survey.models.cycles import Cycle, CycleGroup, Subject
from survey.models.nominations import Decline, Nomination
from survey.models.protocol import Layer
from survey.models.releases import Release
from survey.models.unit_history import CycleUnit
from survey.services.auditing import public_log
from survey.services.cycles import holders
from survey.services.organisation import unit_history

# step -> (states from which it may be taken, state after it)
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "nominate": (("draft",), "nomination"),  # employees name peers; their supervisors decide
    "assign": (("draft", "nomination", "assigned"), "assigned"),
    "replan": (("nomination", "assigned"), "draft"),  # the list and what was named are forgotten
    "freeze": (("assigned", "opening"), "opening"),  # the opening job makes keys; nobody changes the list now
    "open": (("opening",), "open"),
    "close": (("open", "closed"), "closed"),
    "tally": (("closed", "tallied"), "tallied"),
    "review": (("tallied",), "reviewed"),  # results are seen from here on: see `reviewing`
    "release": (("reviewed",), "released"),
    "cancel": (("open", "closed"), "cancelled"),  # a key is lost: what was sent can never be read
}
SEEN = ("tallied", "reviewed", "released")  # states in which somebody sees what was counted
FIXES_UNITS = ("nominate", "assign", "freeze")  # with the list, the units stay as they are on that day
DISCARDABLE = ("draft", "nomination", "assigned")
RATERS_BY = ("chart", "nomination")
BOX_PREFIX = "cycle:"
PURPOSES = ("development", "appraisal")
LARGEST_CITIZEN_WEIGHT = 0.5  # one service among all that somebody does
SMALLEST_GROUP = 3  # the floor that every published rule keeps
USUAL_GROUP = 5  # fewer only by a written decision made before opening


@dataclass(frozen=True)
class GroupPlan:
    """A rater group with its questionnaire and its weight."""

    rater_group: str
    instrument_code: str
    instrument_hash: str
    weight: float


@dataclass(frozen=True)
class CyclePlan:
    """What HR decides before a cycle begins."""

    name: str
    purpose: str
    opens_on: date
    closes_on: date
    groups: tuple[GroupPlan, ...]
    minimum_group_size: int = USUAL_GROUP
    minimum_decision: str = ""  # names the written decision for a smaller group
    minimum_reliability: float = 0.5
    weight_cap: float = 0.6
    mode: str = "two_holders"
    chooses_raters: str = "chart"
    peers_wanted: int = 9  # seven at 75 % response reach five with probability .76 only
    subordinates_wanted: int = 10
    load_cap: int = 12
    contact_months: int = 3
    has_wide_circles: bool = False
    joins_groups: bool = False
    item_least_r: float | None = None  # limits of the rule by which an item may be left out; see `item_rule`
    item_most_unable: float | None = None
    citizen_period: str = ""  # whose officers' figures count; empty: citizens have no share
    citizen_weight: float = 0.0


@dataclass(frozen=True)
class CycleSize:
    """How large a cycle is."""

    subjects: int
    raters: int
    papers: int


def create_cycle(session: Session, plan: CyclePlan) -> Cycle:
    """Add a cycle in state `draft`.

    Raises
    ------
    InvalidPlan
        With a code that the door turns into words.
    """
    _check(session, plan)
    cycle = Cycle()
    _write(cycle, plan)
    session.add(cycle)
    session.flush()
    holders.lay_out(session, cycle)
    return cycle


def change_plan(session: Session, cycle: Cycle, plan: CyclePlan) -> None:
    """Plan a draft anew. With another mode the offices bring their keys anew.

    Raises
    ------
    StepNotAllowed, InvalidPlan
        The cycle is no draft; as in `create_cycle`.
    """
    if cycle.state != "draft":
        raise StepNotAllowed(cycle.state, "change_plan")
    _check(session, plan, cycle.id)
    is_other_mode = plan.mode != cycle.mode
    cycle.groups.clear()
    session.flush()  # the groups are written anew under the same names
    _write(cycle, plan)
    session.flush()
    if is_other_mode:
        session.execute(delete(Layer).where(Layer.cycle_id == cycle.id))
        holders.lay_out(session, cycle)


def plan_of(cycle: Cycle) -> CyclePlan:
    """The plan as it stands, with weights as shares."""
    groups = tuple(
        GroupPlan(group.rater_group, group.instrument_code, group.instrument_hash, group.weight)
        for group in cycle.groups
    )
    return CyclePlan(groups=groups, **{name: getattr(cycle, name) for name in _AS_PLANNED})


_AS_PLANNED = tuple(each.name for each in fields(CyclePlan) if each.name != "groups")


def _write(cycle: Cycle, plan: CyclePlan) -> None:
    for name in _AS_PLANNED:
        setattr(cycle, name, getattr(plan, name))
    cycle.name = plan.name.strip()
    cycle.minimum_decision = plan.minimum_decision.strip() if plan.minimum_group_size < USUAL_GROUP else ""
    total = sum(group.weight for group in plan.groups)
    cycle.groups = [
        CycleGroup(
            rater_group=group.rater_group,
            position=RATER_GROUPS.index(group.rater_group),
            instrument_code=group.instrument_code,
            instrument_hash=group.instrument_hash,
            weight=group.weight / total,
        )
        for group in plan.groups
    ]


def _check(session: Session, plan: CyclePlan, own_id: int | None = None) -> None:
    weights = {group.rater_group: group.weight for group in plan.groups}
    namesake = select(Cycle.id).where(Cycle.name == plan.name.strip(), Cycle.id != (own_id or 0))
    faults = {
        "name_missing": not plan.name.strip(),
        "name_taken": session.scalar(namesake) is not None,
        "purpose_unknown": plan.purpose not in PURPOSES,
        "dates_reversed": plan.closes_on < plan.opens_on,
        "group_unknown": not set(weights) <= set(RATER_GROUPS),
        "weight_negative": any(weight < 0 for weight in weights.values()),
        "weight_of_self": weights.get("self", 0) != 0,
        "no_anonymous_weight": sum(weights.get(group, 0) for group in ANONYMOUS_GROUPS) <= 0,
        "minimum_too_small": plan.minimum_group_size < SMALLEST_GROUP,
        "decision_missing": plan.minimum_group_size < USUAL_GROUP and not plan.minimum_decision.strip(),
        "reliability_out_of_range": not 0 <= plan.minimum_reliability < 1,
        "cap_out_of_range": not 0 < plan.weight_cap < 1,
        "mode_unknown": plan.mode not in holders.MODES,
        "way_unknown": plan.chooses_raters not in RATERS_BY,
        "too_few_peers": plan.peers_wanted < plan.minimum_group_size,
        "too_few_subordinates": plan.subordinates_wanted < plan.minimum_group_size,
        "cap_below_peers": plan.load_cap < plan.peers_wanted,
        "item_r_out_of_range": plan.item_least_r is not None and not 0 < plan.item_least_r < 1,
        "unable_out_of_range": plan.item_most_unable is not None and not 0 < plan.item_most_unable < 1,
        "contact_negative": plan.contact_months < 0,
        "citizens_unclear": bool(plan.citizen_weight) != bool(plan.citizen_period),
        "citizen_weight_out_of_range": not 0 <= plan.citizen_weight <= LARGEST_CITIZEN_WEIGHT,
    }
    for code, is_fault in faults.items():
        if is_fault:
            raise InvalidPlan(code)


def advance(session: Session, cycle: Cycle, step: str) -> None:
    """Take a step, if the state allows it now, and tell it; two people at once cannot both take it."""
    allowed, after = STEPS[step]
    if after in SEEN and session.get(Release, cycle.id) is None:
        raise StepNotAllowed(cycle.state, step)  # the attacker has not looked at it: see `release_gate`
    taken = session.execute(
        update(Cycle).where(Cycle.id == cycle.id, Cycle.state.in_(allowed)).values(state=after)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        session.refresh(cycle)
        raise StepNotAllowed(cycle.state, step)
    session.refresh(cycle)
    if step in FIXES_UNITS:
        unit_history.keep_for_cycle(session, cycle)
    if step == "open":
        public_log.tell(session, cycle, "cycle-opened", manifest=manifest_hash(cycle.manifest.encode()))
    elif step in ("close", "release"):
        public_log.tell(session, cycle, "cycle-closed" if step == "close" else "cycle-released")


def discard(session: Session, cycle: Cycle) -> None:
    """Remove a cycle that nobody was asked in yet, with its subjects and assignments.

    Raises
    ------
    StepNotAllowed
        The cycle was opened.
    """
    if cycle.state not in DISCARDABLE:
        raise StepNotAllowed(cycle.state, "discard")
    session.execute(delete(Layer).where(Layer.cycle_id == cycle.id))
    session.execute(delete(Briefing).where(Briefing.cycle_id == cycle.id))
    session.execute(delete(CycleUnit).where(CycleUnit.cycle_id == cycle.id))
    for model in (ListApproval, ListRequest, Nomination, Decline, PartnerPair, PartnerRule):
        session.execute(delete(model).where(model.cycle_id == cycle.id))
    session.execute(delete(Assignment).where(Assignment.cycle_id == cycle.id))
    session.execute(delete(Subject).where(Subject.cycle_id == cycle.id))
    session.delete(cycle)
    session.flush()


def find_cycle(session: Session, public_id: str) -> Cycle:
    """The cycle of that name in URLs."""
    cycle = session.scalar(select(Cycle).where(Cycle.public_id == public_id))
    if cycle is None:
        raise NotFound(public_id)
    return cycle


def find_open(session: Session, public_id: str) -> Cycle:
    """The cycle of that name, which takes answers now; CycleNotOpen where it does not."""
    found = find_cycle(session, public_id)
    if found.state != "open":
        raise CycleNotOpen(public_id)
    return found


def all_cycles(session: Session) -> list[Cycle]:
    """Every cycle, the newest first."""
    return list(session.scalars(select(Cycle).order_by(Cycle.opens_on.desc(), Cycle.id.desc())))


def size(session: Session, cycle: Cycle) -> CycleSize:
    """Subjects, raters and papers of a cycle."""
    subjects = select(func.count()).select_from(Subject).where(Subject.cycle_id == cycle.id)
    papers = select(func.count(), func.count(distinct(Assignment.rater_id))).where(
        Assignment.cycle_id == cycle.id
    )
    paper_count, raters = session.execute(papers).one()
    return CycleSize(subjects=session.scalar(subjects) or 0, raters=raters, papers=paper_count)


def box_name(cycle: Cycle) -> str:
    """The name of the cycle's ballot box."""
    return BOX_PREFIX + cycle.public_id
