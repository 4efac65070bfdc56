"""What can be wrong with a file, in words that name the mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

MAX_PROBLEMS = 100  # a report of more is not read

Translate = Callable[[str], str]


def N_(message_id: str) -> str:  # noqa: N802  the name under which tools look for texts to translate
    """Mark a text for the catalogue; it is translated where it is shown."""
    return message_id


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a file, and how to mend it."""

    row: int | None
    column: str | None
    message_id: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, translate: Translate = str) -> str:
        """The problem in the reader's language."""
        text = translate(self.message_id) % self.values
        if self.row is None:
            return text
        place = {"row": self.row, "column": self.column, "text": text}
        if self.column is None:
            return translate(N_("Row %(row)s: %(text)s")) % place
        return translate(N_("Row %(row)s, column “%(column)s”: %(text)s")) % place

    def __str__(self) -> str:
        return self.sentence()


class BadFile(Exception):
    """A file that cannot be used, with all its problems (or the first hundred)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems[:3])))


class ProblemList:
    """Collects problems and stops when a report would no longer be read."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(self, row: int | None, column: str | None, message_id: str, **values: object) -> None:
        """Note a problem; the hundredth ends the reading."""
        self._problems.append(Problem(row, column, message_id, values))
        if len(self._problems) >= MAX_PROBLEMS:
            more = N_("There may be more problems. Mend these first and read the file again.")
            raise BadFile([*self._problems, Problem(None, None, more)])

    def raise_if_any(self) -> None:
        """Refuse the file when anything was noted."""
        if self._problems:
            raise BadFile(self._problems)


def refusal(message_id: str, **values: object) -> BadFile:
    """The file as a whole cannot be used."""
    return BadFile([Problem(None, None, message_id, values)])


def too_large(limit: int) -> BadFile:
    """The file unpacks to more bytes than the limit."""
    text = N_("The file is larger than %(limit)s MB when unpacked. Split it into smaller files.")
    return refusal(text, limit=limit // 2**20)


def formula(text: str = "") -> Problem:
    """A cell that a spreadsheet would compute."""
    message = N_("This cell holds a formula. Replace it with its value (copy, then paste values only).")
    return Problem(None, None, message, {"text": text})
