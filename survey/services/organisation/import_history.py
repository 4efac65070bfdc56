"""What imports changed, and how a whole import is undone, as long as nothing later stands on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from survey.db import PeopleBase
from survey.exceptions import NotFound
from survey.models.accounts import Account
from survey.models.imports import ImportRow, PeopleImport
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.services.auditing import audit
from survey.services.documents.listing import DESCENDING, Column, ListPage, Wanted, page_of

MODELS: dict[str, type[Unit] | type[Employee] | type[Post]] = {
    "unit": Unit,
    "employee": Employee,
    "post": Post,
}
NAMES_SHOWN = 5
ROWS_AT_ONCE = 1000

Columns = dict[str, Any]


@dataclass(frozen=True)
class PastImport:
    """An import with who made it."""

    public_id: str
    done_on: date
    account: str
    counts: Mapping[str, int]
    is_undone: bool


@dataclass(frozen=True)
class Obstacle:
    """Why an import cannot be undone: rows changed since (`changed`), or a table that names what is new."""

    about: str  # "changed", "gone", or the name of a table
    count: int
    names: tuple[str, ...] = ()


class Before:
    """How the rows were before an import wrote them."""

    def __init__(self, session: Session, known: Mapping[str, Sequence[int]]) -> None:
        self._session = session
        self._columns = {kind: _columns(session, kind, ids) for kind, ids in known.items()}

    def keep(
        self,
        account_id: int | None,
        today: date,
        counts: Mapping[str, int],
        touched: Mapping[str, Sequence[int]],
    ) -> PeopleImport:
        """Write down what the import did, so that it can be undone."""
        done = PeopleImport(account_id=account_id, done_on=today, counts=dict(counts))
        self._session.add(done)
        self._session.flush()
        rows = [
            {
                "import_id": done.id,
                "kind": kind,
                "row_id": row_id,
                "before": self._columns.get(kind, {}).get(row_id),
                "after": after,
            }
            for kind, ids in touched.items()
            for row_id, after in _columns(self._session, kind, ids).items()
        ]
        if rows:
            self._session.execute(insert(ImportRow), rows)
        return done


def listed(session: Session, wanted: Wanted) -> ListPage:
    """One page of all imports, the newest first."""
    query = select(PeopleImport, Account.username).outerjoin(Account, Account.id == PeopleImport.account_id)
    asked = wanted if wanted.sort else replace(wanted, sort=f"{DESCENDING}day")
    orders: dict[str, Column] = {"day": PeopleImport.id, "account": Account.username}
    found = page_of(session, query, asked, orders, PeopleImport.id)
    rows = [
        PastImport(each.public_id, each.done_on, name or "", each.counts, each.is_undone)
        for each, name in found.rows
    ]
    return replace(found, rows=rows)


def find_import(session: Session, public_id: str) -> PeopleImport:
    """One import; NotFound where there is none."""
    found = session.scalar(select(PeopleImport).where(PeopleImport.public_id == public_id))
    if found is None:
        raise NotFound(public_id)
    return found


def obstacles(session: Session, done: PeopleImport) -> list[Obstacle]:
    """What stands on an import; an empty list means that it can be undone."""
    return [*_changed_since(session, done), *_named_elsewhere(session, done)]


def undo(session: Session, done: PeopleImport, account_id: int | None) -> list[Obstacle]:
    """Take a whole import back; or nothing, where something stands on it: that is returned."""
    found = [] if done.is_undone else obstacles(session, done)
    if found or done.is_undone:
        return found
    session.execute(delete(Post).where(Post.id.in_(_new_ids(done, "post"))))
    _restore(session, done, "employee")
    session.execute(
        update(Employee).where(Employee.id.in_(_new_ids(done, "employee"))).values(supervisor_id=None)
    )
    session.execute(delete(Employee).where(Employee.id.in_(_new_ids(done, "employee"))))
    _restore(session, done, "unit")
    session.execute(update(Unit).where(Unit.id.in_(_new_ids(done, "unit"))).values(parent_id=None))
    session.execute(delete(Unit).where(Unit.id.in_(_new_ids(done, "unit"))))
    done.is_undone = True
    audit.record(session, account_id, "people.import-undone", done.public_id)
    return []


def _restore(session: Session, done: PeopleImport, kind: str) -> None:
    rows = session.execute(
        select(ImportRow.row_id, ImportRow.before).where(
            ImportRow.import_id == done.id, ImportRow.kind == kind, ImportRow.before.is_not(None)
        )
    )
    values = [{"id": row_id, **_typed(kind, before or {})} for row_id, before in rows]
    if values:
        session.execute(update(MODELS[kind]), values)


def _changed_since(session: Session, done: PeopleImport) -> Iterator[Obstacle]:
    changed: list[str] = []
    for kind in MODELS:
        rows = session.execute(
            select(ImportRow.row_id, ImportRow.after).where(
                ImportRow.import_id == done.id, ImportRow.kind == kind
            )
        ).all()
        now = _columns(session, kind, [row_id for row_id, _after in rows])
        for row_id, after in rows:
            if now.get(row_id) != after:
                changed.append(after.get("name") or after.get("title") or "")
    if changed:
        yield Obstacle("changed", len(changed), tuple(changed[:NAMES_SHOWN]))


def _named_elsewhere(session: Session, done: PeopleImport) -> Iterator[Obstacle]:
    """Every link of the schema that leads to a unit or an employee who came in with the import."""
    counts: dict[str, int] = {}
    for table in PeopleBase.metadata.sorted_tables:
        for link in table.foreign_keys:
            kind = {"units": "unit", "employees": "employee"}.get(link.column.table.name)
            if kind is None or table.name in (ImportRow.__tablename__,):
                continue
            query = select(func.count()).select_from(table).where(link.parent.in_(_new_ids(done, kind)))
            if own := {model.__tablename__: name for name, model in MODELS.items()}.get(table.name):
                query = query.where(table.c.id.not_in(_ids(done, own)))
            if count := session.scalar(query):
                counts[table.name] = max(count, counts.get(table.name, 0))
    yield from (Obstacle(table, count) for table, count in counts.items())


def _ids(done: PeopleImport, kind: str) -> Select[int]:
    return select(ImportRow.row_id).where(ImportRow.import_id == done.id, ImportRow.kind == kind)


def _new_ids(done: PeopleImport, kind: str) -> Select[int]:
    return _ids(done, kind).where(ImportRow.before.is_(None))


def _columns(session: Session, kind: str, ids: Iterable[int]) -> dict[int, Columns]:
    """The columns of the rows as JSON keeps them."""
    table, wanted = _table(kind), list(ids)
    found: dict[int, Columns] = {}
    for begin in range(0, len(wanted), ROWS_AT_ONCE):
        part = wanted[begin : begin + ROWS_AT_ONCE]
        for row in session.execute(select(table).where(table.c.id.in_(part))).mappings():
            columns = {name: value for name, value in row.items() if name != "id"}
            found[row["id"]] = {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in columns.items()
            }
    return found


def _typed(kind: str, columns: Columns) -> Columns:
    dates = {column.name for column in _table(kind).columns if isinstance(column.type, Date)}
    return {
        name: date.fromisoformat(value) if name in dates and value else value
        for name, value in columns.items()
    }


def _table(kind: str) -> Table:
    return PeopleBase.metadata.tables[MODELS[kind].__tablename__]
