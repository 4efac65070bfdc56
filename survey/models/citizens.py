"""What citizens said, by service point and period. No day, no address, no number in a queue."""

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import AnswersBase


class CitizenResponse(AnswersBase):
    """One citizen's answers, by item code; `key` is drawn at the merge and leads to nothing."""

    __tablename__ = "citizen_responses"
    __table_args__ = ({"sqlite_with_rowid": False},)

    service_point: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    stratum: Mapped[str]  # services.channels.STRATA
    instrument_hash: Mapped[str]
    answers: Mapped[dict[str, int]] = mapped_column(JSON)
    profile: Mapped[dict[str, str]] = mapped_column(JSON)
    withdrawal: Mapped[bytes | None]  # hash of the code that withdraws it; gone when its period is settled


class Suggestion(AnswersBase):
    """What one citizen said in free words, apart from her answers."""

    __tablename__ = "suggestions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    service_point: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    stratum: Mapped[str]
    text: Mapped[str]
    state: Mapped[str]  # waiting (for company) | unread | handled
    withdrawal: Mapped[bytes | None]  # another hash of the same code
    follow_up: Mapped[str | None]  # public id of the plan that answers it


class MergedToken(AnswersBase):
    """The name of a merged ballot, so that it is not merged twice; gone when its period is settled."""

    __tablename__ = "merged_tokens"
    __table_args__ = ({"sqlite_with_rowid": False},)

    box: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)


class CitizenCount(AnswersBase):
    """How often one option was chosen for one element; kept in step with the responses by every merge."""

    __tablename__ = "citizen_counts"

    service_point: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    stratum: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    option: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
    shown: Mapped[int]  # what the public sees: follows `n` in steps of at least the minimum for the element


class CitizenSums(AnswersBase):
    """Sums over the responses of a place and a period, kept in step with them by every merge.

    They hold nothing that the responses beside them do not hold; they are there so that no page reads rows.
    """

    __tablename__ = "citizen_sums"
    __table_args__ = ({"sqlite_with_rowid": False},)

    service_point: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    stratum: Mapped[str] = mapped_column(primary_key=True)
    respondents: Mapped[int]
    complete: Mapped[int]
    pairs: Mapped[bytes]  # JSON: elements, and for each pair how many answered both, sums and products
    profile: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON)  # respondents by field and band


class OfficerSums(AnswersBase):
    """Sums over what citizens said of one officer in a period, in batches of at least the minimum."""

    __tablename__ = "officer_sums"
    __table_args__ = ({"sqlite_with_rowid": False},)

    officer: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    items: Mapped[dict[str, int]] = mapped_column(JSON)  # sum of the answers to each question


class OfficerSpread(AnswersBase):
    """The squares of all citizens' sums over the questions, over all officers of a period together."""

    __tablename__ = "officer_spread"

    period: Mapped[str] = mapped_column(primary_key=True)
    squares: Mapped[int]
