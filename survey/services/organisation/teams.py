"""Teams across units: set one up, let people join and leave. Days that have passed stay."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound, OrganisationRefused
from survey.models.people import Employee, Unit
from survey.models.teams import PeerCircle, Team, TeamMember
from survey.services.auditing import audit
from survey.services.documents.export_files import Cell, Sheet
from survey.services.documents.listing import ListPage, Wanted, page_of_rows, rows_as_wanted
from survey.services.organisation.circles import circle_members
from survey.tables import N_


@dataclass(frozen=True)
class TeamSummary:
    """A team with the number of those who are in it on a day."""

    public_id: str
    name: str
    decree: str
    members: int


@dataclass(frozen=True)
class MemberTold:
    """Somebody who is or was in a team."""

    id: int
    public_id: str
    name: str
    unit: str
    leads: bool
    begins_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class CircleSummary:
    """A circle with the number of those whose posts put them in it."""

    circle: PeerCircle
    members: int


def list_teams(session: Session, day: date) -> list[TeamSummary]:
    """All teams by name; one statement."""
    is_in = and_(
        or_(TeamMember.begins_on.is_(None), TeamMember.begins_on <= day),
        or_(TeamMember.ends_on.is_(None), TeamMember.ends_on >= day),
        TeamMember.id.is_not(None),
    )
    rows = session.execute(
        select(Team.public_id, Team.name, Team.decree, func.sum(case((is_in, 1), else_=0)))
        .outerjoin(TeamMember, TeamMember.team_id == Team.id)
        .group_by(Team.id, Team.public_id, Team.name, Team.decree)
        .order_by(Team.name)
    )
    return [TeamSummary(*row) for row in rows]


ORDERS: dict[str, Callable[[TeamSummary], Any]] = {
    "name": lambda team: team.name,
    "decree": lambda team: team.decree,
    "members": lambda team: team.members,
}


def listed(session: Session, day: date, wanted: Wanted) -> ListPage:
    """One page of the teams."""
    return page_of_rows(list_teams(session, day), wanted, ORDERS, _words)


def team_sheet(session: Session, day: date, wanted: Wanted, translate: Callable[[str], str]) -> Sheet:
    """All of them, for a file."""
    header = [translate(word) for word in (N_("Team"), N_("Decree"), N_("Members today"))]
    rows: Iterator[list[Cell]] = (
        [team.name, team.decree, team.members]
        for team in rows_as_wanted(list_teams(session, day), wanted, ORDERS, _words)
    )
    return Sheet(translate(N_("Teams")), header, rows, numbers=frozenset())


def _words(team: TeamSummary) -> str:
    return f"{team.name}\n{team.decree}"


def find_team(session: Session, public_id: str) -> Team:
    """One team; NotFound where there is none."""
    found = session.scalar(select(Team).where(Team.public_id == public_id))
    if found is None:
        raise NotFound(public_id)
    return found


def members_of(session: Session, team: Team) -> list[MemberTold]:
    """Everybody who is or was in a team, leads first; one statement."""
    rows = session.execute(
        select(
            TeamMember.id,
            Employee.public_id,
            Employee.name,
            Unit.name,
            TeamMember.leads,
            TeamMember.begins_on,
            TeamMember.ends_on,
        )
        .join(Employee, Employee.id == TeamMember.employee_id)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(TeamMember.team_id == team.id)
        .order_by(TeamMember.leads.desc(), Employee.name, TeamMember.id)
    )
    return [MemberTold(*row) for row in rows]


def add_team(session: Session, name: str, decree: str, account_id: int | None) -> Team:
    """Set a team up; OrganisationRefused where another has the name."""
    if session.scalar(select(Team.id).where(Team.name == name)):
        raise OrganisationRefused("name_taken")
    team = Team(name=name, decree=decree)
    session.add(team)
    session.flush()
    audit.record(session, account_id, "team.added", team.public_id, name=name)
    return team


def join(session: Session, team: Team, member: TeamMember, account_id: int | None) -> None:
    """Let somebody join; OrganisationRefused where she is in the team in these days already."""
    member.team_id = team.id
    same = select(TeamMember.id).where(
        TeamMember.team_id == team.id,
        TeamMember.employee_id == member.employee_id,
        or_(TeamMember.ends_on.is_(None), TeamMember.ends_on >= (member.begins_on or date.min)),
    )
    if session.scalar(same.limit(1)):
        raise OrganisationRefused("in_team_already")
    session.add(member)
    audit.record(session, account_id, "team.joined", team.public_id, employee=member.employee_id)


def leave(session: Session, team: Team, member_id: int, ends_on: date, account_id: int | None) -> None:
    """Let somebody leave with a last day; NotFound where she is not in it."""
    member = session.scalar(
        select(TeamMember).where(TeamMember.id == member_id, TeamMember.team_id == team.id)
    )
    if member is None:
        raise NotFound(str(member_id))
    if member.begins_on and ends_on < member.begins_on:
        raise OrganisationRefused("ends_before_it_begins")
    member.ends_on = ends_on
    audit.record(session, account_id, "team.left", team.public_id, employee=member.employee_id)


def list_circles(session: Session) -> Sequence[CircleSummary]:
    """All circles by name with the number of their members; three statements."""
    members = circle_members(session)
    circles = session.scalars(select(PeerCircle).order_by(PeerCircle.name))
    return [CircleSummary(circle, len(members[circle.id])) for circle in circles]


def add_circle(session: Session, circle: PeerCircle, account_id: int | None) -> None:
    """Make a circle; OrganisationRefused where another has the name."""
    if session.scalar(select(PeerCircle.id).where(PeerCircle.name == circle.name)):
        raise OrganisationRefused("name_taken")
    session.add(circle)
    session.flush()
    audit.record(session, account_id, "circle.added", circle.public_id, name=circle.name)


def remove_circle(session: Session, public_id: str, account_id: int | None) -> None:
    """Remove a circle; lists that were fixed keep whom it brought together."""
    circle = session.scalar(select(PeerCircle).where(PeerCircle.public_id == public_id))
    if circle is None:
        raise NotFound(public_id)
    session.delete(circle)
    audit.record(session, account_id, "circle.removed", public_id, name=circle.name)
