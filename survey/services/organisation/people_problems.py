"""What can be wrong with the rows of units and employees, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from survey.tables import N_, Problem

FileName = Literal["units", "employees"]

MOST_SHOWN = 200

TEXTS = {
    "column_missing": N_("The file has no such column. Add it to the first row; also understood: %(names)s."),
    "column_double": N_("This column means the same as “%(first)s”. Keep one of the two."),
    "no_rows": N_("The file has headers and no rows. Fill in one row for each unit or employee."),
    "empty": N_("The cell is empty. Fill it in."),
    "too_long": N_("The text has %(length)s characters; at most %(limit)s fit. Shorten it."),
    "unprintable": N_("The text holds invisible characters. Delete the cell and type it anew."),
    "double": N_(
        "%(value)s stands in row %(first)s already. Delete one of the two rows, or correct the number."
    ),
    "parent_unknown": N_(
        "There is no unit with the code %(value)s. Correct the code, or add that unit to the file of units."
    ),
    "unit_unknown": N_(
        "There is no unit “%(value)s”, or several have that name. Write the unit's code, or add the unit."
    ),
    "circle": N_("This leads round in a circle: %(chain)s. Correct one of the links."),
    "supervisor_self": N_(
        "The employee is named as her or his own supervisor. Name the right one, or leave the cell empty."
    ),
    "supervisor_unknown": N_(
        "There is no employee with the number %(value)s. Correct the number, or add a row for the supervisor."
    ),
    "kind_unknown": N_("“%(value)s” is not a kind of employee. Write PNS, PPPK or Non-ASN."),
    "job_kind_unknown": N_(
        "“%(value)s” is not a kind of post. Write JPT, administrator, pengawas, fungsional or pelaksana."
    ),
    "date_malformed": N_("“%(value)s” is no date. Write it as 2026-11-24 or 24-11-2026."),
    "code_unknown": N_(
        "Nobody has the code %(value)s. Correct it, or leave the cell empty: new people are given a code."
    ),
    "code_of_other": N_(
        "The code %(value)s belongs to %(name)s, but the number in this row to somebody else. Correct one"
        " of the two."
    ),
    "name_shared": N_(
        "Several people without a number are called %(value)s in this unit. Fill in the code of the one"
        " meant."
    ),
    "number_missing": N_("The number of a PNS or PPPK is missing. Fill it in when you have it."),
    "name_elsewhere": N_(
        "%(value)s has no number, and somebody of this name without a number works in %(unit)s. If it is the"
        " same person, fill in the code %(known_as)s; else this becomes a new person."
    ),
    "email_malformed": N_("“%(value)s” is not a whole e-mail address. Correct it, or leave the cell empty."),
    "number_rounded": N_(
        "The spreadsheet has rounded the number to %(value)s and lost its last digits. Format the column as"
        " text and type the numbers anew."
    ),
    "number_digits": N_("%(value)s holds more than digits. Write the 18 digits; spaces and dots may stay."),
    "number_length": N_("%(value)s has %(length)s digits. A number has 18: correct it."),
    "number_birth": N_(
        "The first eight digits of %(value)s are no date (year, month, day of birth). Correct them."
    ),
    "number_birth_future": N_(
        "%(value)s begins with a birth date in the future. Correct the first eight digits."
    ),
    "number_month": N_(
        "Digits 13 and 14 of %(value)s are no month (01 to 12). Correct them, or write PPPK as the kind."
    ),
    "number_appointed_future": N_(
        "%(value)s names an appointment in the future. Correct the digits from the ninth on."
    ),
    "number_too_young": N_(
        "By %(value)s this person was appointed long before the age of 18. Correct the birth date or the"
        " appointment."
    ),
    "number_sex": N_("Digit 15 of %(value)s must be 1 (male) or 2 (female). Correct it."),
    "number_sequence": N_(
        "%(value)s ends with 000, and the last digits count from 001. If a spreadsheet rounded the number,"
        " format the column as text and type the numbers anew."
    ),
}


@dataclass(frozen=True)
class ImportProblem:
    """One thing to mend, and in which of the two files."""

    file: FileName
    problem: Problem


class Problems:
    """All problems and warnings of an import are counted, the first `MOST_SHOWN` of each are kept.

    A problem stops the import; a warning is shown with the difference.
    """

    def __init__(self) -> None:
        self.shown: list[ImportProblem] = []
        self.total = 0
        self.warnings: list[ImportProblem] = []
        self.warned = 0

    def add(self, file: FileName, row: int | None, column: str | None, code: str, **values: object) -> None:
        """Note a problem by the code of its text."""
        self.total += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(ImportProblem(file, Problem(row, column, TEXTS[code], values)))

    def warn(self, file: FileName, row: int, column: str, code: str, **values: object) -> None:
        """Note something doubtful by the code of its text."""
        self.warned += 1
        if len(self.warnings) < MOST_SHOWN:
            self.warnings.append(ImportProblem(file, Problem(row, column, TEXTS[code], values)))


class ImportRefused(Exception):
    """The files hold problems: the first ones, by file and row, and how many there are in all."""

    def __init__(self, problems: Iterable[ImportProblem], total: int) -> None:
        self.problems = tuple(
            sorted(problems, key=lambda each: (each.file != "units", each.problem.row or 0))
        )
        self.total = total
        super().__init__(f"{total} problems")
