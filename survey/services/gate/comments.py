"""Comments before release: HR may black out words, and learns neither about whom they are nor by whom.

Texts of the whole cycle stand together, in the order of their own words. They are addressed by a keyed hash
of their content, so that an old address tells nothing of removed words; equal texts are one.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound, StepNotAllowed
from survey.models.cycles import Cycle
from survey.models.vault import Comment, VaultBlock
from survey.services.documents.listing import ListPage, Wanted, page_of_rows
from survey.services.gate.disclosure import FEWEST_TEXTS

BLACK = "█████"
READ_BY_OTHERS = ("anonymous", "supervisor")
NAMED_GROUPS = ("self", "supervisor")
# What often tells who wrote or who is meant: numbers with three digits, dates, names after a form of address.
HINTS = re.compile(
    r"\d{3,}|\b\d{1,2}[/.-]\d{1,2}\b|\b\d{1,2} (?:jan|feb|mar|apr|mei|jun|jul|agu|sep|okt|nov|des)\w*"
    r"|\b(?:pak|bu|bapak|ibu|bpk|sdr|sdri|uda|uni|bang|kak)\.? (?=[A-Z])\w+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Text:
    """One text with its address, and whether something in it may tell who is behind it."""

    address: str
    words: str

    @property
    def is_hinted(self) -> bool:
        """Whether a number, a date or a name stands in it."""
        return any(not BLACK.startswith(found) for found in HINTS.findall(self.words))


def page(answers: Session, cycle: Cycle, secret: str, wanted: Wanted) -> ListPage:
    """A page of the texts that employees will read, in the order of their words; or of those with a hint."""
    _require_not_released(cycle)
    found = [Text(_address(cycle, secret, words), words) for words in sorted(set(_shown(answers, cycle)))]
    if wanted.filters.get("show") == "hinted":
        found = [text for text in found if text.is_hinted]
    return page_of_rows(found, wanted, {}, lambda text: text.words)


def find(answers: Session, cycle: Cycle, secret: str, address: str) -> Text:
    """The text of an address; NotFound where it is not among those that are shown."""
    _require_not_released(cycle)
    for words in set(_shown(answers, cycle)):
        if hmac.compare_digest(_address(cycle, secret, words), address):
            return Text(address, words)
    raise NotFound(address)


def black_out(answers: Session, cycle: Cycle, secret: str, address: str, passage: str) -> Text:
    """Remove a passage for good wherever it stands in the text; without one, all of it.

    Raises
    ------
    NotFound
        The text is not there, or the passage is not in it.
    """
    text = find(answers, cycle, secret, address)
    if passage and passage not in text.words:
        raise NotFound(passage)
    changed = text.words.replace(passage, BLACK) if passage else BLACK
    rows = answers.scalars(
        select(Comment).where(Comment.cycle == cycle.public_id, Comment.text == text.words)
    )
    for block, voice, question in {(row.block, row.voice, row.question) for row in rows}:
        _write_anew(answers, cycle, (block, voice, question), text.words, changed)
    return Text(_address(cycle, secret, changed), changed)


def _write_anew(answers: Session, cycle: Cycle, place: tuple[str, str, str], old: str, new: str) -> None:
    """All texts of one place in the order of their words: the old one would tell how a removed word began."""
    block, voice, question = place
    here = (
        Comment.cycle == cycle.public_id,
        Comment.block == block,
        Comment.voice == voice,
        Comment.question == question,
    )
    found = answers.scalars(select(Comment.text).where(*here))
    texts = sorted(new if words == old else words for words in found)
    answers.execute(delete(Comment).where(*here))
    key = {"cycle": cycle.public_id, "block": block, "voice": voice, "question": question}
    answers.execute(
        insert(Comment), [{**key, "rank": rank, "text": words} for rank, words in enumerate(texts)]
    )


def _shown(answers: Session, cycle: Cycle) -> list[str]:
    """Texts that somebody else will read: of anonymous raters only where enough stand together."""
    place = (Comment.block, Comment.voice, Comment.question)
    enough = (
        select(*place)
        .where(Comment.cycle == cycle.public_id, Comment.voice == "anonymous")
        .group_by(*place)
        .having(func.count() >= FEWEST_TEXTS)
        .subquery()
    )
    has_shown_group = (
        select(VaultBlock.block)
        .where(VaultBlock.cycle == cycle.public_id, VaultBlock.rater_group.not_in(NAMED_GROUPS))
        .distinct()
    )
    anonymous = (
        select(Comment.text)
        .join(
            enough,
            (Comment.block == enough.c.block)
            & (Comment.voice == enough.c.voice)
            & (Comment.question == enough.c.question),
        )
        .where(Comment.cycle == cycle.public_id, Comment.block.in_(has_shown_group))
    )
    named = select(Comment.text).where(Comment.cycle == cycle.public_id, Comment.voice == "supervisor")
    return [*answers.scalars(anonymous), *answers.scalars(named)]


def _address(cycle: Cycle, secret: str, words: str) -> str:
    named = f"comment {cycle.public_id}\n{words}".encode()
    return hmac.new(secret.encode(), named, hashlib.sha256).hexdigest()[:32]


def _require_not_released(cycle: Cycle) -> None:
    if cycle.state not in ("tallied", "reviewed"):
        raise StepNotAllowed(cycle.state, "comments")
