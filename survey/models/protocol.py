"""What a cycle's papers and ballots are made and sealed with: public keys, and what proves them.

Private keys are never here: those of holders stay in their offices, those of the server in files of this
host outside both databases and their backups.
"""

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, SpoolBase


class Layer(PeopleBase):
    """One of the two sealings of a cycle's ballots: who owns its key, and whether the key was tried."""

    __tablename__ = "layers"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    layer: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1 outside, 2 inside
    owner: Mapped[str]  # office | server
    office: Mapped[str] = mapped_column(default="")
    public_key: Mapped[bytes] = mapped_column(default=b"")
    proof_text: Mapped[bytes] = mapped_column(default=b"")  # what the holder must open, in the clear
    is_proven_by_key: Mapped[bool] = mapped_column(default=False)
    is_proven_by_shares: Mapped[bool] = mapped_column(default=False)


class Scope(PeopleBase):
    """One subject and rater group of a cycle: the public key of its stamps, and how many papers it has."""

    __tablename__ = "scopes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "subject_id"],
            ["subjects.cycle_id", "subjects.employee_id"],
            name="fk_scopes_subject",
        ),
    )

    cycle_id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    rater_group: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes]
    papers: Mapped[int]
    place: Mapped[int]  # in the public list of scopes
    path: Mapped[bytes]  # the hashes that lead from there to the manifest


class SpareKey(SpoolBase):
    """A key pair made beforehand, for any scope to come; used once."""

    __tablename__ = "spare_keys"

    name: Mapped[bytes] = mapped_column(primary_key=True)
    private_key: Mapped[bytes]


class SigningKey(SpoolBase):
    """The private key of a scope's stamps, or of a box's passes (with an empty scope), until closing."""

    __tablename__ = "signing_keys"

    box: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    private_key: Mapped[bytes]
