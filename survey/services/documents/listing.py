"""A list of many rows: what a reader may ask of it, and one page of the answer.

A service gives its statement, the columns that may order it, and the key that settles ties:

    page_of(session, select(...).where(...), wanted, {"name": Employee.name, "unit": Unit.name}, Employee.id)

What has to be worked out before it can be listed (a tree, chances) goes through `page_of_rows`, by functions
of a row instead of columns. The door reads what is asked with `survey.lists.wanted()`; the template draws
search, filters, heads that sort, pages and files with `macros/list.html`. Two statements a page, however long
the list is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, TypeVar

from sqlalchemy import Select, SQLColumnExpression, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

ROWS_PER_PAGE = 50
DESCENDING = "-"

Column = SQLColumnExpression[Any] | InstrumentedAttribute[Any]
Rows = Select[*tuple[Any, ...]]
Row = TypeVar("Row")


@dataclass(frozen=True)
class Wanted:
    """What a reader asks of a list. `sort` is the key of a column, after a minus the other way round."""

    text: str = ""
    sort: str = ""
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether some rows may be left out."""
        return bool(self.text or self.filters)

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The query of an address that asks for the same but the changes; what is usual is left out."""
        asked = replace(self, **changes)
        given = {
            "q": asked.text,
            "sort": asked.sort,
            "page": asked.page if asked.page > 1 else "",
            **asked.filters,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class ListPage:
    """One page of a list: its rows, the order they are in, and how many there are in all."""

    rows: Sequence[Any]
    wanted: Wanted
    order: str  # as `Wanted.sort`, the usual one where none was asked for
    sortable: frozenset[str]
    number: int
    pages: int
    total: int

    def turned(self, key: str) -> str:
        """The order that a press on the head of a column asks for: this column, or the other way round."""
        return DESCENDING + key if self.order == key else key

    def direction(self, key: str) -> str:
        """How the column orders the rows, in the words of `aria-sort`; empty where it does not."""
        if not key:
            return ""
        if self.order == key:
            return "ascending"
        return "descending" if self.order == DESCENDING + key else ""


def page_of(
    session: Session,
    query: Rows,
    wanted: Wanted,
    orders: Mapping[str, Column],
    key: Column,
) -> ListPage:
    """One page of what a statement finds; the first of `orders` is the usual one."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, ceil(total / ROWS_PER_PAGE))
    order = _known(wanted.sort, orders)
    asked = replace(
        wanted, sort="" if order == next(iter(orders)) else order, page=min(max(1, wanted.page), pages)
    )
    rows = session.execute(
        in_order(query, order, orders, key).limit(ROWS_PER_PAGE).offset((asked.page - 1) * ROWS_PER_PAGE)
    ).all()
    return ListPage(rows, asked, order, frozenset(orders), asked.page, pages, total)


def in_order(query: Rows, sort: str, orders: Mapping[str, Column], key: Column) -> Select[Any]:
    """The statement in the order asked for, for a page or for a whole file."""
    known = _known(sort, orders)
    column = orders[known.removeprefix(DESCENDING)]
    return query.order_by(column.desc() if known.startswith(DESCENDING) else column, key)


def page_of_rows(
    rows: Sequence[Row],
    wanted: Wanted,
    orders: Mapping[str, Callable[[Row], Any]],
    text_of: Callable[[Row], str] | None = None,
) -> ListPage:
    """One page of rows that lie in memory; where none of `orders` is asked for they stay as they are."""
    found = rows_as_wanted(rows, wanted, orders, text_of)
    pages = max(1, ceil(len(found) / ROWS_PER_PAGE))
    order = wanted.sort if wanted.sort.removeprefix(DESCENDING) in orders else ""
    asked = replace(wanted, sort=order, page=min(max(1, wanted.page), pages))
    first = (asked.page - 1) * ROWS_PER_PAGE
    shown = found[first : first + ROWS_PER_PAGE]
    return ListPage(shown, asked, order, frozenset(orders), asked.page, pages, len(found))


def rows_as_wanted(
    rows: Sequence[Row],
    wanted: Wanted,
    orders: Mapping[str, Callable[[Row], Any]],
    text_of: Callable[[Row], str] | None = None,
) -> list[Row]:
    """The rows whose text holds what is searched for, in the order asked for; for a whole file."""
    words = wanted.text.casefold()
    found = [row for row in rows if text_of is None or words in text_of(row).casefold()]
    key = orders.get(wanted.sort.removeprefix(DESCENDING))
    if key is None:
        return found
    return sorted(found, key=lambda row: _rank(key(row)), reverse=wanted.sort.startswith(DESCENDING))


def _rank(value: Any) -> tuple[bool, Any]:
    """What is missing stands first; letters count alike, large or small."""
    return value is not None, value.casefold() if isinstance(value, str) else value or 0


def _known(sort: str, orders: Mapping[str, Column]) -> str:
    return sort if sort.removeprefix(DESCENDING) in orders else next(iter(orders))
