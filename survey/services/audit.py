"""Write down what a staff account did."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from survey.models.audit import AuditEvent


def record(session: Session, account_id: int | None, action: str, about: str, **detail: Any) -> None:
    """Add one act to the audit trail."""
    session.add(
        AuditEvent(at=datetime.now(UTC), account_id=account_id, action=action, object=about, detail=detail)
    )
