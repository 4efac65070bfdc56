"""The rules of employee numbers: NIP (PNS) and NI PPPK, 18 digits each, without a check digit.

    PNS    YYYYMMDD YYYYMM S NNN    birth, month of appointment, sex, sequence
    PPPK   YYYYMMDD YYYY XX S NNN   birth, year of appointment, two free digits, sex, sequence

Each rule carries how sure its source is. What is known from memory only is kept wide on purpose.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["PNS", "PPPK", "Non-ASN"]
Sex = Literal["male", "female"]
Confidence = Literal["regulation", "secondary", "memory", "own"]

KINDS: tuple[Kind, ...] = ("PNS", "PPPK", "Non-ASN")  # staff on contract have no number
LENGTH = 18
# "About 18": one year of slack, since the number gives the month of appointment at best.
YOUNGEST = 17
SEX: dict[str, Sex] = {"1": "male", "2": "female"}

# The code of each rule and how sure it is. PNS: news and government pages that quote Perka BKN 22/2007;
# PPPK: from memory, to be confirmed with BKPSDM.
RULES: dict[Kind, dict[str, Confidence]] = {
    "PNS": {
        "number_digits": "secondary",
        "number_length": "secondary",
        "number_birth": "secondary",
        "number_birth_future": "secondary",
        "number_month": "secondary",
        "number_appointed_future": "secondary",
        "number_too_young": "secondary",
        "number_sex": "secondary",
        "number_sequence": "secondary",
    },
    "PPPK": {
        "number_digits": "secondary",
        "number_length": "secondary",
        "number_birth": "memory",
        "number_birth_future": "memory",
        "number_appointed_future": "memory",
        "number_too_young": "memory",
        "number_sex": "memory",
        "number_sequence": "memory",
    },
    "Non-ASN": {},
}

_SEPARATORS = re.compile(r"[\s.]+")
# What a spreadsheet makes of a long number: 1.96804E+17, 1,96804E+17.
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")


@dataclass(frozen=True)
class NumberParts:
    """What a sound number says. `month` is missing in a PPPK's number."""

    birth_date: date
    year: int
    month: int | None
    sex: Sex
    sequence: int


@dataclass(frozen=True)
class CheckedNumber:
    """A number as digits, with the codes of the rules it breaks, or its parts when it breaks none."""

    digits: str
    problems: tuple[str, ...]
    parts: NumberParts | None


def digits_of(number: str) -> str:
    """The number as it is stored: without the spaces and dots people write it with."""
    return _SEPARATORS.sub("", number)


def is_rounded(number: str) -> bool:
    """Whether a spreadsheet has turned the number into a rounded one and lost its last digits."""
    return bool(_ROUNDED.fullmatch(number.strip()))


def check(number: str, kind: Kind, today: date) -> CheckedNumber:
    """Check a number against the rules of its kind.

    A fault of form hides the faults of content, which would only repeat it.
    """
    digits = digits_of(number)
    if not RULES[kind]:
        return CheckedNumber(digits, (), None)
    if digits and not (digits.isascii() and digits.isdigit()):
        return CheckedNumber(digits, ("number_digits",), None)
    if len(digits) != LENGTH:
        return CheckedNumber(digits, ("number_length",), None)
    birth_date = _date(digits[:8])
    problems = [
        *_birth_problems(birth_date, today),
        *_appointment_problems(digits, kind, birth_date, today),
        *([] if digits[14] in SEX else ["number_sex"]),
        *([] if digits[15:] != "000" else ["number_sequence"]),
    ]
    parts = _parts(digits, kind, birth_date) if birth_date and not problems else None
    return CheckedNumber(digits, tuple(problems), parts)


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _birth_problems(birth_date: date | None, today: date) -> list[str]:
    if birth_date is None:
        return ["number_birth"]
    return ["number_birth_future"] if birth_date > today else []


def _appointment_problems(digits: str, kind: Kind, birth_date: date | None, today: date) -> list[str]:
    year, month = int(digits[8:12]), int(digits[12:14])
    if kind == "PNS" and not 1 <= month <= 12:
        return ["number_month"]
    latest = (today.year, today.month) if kind == "PNS" else (today.year, 12)
    last_month = month if kind == "PNS" else 12
    if (year, last_month) > latest:
        return ["number_appointed_future"]
    if birth_date and (year - YOUNGEST, last_month) < (birth_date.year, birth_date.month):
        return ["number_too_young"]
    return []


def _parts(digits: str, kind: Kind, birth_date: date) -> NumberParts:
    return NumberParts(
        birth_date=birth_date,
        year=int(digits[8:12]),
        month=int(digits[12:14]) if kind == "PNS" else None,
        sex=SEX[digits[14]],
        sequence=int(digits[15:]),
    )
