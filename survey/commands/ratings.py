"""Ratings from a table: which columns they are in, and what is wrong with a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.scoring import answered_mean
from survey.tables import N_, ProblemList, Table

_NO_ANSWER = {"", "na", "n/a", "nan"}

Floats = NDArray[np.float64]
Labels = NDArray[np.str_]


@dataclass(frozen=True)
class Columns:
    """Which columns hold what."""

    subject: str
    unit: str | None
    group: str | None
    items: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Ratings:
    """One row a response.

    `answers` are NaN where nothing was answered; `score` is the row's mean over its answered items
    if at least half are answered, NaN otherwise.
    """

    items: tuple[str, ...]
    scale: tuple[float, float]
    answers: Floats
    score: Floats
    subject: Labels
    group: Labels
    units: dict[str, str]

    @property
    def whole_steps(self) -> tuple[int, int] | None:
        """The scale as whole steps, when all answers are whole and there are at most eleven steps."""
        low, high = self.scale
        known = self.answers[~np.isnan(self.answers)]
        whole = low == int(low) and high == int(high) and high - low <= 10
        return (int(low), int(high)) if whole and (known == np.floor(known)).all() else None

    @property
    def has_fractions(self) -> bool:
        """Whether some answers lie between the steps of a scale of few whole steps."""
        low, high = self.scale
        return low == int(low) and high == int(high) and high - low <= 10 and self.whole_steps is None

    def of_group(self, name: str) -> Ratings:
        """The rows of one rater group."""
        mine = self.group == name
        return Ratings(
            self.items,
            self.scale,
            self.answers[mine],
            self.score[mine],
            self.subject[mine],
            self.group[mine],
            self.units,
        )


def ratings_from(table: Table, columns: Columns, scale: tuple[float, float]) -> Ratings:
    """Read ratings; raises BadFile naming row, column and mend of everything that is wrong."""
    problems = ProblemList()
    _check_columns(table, columns, problems)
    problems.raise_if_any()
    if not table.rows:
        problems.add(None, None, N_("The file has column names but no rows below them."))
    answers = np.column_stack([numbers(table, name, scale, problems) for name in columns.items])
    subject = _labels(table, columns.subject, problems, needed=True)
    group = _labels(table, columns.group, problems, needed=True)
    problems.raise_if_any()
    unit = _labels(table, columns.unit, problems, needed=False)
    return Ratings(
        columns.items, scale, answers, answered_mean(answers), subject, group, _units(subject, unit)
    )


def _check_columns(table: Table, columns: Columns, problems: ProblemList) -> None:
    for name in (columns.subject, columns.unit, columns.group, *columns.items):
        if name is not None and name not in table.columns:
            missing = N_("There is no column of this name. The file has: %(columns)s.")
            problems.add(1, name, missing, columns=", ".join(table.columns))


def numbers(
    table: Table, name: str, scale: tuple[float, float], problems: ProblemList, *, whole: bool = False
) -> Floats:
    """A column of answers, NaN for none; notes every cell that is no (whole) number of the scale."""
    cells = [row[name] for _, row in table.rows]
    values = {text: _number(text) for text in set(cells)}
    wrong = {text for text, value in values.items() if value is None or not _fits(value, scale, whole)}
    if wrong:
        for line, row in table.rows:
            if row[name] in wrong:
                _report(problems, line, name, row[name], values[row[name]], scale)
    return np.array([values[text] if text not in wrong else np.nan for text in cells], dtype=np.float64)


def _report(
    problems: ProblemList, line: int, name: str, text: str, value: float | None, scale: tuple[float, float]
) -> None:
    if value is None:
        words = N_("“%(text)s” is not a number. Put the rating there, or leave the cell empty.")
        problems.add(line, name, words, text=text[:40])
        return
    low, high = scale
    outside = N_("%(text)s is no step of the scale %(low)g to %(high)g. Mend the cell, or leave it empty.")
    problems.add(line, name, outside, text=text[:40], low=low, high=high)


def _number(text: str) -> float | None:
    """A cell as a number, NaN for no answer, None when it is neither."""
    if text.lower() in _NO_ANSWER:
        return float("nan")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _fits(value: float, scale: tuple[float, float], whole: bool) -> bool:
    return bool(np.isnan(value)) or (scale[0] <= value <= scale[1] and not (whole and value % 1))


def _labels(table: Table, name: str | None, problems: ProblemList, *, needed: bool) -> Labels:
    if name is None:
        return np.full(len(table.rows), "", dtype=np.str_)
    if needed:
        for line, row in table.rows:
            if not row[name]:
                problems.add(line, name, N_("The cell is empty. Fill it in, or delete the row."))
    return np.array([row[name] for _, row in table.rows], dtype=np.str_)


def _units(subject: Labels, unit: Labels) -> dict[str, str]:
    """The unit of each subject; several units stand side by side."""
    found: dict[str, dict[str, None]] = {}
    pairs: Sequence[tuple[str, str]] = list(zip(subject.tolist(), unit.tolist(), strict=True))
    for who, where in dict.fromkeys(pairs):
        found.setdefault(who, {})[where] = None
    return {who: "; ".join(sorted(filter(None, units))) for who, units in found.items()}
