"""A counted cycle whose figures are known by heart, for the tests of pages, reports and exports."""

from dataclasses import dataclass

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.cycles import cycles
from survey.services.results import release_gate, reviewing
from tests.factories import answer, close, make_team, make_unit, open_cycle, plan

MEMBERS = 8
SILENT = 2  # the last members do not answer
# Who is stricter than others and who milder; where two take each other's edge off, the mean stays as it was.
MILDER = {2: 1, 3: 1, 4: -1, 5: -1}


@dataclass(frozen=True)
class Counted:
    """A head with eight members, of whom six and the head answered."""

    cycle: Cycle
    team: list[Employee]

    @property
    def head(self) -> Employee:
        return self.team[0]

    @property
    def member(self) -> Employee:
        """One who answered: five peers' answers about her."""
        return self.team[1]

    @property
    def silent(self) -> Employee:
        """One who did not: six peers' answers about her, no self-rating."""
        return self.team[-1]


def counted(
    databases: Databases,
    settings: Settings,
    *,
    top: int = 4,
    members: int = MEMBERS,
    silent: int = SILENT,
    purpose: str = "development",
    name: str = "Uji",
    first: int = 1,
    code: str = "DINKES",
) -> Counted:
    """Open, answer and count a cycle; raters give `top` to about half of the items, one less to the rest.

    Some are milder and some stricter by one: answers all too alike would have no error that may be told.
    """
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session, code, f"Dinas {code}"), members, first)
    cycle = open_cycle(databases, settings, plan(name, purpose))
    for place, rater in enumerate(team[: len(team) - silent]):

        def value(subject: str, item: str, place: int = place) -> int:
            step = top - (len(item) + place + sum(subject.encode())) % 2
            return min(5, max(1, step + MILDER.get(place, 0)))

        answer(databases, cycle, rater, value, f"Kalimat ke-{place}")
    close(databases, settings, cycle)
    accept(databases, cycle)
    with reading(databases.people) as people:
        return Counted(cycles.find_cycle(people, cycle.public_id), team)


def accept(databases: Databases, cycle: Cycle) -> None:
    """Accept the quality, so that the results may be seen."""
    with transaction(databases.people) as people:
        reviewing.accept(people, cycles.find_cycle(people, cycle.public_id), "Cukup andal")


def release(databases: Databases, cycle: Cycle) -> None:
    with reading(databases.people) as people:
        waits_for_review = cycles.find_cycle(people, cycle.public_id).state == "tallied"
    if waits_for_review:
        accept(databases, cycle)
    with reading(databases.answers) as answers, transaction(databases.people) as people:
        release_gate.release(people, answers, cycles.find_cycle(people, cycle.public_id))
