"""What citizens said in free words, for the office that serves them: read together, answered, blacked out.

Shown are texts of one unit and quarter in the order of random keys, without counter, channel or answers.
Those of a running quarter come in steps of at least five at a counter (`citizen_merge`), and none are shown
where fewer than five answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound
from survey.models.citizens import CitizenSums, Suggestion
from survey.services.citizens.citizen_answers import MINIMUM_BATCH
from survey.services.citizens.citizen_merge import UNREAD, WAITING
from survey.services.documents.listing import ListPage, Wanted, page_of_rows
from survey.services.gate.comments import BLACK
from survey.services.papers.hints import may_name_somebody

HANDLED = "handled"


@dataclass(frozen=True)
class Text:
    """What one citizen wrote. Its address is a random key that leads to no answer."""

    address: str
    words: str
    is_handled: bool
    follow_up: str  # public id of the plan that answers it

    @property
    def is_hinted(self) -> bool:
        """Whether it holds what looks like a name, a number or a date."""
        return may_name_somebody(self.words)


def quarters(answers: Session, points: Sequence[str]) -> list[str]:
    """The quarters of which there are texts to read, the newest first."""
    with_words = (
        select(Suggestion.period)
        .where(Suggestion.service_point.in_(points), Suggestion.state != WAITING)
        .distinct()
    )
    enough = (
        select(CitizenSums.period)
        .where(CitizenSums.service_point.in_(points), CitizenSums.period.in_(with_words))
        .group_by(CitizenSums.period)
        .having(func.sum(CitizenSums.respondents) >= MINIMUM_BATCH)
    )
    return sorted(answers.scalars(enough), reverse=True)


def texts(
    answers: Session, points: Sequence[str], period: str, search: str = "", state: str = ""
) -> list[Text]:
    """The texts of a quarter that hold `search`; of one state (`unread`, `handled`), or all."""
    if period not in quarters(answers, points):
        return []
    found = _readable(points).where(Suggestion.period == period).order_by(Suggestion.key)
    if state:
        found = found.where(Suggestion.state == state)
    rows = (_text(row) for row in answers.scalars(found))
    return [text for text in rows if search.casefold() in text.words.casefold()]


def page(found: Sequence[Text], wanted: Wanted) -> ListPage:
    """A page of them."""
    return page_of_rows(found, wanted, {})


def find(answers: Session, points: Sequence[str], address: str) -> Text:
    """One text that may be read."""
    return _text(_stored(answers, points, address))


def period_of(answers: Session, points: Sequence[str], address: str) -> str:
    """The quarter in which a text was written."""
    return _stored(answers, points, address).period


def answer(answers: Session, points: Sequence[str], address: str, follow_up: str = "") -> None:
    """Note that a text is dealt with, by a plan if one is named."""
    row = _stored(answers, points, address)
    row.state, row.follow_up = HANDLED, follow_up or None


def reopen(answers: Session, points: Sequence[str], address: str) -> None:
    """Note that a text is to be dealt with after all."""
    row = _stored(answers, points, address)
    row.state, row.follow_up = UNREAD, None


def black_out(answers: Session, points: Sequence[str], address: str, passage: str) -> None:
    """Remove a passage for good wherever it stands in the text; without one, all of it.

    Raises
    ------
    NotFound
        The text is not there, or the passage is not in it.
    """
    row = _stored(answers, points, address)
    if passage and passage not in row.text:
        raise NotFound(passage)
    row.text = row.text.replace(passage, BLACK) if passage else BLACK


def _readable(points: Sequence[str]) -> Select[Suggestion]:
    return select(Suggestion).where(Suggestion.service_point.in_(points), Suggestion.state != WAITING)


def _stored(answers: Session, points: Sequence[str], address: str) -> Suggestion:
    try:
        key = bytes.fromhex(address)
    except ValueError as error:
        raise NotFound("suggestion") from error
    row = answers.scalar(_readable(points).where(Suggestion.key == key))
    if row is None or row.period not in quarters(answers, points):
        raise NotFound("suggestion")
    return row


def _text(row: Suggestion) -> Text:
    return Text(row.key.hex(), row.text, row.state == HANDLED, row.follow_up or "")
