"""The audit trail: what staff did, and what everybody may see of a cycle. Nothing about a rater's answers
is ever entered here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase


class AuditEvent(PeopleBase):
    """One act. Append only: each entry carries the hash of all before it."""

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    action: Mapped[str]
    object: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    salt: Mapped[
        bytes
    ]  # random, so that nobody can guess an act from its digest; empty where all may read it
    digest: Mapped[bytes]
    hash: Mapped[bytes]
