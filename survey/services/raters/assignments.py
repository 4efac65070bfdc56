"""Assign raters: from the chart, service partners as planned, peers by the allocation."""

import secrets
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from allocation import Problem, Shortfall, allocate, chance_of_reaching, stratified_sample
from allocation.candidates import forbidden
from allocation.problem import Pairs, no_pairs
from instruments.rater_groups import RATER_GROUPS
from survey.models.assignments import Assignment, ListApproval
from survey.models.cycles import Cycle, Subject
from survey.models.nominations import Decline
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.papers import distribution
from survey.services.raters.partners import partner_triples
from survey.services.raters.rater_sources import Sources, read_sources

TAKES_LOAD = ("subordinate", "partner")  # before peers are chosen
EVEN_CHANCE = 0.5  # groups with less are put together, where the plan says so

Triple = tuple[int, int, str]  # places of subject and rater, group


@dataclass(frozen=True)
class Coverage:
    """How many subjects of one rater group were asked about by how many raters."""

    rater_group: str
    subjects: int
    below_minimum: int
    papers: int


@dataclass(frozen=True, eq=False)
class Proposal:
    """Whom a cycle would ask about whom, by place in the sources; nothing is stored."""

    sources: Sources
    subjects: tuple[int, ...]
    triples: list[Triple]
    joined: frozenset[int]  # subjects whose subordinates rate among the peers
    shortfalls: tuple[Shortfall, ...]  # of peers


def assign_raters(
    session: Session, cycle: Cycle, unit_ids: Iterable[int] | None = None, random: Random | None = None
) -> int:
    """Make subjects and assignments anew; returns the number of papers. An approval of the list is void."""
    named_for = subjects_so_far(session, cycle) if cycle.state == "nomination" else None
    proposal = propose(session, cycle, unit_ids, random, only=named_for)
    keep(session, cycle, proposal)
    return len(proposal.triples)


def keep(session: Session, cycle: Cycle, proposal: Proposal) -> None:
    """Make a proposal the list of the cycle, in place of the one before; who declined since is left out."""
    audit.hold_chain(session)  # nobody declines while it is stored
    cycles.advance(session, cycle, "assign")
    remove_list(session, cycle)
    _store(session, cycle, _without_declined(session, cycle, proposal))


def _without_declined(session: Session, cycle: Cycle, proposal: Proposal) -> Proposal:
    rows = session.execute(select(Decline.subject_id, Decline.rater_id).where(Decline.cycle_id == cycle.id))
    gone, ids = set(map(tuple, rows)), proposal.sources.ids
    stays = [each for each in proposal.triples if (ids[each[0]], ids[each[1]]) not in gone]
    return replace(proposal, triples=stays)


def subjects_so_far(session: Session, cycle: Cycle) -> set[int]:
    """Whom the cycle is about as it stands."""
    return set(session.scalars(select(Subject.employee_id).where(Subject.cycle_id == cycle.id)))


def remove_list(session: Session, cycle: Cycle) -> None:
    """Forget who was to be asked about whom, and what was decided about it."""
    session.execute(delete(ListApproval).where(ListApproval.cycle_id == cycle.id))
    session.execute(delete(Assignment).where(Assignment.cycle_id == cycle.id))
    session.execute(delete(Subject).where(Subject.cycle_id == cycle.id))


def propose(
    session: Session,
    cycle: Cycle,
    unit_ids: Iterable[int] | None = None,
    random: Random | None = None,
    only: Set[int] | None = None,
    is_trial: bool = False,
) -> Proposal:
    """Whom the cycle would ask about whom as it is planned now: all units, some, or some employees `only`.

    A trial tells how many, not who: it draws without regard to the last cycle's pairs, which takes far less.
    """
    random = random or Random(secrets.randbits(64))  # noqa: S311 - fairness, not secrecy
    draw = np.random.default_rng(random.getrandbits(64))
    sources = read_sources(session, cycle)
    if is_trial:
        sources = replace(sources, last=no_pairs())
    wanted = None if unit_ids is None else set(unit_ids)
    subjects = tuple(
        place
        for place, unit in enumerate(sources.unit_ids)
        if (wanted is None or unit in wanted) and (only is None or sources.ids[place] in only)
    )
    groups = {group.rater_group for group in cycle.groups}
    triples = [
        triple
        for triple in _from_chart(cycle, sources, subjects, draw)
        if triple[2] in groups and (triple[1], triple[0]) not in sources.forbidden
    ]
    if "partner" in groups:
        triples += partner_triples(session, cycle, sources, subjects, triples, draw)
    if "peer" not in groups:
        return Proposal(sources, subjects, triples, frozenset(), ())
    peers, shortfalls = _peers(cycle, sources, subjects, triples, draw)
    rate = distribution.expected_rate(session).share
    joined = _joined(cycle, triples, peers, rate) if cycle.joins_groups else frozenset()
    return Proposal(
        sources,
        subjects,
        [_moved(triple, joined) for triple in triples]
        + [(subject, rater, "peer") for rater, subject in peers.tolist()],
        joined,
        shortfalls,
    )


def _from_chart(
    cycle: Cycle, sources: Sources, subjects: tuple[int, ...], draw: np.random.Generator
) -> Iterable[Triple]:
    asked_about = set(subjects)
    for place in subjects:
        yield place, place, "self"
    for supervisor, members in sources.staff.items():
        for place in members.tolist():
            if place in asked_about:
                yield place, supervisor, "supervisor"
        if supervisor in asked_about:
            chosen = stratified_sample(sources.titles[members], cycle.subordinates_wanted, draw)
            yield from ((supervisor, place, "subordinate") for place in members[chosen].tolist())


def _peers(
    cycle: Cycle,
    sources: Sources,
    subjects: tuple[int, ...],
    triples: list[Triple],
    draw: np.random.Generator,
) -> tuple[Pairs, tuple[Shortfall, ...]]:
    free = peer_problem(cycle, sources, subjects, triples)
    near = replace(free, fixed=_agreed(free, sources, draw))
    found = allocate(near, draw)
    if not cycle.has_wide_circles or not found.shortfalls:
        return found.pairs, found.shortfalls
    short = {each.person for each in found.shortfalls}
    got = np.bincount(found.pairs[:, 1], minlength=len(sources.ids))
    wanted = np.where(np.isin(np.arange(len(got)), list(short)), near.wanted, got)
    wider = replace(near, circles=sources.wide, wanted=wanted, fixed=found.pairs)
    wide = allocate(wider, draw)
    return wide.pairs, wide.shortfalls


def _agreed(problem: Problem, sources: Sources, draw: np.random.Generator) -> Pairs:
    """What employees and supervisors agreed on, as far as rules and loads allow; by lot where they do not."""
    apart = set(map(tuple, forbidden(problem).tolist()))
    wanted, capacity = problem.wanted.copy(), problem.capacity.copy()
    taken: list[tuple[int, int]] = []
    for rater, subject in draw.permutation(sources.agreed).tolist():
        if wanted[subject] and capacity[rater] and (rater, subject) not in apart:
            taken.append((rater, subject))
            wanted[subject] -= 1
            capacity[rater] -= 1
    return np.array(taken, dtype=np.int64).reshape(-1, 2)


def peer_problem(cycle: Cycle, sources: Sources, subjects: tuple[int, ...], triples: list[Triple]) -> Problem:
    people = len(sources.ids)
    is_subject = np.zeros(people, dtype=np.bool_)
    is_subject[list(subjects)] = True
    load = np.bincount(
        np.array([rater for _subject, rater, group in triples if group in TAKES_LOAD], dtype=np.int64),
        minlength=people,
    )
    meets = [(rater, subject) for subject, rater, group in triples if group != "self"]
    met = np.array(meets, dtype=np.int64).reshape(-1, 2)
    return Problem(
        circles=sources.near,
        wanted=np.where(is_subject, cycle.peers_wanted, 0),
        least=np.where(is_subject, min(cycle.minimum_group_size, cycle.peers_wanted), 0),
        capacity=np.maximum(cycle.load_cap - load, 0),
        # Whoever is asked as supervisor or subordinate is not asked as a peer too.
        barred=np.concatenate((sources.barred, sources.strangers, met)),
        one_way=sources.declined,
        avoided=sources.last if len(sources.last) else no_pairs(),
        strata=sources.titles,
    )


def _joined(cycle: Cycle, triples: list[Triple], peers: Pairs, rate: float) -> frozenset[int]:
    """Subjects of whom neither peers nor subordinates are likely to reach the minimum alone."""
    below: dict[int, int] = {}
    for subject, _rater, group in triples:
        if group == "subordinate":
            below[subject] = below.get(subject, 0) + 1
    people = np.array(sorted(below), dtype=np.int64)
    beside = np.array([np.count_nonzero(peers[:, 1] == subject) for subject in people.tolist()])
    counts = np.array([below[subject] for subject in people.tolist()])
    is_unlikely = [
        chance_of_reaching(asked, rate, cycle.minimum_group_size) < EVEN_CHANCE for asked in (beside, counts)
    ]
    return (
        frozenset(people[is_unlikely[0] & is_unlikely[1] & (beside > 0)].tolist())
        if people.size
        else frozenset()
    )


def _moved(triple: Triple, joined: frozenset[int]) -> Triple:
    subject, rater, group = triple
    return (subject, rater, "peer") if group == "subordinate" and subject in joined else triple


def _store(session: Session, cycle: Cycle, proposal: Proposal) -> None:
    sources = proposal.sources
    supervised = {subject for subject, _rater, group in proposal.triples if group == "supervisor"}
    if proposal.subjects:
        session.execute(
            insert(Subject),
            [
                {
                    "cycle_id": cycle.id,
                    "employee_id": sources.ids[place],
                    "unit_id": sources.unit_ids[place],
                    "leads": place in sources.leaders,
                    "is_joined": place in proposal.joined,
                    "is_newly_led": place in sources.newly_led & supervised,
                }
                for place in proposal.subjects
            ],
        )
    if proposal.triples:
        session.execute(
            insert(Assignment),
            [
                {
                    "cycle_id": cycle.id,
                    "subject_id": sources.ids[subject],
                    "rater_id": sources.ids[rater],
                    "rater_group": group,
                }
                for subject, rater, group in proposal.triples
            ],
        )


def coverage(session: Session, cycle: Cycle) -> list[Coverage]:
    """Per rater group: how many subjects have fewer raters than the minimum group size."""
    per_subject = (
        select(Assignment.rater_group, Assignment.subject_id, func.count().label("n"))
        .where(Assignment.cycle_id == cycle.id)
        .group_by(Assignment.rater_group, Assignment.subject_id)
        .subquery()
    )
    is_short = per_subject.c.n < cycle.minimum_group_size
    rows = session.execute(
        select(
            per_subject.c.rater_group,
            func.count(),
            func.count().filter(is_short),
            func.sum(per_subject.c.n),
        ).group_by(per_subject.c.rater_group)
    )
    found = {group: Coverage(group, subjects, short, int(papers)) for group, subjects, short, papers in rows}
    return [found[group] for group in RATER_GROUPS if group in found]
