"""A town with some of everything that staff pages list; its `size` says how much of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from instruments import catalogue
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import open_cycle
from survey.models.appraisals import Appraisal
from survey.models.assignments import ConflictPair
from survey.models.cycles import Cycle, UnitDeadline
from survey.models.improvement import Publication
from survey.models.mail import Bounce
from survey.models.nominations import Decline
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.teams import PeerCircle, Team, TeamMember
from survey.models.unit_history import UnitChange, UnitChangePart
from survey.services.accounts import accounts
from survey.services.accounts.access import WHOLE_CITY
from survey.services.auditing import audit
from survey.services.citizens import follow_ups, indicators, kiosks, respondents, service_points, visit_codes
from survey.services.cycles import briefings, cycles
from survey.services.instruments import instrument_drafts
from survey.services.mail import mailing
from survey.services.organisation import people_import
from survey.services.papers import replacing
from survey.services.raters import assignments, list_approval, nominations
from survey.tables import Table
from tests.conftest import PASSWORD
from tests.factories import TODAY, answer, close, make_employee, plan
from tests.survey.results import accept, release

MEMBERS = 9
ACCOUNTS = {"hr": "hr_admin", "approval": "approver", "auditor": "auditor"}
Teams = list[list[Employee]]


@dataclass
class Town:
    """What was built; `names` of one thing of each kind, as they stand in addresses."""

    databases: Databases
    settings: Settings
    size: int
    office: Unit
    boss: Employee
    teams: Teams
    names: dict[str, str]

    def cycle(self) -> Cycle:
        """The cycle that everything happens in, as it stands now."""
        with reading(self.databases.people) as people:
            return cycles.find_cycle(people, self.names["cycles"])


def build(databases: Databases, settings: Settings, size: int) -> Town:
    """One office over `size` units with a team each, and as much of everything else."""
    with transaction(databases.people) as people:
        office = Unit(code="DINAS", name="Dinas")
        people.add(office)
        people.flush()
        boss = make_employee(people, office, 900)
        town = Town(databases, settings, size, office, boss, [], {"units": office.public_id})
        town.teams = [_team(people, town, place) for place in range(size)]
        _accounts(people, town)
        _organisation(people, town)
        _services(people, town)
        cycle = cycles.create_cycle(people, plan("Semester II 2026", purpose="appraisal"))
        town.names |= {"cycles": cycle.public_id, "employees": town.teams[0][1].public_id}
        for place in range(size):
            cycles.create_cycle(people, plan(f"Rencana {place}"))
            drafted = instrument_drafts.copy_of(people, catalogue.get("berakhlak_short"))
            town.names["drafts"] = instrument_drafts.begin(people, drafted)
        _import(people, town)
    return town


def _import(people: Session, town: Town) -> None:
    """Files with as many new people as the town is large, again and again."""
    for number in range(town.size):
        rows = [
            {
                "nip": "",
                "jenis": "Non-ASN",
                "nama": f"Baru {number}{each}",
                "unit_kerja": "DINAS",
                "nip_atasan": "",
            }
            for each in range(town.size)
        ]
        table = Table(tuple(rows[0]), list(enumerate(rows, start=2)))
        planned = people_import.prepare(people, None, table, TODAY)
        town.names["imports"] = people_import.apply(people, planned, 1).public_id


def _team(people: Session, town: Town, place: int) -> list[Employee]:
    unit = Unit(code=f"BIDANG-{place}", name=f"Bidang {place}", parent_id=town.office.id)
    people.add(unit)
    people.flush()
    first = 1 + 50 * place
    head = make_employee(people, unit, first, town.boss)
    members = [make_employee(people, unit, first + each, head) for each in range(1, MEMBERS + 1)]
    for person in (head, *members):
        person.email = f"{person.code.lower()}@contoh.go.id"
    return [head, *members]


def _accounts(people: Session, town: Town) -> None:
    for name, role in ACCOUNTS.items():
        accounts.create_account(people, name, PASSWORD, (role,))
    office = town.office.id
    accounts.create_account(
        people, "head", PASSWORD, ("unit_head", "supervisor"), town.teams[0][0].id, unit_id=office
    )
    accounts.create_account(people, "member", PASSWORD, ("employee",), town.teams[0][1].id)
    for team in town.teams:
        made = accounts.create_account(people, f"akun{team[2].id}", PASSWORD, ("employee",), team[2].id)
        town.names["accounts"] = str(made.id)


def _organisation(people: Session, town: Town) -> None:
    """Posts, teams, circles, conflicts, refused addresses, and a decree for each unit."""
    groups = [Team(name=f"Tim {place}") for place in range(town.size)]
    people.add_all(groups)
    people.flush()
    town.names["teams"] = groups[0].public_id
    for place, team in enumerate(town.teams):
        change = UnitChange(kind="rename", begins_on=date(2025, 1, 1), decree=f"SK {place}")
        people.add_all([change, PeerCircle(name=f"Lingkaran {place}", job_kind="fungsional")])
        people.flush()
        for became in (False, True):
            people.add(
                UnitChangePart(change_id=change.id, unit_id=town.office.id, became=became, name=f"N {place}")
            )
        post = Post(employee_id=town.teams[0][1].id, capacity="further", unit_id=team[0].unit_id)
        people.add_all([post, *(TeamMember(team_id=groups[0].id, employee_id=each.id) for each in team[:3])])
        people.flush()
        town.names["post"] = post.public_id
        people.add(Bounce(employee_id=team[7].id, address=team[7].email or "", reason="550"))
        audit.record(people, 1, "uji", str(place))
    for one, other in list(combinations(town.teams[0], 2))[: town.size]:
        people.add(ConflictPair(first_id=one.id, second_id=other.id, reason="menikah"))


def _services(people: Session, town: Town) -> None:
    """Service points with their codes and devices, plans, figures and what was published."""
    office = town.office.public_id
    for place in range(town.size):
        point = service_points.add_point(people, office, f"L-{place}", f"Loket {place}")
        town.names.setdefault("service-points", point)
        first = town.names["service-points"]
        visit_codes.print_roll(people, first, 5)
        kiosks.add(people, first, f"Kios {place}")
        respondents.set_users(people, point, "2026-Q3", 500)
        due = TODAY + timedelta(days=place)
        entry = follow_ups.Entry("2026-Q2", "persyaratan", "Menempel syarat", "Kepala", due)
        town.names["plan"] = follow_ups.add(people, office, entry)
        figure = indicators.add_indicator(people, office, f"Antrean {place}", "menit", less_is_better=True)
        town.names["indicators"] = figure
        indicators.set_values(people, office, figure, {date(2026, 6, 1 + day): 5.0 for day in range(20)})
        indicators.add_turn(people, office, date(2026, 6, 5 + place), f"Loket {place}")
        people.add(
            Publication(
                unit_id=town.office.id,
                period="2026-Q3",
                kind="notice",
                published_on=TODAY,
                index="80",
                respondents=40,
                digest="0" * 64,
            )
        )


def name_peers(town: Town) -> None:
    """Everybody of the teams names peers; some decline."""
    with transaction(town.databases.people) as people:
        cycle = cycles.find_cycle(people, town.names["cycles"])
        nominations.begin(people, cycle, 1)
        for team in town.teams:
            for who in team[1:3]:
                named = [each.public_id for each in team[1:8] if each is not who]
                nominations.name(people, cycle, who.id, 5, named)
            people.add(Decline(cycle_id=cycle.id, subject_id=team[3].id, rater_id=team[4].id, reason="dekat"))
    town.names["subject"] = town.teams[0][2].public_id


def assign(town: Town) -> None:
    """The list is made, and waits for the other office."""
    with transaction(town.databases.people) as people:
        cycle = cycles.find_cycle(people, town.names["cycles"])
        assignments.assign_raters(people, cycle, random=Random(7))
        list_approval.ask(people, cycle, 1)


def open_(town: Town) -> None:
    """The cycle is open: letters, meetings, lost sheets, more time for units."""
    with transaction(town.databases.people) as people:
        cycle = cycles.find_cycle(people, town.names["cycles"])
        list_approval.approve(people, cycle, 2)
    open_cycle.run(town.settings, town.databases, cycle.public_id, lambda *_: None)
    with transaction(town.databases.people) as people:
        cycle = cycles.find_cycle(people, cycle.public_id)
        for team in town.teams:
            wanted = mailing.WavePlan("invitation", None, "", "")
            town.names["waves"] = mailing.plan(people, cycle, wanted, TODAY).public_id
            replacing.ask(people, WHOLE_CITY, cycle, 1, team[1].number or "", "hilang")
            unit = people.get_one(Unit, team[0].unit_id)
            meeting = briefings.Meeting(TODAY, "Kepala", 5)
            briefings.record(people, cycle, WHOLE_CITY, [unit.public_id], meeting)
            people.add(
                UnitDeadline(
                    cycle_id=cycle.id, unit_id=unit.id, chosen_id=unit.id, closes_on=date(2090, 12, 31)
                )
            )
        people.flush()
        town.names["requests"] = replacing.pending(people)[0].public_id
        town.names["unit"] = people.get_one(Unit, town.teams[0][0].unit_id).public_id


def answer_all(town: Town) -> None:
    """Everybody answers."""
    cycle = town.cycle()
    for team in town.teams:
        for place, rater in enumerate(team):
            answer(
                town.databases,
                cycle,
                rater,
                lambda subject, item, place=place: 2 + (len(item) + place + sum(subject.encode())) % 4,  # type: ignore[misc]
                f"Kalimat ke-{place}, 12 Maret",
            )


def count(town: Town) -> None:
    """The cycle is closed and counted."""
    close(town.databases, town.settings, town.cycle())


def review(town: Town) -> None:
    """The quality is accepted."""
    accept(town.databases, town.cycle())


def publish(town: Town) -> None:
    """Employees may read."""
    release(town.databases, town.cycle())
    with reading(town.databases.people) as people:
        own = select(Appraisal.public_id).where(Appraisal.employee_id == town.teams[0][1].id)
        town.names["appraisals"] = people.scalars(own).one()


Step = Callable[[Town], None]
STAGES: dict[str, Step | None] = {
    "draft": None,
    "nomination": name_peers,
    "assigned": assign,
    "open": open_,
    "answered": answer_all,
    "tallied": count,
    "reviewed": review,
    "released": publish,
}
