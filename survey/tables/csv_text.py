"""Rows of a CSV file, packed or not: bytes to text, text to cells."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from survey.tables.problems import N_, BadFile, Problem, refusal, too_large

MAX_BYTES = 64 * 2**20  # after unpacking
# Excel's own first line, which tells it how to open the file.
_NAMED_DELIMITER = re.compile(r'"?sep=(?P<delimiter>[^\w\s"]|\t)"?\r?\n', re.IGNORECASE)


def read_bytes(source: BinaryIO) -> bytes:
    """All bytes of a file, unless they are too many."""
    data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    return data


def unpack(source: BinaryIO) -> bytes:
    """All bytes of a gzip file."""
    try:
        with gzip.GzipFile(fileobj=source) as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        damaged = N_("The packed file is damaged or not a gzip file. Pack it again, or send the plain CSV.")
        raise refusal(damaged) from error
    if len(data) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    return data


def decode(data: bytes) -> tuple[str, list[Problem]]:
    """The text, and what was assumed about its encoding."""
    undecodable = N_("The file is not readable text. Save it as “CSV UTF-8” and try again.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise refusal(undecodable)
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("windows-1252")
    except UnicodeDecodeError as error:
        raise refusal(undecodable) from error
    note = N_("The file is not UTF-8; it was read as Windows-1252 (Latin-1). Check names with accents.")
    return text, [Problem(None, None, note)]


def csv_rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows with the number of the line on which each begins."""
    named = _NAMED_DELIMITER.match(text)
    begin = named.end() if named else 0
    first_line = text[begin : text.find("\n", begin) + 1] or text[begin:]
    delimiter = named["delimiter"] if named else max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text[begin:], newline=""), delimiter=delimiter, strict=True)
    before = line = 2 if named else 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + before
    except csv.Error as error:
        broken = N_("A quotation mark is not closed, or a cell is too long. Check the quotes in this row.")
        raise BadFile([Problem(line, None, broken)]) from error
