"""How long two people have worked together: who has seen too little of somebody should not rate her.

Two people work together on every day on which both hold a post in the same unit (main, further or acting),
one is the superior of the other, or both are in the same team. Days count once, whatever brought them
together. Days before the records count as worked together if the post reaches back that far.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.teams import TeamMember
from survey.services.organisation.holdings import LONG_AGO, OPEN_END, Holding, by_employee, read_holdings
from survey.services.organisation.spans import Span, days_until, overlap

DAYS_PER_MONTH = 30
USUAL_CONTACT = 3 * DAYS_PER_MONTH

TeamSpan = tuple[int, Span]


@dataclass(frozen=True, eq=False)
class Contacts:
    """All posts and teams, read once, so that many pairs can be looked at."""

    posts: Mapping[int, list[Holding]]
    teams: Mapping[int, list[TeamSpan]]

    def days(self, one: int, other: int, day: date) -> int:
        """On how many days up to and with `day` two people worked together."""
        return days_until(self._spans(one, other), day)

    def _spans(self, one: int, other: int) -> Iterator[Span]:
        for mine in self.posts.get(one, ()):
            for theirs in self.posts.get(other, ()):
                if _together(mine, theirs) and (span := overlap(_span(mine), _span(theirs))):
                    yield span
        for team, mine_in_team in self.teams.get(one, ()):
            for other_team, theirs_in_team in self.teams.get(other, ()):
                if team == other_team and (span := overlap(mine_in_team, theirs_in_team)):
                    yield span


def read_contacts(session: Session) -> Contacts:
    """Read all posts and teams; three statements whatever the number of people."""
    teams: dict[int, list[TeamSpan]] = defaultdict(list)
    rows = session.execute(
        select(TeamMember.employee_id, TeamMember.team_id, TeamMember.begins_on, TeamMember.ends_on)
    )
    for employee, team, begins_on, ends_on in rows:
        teams[employee].append((team, (begins_on or LONG_AGO, ends_on or OPEN_END)))
    return Contacts(by_employee(read_holdings(session)), teams)


def contact_days(session: Session, pairs: Iterable[tuple[int, int]], day: date) -> dict[tuple[int, int], int]:
    """For each pair of employee ids: days worked together up to and with `day`; three statements."""
    contacts = read_contacts(session)
    return {(one, other): contacts.days(one, other, day) for one, other in pairs}


def _span(holding: Holding) -> Span:
    return holding.begins_on, holding.ends_on


def _together(one: Holding, other: Holding) -> bool:
    return one.unit_id == other.unit_id or _is_above(one, other) or _is_above(other, one)


def _is_above(upper: Holding, lower: Holding) -> bool:
    """Whether the holder of one post is the superior in the other, by right or acting."""
    if lower.supervisor_id is None:
        return False
    return lower.supervisor_id in (upper.employee_id, upper.acts_for_id)
