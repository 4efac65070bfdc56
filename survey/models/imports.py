"""Imports of units and employees, with what each row was before: a whole import can be undone."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id

KINDS = ("unit", "employee", "post")


class PeopleImport(PeopleBase):
    """One import that was applied."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # None: a command
    done_on: Mapped[date]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    is_undone: Mapped[bool] = mapped_column(default=False)


class ImportRow(PeopleBase):
    """A unit, employee or post that an import wrote: its columns before (none: it is new) and after."""

    __tablename__ = "import_rows"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
