"""Read an XLSForm as a draft. What a questionnaire about people has no place for is told by its row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from instruments.drafting import Data, suggested_code
from instruments.rater_groups import RATER_GROUPS
from survey.services.instruments.xlsform import GROUP, LEADS, MEANING, OWN_SHEET, STEPS, TITLE
from survey.tables import N_, Problem
from survey.tables.problems import refusal
from survey.tables.workbooks import workbook_sheets

Table = list[tuple[int, dict[str, str]]]  # rows with their number, by column
SILENT = ("start", "end", "today", "deviceid", "username", "calculate", "hidden", "note")


@dataclass
class _Reading:
    """The draft so far, and what was left out."""

    data: Data
    choices: dict[str, list[dict[str, Any]]]
    notes: list[Problem] = field(default_factory=list)
    scale: str = ""
    used: list[str] = field(default_factory=list)

    def leave_out(self, row: int, message: str, **values: object) -> None:
        self.notes.append(Problem(row, None, message, values))


def read_xlsform(source: BinaryIO, name: str) -> tuple[Data, list[Problem]]:
    """A draft from an XLSForm, with notes on what was left out or assumed.

    Raises
    ------
    BadFile
        It is no workbook, or has no sheet `survey`.
    """
    sheets = {title.strip().lower(): _table(rows) for title, rows in workbook_sheets(source).items()}
    if "survey" not in sheets:
        raise refusal(N_("The workbook has no sheet “survey”, so it is no XLSForm."))
    settings = sheets.get("settings") or [(1, {})]
    reading = _Reading(_empty(settings[0][1], name), _lists(sheets.get("choices", [])))
    for number, row in sheets["survey"]:
        _take(reading, number, row)
    _take_steps(reading)
    for _number, row in sheets.get(OWN_SHEET, []):
        _put_rest(reading.data, row)
    return reading.data, reading.notes


def _empty(settings: dict[str, str], name: str) -> Data:
    title = settings.get("form_title", "") or name
    code = settings.get("form_id", "").lower()
    return {
        "code": code if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", code) else suggested_code(title, set()),
        "title": {"id": title, "en": ""},
        "purpose": {"id": "", "en": ""},
        "kind": "person",
        "rater_groups": list(RATER_GROUPS),
        "options": [],
        "scales": [],
        "items": [],
        "missing_reasons": [],
        "open_questions": [],
        "sources": [],
    }


def _table(rows: Sequence[tuple[int, Sequence[str]]]) -> Table:
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        return []
    head = [_column(cell) for cell in filled[0][1]]
    return [(number, dict(zip(head, cells, strict=False))) for number, cells in filled[1:]]


def _column(cell: str) -> str:
    """`label::Bahasa Indonesia (id)` and `label` are both the Indonesian label."""
    name, _, language = cell.strip().partition("::")
    name = name.strip().lower().replace(" ", "_")
    if name not in ("label", "hint") and name not in ("bahasa_indonesia_(id)", "english_(en)"):
        return {"list name": "list_name"}.get(name, name)
    if name in ("label", "hint"):
        return f"{name}.{'en' if 'en' in _code_of(language) else 'id'}"
    return "id" if "(id)" in name else "en"


def _code_of(language: str) -> str:
    found = re.search(r"\((\w+)\)", language)
    return found[1] if found else ("en" if language.strip().lower().startswith("eng") else "id")


def _lists(table: Table) -> dict[str, list[dict[str, Any]]]:
    lists: dict[str, list[dict[str, Any]]] = {}
    for _number, row in table:
        choice = {"name": row.get("name", "").strip(), "label": _text(row, "label")}
        lists.setdefault(row.get("list_name", "").strip(), []).append(choice)
    return lists


def _text(row: dict[str, str], name: str) -> dict[str, str]:
    return {language: " ".join(row.get(f"{name}.{language}", "").split()) for language in ("id", "en")}


def _take(reading: _Reading, number: int, row: dict[str, str]) -> None:
    kind, _, of_list = row.get("type", "").strip().partition(" ")
    name = row.get("name", "").strip()
    if name in (GROUP, LEADS) or (kind == "note" and name.startswith(MEANING)):
        _take_own(reading, name, row)
    elif name == TITLE:
        reading.data["title"], reading.data["purpose"] = _text(row, "label"), _text(row, "hint")
    elif kind.replace(" ", "_") in ("begin_group", "begin"):
        _begin_scale(reading, name, row)
    elif kind in ("end_group", "end"):
        reading.scale = ""
    elif kind == "select_one" and of_list.strip() in reading.choices:
        _take_item(reading, name, row, of_list.strip())
    elif kind == "text":
        _take_question(reading, name, row)
    elif kind and kind not in SILENT:
        reading.leave_out(
            number, N_("“%(type)s” has no place in a questionnaire about people and is left out."), type=kind
        )


def _take_own(reading: _Reading, name: str, row: dict[str, str]) -> None:
    if name == GROUP:
        groups = [choice["name"] for choice in reading.choices.get("rater_groups", [])]
        reading.data["rater_groups"] = [group for group in RATER_GROUPS if group in groups]
    for scale in reading.data["scales"]:
        if name == MEANING + scale["code"]:
            scale["meaning"] = _text(row, "label")


def _begin_scale(reading: _Reading, name: str, row: dict[str, str]) -> None:
    reading.scale = _code(name, {scale["code"] for scale in reading.data["scales"]})
    leaders = f"${{{LEADS}}}" in row.get("relevant", "")
    reading.data["scales"].append(
        {
            "code": reading.scale,
            "title": _text(row, "label"),
            "rater_groups": _groups(row),
            "subjects": "leaders" if leaders else "everyone",
        }
    )


def _code(name: str, taken: set[str]) -> str:
    return (
        name
        if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) and name not in taken
        else suggested_code(name, taken)
    )


def _codes(reading: _Reading) -> set[str]:
    return {each["code"] for part in ("items", "open_questions") for each in reading.data[part]}


def _take_item(reading: _Reading, name: str, row: dict[str, str], of_list: str) -> None:
    if not reading.scale:
        if not any(scale["code"] == "umum" for scale in reading.data["scales"]):
            title = {"id": "Umum", "en": "General"}
            reading.data["scales"].append({"code": "umum", "title": title, "subjects": "everyone"})
        reading.scale = "umum"
    item = {
        "code": _code(name, _codes(reading)),
        "scale": reading.scale,
        "text": _text(row, "label"),
        "rater_groups": _groups(row),
        "list": of_list,
    }
    if any(_text(row, "hint").values()):
        item["guidance"] = _text(row, "hint")
    reading.data["items"].append(item)
    if of_list not in reading.used:
        reading.used.append(of_list)


def _groups(row: dict[str, str]) -> list[str]:
    named = re.findall(rf"\$\{{{GROUP}\}}\s*=\s*'(\w+)'", row.get("relevant", ""))
    return [group for group in RATER_GROUPS if group in named]


def _take_question(reading: _Reading, name: str, row: dict[str, str]) -> None:
    most = re.search(r"string-length\(\.\)\s*<=\s*(\d+)", row.get("constraint", ""))
    reading.data["open_questions"].append(
        {
            "code": _code(name, _codes(reading)),
            "text": _text(row, "label"),
            "rater_groups": _groups(row),
            "max_length": int(most[1]) if most else 1000,
        }
    )


def _take_steps(reading: _Reading) -> None:
    """The first list is the questionnaire's, those that differ from it belong to their items."""
    main = STEPS if STEPS in reading.used else next(iter(reading.used), "")
    steps = {name: _steps(reading, name) for name in reading.used}
    reading.data["options"] = steps.get(main, [])
    for item in reading.data["items"]:
        own = item.pop("list")
        if own != main and steps[own] != steps[main]:
            item["options"] = steps[own]


def _steps(reading: _Reading, name: str) -> list[dict[str, Any]]:
    """Choices with numbers are steps, the others reasons for not judging; without numbers all are steps."""
    choices = reading.choices[name]
    numbered = [choice for choice in choices if re.fullmatch(r"-?\d{1,6}", choice["name"])]
    if not numbered:
        return [{"value": value, "label": choice["label"]} for value, choice in enumerate(choices, 1)]
    known = {reason["code"] for reason in reading.data["missing_reasons"]}
    for choice in choices:
        if choice not in numbered and choice["name"] not in known:
            code = _code(choice["name"], known)
            known.add(code)
            reading.data["missing_reasons"].append({"code": code, "label": choice["label"]})
    return [{"value": int(choice["name"]), "label": choice["label"]} for choice in numbered]


def _put_rest(data: Data, row: dict[str, str]) -> None:
    """Texts that stood in the program's own sheet, back in their place."""
    path = row.get("field", "").split(".")
    words = {language: row.get(language, "") for language in ("id", "en")}
    if path[0] == "sentence" and path[-1] in ("pattern", "subject", "self_subject"):
        data.setdefault("sentence", {})[path[-1]] = words
    elif path[0] == "sources" and len(path) == 3 and path[1].isdecimal():
        _put_source(data["sources"], int(path[1]), path[2], words)
    elif len(path) == 3 and path[2] in ("title", "self_label", "self_text"):
        for element in data.get(path[0], []):
            if element.get("code") == path[1]:
                element[path[2]] = words


def _put_source(sources: list[dict[str, Any]], place: int, name: str, words: dict[str, str]) -> None:
    if place == len(sources):
        sources.append({"confidence": "own"})
    if place < len(sources) and name in ("covers", "title", "article", "confidence"):
        sources[place][name] = words if name == "covers" else words["id"]
