"""Marks that must not be found anywhere: their spellings in text, hexadecimal and base64, and the search."""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import Engine, MetaData, select

SHORTEST = 6  # of what is left of a base64 text when its uncertain ends are cut off


def spellings(mark: bytes) -> set[bytes]:
    """The bytes themselves, in hexadecimal, and in base64 at every place within a longer text."""
    found = {mark, mark.hex().encode(), mark.hex().upper().encode()}
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + mark)
        first = -(-8 * shift // 6)
        last = 8 * (shift + len(mark)) // 6
        sure = whole[first:last]
        found |= {sure, sure.replace(b"+", b"-").replace(b"/", b"_")}
    return {spelling for spelling in found if len(spelling) >= SHORTEST}


def found_in(text: bytes, marks: Mapping[str, bytes]) -> set[str]:
    """The names of the marks that stand in a text, in whatever spelling."""
    return {name for name, mark in marks.items() if any(spelling in text for spelling in spellings(mark))}


def in_files(directories: Iterable[Path], marks: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Which marks stand in which files."""
    found = {}
    for directory in directories:
        for path in sorted(directory.rglob("*")):
            if path.is_file() and not path.is_symlink():
                names = found_in(path.read_bytes(), marks)
                if names:
                    found[path.name] = names
    return found


def in_tables(engine: Engine, metadata: MetaData, marks: Mapping[str, bytes]) -> dict[str, set[str]]:
    """Which marks stand in which tables, value by value: a long value may lie in pieces in its file."""
    found = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(select(table)).all()
            text = b"\n".join(_bytes(value) for row in rows for value in row)
            if names := found_in(text, marks):
                found[table.name] = names
    return found


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
