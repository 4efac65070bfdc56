"""When letters may go out: not at night, and not on days of rest."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from survey.config import Settings

SUNDAY = 6
LONGEST_REST = 60  # days; a list of holidays that never ends is a mistake


@dataclass(frozen=True)
class QuietHours:
    """From `first` in the evening to `until` in the morning, and whole days."""

    first: time = time(22)
    until: time = time(6)
    on_sundays: bool = False  # whether letters go out on Sundays
    holidays: Collection[date] = ()

    def is_quiet(self, moment: datetime) -> bool:
        """Whether no letter may go out at this local time."""
        return self._rests_on(moment.date()) or self._is_night(moment.time())

    def next_allowed(self, moment: datetime) -> datetime:
        """This local time, or the next at which a letter may go out."""
        if not self.is_quiet(moment):
            return moment
        morning = datetime.combine(moment.date(), self.until, moment.tzinfo)
        for days in range(LONGEST_REST):
            start = morning + timedelta(days=days)
            if start >= moment and not self._rests_on(start.date()):
                return start
        return morning + timedelta(days=LONGEST_REST)

    def _rests_on(self, day: date) -> bool:
        return day in self.holidays or (day.weekday() == SUNDAY and not self.on_sundays)

    def _is_night(self, clock: time) -> bool:
        if self.first <= self.until:
            return self.first <= clock < self.until
        return clock >= self.first or clock < self.until


def read_holidays(text: str) -> frozenset[date]:
    """The days of a file with one day a line (2026-12-25), words behind a comma.

    Raises
    ------
    ValueError
        A line is no day; it names the line.
    """
    days = set()
    for number, line in enumerate(text.splitlines(), 1):
        day = line.partition(",")[0].strip()
        if not day or day.startswith("#"):
            continue
        try:
            days.add(date.fromisoformat(day))
        except ValueError:
            raise ValueError(f"line {number}: {day!r} is no day such as 2026-12-25") from None
    return frozenset(days)


def of(settings: Settings) -> QuietHours:
    """The quiet hours of this installation; the list of holidays is read anew each time."""
    path = settings.mail_holidays_file
    return QuietHours(
        first=time(settings.mail_quiet_from),
        until=time(settings.mail_quiet_until),
        on_sundays=settings.mail_on_sundays,
        holidays=read_holidays(Path(path).read_text(encoding="utf-8")) if path else frozenset(),
    )
