"""What happened to the city between the two cycles: offices merged, seats fell vacant, teams began.

Each change is made through the services that HR uses. What a smaller city leaves out is passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.demo.city import HEAD, Organisation
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.teams import PeerCircle, Team, TeamMember
from survey.services.organisation import placing, unit_changes
from survey.services.organisation.unit_changes import Decree, NewUnit

MONTHS_AGO = timedelta(days=150)
LAST_WEEK = timedelta(days=7)
# The merger that the draft of October 2025 plans (regulations of the city); the day is invented.
MERGED = ("SATPOLPP", "DAMKAR")
MERGER = NewUnit("SATPOLDAMKAR", "Satpol PP, Pemadam Kebakaran dan Penyelamatan", None)
VACANT = ("KEL-BPA", "KEL-CI", "DISPAR")  # the head has retired, the second acts as Plt
AWAY = ("DLH", "KEL-KK")  # the head is away for a fortnight, the second acts as Plh
TEAMS = {
    "Tim Percepatan Penurunan Stunting": (
        "DINKES",
        "PKM-RASIMAHAHMAD",
        "PKM-TIGOBALEH",
        "DP3APPKB",
        "DISDUKCAPIL",
    ),
    "Tim Koordinasi SPBE": ("DISKOMINFO", "BKPSDM", "DISDUKCAPIL", "DPMPTSP", "BADANKEU"),
    "Tim Penataan Pasar Ateh": ("DISPERDAGIN", "DISHUB", "DLH", "KEC-GP", "KEL-BPA"),
}
CIRCLES = (
    ("Lurah", "pengawas", "", "Lurah"),
    ("Kepala perangkat daerah", "jpt", "Pratama", ""),
    ("Kepala puskesmas", "fungsional", "", "Kepala Puskesmas"),
)


@dataclass(frozen=True)
class _Staff:
    """The people of each office by their ids, the head first."""

    of_office: Mapping[str, Sequence[int]]

    def present(self, codes: Sequence[str]) -> list[str]:
        return [code for code in codes if len(self.of_office.get(code, ())) > 1]


def reorganise(people: Session, organisation: Organisation, ids: Sequence[int], today: date) -> None:
    """Let half a year of changes happen."""
    staff = _staff(organisation, ids)
    since = today - MONTHS_AGO
    _merge(people, Decree(since, "Perwako 14/2026 (contoh)", None, today))
    for code in staff.present(VACANT):
        _act(people, "plt", staff.of_office[code][:2], since)
        placing.leave(people, people.get_one(Employee, staff.of_office[code][0]), since, None)
    for code in staff.present(AWAY):
        _act(people, "plh", staff.of_office[code][:2], today - LAST_WEEK, today + LAST_WEEK)
    for name, codes in TEAMS.items():
        _gather(people, name, [staff.of_office[code] for code in staff.present(codes)], since)
    people.add_all(
        PeerCircle(name=name, job_kind=kind, job_level=level, title_begins=begins)
        for name, kind, level, begins in CIRCLES
    )


def _staff(organisation: Organisation, ids: Sequence[int]) -> _Staff:
    found: dict[str, list[int]] = {}
    for person, employee in zip(organisation.people, ids, strict=True):
        members = found.setdefault(person.office, [])
        members.insert(0 if person.rank == HEAD else len(members), employee)
    return _Staff(found)


def _merge(people: Session, decree: Decree) -> None:
    units = people.scalars(select(Unit).where(Unit.code.in_(MERGED))).all()
    if len(units) == len(MERGED):
        unit_changes.merge(people, units, MERGER, decree)


def _act(
    people: Session,
    capacity: str,
    head_and_second: Sequence[int],
    begins_on: date,
    ends_on: date | None = None,
) -> None:
    head, second = (people.get_one(Employee, employee) for employee in head_and_second)
    post = Post(
        employee_id=second.id,
        capacity=capacity,
        unit_id=head.unit_id,
        title=f"{capacity.capitalize()}. {head.job_title}",
        job_kind=head.job_kind,
        job_level=head.job_level,
        supervisor_id=head.supervisor_id,
        acts_for_id=head.id,
        begins_on=begins_on,
        ends_on=ends_on,
        decree="SK 800/contoh",
    )
    placing.give_post(people, post, None)


def _gather(people: Session, name: str, offices: Sequence[Sequence[int]], begins_on: date) -> None:
    """Two of each office; the first of all leads."""
    if len(offices) < 2:
        return
    team = Team(name=name, decree="SK Wali Kota 188/contoh")
    people.add(team)
    people.flush()
    members = [employee for members in offices for employee in members[2:4]]
    people.add_all(
        TeamMember(team_id=team.id, employee_id=employee, leads=place == 0, begins_on=begins_on)
        for place, employee in enumerate(members)
    )
