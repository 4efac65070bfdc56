"""Static files: their address carries a hash of their content, so that browsers may keep them for good."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

ONE_YEAR = 365 * 24 * 3600
HOLDER_PAGE = "holder.html"  # runs from the disk of a key holder, and nowhere else


def configure_assets(app: Flask) -> None:
    """Add the content hash to every static address and let it be cached."""
    folder = Path(str(app.static_folder))

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values["v"] = content_hash(folder / values["filename"])

    def finish(response: Response) -> Response:
        if request.endpoint == "static" and request.args.get("v"):
            response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
        if request.endpoint == "static" and (request.view_args or {}).get("filename") == HOLDER_PAGE:
            response.headers["Content-Disposition"] = "attachment; filename=cermin-holder.html"
        return response

    app.url_defaults(add_version)
    app.after_request(finish)


@cache
def content_hash(path: Path) -> str:
    """The first characters of the SHA-256 of a file; empty where there is no such file."""
    return whole_hash(path)[:12] if path.is_file() else ""


@cache
def whole_hash(path: Path) -> str:
    """The SHA-256 of a file, as people compare it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
