"""Sealed ballots: the spool of this host and the box they are merged into.

A row holds the name of its box, one hash of a nonce nobody keeps, and a text only the key holder opens.
"""

from sqlalchemy.orm import Mapped, mapped_column

from survey.db import AnswersBase, SpoolBase


class SealedBallot(AnswersBase):
    """The box. Written only by merges, in the order of the tokens."""

    __tablename__ = "sealed_ballots"
    __table_args__ = ({"sqlite_with_rowid": False},)

    box: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class SpooledBallot(SpoolBase):
    """A ballot waiting for the next merge."""

    __tablename__ = "spooled_ballots"
    __table_args__ = ({"sqlite_with_rowid": False},)

    box: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class SpoolBox(SpoolBase):
    """A box that this host takes ballots for.

    `public_key`: citizens' boxes: what ballots are sealed to. Cycles' boxes: what passes verify under.
    """

    __tablename__ = "boxes"

    name: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes]
    is_open: Mapped[bool] = mapped_column(default=True)
