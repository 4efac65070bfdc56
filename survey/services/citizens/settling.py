"""Until when answers of a quarter arrive.

A kiosk without a line sends later what was answered before the quarter ended, and whoever answered on its
last day may still take it back. After these days the quarter is settled and nothing in it moves any more.
"""

from datetime import date, timedelta
from typing import Final

from survey.services.citizens import periods
from survey.services.citizens.citizen_answers import period_of

DAYS_TO_ARRIVE: Final = 14


def open_quarters(today: date) -> tuple[str, ...]:
    """The quarters whose boxes take something: the running one, and for some days the one before."""
    running = period_of(today)
    before = period_of(today - timedelta(days=DAYS_TO_ARRIVE))
    return (running,) if before == running else (before, running)


def last_day(period: str) -> date:
    """The last day on which something of a period may arrive."""
    return periods.last_day(period) + timedelta(days=DAYS_TO_ARRIVE)


def is_settled(period: str, today: date) -> bool:
    """Whether nothing of a period can come or go any more."""
    return last_day(period) < today


def may_be_told(period: str, today: date) -> bool:
    """Whether figures that would tell of a few between two looks may be shown: a day after settling.

    The last merge runs in the night after the last day; whoever looks meanwhile must not see it at work.
    """
    return is_settled(period, today - timedelta(days=1))
