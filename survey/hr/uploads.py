"""Keep uploaded files between looking at them and applying them.

They hold names and numbers of employees, so they lie in a private directory under a random name, readable
by the service alone, and are gone after applying, cancelling or a day.
"""

import re
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from werkzeug.datastructures import FileStorage

DAY = 24 * 3600
SUFFIXES = (".csv.gz", ".csv", ".xlsx")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def keep(directory: Path, files: Mapping[str, FileStorage]) -> str:
    """Store files under the names of their parts; returns the random name of the whole."""
    token = secrets.token_urlsafe(16)
    folder = directory / token
    folder.mkdir(mode=0o700, parents=True)
    for part, file in files.items():
        path = folder / (part + _suffix(file.filename or ""))
        path.touch(mode=0o600)
        file.save(path)
    return token


def find(directory: Path, token: str) -> dict[str, Path]:
    """The kept files by part; none if the name is unknown or the files are gone."""
    if not _TOKEN.fullmatch(token) or not (directory / token).is_dir():
        return {}
    return {path.name.partition(".")[0]: path for path in (directory / token).iterdir()}


def discard(directory: Path, token: str) -> None:
    """Delete what is kept under this name."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(directory / token, ignore_errors=True)


def discard_old(directory: Path) -> None:
    """Delete what nobody came back for within a day."""
    folders = directory.iterdir() if directory.is_dir() else ()
    for folder in folders:
        if folder.stat().st_mtime < time.time() - DAY:
            shutil.rmtree(folder, ignore_errors=True)


def _suffix(filename: str) -> str:
    return next((suffix for suffix in SUFFIXES if filename.lower().endswith(suffix)), "")
