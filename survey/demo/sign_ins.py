"""Who may sign in to look around: nine invented people, one or more for each role, with random passwords."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from instruments.rater_groups import PRESET_WEIGHTS
from survey.demo.casting import Round
from survey.demo.city import HEAD, LEAD, STAFF, Organisation, Person
from survey.models.appraisals import Appraisal, ScaleScore
from survey.models.people import Employee
from survey.services.accounts import accounts
from survey.services.accounts.access import (
    APPROVER,
    AUDITOR,
    EMPLOYEE,
    HR_ADMIN,
    HR_OPERATOR,
    SUPERVISOR,
    UNIT_HEAD,
)
from survey.services.secrets import codes

ALL_GROUPS = frozenset(PRESET_WEIGHTS)
FROM_AROUND = ALL_GROUPS - {"subordinate"}
NO_CROWD = FROM_AROUND - {"peer"}
CLINIC = "PKM-RASIMAHAHMAD"
MANY_TO_ANSWER = 8
ENOUGH_PAPERS = 4

Groups = dict[int, set[str]]


@dataclass(frozen=True)
class SignIn:
    """An account as it is printed."""

    username: str
    password: str
    person: Person
    purpose: str


@dataclass(frozen=True)
class Place:
    """What matters about an employee here."""

    person: Person
    layout: str
    waiting: int  # papers of the open cycle, if none of them was taken
    is_usable: bool  # the figure of the closed cycle
    shown: frozenset[str]  # rater groups of the closed cycle that are shown on every scale
    seen: frozenset[str]  # … and on at least one


@dataclass(frozen=True)
class Guest:
    """Somebody to choose: under which name, what for, and who will do."""

    username: str
    purpose: str
    fits: Callable[[Place], bool]
    roles: tuple[str, ...] = (EMPLOYEE,)


GUESTS = (
    Guest(
        "hr",
        "plans, opens, watches and closes cycles; says who holds which role; reads an own report too",
        lambda place: place.person.office == "BKPSDM" and place.person.rank != STAFF,
        (EMPLOYEE, HR_ADMIN),
    ),
    Guest(
        "desk",
        "the personnel desk of one office: sees that office with all below it, prints its slips",
        lambda place: place.person.office == "DINKES" and place.person.rank == STAFF,
        (EMPLOYEE, HR_OPERATOR),
    ),
    Guest(
        "approver",
        "the second office: decides what HR asks for",
        lambda place: place.person.office == "SETDA" and place.person.rank == LEAD,
        (EMPLOYEE, APPROVER),
    ),
    Guest(
        "auditor",
        "reads the audit trail and checks its chain; changes nothing",
        lambda place: place.person.office == "INSPEKTORAT" and place.person.rank != STAFF,
        (EMPLOYEE, AUDITOR),
    ),
    Guest(
        "clinic",
        "leads a puskesmas where the waiting time became shorter",
        lambda place: place.person.office == CLINIC and place.person.rank == HEAD,
        (EMPLOYEE, SUPERVISOR, UNIT_HEAD),
    ),
    Guest(
        "head",
        "leads an office: rated by peers, by subordinates and from above",
        lambda place: place.person.rank == HEAD and place.is_usable and place.seen == ALL_GROUPS,
        (EMPLOYEE, SUPERVISOR, UNIT_HEAD),
    ),
    Guest(
        "supervisor",
        "has many to answer about",
        lambda place: place.person.rank != STAFF and place.waiting >= MANY_TO_ANSWER,
        (EMPLOYEE, SUPERVISOR),
    ),
    Guest(
        "staff",
        "was rated by enough people: a full report",
        lambda place: place.person.rank == STAFF and place.is_usable and place.shown == FROM_AROUND,
    ),
    Guest(
        "small",
        "works in a small kelurahan: too few raters, so groups are not shown",
        lambda place: place.layout == "village" and place.person.rank == STAFF and place.seen == NO_CROWD,
    ),
)


def make_sign_ins(people: Session, organisation: Organisation, closed: Round, opened: Round) -> list[SignIn]:
    """Make an account for each guest whom this city has; nobody signs in twice."""
    sign_ins = []
    for guest, number in _choose(_places(people, organisation, closed, opened)):
        password = codes.new_code().lower()
        employee = closed.employee_ids[number]
        unit = people.get_one(Employee, employee).unit_id
        accounts.create_account(people, guest.username, password, guest.roles, employee, True, unit)
        sign_ins.append(SignIn(guest.username, password, organisation.people[number], guest.purpose))
    return sign_ins


def _choose(places: list[Place]) -> Iterator[tuple[Guest, int]]:
    taken: set[int] = set()
    for guest in GUESTS:
        fitting = (number for number, place in enumerate(places) if number not in taken and guest.fits(place))
        if (number := next(fitting, None)) is not None:
            taken.add(number)
            yield guest, number


def _places(people: Session, organisation: Organisation, closed: Round, opened: Round) -> list[Place]:
    layouts = {office.code: office.layout for office in organisation.offices}
    waiting = _untouched(opened)
    is_usable = {
        row.employee_id: row.usable
        for row in people.execute(
            select(Appraisal.employee_id, Appraisal.usable).where(Appraisal.cycle_id == closed.cycle.id)
        )
    }
    shown, seen = _shown_groups(people, closed)
    return [
        Place(
            person,
            layouts[person.office],
            waiting[number],
            is_usable[employee],
            frozenset(shown[employee]),
            frozenset(seen[employee]),
        )
        for number, (person, employee) in enumerate(
            zip(organisation.people, closed.employee_ids, strict=True)
        )
    ]


def _shown_groups(people: Session, closed: Round) -> tuple[Groups, Groups]:
    """Rater groups by employee: those shown on every scale, and those shown on any."""
    shown: Groups = defaultdict(set)
    seen: Groups = defaultdict(set)
    rows = people.execute(
        select(Appraisal.employee_id, ScaleScore.rater_group, func.count(), func.count(ScaleScore.mean))
        .join(ScaleScore, ScaleScore.appraisal_id == Appraisal.id)
        .where(Appraisal.cycle_id == closed.cycle.id)
        .group_by(Appraisal.employee_id, ScaleScore.rater_group)
    )
    for employee, group, scales, with_mean in rows:
        if with_mean == scales:
            shown[employee].add(group)
        if with_mean:
            seen[employee].add(group)
    return shown, seen


def _untouched(opened: Round) -> Counter[int]:
    """How many papers wait for each rater who has sent none: elsewhere, sent ones look stolen."""
    papers = Counter(opened.returns.rater.tolist())
    for rater in opened.returns.rater[opened.returns.sent].tolist():
        papers[rater] = 0
    return papers


def open_paper_holder(organisation: Organisation, opened: Round) -> int:
    """Somebody of the staff who has not begun and is asked about some colleagues."""
    peer = [group.rater_group for group in opened.frame.groups].index("peer")
    colleagues = Counter(opened.returns.rater[opened.returns.group == peer].tolist())
    waiting = _untouched(opened)
    return max(
        waiting,
        key=lambda rater: (
            waiting[rater] > 0,
            organisation.people[rater].rank == STAFF,
            min(colleagues[rater], ENOUGH_PAPERS),
            -rater,
        ),
    )
