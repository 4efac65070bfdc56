"""Read what is printed: the words of a PDF, and where it links to."""

import io
from typing import Any

from pypdf import PdfReader


def read_pdf(data: bytes) -> str:
    """All words of a file, page after page."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def catalogue_of(data: bytes) -> Any:
    """The root of a file: its language, its tags."""
    return PdfReader(io.BytesIO(data)).trailer["/Root"]


def links_of(data: bytes) -> list[str]:
    """The addresses that a file links to."""
    return [
        str(note.get_object()["/A"]["/URI"])
        for page in PdfReader(io.BytesIO(data)).pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]


def pages_of(data: bytes) -> int:
    """How many pages a file has."""
    return len(PdfReader(io.BytesIO(data)).pages)
