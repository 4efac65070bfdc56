"""Appraisals as a table for the appraisal system: every figure through the gate, every column in words."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from survey.models.appraisals import Appraisal, ScaleComposite
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee
from survey.models.unit_history import CycleUnit
from survey.services.accounts.access import Reach
from survey.services.cycles.cycle_texts import CycleTexts, read_texts
from survey.services.documents.export_files import Cell, Sheet
from survey.services.documents.rounding import half_up
from survey.services.gate import disclosure
from survey.services.gate.disclosure import Figure, Span
from survey.services.organisation.unit_history import UNIT_OF_SUBJECT
from survey.services.results import item_review
from survey.tables import N_

Translate = Callable[[str], str]

RATER_GROUP_WORDS = {
    "self": N_("Self"),
    "supervisor": N_("Supervisor"),
    "peer": N_("Peers"),
    "subordinate": N_("Subordinates"),
    "partner": N_("Service partners"),
}
PURPOSE_WORDS = {
    "development": N_("Development: not for appraisal or pay"),
    "appraisal": N_("Appraisal"),
}
METHOD = N_(
    "Weighted mean over rater groups, then over behaviours; standard error from the differences between "
    "raters of one person; reliability is the share of true differences."
)
USABLE_RULE = N_(
    "Usable with at least %(minimum)s anonymous raters for every behaviour and a reliability of "
    "%(reliability)s or more."
)
EMPTY_RULE = N_("A behaviour that does not reach the limits by itself is left empty.")
CITIZENS_RULE = N_(
    "Of officers with enough visitors, what citizens said in %(period)s has a share of %(share)s %% of the "
    "overall figure."
)
BAND_RULE = N_(
    "So that nobody’s single answer can be worked out, a mean of anonymous raters of %(high)s or more counts "
    "as %(high_middle)s in every figure, and one of %(low)s or less counts as %(low_middle)s."
)
LEFT_OUT_RULE = N_("By the rule of the cycle these items count in no figure: %(codes)s")
FIRST_COLUMNS = (
    N_("Employee number"),
    N_("Name"),
    N_("Unit"),
    N_("Overall figure"),
    N_("Standard error"),
    N_("Anonymous raters"),
    N_("Reliability"),
    N_("Usable"),
    N_("Why not usable"),
    N_("Not in the error"),
    N_("Note"),
)
ERROR_COLUMN = N_("%(scale)s: standard error")
COLUMNS = (
    Appraisal.composite,
    Appraisal.standard_error,
    Appraisal.raters,
    Appraisal.reliability,
    Appraisal.usable,
    Appraisal.reasons,
    Appraisal.error_excludes,
)
LAST_COLUMNS = (N_("Cycle"), N_("Purpose"), N_("Method"), N_("Rule"))


@dataclass(frozen=True)
class _Context:
    """What every row needs to know of its cycle."""

    texts: CycleTexts
    translate: Translate
    limits: dict[str, object]
    scales: dict[int, dict[str, Any]]
    note: str
    last: list[Cell]


def appraisal_table(
    session: Session, reach: Reach, cycle: Cycle, translate: Translate, language: str
) -> Sheet:
    """The appraisals of a counted cycle within reach by name; as many statements for any number of subjects.

    A figure that is not usable is an empty cell with its reason, never a zero. The note says how means at the
    end of the scale count.
    """
    disclosure.require_reviewed(cycle)
    texts = read_texts(session, cycle)
    titles = [scale.title.in_language(language) for scale in texts.scales.values()]
    header = [translate(name) for name in FIRST_COLUMNS]
    for title in titles:
        header += [title, translate(ERROR_COLUMN) % {"scale": title}]
    header += [translate(name) for name in LAST_COLUMNS]
    limits = limits_of(cycle, language)
    context = _Context(
        texts=texts,
        translate=translate,
        limits=limits,
        scales=_scale_composites(session, cycle),
        note=_note(texts.span, translate, language),
        last=_last_cells(cycle, translate, limits, sorted(item_review.left_out(session, cycle).values())),
    )
    found = session.execute(subjects_of(cycle, reach, *COLUMNS))
    return Sheet(translate(N_("Appraisals")), header, (_row(context, row) for row in found))


def _scale_composites(session: Session, cycle: Cycle) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(
            ScaleComposite.appraisal_id,
            ScaleComposite.scale,
            ScaleComposite.composite,
            ScaleComposite.standard_error,
            ScaleComposite.reason,
        )
        .join(Appraisal, Appraisal.id == ScaleComposite.appraisal_id)
        .where(Appraisal.cycle_id == cycle.id)
    )
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row.appraisal_id][row.scale] = row
    return found


def subjects_of(cycle: Cycle, reach: Reach, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The subjects of a cycle within reach by name, with columns of their appraisals."""
    return (
        select(Appraisal.id, Employee.number, Employee.name, CycleUnit.name.label("unit"), *columns)
        .join(Employee, Employee.id == Appraisal.employee_id)
        .join(
            Subject,
            and_(Subject.cycle_id == Appraisal.cycle_id, Subject.employee_id == Appraisal.employee_id),
        )
        .join(CycleUnit, UNIT_OF_SUBJECT)
        .where(Appraisal.cycle_id == cycle.id, reach.has_unit(Subject.unit_id))
        .order_by(Employee.name, Employee.id)
    )


def _last_cells(
    cycle: Cycle, translate: Translate, limits: dict[str, object], left_out: list[str]
) -> list[Cell]:
    more = {LEFT_OUT_RULE: bool(left_out), CITIZENS_RULE: bool(cycle.citizen_weight)}
    rules = disclosure.RULE, USABLE_RULE, EMPTY_RULE, *(rule for rule, holds in more.items() if holds)
    rule = " ".join(translate(each) % (limits | {"codes": " ".join(left_out)}) for each in rules)
    return [cycle.name, translate(PURPOSE_WORDS[cycle.purpose]), translate(METHOD), rule]


def limits_of(cycle: Cycle, language: str) -> dict[str, object]:
    """The limits of a cycle, as words about them take them."""
    return {
        "minimum": cycle.minimum_group_size,
        "reliability": decimal_text(cycle.minimum_reliability, disclosure.PLACES, language),
        "cap": half_up(100 * cycle.weight_cap, 0),
        "share": half_up(100 * cycle.citizen_weight, 0),
        "period": cycle.citizen_period,
    }


def _row(context: _Context, row: Any) -> list[Cell]:
    overall = disclosure.without_unusable(
        disclosure.composite_figure(
            context.texts.span,
            row.composite,
            row.standard_error,
            row.raters,
            reason=row.reasons[0] if row.reasons else None,
        )
    )
    cells: list[Cell] = [row.number, row.name, row.unit, *_value_and_error(overall), overall.n]
    cells += [
        row.reliability if overall.n is not None else None,
        context.translate(_yes_or_no(row.usable)),
    ]
    cells += [_reasons(context, row.reasons), _groups(context, row.error_excludes), context.note]
    for scale in context.texts.scales:
        cells += _value_and_error(_scale_figure(context, row.id, scale))
    return cells + context.last


def _scale_figure(context: _Context, appraisal: int, scale: str) -> Figure:
    found = context.scales[appraisal].get(scale)
    figure = disclosure.composite_figure(
        context.texts.span,
        found.composite if found else None,
        found.standard_error if found else None,
        None,
        reason=found.reason if found else None,
    )
    return disclosure.without_unusable(figure)


def _value_and_error(figure: Figure) -> list[Cell]:
    """In full: a figure is rounded where it is shown, not where it is handed on."""
    return [figure.value, figure.standard_error]


def _yes_or_no(usable: bool) -> str:
    return N_("Yes") if usable else N_("No")


def _reasons(context: _Context, codes: list[str]) -> str:
    return " ".join(context.translate(disclosure.REASONS[code]) % context.limits for code in codes)


def _groups(context: _Context, groups: list[str]) -> str:
    return ", ".join(context.translate(RATER_GROUP_WORDS[group]) for group in groups)


def _note(span: Span, translate: Translate, language: str) -> str:
    numbers = {
        "high": span.high_band,
        "high_middle": span.high_middle,
        "low": span.low_band,
        "low_middle": span.low_middle,
    }
    return translate(BAND_RULE) % {name: decimal_text(value, 1, language) for name, value in numbers.items()}


def decimal_text(value: float, places: int, language: str) -> str:
    """A number in a sentence of the file."""
    return format_decimal(half_up(value, places), format="0." + "0" * places, locale=language)
