"""Teams across units (tim kerja), and circles of those who hold posts of one kind."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id


class Team(PeopleBase):
    """People of any units who work on something together for a time."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(unique=True)
    decree: Mapped[str] = mapped_column(default="")


class TeamMember(PeopleBase):
    """Somebody in a team, from one day to another; both days belong to it."""

    __tablename__ = "team_members"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), index=True)
    leads: Mapped[bool] = mapped_column(default=False)
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class PeerCircle(PeopleBase):
    """Those with like posts in different units, who are peers of one another: the lurah of a district.

    The kind of post decides, and the level and the beginning of the title where they are given.
    """

    __tablename__ = "peer_circles"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(unique=True)
    job_kind: Mapped[str]
    job_level: Mapped[str] = mapped_column(default="")
    title_begins: Mapped[str] = mapped_column(default="")
