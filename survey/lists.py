"""What the address of a page asks of its list, and lists as files. See `services.listing`."""

import io
from collections.abc import Iterable

from flask import Response, request

from survey.services.documents.export_files import CONTENT_TYPES, WRITERS, Sheet
from survey.services.documents.listing import Wanted

LONGEST_TEXT = 100
LAST_PAGE = 10**6


def wanted(filters: Iterable[str] = ()) -> Wanted:
    """Search text, order, page and the named filters of this request."""
    return Wanted(
        text=_argument("q"),
        sort=_argument("sort"),
        page=max(1, min(request.args.get("page", 1, type=int), LAST_PAGE)),
        filters={name: value for name in filters if (value := _argument(name))},
    )


def asked_file() -> str:
    """The kind of file that is asked for instead of the page; empty where it is the page."""
    kind = request.args.get("file", "")
    return kind if kind in WRITERS else ""


def file_of(sheet: Sheet, name: str, kind: str) -> Response:
    """A sheet to download, as CSV or XLSX."""
    content = io.BytesIO()
    WRITERS[kind](sheet, content)
    answer = Response(content.getvalue(), content_type=CONTENT_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def _argument(name: str) -> str:
    return " ".join(request.args.get(name, "").replace("\0", " ").split())[:LONGEST_TEXT]
