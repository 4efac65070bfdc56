"""Sealed slips and letters as tagged PDF. What a file says of a person goes to paper and is kept nowhere."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from survey import qr
from survey.services.documents import typeset

LAYOUTS = ("slips", "letters")


@dataclass(frozen=True)
class Sheet:
    """One person's sheet; without a username where none is needed."""

    name: str
    job_title: str
    code: str
    username: str = ""


@dataclass(frozen=True)
class Words:
    """All that is printed beside names and codes, in the reader's language."""

    title: str
    sender: str
    subject: str
    outside: Sequence[str]
    steps: Sequence[str]
    inside: Sequence[str]
    letter: Sequence[str]
    username: str
    code: str
    rules: str
    fold: str
    drawing: str  # what the QR code shows, for those who cannot see it


def as_pdf(
    sheets: Sequence[Sheet],
    words: Words,
    *,
    unit: str,
    address: str,
    layout: str,
    language: str,
    rules_code: str = "",
) -> bytes:
    """The sheets of a unit. The QR code holds the public address alone, so no file holds a personal link.

    PDF/UA-1 is checked while it is written.
    """
    data = {
        "sheets": [asdict(sheet) for sheet in sheets],
        "words": asdict(words),
        "unit": unit,
        "layout": layout,
        "language": language,
        "rules_code": rules_code,
        "drawing": qr.picture_of(address),
    }
    return typeset.as_pdf("sheets.typ", data)
