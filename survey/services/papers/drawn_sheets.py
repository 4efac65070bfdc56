"""Codes to be drawn from a box as tagged PDF: strips to cut, and the list that is signed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from survey import qr
from survey.services.documents import typeset


@dataclass(frozen=True)
class Words:
    """All that is printed beside codes and names, in the reader's language."""

    title: str
    sender: str
    cycle: str
    about: str
    steps: Sequence[str]
    rules: str
    note: str
    drawing: str  # what the QR code shows, for those who cannot see it
    list_title: str
    list_note: str
    name: str
    signature: str


def as_pdf(
    codes: Sequence[str],
    raters: Sequence[str],
    words: Words,
    *,
    address: str,
    rules_code: str,
    language: str,
) -> bytes:
    """One strip for each code, and on a page of its own who may draw.

    The QR code holds the public address alone, so no file holds a link that would open with a code.
    """
    data = {
        "codes": list(codes),
        "raters": list(raters),
        "words": asdict(words),
        "rules_code": rules_code,
        "language": language,
        "drawing": qr.picture_of(address),
    }
    return typeset.as_pdf("drawn_codes.typ", data)
