"""Paper forms typed in, many at once: type, compare a part that is typed twice, send.

Between the steps everything travels in the page. Nothing says who typed: no row, no audit entry, no log line.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from survey.db import transaction
from survey.extensions import databases, settings
from survey.i18n import language
from survey.offices.door import blueprint, office
from survey.offices.entry import last_day, point_of, running_box
from survey.question_pages import answer_labels
from survey.services.citizens import citizen_answers, paper_entry
from survey.services.citizens.citizen_answers import LONGEST_SUGGESTION, RATER_GROUP
from survey.services.citizens.offices import Office
from survey.services.citizens.paper_entry import Typed
from survey.services.citizens.service_points import Point
from survey.services.papers import ballot_box
from survey.services.secrets import sealing

ROWS = 20
CHECK, SEND = "check", "send"


@blueprint.route("/<unit>/entry/<point>/paper", methods=["GET", "POST"])
def paper(unit: str, point: str) -> Any:
    """Type forms in; look at them, type some again; send them."""
    found, place = office(unit), point_of(unit, point)
    if request.method == "GET":
        return _typing(found, place, [])
    rows = _rows()
    batch = [row for row in rows if not row.is_empty]
    problems = _problems(rows)
    step = request.form.get("step")
    if problems or not batch or step not in (CHECK, SEND):
        return _typing(found, place, rows, problems or _nothing(batch, step))
    if step == CHECK:
        return _checking(found, place, batch)
    again = dict(zip(request.form.getlist("again_nonce"), _digits("again"), strict=False))
    if not all(again.get(each.nonce) for each in paper_entry.to_type_twice(batch)):
        return _checking(found, place, batch, again, is_incomplete=True)
    if differ := paper_entry.differing(batch, again):
        return _typing(found, place, rows, _differences(rows, differ))
    instrument = citizen_answers.questionnaire()
    with transaction(databases().spool) as spool:
        paper_entry.send(spool, settings().key_directory, running_box(place), instrument, batch)
    return _typing(found, place, [], sent=batch)


def _rows() -> list[Typed]:
    """What was typed; a form whose nonce is none of ours gets a fresh one."""
    facts = [_digits(field.code) for field in citizen_answers.questionnaire().profile]
    nonces, words = request.form.getlist("nonce"), request.form.getlist("words")
    columns = zip(nonces, _digits("answers"), words, *facts, strict=False)
    return [
        Typed(
            nonce if sealing.is_nonce(nonce) else ballot_box.new_nonce(),
            answers,
            tuple(numbers),
            text.strip()[:LONGEST_SUGGESTION],
        )
        for nonce, answers, text, *numbers in list(columns)[:ROWS]
    ]


def _digits(name: str) -> list[str]:
    """What was typed into the fields of a name, without spaces."""
    return ["".join(text.split()) for text in request.form.getlist(name)]


def _problems(rows: Sequence[Typed]) -> dict[int, str]:
    """By row, what is wrong with it and what to do."""
    instrument = citizen_answers.questionnaire()
    titles = {field.code: field.title.in_language(language()) for field in instrument.profile}
    count = len(instrument.form_order(RATER_GROUP))
    words = {
        paper_entry.LENGTH: _("Type %(count)s digits, one for each question.", count=count),
        paper_entry.ANSWERS: _("Type only the numbers that stand before the answers, from 0 to 4."),
    } | {
        code: _("%(fact)s: type the number before the answer, or leave it empty.", fact=title)
        for code, title in titles.items()
    }
    return {
        place: " ".join(words[fault] for fault in found)
        for place, row in enumerate(rows)
        if not row.is_empty and (found := paper_entry.faults(instrument, row))
    }


def _nothing(batch: Sequence[Typed], step: str | None) -> dict[int, str]:
    return {0: _("Type at least one form.")} if not batch and step else {}


def _differences(rows: Sequence[Typed], differ: Mapping[str, str]) -> dict[int, str]:
    return {
        place: _(
            "Typed %(second)s the second time. Look at the paper, correct the answers, and check again.",
            second=differ[row.nonce],
        )
        for place, row in enumerate(rows)
        if row.nonce in differ
    }


def _typing(
    found: Office,
    place: Point,
    rows: Sequence[Typed],
    problems: Mapping[int, str] | None = None,
    sent: Sequence[Typed] = (),
) -> Any:
    instrument = citizen_answers.questionnaire()
    empty = ("",) * len(instrument.profile)
    shown = [*rows, *(Typed(ballot_box.new_nonce(), "", empty) for _row in range(ROWS - len(rows)))]
    sitting = min(request.form.get("sitting", 0, type=int), 10**6) + len(sent)
    page = render_template(
        "offices/paper.html",
        office=found,
        point=place,
        rows=shown,
        problems=problems or {},
        sent=[each.nonce for each in sent],
        sent_words=ngettext("%(num)d form was sent.", "%(num)d forms were sent.", len(sent)),
        sitting=sitting,
        questions=len(instrument.form_order(RATER_GROUP)),
        facts=[
            (field.code, field.title.in_language(language()), len(field.bands))
            for field in instrument.profile
        ],
        longest=LONGEST_SUGGESTION,
        until=last_day(),
        is_fresh=not rows,
    )
    return page, 422 if problems else 200


def _checking(
    found: Office,
    place: Point,
    batch: Sequence[Typed],
    again: Mapping[str, str] | None = None,
    *,
    is_incomplete: bool = False,
) -> Any:
    instrument = citizen_answers.questionnaire()
    twice = {each.nonce for each in paper_entry.to_type_twice(batch)}
    page = render_template(
        "offices/paper_check.html",
        office=found,
        point=place,
        batch=batch,
        twice=[(number, each) for number, each in enumerate(batch, start=1) if each.nonce in twice],
        again=again or {},
        is_incomplete=is_incomplete,
        listed=[_in_words(each) for each in batch],
        fields=[field.code for field in instrument.profile],
        sitting=request.form.get("sitting", 0, type=int),
    )
    return page, 422 if is_incomplete else 200


def _in_words(typed: Typed) -> list[tuple[str, str]]:
    """A form as it will be counted: each question's title with the answer that its number stands for."""
    instrument = citizen_answers.questionnaire()
    sheet = paper_entry.sheet_of(instrument, typed)
    told = [
        (
            item.title.in_language(language()) if item.title else item.code,
            answer_labels(instrument, item)[sheet.answers[item.code]],
        )
        for item in instrument.form_order(RATER_GROUP)
    ]
    for field in instrument.profile:
        labels = {band.code: band.label.in_language(language()) for band in field.bands}
        if field.code in sheet.profile:
            told.append((field.title.in_language(language()), labels[sheet.profile[field.code]]))
    return told
