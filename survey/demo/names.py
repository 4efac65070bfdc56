"""Invented people: names composed from lists, and numbers that follow the rules but belong to nobody."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import yaml

from survey.services.organisation.employee_numbers import Kind

TABLE = Path(__file__).with_name("names.yaml")
# No agency comes near this sequence for one birth date and month, so no real person's number is met.
FIRST_SEQUENCE = 901
COUNTED_ON = date(2024, 11, 5)  # the day of the city's count; nobody joined later
PPPK_SINCE = 2019


class NameLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parts of names in use in West Sumatra."""

    male: tuple[str, ...]
    female: tuple[str, ...]
    second_male: tuple[str, ...]
    second_female: tuple[str, ...]


class Ages(NamedTuple):
    """Birth years of people in one rank."""

    first: int
    last: int


@cache
def name_lists() -> NameLists:
    """The lists as they stand in the file."""
    return msgspec.convert(yaml.safe_load(TABLE.read_text(encoding="utf-8")), NameLists)


class PeopleMaker:
    """Gives every post a person; no name and no number twice."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._names: set[str] = set()
        self._numbers: set[str] = set()

    def number(self, kind: Kind, is_female: bool, ages: Ages) -> str:
        """A number of that kind that was not given before."""
        birth = self._day(date(ages.first, 1, 1), date(ages.last, 12, 31))
        joined = self._joined(kind, birth)
        middle = f"{joined:%Y%m}" if kind == "PNS" else f"{joined:%Y}21"
        stem = f"{birth:%Y%m%d}{middle}{2 if is_female else 1}"
        sequence = next(n for n in range(FIRST_SEQUENCE, 1000) if f"{stem}{n}" not in self._numbers)
        self._numbers.add(f"{stem}{sequence}")
        return f"{stem}{sequence}"

    def _joined(self, kind: Kind, birth: date) -> date:
        grown_up = date(birth.year + 23, 1, 1)
        first = max(grown_up, date(PPPK_SINCE, 1, 1)) if kind == "PPPK" else grown_up
        last = COUNTED_ON if kind == "PPPK" else min(COUNTED_ON, date(birth.year + 33, 12, 31))
        return self._day(min(first, last), last)

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=int(self._random.integers((last - first).days + 1)))

    def name(self, is_female: bool, title: str, degree: str) -> str:
        """A name with its degree, two parts or three."""
        lists = name_lists()
        first, second = (lists.female, lists.second_female) if is_female else (lists.male, lists.second_male)
        while True:
            parts = [self._pick(first), self._pick(second)]
            if self._random.random() < 0.15:
                parts.insert(1, self._pick(first))
            name = " ".join(parts)
            if len(set(parts)) == len(parts) and name not in self._names:
                self._names.add(name)
                return _with_degree(name, title, degree)

    def _pick(self, parts: tuple[str, ...]) -> str:
        return parts[int(self._random.integers(len(parts)))]


def _with_degree(name: str, title: str, degree: str) -> str:
    if title.startswith("Dokter"):
        return f"dr. {name}"
    return f"{name}, {degree}" if degree else name
