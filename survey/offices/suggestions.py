"""What citizens wrote: read by the office, answered by a plan, blacked out where it names somebody."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey import lists
from survey.db import StillInUse, reading, transaction, vacuum
from survey.exceptions import NotFound
from survey.extensions import databases
from survey.offices.door import blueprint, office
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.citizens import follow_ups, service_points, suggestions
from survey.services.citizens.citizen_answers import MINIMUM_BATCH
from survey.services.citizens.citizen_merge import UNREAD
from survey.services.citizens.follow_ups import Promise
from survey.services.citizens.suggestions import HANDLED, Text
from survey.services.documents.export_files import CONTENT_TYPES, Cell, Sheet
from survey.wording import period_words

LONGEST_PASSAGE = 1_000
STATES = (UNREAD, HANDLED)
HANDLE, REOPEN, BLACK_OUT, ALL = "handle", "reopen", "black-out", "all"


@blueprint.get("/<unit>/suggestions")
def list_suggestions(unit: str) -> Any:
    """The texts of a quarter."""
    found, wanted = office(unit), lists.wanted(("period", "state"))
    quarters, texts, period = _texts(unit, wanted.text, wanted.filters)
    return render_template(
        "offices/suggestions.html",
        office=found,
        quarters=[(name, period_words(name)) for name in quarters],
        period=period,
        period_name=period_words(period) if period else "",
        state=wanted.filters.get("state", ""),
        search=wanted.text,
        found=suggestions.page(texts, wanted),
        plans={plan.public_id: plan.action for plan in _plans(unit)},
        minimum=MINIMUM_BATCH,
    )


@blueprint.get("/<unit>/suggestions.<kind>")
def suggestions_file(unit: str, kind: str) -> Response:
    """The texts of a quarter as a file."""
    office(unit)
    if kind not in CONTENT_TYPES:
        raise NotFound("file")
    wanted = lists.wanted(("period", "state"))
    quarters, texts, period = _texts(unit, wanted.text, wanted.filters)
    if period not in quarters:
        raise NotFound("quarter")
    plans = {plan.public_id: plan.action for plan in _plans(unit)}
    header = [str(_("Text")), str(_("State")), str(_("Plan"))]
    sheet = Sheet(str(_("Suggestions")), header, _rows(texts, plans), numbers=frozenset())
    with transaction(databases().people) as people:
        audit.record(people, signed_in().account_id, "suggestions.export", unit, period=period)
    return lists.file_of(sheet, f"saran-{period}", kind)


@blueprint.route("/<unit>/suggestions/<address>", methods=["GET", "POST"])
def suggestion(unit: str, address: str) -> Any:
    """One text: note what becomes of it, or remove words from it for good."""
    found, points = office(unit), _points(unit)
    error = ""
    if request.method == "POST":
        try:
            return _act(unit, points, address)
        except NotFound:
            with reading(databases().answers) as answers:
                suggestions.find(answers, points, address)
            error = _("These words do not stand in the text like that. Copy them from it.")
    with reading(databases().answers) as answers:
        text = suggestions.find(answers, points, address)
        period = suggestions.period_of(answers, points, address)
    page = render_template(
        "offices/suggestion.html",
        office=found,
        text=text,
        period=period,
        plans=[("", _("None"))] + [(plan.public_id, plan.action) for plan in _plans(unit)],
        passage=_passage(),
        error=error,
    )
    return page, 422 if error else 200


def _act(unit: str, points: list[str], address: str) -> Any:
    """Carry out the button that was pressed."""
    go = request.form.get("go", "")
    if go in (BLACK_OUT, ALL):
        return _black_out(unit, points, address, "" if go == ALL else _passage())
    plan = request.form.get("plan", "")
    if plan and plan not in {each.public_id for each in _plans(unit)}:
        plan = ""
    with transaction(databases().answers) as answers:
        period = suggestions.period_of(answers, points, address)
        if go == REOPEN:
            suggestions.reopen(answers, points, address)
        elif go == HANDLE:
            suggestions.answer(answers, points, address, plan)
    if go in (HANDLE, REOPEN):
        with transaction(databases().people) as people:
            audit.record(people, signed_in().account_id, f"suggestion.{go}", unit)
    return redirect(url_for("offices.list_suggestions", unit=unit, period=period))


def _black_out(unit: str, points: list[str], address: str, passage: str) -> Any:
    if not passage and request.form.get("go") != ALL:
        raise NotFound("passage")
    with transaction(databases().answers) as answers:
        suggestions.black_out(answers, points, address, passage)
    with suppress(StillInUse):  # somebody reads: what was removed goes with the next rewriting
        vacuum(databases().answers)
    with transaction(databases().people) as people:
        audit.record(people, signed_in().account_id, "suggestion.black_out", unit)
    return redirect(url_for("offices.suggestion", unit=unit, address=address))


def _passage() -> str:
    return request.form.get("passage", "").replace("\r\n", "\n").strip()[:LONGEST_PASSAGE]


def _texts(unit: str, search: str, filters: Mapping[str, str]) -> tuple[list[str], list[Text], str]:
    """The quarters with texts, those of the chosen one, and which that is."""
    points = _points(unit)
    with reading(databases().answers) as answers:
        quarters = suggestions.quarters(answers, points)
        period = filters.get("period", "") or (quarters[0] if quarters else "")
        state = filters.get("state", "")
        found = suggestions.texts(answers, points, period, search, state if state in STATES else "")
    return quarters, found, period


def _points(unit: str) -> list[str]:
    with reading(databases().people) as people:
        return [point.public_id for point in service_points.points_of_unit(people, unit).points]


def _plans(unit: str) -> list[Promise]:
    with reading(databases().people) as people:
        return follow_ups.promises_of(people, unit)


def _rows(texts: list[Text], plans: dict[str, str]) -> Iterator[list[Cell]]:
    for text in texts:
        state = _("Dealt with") if text.is_handled else _("To deal with")
        yield [text.words, str(state), plans.get(text.follow_up, "")]
