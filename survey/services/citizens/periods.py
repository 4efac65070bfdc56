"""Periods of a year by name: a quarter `2026-Q3`, a half-year `2026-H2`, a year `2026`.

Answers know their quarter; a longer period is its quarters.
"""

import re
from datetime import date, timedelta

KINDS = ("quarter", "half", "year")
_NAME = re.compile(r"(?P<year>[1-9]\d{3})(?:-(?P<kind>[QH])(?P<number>[1-4]))?\Z")
_MONTHS = {"quarter": 3, "half": 6, "year": 12}
_LETTERS = {"quarter": "-Q", "half": "-H", "year": ""}


def kind_of(period: str) -> str | None:
    """`quarter`, `half` or `year`; None where the name is none of a period."""
    found = _NAME.match(period)
    if found is None:
        return None
    if found["kind"] == "H":
        return "half" if found["number"] in "12" else None
    return "quarter" if found["kind"] else "year"


def quarters_of(period: str) -> tuple[str, ...]:
    """The quarters that make up a period."""
    first = first_day(period)
    months = range(first.month, first.month + _MONTHS[_kind(period)], 3)
    return tuple(f"{first.year}-Q{(month + 2) // 3}" for month in months)


def around(quarter: str, kind: str) -> str:
    """The period of a kind that holds a quarter."""
    year, _letter, number = quarter.partition("-Q")
    if kind == "half":
        return f"{year}-H{(int(number) + 1) // 2}"
    return year if kind == "year" else quarter


def first_day(period: str) -> date:
    """The day on which a period begins."""
    found = _NAME.match(period)
    number = int(found["number"] or 1) if found else 1
    return date(int(period[:4]), 1 + (number - 1) * _MONTHS[_kind(period)], 1)


def last_day(period: str) -> date:
    """The day on which a period ends."""
    return first_day(_moved(period, 1)) - timedelta(days=1)


def is_over(period: str, today: date) -> bool:
    """Whether no day of the period is left."""
    return last_day(period) < today


def before(period: str, count: int) -> tuple[str, ...]:
    """The periods of the same kind before this one, the oldest first."""
    return tuple(_moved(period, -back) for back in range(count, 0, -1))


def after(period: str) -> str:
    """The next period of the same kind."""
    return _moved(period, 1)


def _moved(period: str, steps: int) -> str:
    kind = _kind(period)
    first = _place(period, kind)
    in_year = 12 // _MONTHS[kind]
    place = first + steps
    number = f"{_LETTERS[kind]}{place % in_year + 1}" if kind != "year" else ""
    return f"{place // in_year}{number}"


def _place(period: str, kind: str) -> int:
    """The place of a period among all of its kind, counted from the year 0."""
    found = _NAME.match(period)
    number = int(found["number"] or 1) if found else 1
    return int(period[:4]) * (12 // _MONTHS[kind]) + number - 1


def _kind(period: str) -> str:
    kind = kind_of(period)
    if kind is None:
        raise ValueError(f"period: {period!r} is none")
    return kind
