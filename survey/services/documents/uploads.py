"""Keep uploaded files between looking at them and applying them.

They hold names and numbers of employees, so they lie in a private directory under a random name, readable
by the service alone, and are gone after applying, cancelling, a failure or a day.
"""

import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

DAY = 24 * 3600
SUFFIXES = (".csv.gz", ".csv", ".xlsx")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_PRIVATE = 0o700


def keep(private_directory: Path, files: Mapping[str, tuple[IO[bytes], str]]) -> str:
    """Store files, each given by its part with its own name; returns the random name of the whole."""
    token = secrets.token_urlsafe(16)
    private_directory.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    _directory(private_directory).mkdir(mode=_PRIVATE, exist_ok=True)
    folder = _directory(private_directory) / token
    folder.mkdir(mode=_PRIVATE)
    with discarded_on_failure(private_directory, token):
        for part, (source, name) in files.items():
            path = folder / (part + _suffix(name))
            path.touch(mode=0o600)
            with path.open("wb") as target:
                shutil.copyfileobj(source, target)
    return token


def find(private_directory: Path, token: str) -> dict[str, Path]:
    """The kept files by part; none if the name is unknown or the files are gone."""
    folder = _directory(private_directory) / token
    if not _TOKEN.fullmatch(token) or not folder.is_dir():
        return {}
    return {path.name.partition(".")[0]: path for path in folder.iterdir()}


def discard(private_directory: Path, token: str) -> None:
    """Delete what is kept under this name."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(_directory(private_directory) / token, ignore_errors=True)


@contextmanager
def discarded_on_failure(private_directory: Path, token: str) -> Iterator[None]:
    """Delete what is kept under this name when the work with it ends in any exception."""
    try:
        yield
    except BaseException:
        discard(private_directory, token)
        raise


def discard_older_than_a_day(private_directory: Path) -> None:
    """Delete what nobody came back for within a day."""
    directory = _directory(private_directory)
    for folder in directory.iterdir() if directory.is_dir() else ():
        with suppress(FileNotFoundError):  # somebody else discarded it meanwhile
            if folder.stat().st_mtime < time.time() - DAY:
                shutil.rmtree(folder, ignore_errors=True)


def _directory(private_directory: Path) -> Path:
    return private_directory / "uploads"


def _suffix(filename: str) -> str:
    return next((suffix for suffix in SUFFIXES if filename.lower().endswith(suffix)), "")
