"""When letters may go out: nights, Sundays, holidays."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from survey.services.mail.quiet_hours import QuietHours, read_holidays

JAKARTA = ZoneInfo("Asia/Jakarta")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-11-24T21:59", "2026-11-24T21:59"),  # a Tuesday
        ("2026-11-24T22:00", "2026-11-25T06:00"),
        ("2026-11-25T05:59", "2026-11-25T06:00"),
        ("2026-11-25T06:00", "2026-11-25T06:00"),
        ("2026-11-28T23:00", "2026-11-30T06:00"),  # Saturday night: Sunday rests
        ("2026-11-29T12:00", "2026-11-30T06:00"),
        ("2026-12-24T23:00", "2026-12-26T06:00"),  # Christmas
    ],
)
def test_letters_wait_for_the_morning_of_a_working_day(now: str, start: str) -> None:
    quiet = QuietHours(holidays={date(2026, 12, 25)})
    assert quiet.next_allowed(at(now)) == at(start)


def test_hours_that_begin_and_end_on_one_day_and_open_sundays() -> None:
    quiet = QuietHours(first=time(12), until=time(14), on_sundays=True)
    assert quiet.next_allowed(at("2026-11-29T12:30")) == at("2026-11-29T14:00")
    assert quiet.next_allowed(at("2026-11-29T23:30")) == at("2026-11-29T23:30")


def test_holidays_are_read_a_day_a_line_and_a_wrong_line_is_named() -> None:
    found = read_holidays("# 2026\n2026-12-25, Hari Raya Natal\n\n2026-12-31\n")
    assert found == {date(2026, 12, 25), date(2026, 12, 31)}
    with pytest.raises(ValueError, match="line 2"):
        read_holidays("2026-12-25\n25/12/2026\n")
