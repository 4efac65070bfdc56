"""Whose superior counts, on one day: transfers, acting officials, several posts.

The rules, in this order (docs/organisation.md tells them to HR):

1. The superior of a person is the one named by her main post. While an acting official (Plt, Plh) takes a
   superior's seat, the acting official is the superior of all below it; of the acting official herself it
   is whoever her acting post names, else whoever stands above that seat.
2. Of those who were her superior, the latest who was it for the required days and is still in service
   counts, within a year. So somebody transferred last week is rated by the superior who knows her work, and
   a Plh of a fortnight does not take the place of the holder.
3. Where nobody was for so long, the present superior counts, the holder of a seat before a Plh, and the
   list of raters says that the time was short.
4. There is one superior (as PP 30/2019 has one appraiser). Who is over a further post, or leads a team, is
   nobody's superior here: two would neither be one named person nor a group that protects them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.people import Employee
from survey.services.organisation.contact import USUAL_CONTACT
from survey.services.organisation.holdings import LONG_AGO, Holding, by_employee, read_holdings
from survey.services.organisation.spans import Span, days_until, overlap

LOOK_BACK = timedelta(days=365)
MAIN = "main"


@dataclass(frozen=True)
class Superior:
    """Who counts as somebody's superior, and for how many days she has been it."""

    subject_id: int
    superior_id: int
    capacity: str  # "main" where it is the holder of the seat, else plt or plh
    days: int
    is_short: bool


@dataclass(frozen=True)
class _Over:
    """Somebody over a person, for some days."""

    superior_id: int
    capacity: str
    span: Span


@dataclass(frozen=True, eq=False)
class _Chart:
    posts: Mapping[int, list[Holding]]
    acting: Mapping[int, list[Holding]]  # by whose seat it is
    active: frozenset[int]
    day: date
    required: int


def superiors_on(session: Session, day: date, required_days: int = USUAL_CONTACT) -> list[Superior]:
    """Everybody's superior on a day; three statements whatever the number of people."""
    chart = _read_chart(session, day, required_days)
    found = (_main_superior(chart, subject) for subject in sorted(chart.active))
    return [superior for superior in found if superior is not None]


def _read_chart(session: Session, day: date, required_days: int) -> _Chart:
    holdings = read_holdings(session)
    acting: dict[int, list[Holding]] = defaultdict(list)
    for holding in holdings:
        if holding.is_acting and holding.acts_for_id is not None:
            acting[holding.acts_for_id].append(holding)
    active = frozenset(session.scalars(select(Employee.id).where(Employee.is_active)))
    return _Chart(by_employee(holdings), acting, active, day, required_days)


def _main_superior(chart: _Chart, subject: int) -> Superior | None:
    spans: dict[tuple[int, str], list[Span]] = defaultdict(list)
    for post in chart.posts[subject]:
        if post.capacity == MAIN:
            for over in _those_over(chart, subject, post):
                spans[over.superior_id, over.capacity].append(over.span)
    earliest = chart.day - LOOK_BACK if chart.day - LONG_AGO > LOOK_BACK else LONG_AGO
    candidates = [
        Superior(subject, who, capacity, days, days < chart.required)
        for (who, capacity), of_one in spans.items()
        if who in chart.active and who != subject and max(last for _first, last in of_one) >= earliest
        for days in [days_until(of_one, chart.day)]
        if days
    ]
    candidates.sort(key=lambda each: _last_day(spans[each.superior_id, each.capacity], chart), reverse=True)
    known_well = [each for each in candidates if not each.is_short]
    before_a_plh = sorted(candidates, key=lambda each: each.capacity == "plh")
    return next(iter([*known_well, *before_a_plh]), None)


def _last_day(spans: Iterable[Span], chart: _Chart) -> tuple[date, date]:
    """When somebody was last over a person, and (where two end on one day) who came later."""
    begun = [(first, last) for first, last in spans if first <= chart.day]
    return max(min(last, chart.day) for _first, last in begun), max(first for first, _last in begun)


def _those_over(chart: _Chart, subject: int, post: Holding) -> Iterator[_Over]:
    """Who was over this post: its superior, and in her place, for some days, whoever acted for her."""
    if post.supervisor_id is None:
        return
    rest = [(post.begins_on, post.ends_on)]
    for acting in chart.acting.get(post.supervisor_id, ()):
        span = overlap((post.begins_on, post.ends_on), (acting.begins_on, acting.ends_on))
        if span is None:
            continue
        over = acting.employee_id if acting.employee_id != subject else _above(chart, acting)
        if over is not None:
            yield _Over(over, acting.capacity if over == acting.employee_id else MAIN, span)
        rest = [part for whole in rest for part in _without(whole, span)]
    yield from (_Over(post.supervisor_id, MAIN, span) for span in rest)


def _above(chart: _Chart, acting: Holding) -> int | None:
    """Who stands over an acting official: whom the acting post names, else the superior of the seat."""
    if acting.supervisor_id is not None:
        return acting.supervisor_id
    seats = [post for post in chart.posts.get(acting.acts_for_id or 0, ()) if post.capacity == MAIN]
    latest = max(seats, key=lambda post: post.begins_on, default=None)
    return latest.supervisor_id if latest else None


def _without(whole: Span, taken: Span) -> list[Span]:
    """What is left of a span when some days are taken out of it."""
    shared = overlap(whole, taken)
    if shared is None:
        return [whole]
    left: list[Span] = []
    if whole[0] < shared[0]:
        left.append((whole[0], shared[0] - timedelta(days=1)))
    if shared[1] < whole[1]:
        left.append((shared[1] + timedelta(days=1), whole[1]))
    return left
