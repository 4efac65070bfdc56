"""Service partners: people of other units who rate a subject because they get services from her.

HR names them pair by pair in a file, or unit by unit in a rule; both belong to the plan of one cycle and are
turned into assignments with the rest of the list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session, aliased

from allocation import deal
from allocation.problem import Ints, Pairs
from survey.exceptions import NotFound, RequestRefused, StepNotAllowed
from survey.models.assignments import PartnerPair, PartnerRule
from survey.models.cycles import Cycle
from survey.models.people import Employee, Unit
from survey.services.accounts.access import units_below
from survey.services.documents.listing import ListPage, Wanted, page_of
from survey.services.raters.rater_sources import Sources

STILL_PLANNED = ("draft", "nomination")
ROWS_AT_ONCE = 1_000

Triple = tuple[int, int, str]  # places of subject and rater, group
Above = Mapping[int, frozenset[int]]  # everybody above an employee


@dataclass(frozen=True)
class Rule:
    """Each subject of a unit gets so many raters of another."""

    subject_unit: str
    subject_unit_name: str
    rater_unit: str
    rater_unit_name: str
    wanted: int


def require_planned(cycle: Cycle) -> None:
    """Partners are part of the plan: StepNotAllowed once the list of raters is made."""
    if cycle.state not in STILL_PLANNED:
        raise StepNotAllowed(cycle.state, "partners")


def replace_pairs(session: Session, cycle: Cycle, pairs: Iterable[tuple[int, int]]) -> None:
    """Put the pairs (subject, partner) of a file in place of those named before; none takes all out."""
    require_planned(cycle)
    session.execute(delete(PartnerPair).where(PartnerPair.cycle_id == cycle.id))
    rows = [
        {"cycle_id": cycle.id, "subject_id": subject, "rater_id": rater} for subject, rater in sorted(pairs)
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.execute(insert(PartnerPair), rows[start : start + ROWS_AT_ONCE])


def named_pairs(session: Session, cycle: Cycle, wanted: Wanted) -> ListPage:
    """One page of the pairs, with the units of both."""
    subject, rater = aliased(Employee), aliased(Employee)
    of_subject, of_rater = aliased(Unit), aliased(Unit)
    query = (
        select(
            subject.name.label("subject"),
            of_subject.name.label("unit"),
            rater.name.label("partner"),
            of_rater.name.label("unit_of_partner"),
        )
        .select_from(PartnerPair)
        .join(subject, subject.id == PartnerPair.subject_id)
        .join(of_subject, of_subject.id == subject.unit_id)
        .join(rater, rater.id == PartnerPair.rater_id)
        .join(of_rater, of_rater.id == rater.unit_id)
        .where(PartnerPair.cycle_id == cycle.id)
    )
    orders = {
        "subject": subject.name,
        "unit": of_subject.name,
        "partner": rater.name,
        "unit_of_partner": of_rater.name,
    }
    if wanted.text:
        query = query.where(
            or_(*(column.icontains(wanted.text, autoescape=True) for column in orders.values()))
        )
    return page_of(session, query, wanted, orders, PartnerPair.rater_id)


def rules(session: Session, cycle: Cycle) -> list[Rule]:
    """The rules of a cycle, by names of units."""
    of_subjects, of_raters = aliased(Unit), aliased(Unit)
    rows = session.execute(
        select(
            of_subjects.public_id, of_subjects.name, of_raters.public_id, of_raters.name, PartnerRule.wanted
        )
        .join(of_subjects, of_subjects.id == PartnerRule.subject_unit_id)
        .join(of_raters, of_raters.id == PartnerRule.rater_unit_id)
        .where(PartnerRule.cycle_id == cycle.id)
        .order_by(of_subjects.name, of_raters.name)
    )
    return [Rule(*row) for row in rows]


def set_rule(session: Session, cycle: Cycle, subject_unit: str, rater_unit: str, wanted: int) -> None:
    """Enter a rule; one for the same units is replaced.

    Raises
    ------
    RequestRefused
        `unit_unknown`, `units_overlap` (one holds the other), `too_few_partners` (fewer than a group needs).
    """
    require_planned(cycle)
    subjects, raters = (
        session.scalar(select(Unit.id).where(Unit.public_id == unit)) for unit in (subject_unit, rater_unit)
    )
    if subjects is None or raters is None:
        raise RequestRefused("unit_unknown")
    below = units_below(session)
    if below[subjects] & below[raters]:
        raise RequestRefused("units_overlap")
    if wanted < cycle.minimum_group_size:
        raise RequestRefused("too_few_partners")
    session.merge(
        PartnerRule(cycle_id=cycle.id, subject_unit_id=subjects, rater_unit_id=raters, wanted=wanted)
    )


def remove_rule(session: Session, cycle: Cycle, subject_unit: str, rater_unit: str) -> None:
    """Take a rule out; NotFound where there is none."""
    require_planned(cycle)
    subjects, raters = (
        select(Unit.id).where(Unit.public_id == unit).scalar_subquery() for unit in (subject_unit, rater_unit)
    )
    gone = session.execute(
        delete(PartnerRule).where(
            PartnerRule.cycle_id == cycle.id,
            PartnerRule.subject_unit_id == subjects,
            PartnerRule.rater_unit_id == raters,
        )
    )
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound("partner rule")


def superiors(session: Session) -> Above:
    """Everybody above each employee, on the chart as it is today."""
    rows = session.execute(select(Employee.id, Employee.supervisor_id))
    of: dict[int, int | None] = {row.id: row.supervisor_id for row in rows}
    return {person: frozenset(_climb(of, person)) for person in of}


def _climb(of: Mapping[int, int | None], person: int) -> Iterator[int]:
    seen, above = {person}, of.get(person)
    while above is not None and above not in seen:
        yield above
        seen.add(above)
        above = of.get(above)


def is_one_chain(above: Above, one: int, other: int) -> bool:
    """Whether one of the two leads the other, over however many steps."""
    return one in above.get(other, ()) or other in above.get(one, ())


def partner_triples(
    session: Session,
    cycle: Cycle,
    sources: Sources,
    subjects: tuple[int, ...],
    triples: Sequence[Triple],
    draw: np.random.Generator,
) -> list[Triple]:
    """Partners of the subjects: those named first, then those that the rules deal out within the load cap.

    Whoever rates a subject from the chart already, or must not rate her, is no partner of hers.
    """
    barred = {(rater, subject) for subject, rater, _group in triples} | sources.forbidden
    asked_about = set(subjects)
    pairs = [
        (rater, subject)
        for rater, subject in _named(session, cycle, sources)
        if subject in asked_about and (rater, subject) not in barred
    ]
    load = np.bincount(
        [rater for _subject, rater, group in triples if group == "subordinate"]
        + [rater for rater, _subject in pairs],
        minlength=len(sources.ids),
    )
    above = superiors(session)
    for own, others, wanted in _ruled(session, cycle, sources, subjects):
        apart = barred | set(pairs) | set(_in_chain(above, sources, own, others))
        dealt: Pairs = deal(own, others, wanted, np.maximum(cycle.load_cap - load, 0), apart, draw)
        load += np.bincount(dealt[:, 0], minlength=len(load))
        pairs += [(rater, subject) for rater, subject in dealt.tolist()]
    return [(subject, rater, "partner") for rater, subject in pairs]


def _named(session: Session, cycle: Cycle, sources: Sources) -> Iterator[tuple[int, int]]:
    rows = session.execute(
        select(PartnerPair.rater_id, PartnerPair.subject_id)
        .where(PartnerPair.cycle_id == cycle.id)
        .order_by(PartnerPair.subject_id, PartnerPair.rater_id)
    )
    place_of = sources.place_of
    for rater, subject in rows:
        if rater in place_of and subject in place_of:  # whoever left is asked nothing
            yield place_of[rater], place_of[subject]


def _ruled(
    session: Session, cycle: Cycle, sources: Sources, subjects: tuple[int, ...]
) -> Iterator[tuple[Ints, Ints, int]]:
    """Subjects, raters and how many, rule by rule."""
    below, units = units_below(session), np.array(sources.unit_ids, dtype=np.int64)
    is_subject = np.isin(np.arange(len(units)), subjects)
    found = select(PartnerRule).where(PartnerRule.cycle_id == cycle.id)
    for rule in session.scalars(found.order_by(PartnerRule.subject_unit_id, PartnerRule.rater_unit_id)):
        own = np.isin(units, list(below[rule.subject_unit_id])) & is_subject
        others = np.isin(units, list(below[rule.rater_unit_id]))
        yield np.flatnonzero(own), np.flatnonzero(others), rule.wanted


def _in_chain(above: Above, sources: Sources, own: Ints, others: Ints) -> Iterator[tuple[int, int]]:
    ids = sources.ids
    for subject in own.tolist():
        for rater in others.tolist():
            if is_one_chain(above, ids[subject], ids[rater]):
                yield rater, subject
