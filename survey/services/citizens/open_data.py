"""Open data: what pages show, as a table with a description of its columns. Nothing that a page hides."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from analysis.satisfaction import SatisfactionPolicy
from survey.services.citizens.official_channels import OFFICIAL
from survey.services.citizens.satisfaction import PeriodFigures, Satisfaction
from survey.services.citizens.satisfaction_range import Range, ranges_of
from survey.tables import N_

COLUMNS: tuple[tuple[str, str], ...] = (
    ("unit", N_("Name of the office")),
    ("unit_id", N_("Name of the office in addresses of this service")),
    ("period", N_("Quarter (2026-Q3), half-year (2026-H2) or year (2026)")),
    ("respondents", N_("People who judged at least one element")),
    ("ikm", N_("Satisfaction index, 25 to 100; empty where it is not shown")),
    ("ikm_low", N_("Lower end of its 95 percent range, rounded down to a whole point; from 30 answers on")),
    ("ikm_high", N_("Upper end, rounded up")),
    ("band", N_("Band A to D by PermenPANRB 14/2017")),
    ("weights", N_("Weight of one element")),
    ("kind", N_("Answers: of people who were served (verified), or through open links (open)")),
    ("counts", N_("What the index counts (official), or answers that stand apart from it (apart)")),
    ("channels", N_("Channels of the answers, with a plus between them")),
    ("element", N_("Element, by code name")),
    ("answers", N_("Answers to the element; empty where there are too few")),
    ("nrr", N_("Mean answer, 1 to 4, four decimals")),
    ("nrr_low", N_("Lower end of its 95 percent range, rounded down to one decimal; from 30 answers on")),
    ("nrr_high", N_("Upper end, rounded up")),
)
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(
    units: Iterable[tuple[str, str, Sequence[Satisfaction]]], policy: SatisfactionPolicy, weights: str
) -> str:
    """One row for each unit, part of its answers, period and element: as programs read it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([name for name, _words in COLUMNS])
    for public_id, name, parts in units:
        for part in parts:
            for figures in (*part.quarters, *part.halves, *part.years):
                mode = (weights, *_answers(part, figures))
                writer.writerows(_rows(_safe(name), public_id, figures, policy, mode))
    return text.getvalue()


def _rows(
    name: str, public_id: str, figures: PeriodFigures, policy: SatisfactionPolicy, mode: tuple[str, ...]
) -> Iterator[list[object]]:
    if not figures.enough:
        return
    ranges = ranges_of(figures, policy, mode[0])
    index = figures.index
    whole = [
        index.ikm if index else "",
        *_ends(ranges.index),
        index.band.code if index and index.band else "",
        *mode,
    ]
    for element in figures.elements:
        mean = "" if element.nrr is None else f"{float(element.nrr):.4f}"
        yield [
            name, public_id, figures.period, figures.n, *whole, element.code,
            "" if element.n is None else element.n, mean, *_ends(ranges.elements.get(element.code)),
        ]  # fmt: skip


def _answers(part: Satisfaction, figures: PeriodFigures) -> tuple[str, str, str]:
    return (
        "verified" if figures.is_verified else "open",
        "official" if part.part == OFFICIAL else "apart",
        "+".join(figures.channels),
    )


def _ends(found: Range | None) -> tuple[object, object]:
    return found or ("", "")


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
