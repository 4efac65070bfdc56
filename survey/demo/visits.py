"""Simulated citizens: what they say about each service point in each quarter of the past year.

A citizen's impression of an element = quality of the point + what the element adds + mood (one per citizen)
+ noise (one per answer); the answer is the nearest of the four steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import yaml

from instruments.schema import PREFER_NOT_TO_SAY, Instrument
from survey.demo.truth import Floats, expected_marks
from survey.services.citizens.citizen_answers import RATER_GROUP, Sheet, period_of

TABLE = Path(__file__).with_name("service_points.yaml")
QUARTERS = 5  # the running one and four whole ones before it
QUARTERS_AFTER = 3  # what improved did so at the beginning of the third quarter, counted back
MONTHS_OF_QUARTER = 3
DAYS_OF_QUARTER = 91
LOW, HIGH = 1, 4
MOOD_SD, NOISE_SD = 0.35, 0.55
CANNOT_JUDGE = "cannot_judge"
SILENT = {"pengaduan": 0.12}  # most people have never complained
SILENT_OTHERWISE = 0.02
NOT_SAID = 0.15


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service point and its planted quality."""

    code: str
    name: str
    office: str
    answers: int
    quality: float
    quarters: int = QUARTERS
    improved: dict[str, tuple[float, float]] = {}


class Points(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    elements: dict[str, float]
    points: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class Visits:
    """What citizens say at one service point in one quarter, and what was planted there by element."""

    point: Point
    period: str
    planted: Mapping[str, float]
    sheets: tuple[Sheet, ...]

    def expected(self) -> dict[str, float]:
        """The mean that the planted quality gives, by element."""
        impressions = np.array(list(self.planted.values()))
        mean, _variance = expected_marks(impressions, np.hypot(MOOD_SD, NOISE_SD), LOW, HIGH)
        return dict(zip(self.planted, mean.tolist(), strict=True))


@cache
def read_points() -> Points:
    """The table as it stands in the file."""
    return msgspec.convert(yaml.safe_load(TABLE.read_text(encoding="utf-8")), Points)


def quarters_back(today: date) -> list[date]:
    """The first days of the quarters, the running one first."""
    first = today.replace(month=today.month - (today.month - 1) % MONTHS_OF_QUARTER, day=1)
    months = [first.year * 12 + first.month - 1 - MONTHS_OF_QUARTER * back for back in range(QUARTERS)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def draw_visits(
    instrument: Instrument, offices: set[str], today: date, share: float, random: np.random.Generator
) -> list[Visits]:
    """What is said at all points of the given offices, point by point, the oldest quarter first."""
    starts = quarters_back(today)
    elapsed = min(1.0, ((today - starts[0]).days + 1) / DAYS_OF_QUARTER)
    visits = []
    for point in read_points().points:
        for back in range(point.quarters - 1, -1, -1):
            spread = random.normal(1.0, 0.1)
            if point.office in offices:
                count = _count(point, share * spread * (elapsed if back == 0 else 1.0))
                planted = _planted(point, is_after=back < QUARTERS_AFTER)
                sheets = _sheets(instrument, planted, count, random)
                visits.append(Visits(point, period_of(starts[back]), planted, sheets))
    return visits


def _count(point: Point, factor: float) -> int:
    return point.answers if point.quarters == 1 else max(0, round(point.answers * factor))


def _planted(point: Point, is_after: bool) -> dict[str, float]:
    adds = dict(read_points().elements)
    adds |= {element: steps[is_after] for element, steps in point.improved.items()}
    return {element: point.quality + add for element, add in adds.items()}


def _sheets(
    instrument: Instrument, planted: Mapping[str, float], count: int, random: np.random.Generator
) -> tuple[Sheet, ...]:
    items = [item.code for item in instrument.form_order(RATER_GROUP)]
    centre = np.array([planted[item] for item in items])
    mood = random.normal(scale=MOOD_SD, size=(count, 1))
    steps = _nearest(centre + mood + random.normal(scale=NOISE_SD, size=(count, len(items))))
    silent = random.random((count, len(items))) < [SILENT.get(item, SILENT_OTHERWISE) for item in items]
    answers = np.where(silent, CANNOT_JUDGE, steps.astype(str))
    return tuple(
        Sheet(dict(zip(items, row, strict=True)), _profile(instrument, random), frozenset())
        for row in answers.tolist()
    )


def _nearest(impression: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.clip(np.rint(impression), LOW, HIGH).astype(np.int64)


def _profile(instrument: Instrument, random: np.random.Generator) -> dict[str, str]:
    profile = {}
    for field in instrument.profile:
        bands = [band.code for band in field.bands if band.code != PREFER_NOT_TO_SAY]
        said = random.random() >= NOT_SAID
        profile[field.code] = bands[int(random.integers(len(bands)))] if said else PREFER_NOT_TO_SAY
    return profile
