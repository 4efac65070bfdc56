"""The vault: sufficient statistics of a closed cycle, and nothing else that was said.

All keys are natural: cycle and subject by their random names, questions by their code.
"""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import AnswersBase


class VaultBlock(AnswersBase):
    """How many complete ballots one published block holds on one scale."""

    __tablename__ = "vault_blocks"

    cycle: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[str] = mapped_column(primary_key=True)
    rater_group: Mapped[str] = mapped_column(primary_key=True)
    scale: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class VaultCount(AnswersBase):
    """How often one option was chosen for one item in one published block."""

    __tablename__ = "vault_counts"

    cycle: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[str] = mapped_column(primary_key=True)
    rater_group: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    option: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]


class VaultPool(AnswersBase):
    """Sums over all shown blocks of one rater group: N, cross-products, pair tables, cannot-judge counts."""

    __tablename__ = "vault_pools"

    cycle: Mapped[str] = mapped_column(primary_key=True)
    rater_group: Mapped[str] = mapped_column(primary_key=True)
    instrument_hash: Mapped[str]
    statistics: Mapped[dict[str, Any]] = mapped_column(JSON)


class Comment(AnswersBase):
    """Free words about one block; numbered by their own content, not by arrival."""

    __tablename__ = "comments"

    cycle: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[str] = mapped_column(primary_key=True)
    voice: Mapped[str] = mapped_column(primary_key=True)  # anonymous, supervisor or self
    question: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Receipt(AnswersBase):
    """Proof that a ballot was counted; carries neither scope nor answer."""

    __tablename__ = "receipts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    cycle: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)


class TalliedBox(AnswersBase):
    """A box whose ballots were reduced to the vault; its ballots, key and list may be destroyed."""

    __tablename__ = "tallied_boxes"

    cycle: Mapped[str] = mapped_column(primary_key=True)
    ballots: Mapped[int]
    rejected: Mapped[int]
