"""Questionnaires of the city's own: versions that never change, and drafts with each step of writing."""

from datetime import date
from typing import Any, NoReturn

from sqlalchemy import ForeignKey, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id
from survey.exceptions import VersionFixed


class InstrumentVersion(PeopleBase):
    """A published version: its canonical text, known by the SHA-256 of that text."""

    __tablename__ = "instrument_versions"
    __table_args__ = (UniqueConstraint("code", "version"),)

    hash: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    published_on: Mapped[date]


@event.listens_for(InstrumentVersion, "before_update")
@event.listens_for(InstrumentVersion, "before_delete")
def _never_changed(_mapper: Any, _connection: Any, version: InstrumentVersion) -> NoReturn:
    """What people were asked, or may have been asked, stays as it was, whoever wants it otherwise."""
    raise VersionFixed(f"{version.code} {version.version}")


class InstrumentDraft(PeopleBase):
    """A questionnaire that is being written; what it says now is its step number `position`."""

    __tablename__ = "instrument_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    position: Mapped[int] = mapped_column(default=0)
    based_on: Mapped[str | None]  # the hash of the version it was copied from


class DraftStep(PeopleBase):
    """What a draft said after one step. Steps past the draft's position were undone."""

    __tablename__ = "draft_steps"

    draft_id: Mapped[int] = mapped_column(ForeignKey("instrument_drafts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]  # JSON; it may still have gaps
    act: Mapped[str]  # begin | add | change | remove | move
    part: Mapped[str]  # which list of the questionnaire, or `general`
    name: Mapped[str]  # the code of what was touched
