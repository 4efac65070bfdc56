"""One person's posts, teams and cycles, as her page tells them: nothing about who rated whom, or what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.teams import Team, TeamMember
from survey.models.unit_history import CycleUnit
from survey.services.organisation.unit_history import UNIT_OF_SUBJECT, names_then

# A draft may still be discarded, and its list is not fixed.
BEFORE_THE_LIST = ("draft", "nomination")


@dataclass(frozen=True)
class PostTold:
    """A post beside or before the main post of today, with the unit's name of its day."""

    public_id: str
    capacity: str
    unit: str
    title: str
    superior: str
    acts_for: str
    begins_on: date | None
    ends_on: date | None
    decree: str


@dataclass(frozen=True)
class TeamTold:
    """A team somebody is or was in."""

    name: str
    leads: bool
    begins_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class CycleTold:
    """A cycle somebody is a subject of, and the unit she had in it."""

    name: str
    opens_on: date
    closes_on: date
    unit: str


@dataclass(frozen=True)
class Career:
    """Posts of others that today's page shows, and what was before."""

    posts: Sequence[PostTold]
    teams: Sequence[TeamTold]
    cycles: Sequence[CycleTold]

    def open_on(self, day: date) -> list[PostTold]:
        """Further and acting posts that are held now, or will be."""
        return [each for each in self.posts if each.ends_on is None or each.ends_on >= day]

    def over_on(self, day: date) -> list[PostTold]:
        """Posts that have ended."""
        return [each for each in self.posts if each.ends_on is not None and each.ends_on < day]


def career_of(session: Session, employee_id: int) -> Career:
    """Everything of it, in five statements; the latest first."""
    return Career(_posts(session, employee_id), _teams(session, employee_id), _cycles(session, employee_id))


def _posts(session: Session, employee_id: int) -> list[PostTold]:
    superior, holder = aliased(Employee), aliased(Employee)
    rows = session.execute(
        select(Post, Unit.name, superior.name, holder.name)
        .join(Unit, Unit.id == Post.unit_id)
        .outerjoin(superior, superior.id == Post.supervisor_id)
        .outerjoin(holder, holder.id == Post.acts_for_id)
        .where(Post.employee_id == employee_id)
    ).all()
    then = names_then(session, [(post.unit_id, post.ends_on) for post, *_names in rows])
    told = [
        PostTold(
            post.public_id,
            post.capacity,
            then.get((post.unit_id, post.ends_on), unit),
            post.title,
            above or "",
            seat or "",
            post.begins_on,
            post.ends_on,
            post.decree,
        )
        for post, unit, above, seat in rows
    ]
    return sorted(told, key=lambda each: each.ends_on or date.max, reverse=True)


def _teams(session: Session, employee_id: int) -> list[TeamTold]:
    rows = session.execute(
        select(Team.name, TeamMember.leads, TeamMember.begins_on, TeamMember.ends_on)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.employee_id == employee_id)
        .order_by(Team.name)
    )
    return [TeamTold(*row) for row in rows]


def _cycles(session: Session, employee_id: int) -> list[CycleTold]:
    rows = session.execute(
        select(Cycle.name, Cycle.opens_on, Cycle.closes_on, CycleUnit.name)
        .join(Subject, Subject.cycle_id == Cycle.id)
        .join(CycleUnit, UNIT_OF_SUBJECT)
        .where(Subject.employee_id == employee_id, Cycle.state.not_in(BEFORE_THE_LIST))
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc())
    )
    return [CycleTold(*row) for row in rows]
