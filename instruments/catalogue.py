"""Read every questionnaire once and refuse a bad one by file and line."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path as FilePath
from typing import NamedTuple

import msgspec

from instruments.checks import check
from instruments.marked_yaml import Document, Fault
from instruments.misfit import Finding, misfits
from instruments.schema import Instrument, Kind

FOLDER = FilePath(__file__).parent


class Problem(NamedTuple):
    """Something wrong with a questionnaire file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class InstrumentError(ValueError):
    """Questionnaire files are wrong: `problems` lists all, `file`, `line` and `message` tell the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        self.file, self.line, self.message = self.problems[0]
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownInstrumentError(LookupError):
    """No questionnaire has this code, version or hash."""


class Entry(NamedTuple):
    """A questionnaire with the file it was read from."""

    file: FilePath
    document: Document
    instrument: Instrument

    def problem(self, field: str, message: str) -> Problem:
        return Problem(str(self.file), self.document.line((field,)), message)


@cache
def catalogue() -> tuple[Instrument, ...]:
    """Return every questionnaire of the package, by code and version; read once."""
    return read_folder(FOLDER)


def get(code: str, version: int | None = None) -> Instrument:
    """Return a questionnaire by code: the newest version, or the one asked for."""
    found = [
        instrument
        for instrument in catalogue()
        if instrument.code == code and version in (None, instrument.version)
    ]
    if not found:
        wanted = code if version is None else f"{code} version {version}"
        raise UnknownInstrumentError(f"there is no questionnaire {wanted}")
    return found[-1]


def by_hash(content_hash: str) -> Instrument:
    """Return the questionnaire whose content has this hash, as a cycle stored it."""
    for instrument in catalogue():
        if instrument.content_hash() == content_hash:
            return instrument
    raise UnknownInstrumentError(f"no questionnaire has the content hash {content_hash}")


def default_for(kind: Kind) -> Instrument:
    """Return the questionnaire that is offered first for a kind."""
    newest = _newest(catalogue())
    return next(instrument for instrument in newest if instrument.default and instrument.kind == kind)


def read_file(path: FilePath) -> Instrument:
    """Read one questionnaire; InstrumentError lists everything that is wrong with it."""
    return _entry(path).instrument


def read_folder(folder: FilePath) -> tuple[Instrument, ...]:
    """Read the questionnaires of a folder; InstrumentError lists all that is wrong with any of them."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            entries.append(_entry(path))
        except InstrumentError as error:
            problems.extend(error.problems)
    problems.extend(_between_files(entries))
    if problems:
        raise InstrumentError(problems)
    return tuple(sorted((entry.instrument for entry in entries), key=lambda each: (each.code, each.version)))


def _entry(path: FilePath) -> Entry:
    try:
        document = Document(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InstrumentError([Problem(str(path), line, "the file is not UTF-8 text")]) from None
    _refuse(path, document.faults)
    _refuse(path, _faults(document, misfits(document.data, Instrument)))
    instrument = msgspec.convert(document.data, Instrument)
    _refuse(path, _faults(document, check(instrument)))
    return Entry(path, document, instrument)


def _faults(document: Document, findings: Iterable[Finding]) -> Iterator[Fault]:
    return (Fault(document.line(where), str(message)) for where, message in findings)


def _refuse(path: FilePath, faults: Iterable[Fault]) -> None:
    problems = [Problem(str(path), fault.line, fault.message) for fault in faults]
    if problems:
        raise InstrumentError(problems)


def _between_files(entries: list[Entry]) -> Iterator[Problem]:
    for entry in entries:
        code, version = entry.instrument.code, entry.instrument.version
        name = f"{code}.yaml" if version == 1 else f"{code}.v{version}.yaml"
        if entry.file.name != name:
            yield entry.problem("code", f"version {version} of {code} belongs in the file {name}")
    taken: dict[Kind, str] = {}
    newest = _newest(entry.instrument for entry in entries)
    for entry in entries:
        instrument = entry.instrument
        if instrument.default and instrument in newest:
            first = taken.setdefault(instrument.kind, instrument.code)
            if first != instrument.code:
                yield entry.problem("default", f"{first} is already the default for {instrument.kind}")


def _newest(instruments: Iterable[Instrument]) -> list[Instrument]:
    latest: dict[str, Instrument] = {}
    for instrument in sorted(instruments, key=lambda each: each.version):
        latest[instrument.code] = instrument
    return list(latest.values())
