"""Read models of a cycle's results: for HR, and for the employee. Every figure passes the gate."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from instruments.rater_groups import RATER_GROUPS
from instruments.schema import Instrument
from survey.exceptions import NotFound
from survey.models.appraisals import Appraisal, Quality
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee
from survey.models.unit_history import CycleUnit
from survey.services.accounts.access import Reach
from survey.services.cycles.cycle_texts import questionnaires, read_texts, span_of
from survey.services.cycles.cycles import DISCARDABLE
from survey.services.documents.listing import ListPage, Wanted, page_of
from survey.services.gate import disclosure
from survey.services.gate.disclosure import Figure, Span
from survey.services.organisation.employee_numbers import digits_of
from survey.services.organisation.unit_history import UNIT_OF_SUBJECT
from survey.services.results import vault_store
from survey.services.results.decision_study import DecisionStudy, study
from survey.services.results.quality_figures import WHOLE

BIN_WIDTH = 0.5
FEWEST_SUBJECTS = 30  # below, the agreement of raters is itself uncertain
MOST_AT_ENDS = 0.10  # with more means in a band, ICC(1) reads too low (docs/calibration.md)


@dataclass(frozen=True)
class QualityRow:
    """How well one behaviour was measured in one rater group."""

    rater_group: str
    scale: str
    figures: dict[str, Any]

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items of the behaviour; none in a cycle that was counted before they were kept."""
        return list(self.figures.get("items", []))

    def interval(self, name: str) -> tuple[float, float] | None:
        """The 95 percent interval of a coefficient, where it has one."""
        low, high = self.figures.get(f"{name}_low"), self.figures.get(f"{name}_high")
        return None if low is None or high is None else (low, high)


@dataclass(frozen=True)
class GroupQuality:
    """A rater group's rows, with the range of the reliability of its means."""

    rater_group: str
    rows: list[QualityRow]
    lowest: float | None
    highest: float | None
    ballots: int
    subjects: int
    has_coherence: bool  # whether any behaviour has items enough for alpha and omega
    whole: dict[str, Any]  # figures of all items together
    steps: tuple[int, int]  # first and last option

    def study(self, limit: float) -> DecisionStudy | None:
        """What more raters would give, and how many reach a limit."""
        return study([("", self.whole), *((row.scale, row.figures) for row in self.rows)], limit)

    @property
    def has_items(self) -> bool:
        """Whether there is a table of items, if only of who could not judge them."""
        items = [item for row in self.rows for item in row.items]
        return any("n" in item or item["cannot_judge"] is not None for item in items)

    @property
    def is_pressed(self) -> bool:
        """Whether so many means lie at an end of the scale that raters seem to agree less than they do."""
        return any(
            row.figures.get("at_ends", 0) > MOST_AT_ENDS * max(1, row.figures.get("subjects", 0))
            for row in self.rows
        )

    @property
    def few_subjects(self) -> bool:
        """Whether these figures are themselves uncertain."""
        return self.subjects < FEWEST_SUBJECTS


@dataclass(frozen=True)
class Bin:
    """How many usable figures lie between two values; the last one holds the end of the scale too."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Overview:
    """How many figures are usable, and why the others are not."""

    total: int
    usable: int
    reasons: dict[str, int]  # one figure may have several
    bins: tuple[Bin, ...]  # empty where too few are usable


@dataclass(frozen=True)
class ResultRow:
    """One subject's overall figure as HR may see it."""

    name: str
    unit: str
    figure: Figure
    usable: bool
    reasons: list[str]
    error_excludes: list[str]


@dataclass(frozen=True)
class OwnResult:
    """A cycle in which an employee was a subject, and the name of her report once it may be read."""

    cycle: Cycle
    public_id: str | None


def quality(session: Session, cycle: Cycle) -> list[GroupQuality]:
    """One summary per rater group, its rows in the order of the questionnaire."""
    disclosure.require_counted(cycle)
    scales = list(read_texts(session, cycle).scales)
    rows = session.scalars(select(Quality).where(Quality.cycle_id == cycle.id))
    found = [QualityRow(row.rater_group, row.scale, row.figures) for row in rows]
    whole = {row.rater_group: row.figures for row in found if row.scale == WHOLE}
    found = [row for row in found if row.scale != WHOLE]
    found.sort(key=lambda row: (RATER_GROUPS.index(row.rater_group), scales.index(row.scale)))
    steps = {group: _steps(instrument) for group, instrument in questionnaires(session, cycle).items()}
    return [
        _group_quality(group, list(own), whole[group], steps[group])
        for group, own in groupby(found, lambda row: row.rater_group)
    ]


def _steps(instrument: Instrument) -> tuple[int, int]:
    span = span_of(instrument)
    return span.low, span.high


def _group_quality(
    rater_group: str, rows: list[QualityRow], whole: dict[str, Any], steps: tuple[int, int]
) -> GroupQuality:
    means = [max(row.figures["icck"], 0.0) for row in rows if row.figures["icck"] is not None]
    return GroupQuality(
        rater_group=rater_group,
        rows=rows,
        lowest=min(means, default=None),
        highest=max(means, default=None),
        ballots=max(row.figures["ballots"] for row in rows),
        subjects=max(row.figures["subjects"] for row in rows),
        has_coherence=any(row.figures["alpha"] is not None for row in rows),
        whole=whole,
        steps=steps,
    )


def counted_ballots(answers: Session, cycle: Cycle) -> tuple[int, int]:
    """How many ballots were counted, and how many were rejected."""
    disclosure.require_counted(cycle)
    box = vault_store.counted(answers, cycle.public_id)
    return box.ballots, box.rejected


def overview(session: Session, reach: Reach, cycle: Cycle) -> Overview:
    """Counts over the subjects of a cycle within reach."""
    disclosure.require_reviewed(cycle)
    rows = session.execute(
        select(Appraisal.composite, Appraisal.usable, Appraisal.reasons)
        .join(Subject, _subject_of_appraisal())
        .where(Appraisal.cycle_id == cycle.id, reach.has_unit(Subject.unit_id))
    ).all()
    usable = [composite for composite, is_usable, _reasons in rows if is_usable and composite is not None]
    reasons = Counter(reason for *_figures, codes in rows for reason in codes)
    return Overview(len(rows), len(usable), dict(reasons), _bins(usable, read_texts(session, cycle).span))


def _bins(values: list[float], span: Span) -> tuple[Bin, ...]:
    if len(values) < disclosure.FEWEST_FOR_DISTRIBUTION:
        return ()
    number = ceil((span.high - span.low) / BIN_WIDTH)
    places = Counter(min(int((value - span.low) / BIN_WIDTH), number - 1) for value in values)
    return tuple(
        Bin(span.low + place * BIN_WIDTH, span.low + (place + 1) * BIN_WIDTH, places[place])
        for place in range(number)
    )


def result_page(session: Session, reach: Reach, cycle: Cycle, wanted: Wanted) -> ListPage:
    """One page of overall figures, by name or unit; by figure they are never ordered."""
    disclosure.require_reviewed(cycle)
    query = _results(cycle, wanted.text).where(reach.has_unit(Subject.unit_id))
    found = page_of(session, query, wanted, {"name": Employee.name, "unit": CycleUnit.name}, Employee.id)
    span = read_texts(session, cycle).span
    return replace(found, rows=[_result_row(row, span) for row in found.rows])


def _results(cycle: Cycle, text: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Appraisal.id,
            Employee.name,
            CycleUnit.name.label("unit"),
            Appraisal.composite,
            Appraisal.standard_error,
            Appraisal.raters,
            Appraisal.usable,
            Appraisal.reasons,
            Appraisal.error_excludes,
        )
        .join(Employee, Employee.id == Appraisal.employee_id)
        .join(Subject, _subject_of_appraisal())
        .join(CycleUnit, UNIT_OF_SUBJECT)
        .where(Appraisal.cycle_id == cycle.id, _holds(text))
    )


def _subject_of_appraisal() -> ColumnElement[bool]:
    return and_(Subject.cycle_id == Appraisal.cycle_id, Subject.employee_id == Appraisal.employee_id)


def _holds(text: str) -> ColumnElement[bool]:
    number = digits_of(text)
    return or_(
        Employee.name.icontains(text, autoescape=True),
        CycleUnit.name.icontains(text, autoescape=True),
        Employee.number.contains(number) if number.isdigit() else false(),
    )


def _result_row(row: Any, span: Span) -> ResultRow:
    figure = disclosure.composite_figure(
        span,
        row.composite,
        row.standard_error,
        row.raters,
        reason=row.reasons[0] if row.reasons else None,
    )
    shown = disclosure.without_unusable(figure)
    return ResultRow(row.name, row.unit, shown, row.usable, row.reasons, row.error_excludes)


def own_results(session: Session, employee_id: int) -> list[OwnResult]:
    """The cycles in which an employee is a subject, the newest first; drafts are left out."""
    rows = session.execute(
        select(Cycle, Appraisal.public_id)
        .join(Subject, Subject.cycle_id == Cycle.id)
        .outerjoin(Appraisal, _subject_of_appraisal())
        .where(Subject.employee_id == employee_id, Cycle.state.not_in(DISCARDABLE))
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc())
    )
    return [OwnResult(cycle, name if disclosure.is_released(cycle) else None) for cycle, name in rows]


def own_appraisal(session: Session, public_id: str, employee_id: int) -> Appraisal:
    """An employee's own appraisal; NotFound for anybody else's."""
    found = session.scalar(
        select(Appraisal)
        .where(Appraisal.public_id == public_id, Appraisal.employee_id == employee_id)
        .options(joinedload(Appraisal.cycle))
    )
    if found is None:
        raise NotFound(public_id)
    return found
