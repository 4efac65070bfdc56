"""The published receipts of counted cycles: proof that a ballot was counted, without scope or answer."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound
from survey.models.cycles import Cycle
from survey.models.vault import Receipt, TalliedBox

COUNTED_STATES = ("tallied", "reviewed", "released")
PREFIX_LENGTH = 2  # whoever looks for one receipt asks for a page of many


@dataclass(frozen=True)
class CountedCycle:
    """A cycle whose receipts are published."""

    public_id: str
    name: str
    has_manifest: bool


@dataclass(frozen=True)
class ReceiptPage:
    """The receipts of a cycle that begin alike."""

    total: int
    beginning: str
    codes: list[str]


def counted_cycles(people: Session) -> list[CountedCycle]:
    """The cycles whose ballots were counted, the newest first."""
    rows = people.execute(
        select(Cycle.public_id, Cycle.name, Cycle.manifest != "")
        .where(Cycle.state.in_(COUNTED_STATES))
        .order_by(Cycle.closes_on.desc(), Cycle.id.desc())
    )
    return [CountedCycle(*row) for row in rows]


def receipts_file(answers: Session, cycle: str) -> bytes:
    """Every receipt of a counted cycle, a line each, sorted as text is sorted everywhere: by code point."""
    codes = sorted(answers.scalars(select(Receipt.code).where(Receipt.cycle == cycle)))
    return "".join(f"{code}\n" for code in codes).encode()


def receipt_page(answers: Session, cycle: str, typed: str) -> ReceiptPage:
    """All receipts with the same first two signs as what was typed; none before anything is typed."""
    if answers.get(TalliedBox, cycle) is None:
        raise NotFound(cycle)
    beginning = typed.strip().upper()[:PREFIX_LENGTH]
    total = answers.scalar(select(func.count()).select_from(Receipt).where(Receipt.cycle == cycle)) or 0
    found = select(Receipt.code).where(
        Receipt.cycle == cycle, Receipt.code.startswith(beginning, autoescape=True)
    )
    codes = list(answers.scalars(found.order_by(Receipt.code))) if len(beginning) == PREFIX_LENGTH else []
    return ReceiptPage(total, beginning, codes)
