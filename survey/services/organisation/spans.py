"""Spans of days: where two meet, and how many days several cover together."""

from collections.abc import Iterable
from datetime import date

Span = tuple[date, date]  # first and last day, both within


def overlap(one: Span, other: Span) -> Span | None:
    """The days that lie in both."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None


def days_until(spans: Iterable[Span], day: date) -> int:
    """How many days up to and with `day` the spans cover together, each counted once."""
    total, counted_to = 0, 0
    for first, last in sorted(spans):
        begin, end = max(first.toordinal(), counted_to + 1), min(last, day).toordinal()
        if begin <= end:
            total += end - begin + 1
            counted_to = end
    return total
