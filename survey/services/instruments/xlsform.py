"""A questionnaire as an XLSForm: the workbook that KoboToolbox, ODK and Enketo read.

What a form needs stands in the usual sheets, with who sees an item as a condition on the rater group. What
only this program knows (sentence, sources, words about oneself) stands in a sheet of its own.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from instruments.drafting import Data, data_of
from instruments.rater_groups import ENTRIES
from instruments.schema import Instrument

LANGUAGES = {"id": "Bahasa Indonesia (id)", "en": "English (en)"}
SURVEY_HEAD = (
    "type",
    "name",
    *(f"label::{name}" for name in LANGUAGES.values()),
    *(f"hint::{name}" for name in LANGUAGES.values()),
    "required",
    "relevant",
    "appearance",
    "constraint",
)
CHOICES_HEAD = ("list_name", "name", *(f"label::{name}" for name in LANGUAGES.values()))
REST_HEAD = ("field", *LANGUAGES.values())
OWN_SHEET = "cermin"
TITLE, GROUP, LEADS, MEANING = "cermin_title", "cermin_rater_group", "cermin_leads", "cermin_about_"
STEPS, GROUPS, YES_NO = "steps", "rater_groups", "yes_no"
GROUP_LABELS = {entry.code: entry.label for entry in ENTRIES} | {"citizen": ("Masyarakat", "Citizen")}
Row = Sequence[object]


def workbook(instrument: Instrument) -> bytes:
    """The XLSForm of a questionnaire."""
    data = data_of(instrument)
    book = Workbook()
    book.remove(book.worksheets[0])
    _fill(book.create_sheet("survey"), SURVEY_HEAD, _survey(instrument, data))
    _fill(book.create_sheet("choices"), CHOICES_HEAD, _choices(data))
    head = ("form_title", "form_id", "version", "default_language")
    settings = (instrument.title.id, instrument.code, str(instrument.version), LANGUAGES["id"])
    _fill(book.create_sheet("settings"), head, [settings])
    _fill(book.create_sheet(OWN_SHEET), REST_HEAD, _rest(data))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _fill(sheet: Worksheet, head: Row, rows: Iterable[Row]) -> None:
    for number, values in enumerate([head, *rows], start=1):
        for column, value in enumerate(values, start=1):
            if value not in ("", None):
                cell = sheet.cell(number, column, str(value))
                cell.data_type = "s"  # whatever a text begins with, it is no formula


def _survey(instrument: Instrument, data: Data) -> Iterator[Row]:
    yield _row("note", TITLE, data["title"], data["purpose"])
    who = {"id": "Anda menilai sebagai", "en": "You rate as"}
    yield _row(f"select_one {GROUPS}", GROUP, who, required="yes")
    if any(scale.subjects == "leaders" for scale in instrument.scales):
        leads = {"id": "Apakah pegawai ini memimpin pegawai lain?", "en": "Does this employee lead others?"}
        yield _row(f"select_one {YES_NO}", LEADS, leads, required="yes")
    for scale in data["scales"]:
        yield _row("begin_group", scale["code"], scale["title"], relevant=_asked_in(scale))
        if scale.get("meaning"):
            yield _row("note", MEANING + scale["code"], scale["meaning"])
        for item in data["items"]:
            if item["scale"] == scale["code"]:
                yield _item(item)
        yield _row("end_group", scale["code"], {})
    for question in data.get("open_questions", ()):
        yield _row(
            "text",
            question["code"],
            question["text"],
            relevant=_seen_by(question.get("rater_groups", ())),
            appearance="multiline",
            constraint=f"string-length(.) <= {question.get('max_length', 1000)}",
        )


def _item(item: dict[str, Any]) -> Row:
    return _row(
        f"select_one {_list_of(item)}",
        item["code"],
        item["text"],
        item.get("guidance", {}),
        required="yes",
        relevant=_seen_by(item.get("rater_groups", ())),
    )


def _list_of(item: dict[str, Any]) -> str:
    return f"{STEPS}_{item['code']}" if item.get("options") else STEPS


def _row(
    kind: str,
    name: str,
    label: dict[str, str],
    hint: dict[str, str] | None = None,
    *,
    required: str = "",
    relevant: str = "",
    appearance: str = "",
    constraint: str = "",
) -> Row:
    labels = [label.get(each, "") for each in LANGUAGES]
    hints = [(hint or {}).get(each, "") for each in LANGUAGES]
    return (kind, name, *labels, *hints, required, relevant, appearance, constraint)


def _seen_by(groups: Sequence[str]) -> str:
    return " or ".join(f"${{{GROUP}}} = '{group}'" for group in groups)


def _asked_in(scale: dict[str, Any]) -> str:
    seen = _seen_by(scale.get("rater_groups", ()))
    if scale.get("subjects") != "leaders":
        return seen
    leads = f"${{{LEADS}}} = 'yes'"
    return f"({seen}) and {leads}" if seen else leads


def _choices(data: Data) -> Iterator[Row]:
    for group in data["rater_groups"]:
        yield (GROUPS, group, *GROUP_LABELS[group])
    yield (YES_NO, "yes", "Ya", "Yes")
    yield (YES_NO, "no", "Tidak", "No")
    yield from _steps(STEPS, data.get("options", ()), data)
    for item in data["items"]:
        if item.get("options"):
            yield from _steps(_list_of(item), item["options"], data)


def _steps(name: str, options: Sequence[dict[str, Any]], data: Data) -> Iterator[Row]:
    for option in options:
        yield (name, option["value"], *(option["label"][each] for each in LANGUAGES))
    for reason in data.get("missing_reasons", ()) if options else ():
        yield (name, reason["code"], *(reason["label"][each] for each in LANGUAGES))


def _rest(data: Data) -> Iterator[Row]:
    """What no sheet of a form has room for: the path of a text, and its words."""
    for name, text in data.get("sentence", {}).items():
        yield (f"sentence.{name}", text["id"], text["en"])
    for part, names in (
        ("items", ["title"]),
        ("missing_reasons", ["self_label"]),
        ("open_questions", ["self_text"]),
    ):
        for element in data.get(part, ()):
            for name in names:
                if element.get(name):
                    yield (f"{part}.{element['code']}.{name}", element[name]["id"], element[name]["en"])
    for place, source in enumerate(data.get("sources", ())):
        yield (f"sources.{place}.covers", source["covers"]["id"], source["covers"]["en"])
        for name in ("title", "article", "confidence"):
            if source.get(name):
                yield (f"sources.{place}.{name}", source[name], "")
