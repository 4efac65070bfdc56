"""A questionnaire that is being written: plain data that may have gaps, and what is still wrong with it."""

import json
import re
import unicodedata
from typing import Any

import msgspec

from instruments.checks import check, texts
from instruments.marked_yaml import Path
from instruments.misfit import Finding, misfits
from instruments.rater_groups import RATER_GROUPS
from instruments.schema import Instrument
from instruments.wording import N_, say

Data = dict[str, Any]
LONGEST_CODE = 40
# What a text is, where both languages belong side by side, and where a sentence with a blank is made of them.
EMPTY_TEXT = {"id": "", "en": ""}
LISTS = ("scales", "items", "options", "missing_reasons", "open_questions", "sources")


def data_of(instrument: Instrument) -> Data:
    """The content of a questionnaire as a draft holds it."""
    return dict(msgspec.to_builtins(instrument))


def begin(title: str, code: str) -> Data:
    """A draft with nothing but a name, and the scale of five steps that most questionnaires use."""
    labels = (
        ("Tidak pernah", "Never"),
        ("Jarang", "Rarely"),
        ("Kadang-kadang", "Sometimes"),
        ("Sering", "Often"),
        ("Selalu", "Always"),
    )
    return {
        "code": code,
        "title": {"id": title, "en": ""},
        "purpose": dict(EMPTY_TEXT),
        "kind": "person",
        "rater_groups": list(RATER_GROUPS),
        "sentence": {
            "pattern": {"id": "{subject} {label} {item}.", "en": "{subject} {label} {item}."},
            "subject": {"id": "Pegawai ini", "en": "They"},
            "self_subject": {"id": "Saya", "en": "I"},
        },
        "options": [
            {"value": value, "label": {"id": indonesian, "en": english}}
            for value, (indonesian, english) in enumerate(labels, 1)
        ],
        "scales": [],
        "items": [],
        "missing_reasons": [
            {
                "code": "not_seen",
                "label": {"id": "Belum pernah melihat perilaku ini", "en": "Have not seen it"},
                "self_label": {
                    "id": "Belum pernah ada kesempatan melakukannya",
                    "en": "There has been no occasion for it",
                },
            }
        ],
        "sources": [
            {
                "covers": {"id": "Seluruh kuesioner", "en": "The whole questionnaire"},
                "title": "",
                "confidence": "own",
            }
        ],
    }


def read_draft(text: str) -> Data:
    """A draft as it was kept."""
    return dict(json.loads(text))


def draft_text(data: Data) -> str:
    """A draft as it is kept."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def finished(data: Data, version: int) -> Instrument:
    """The questionnaire that a draft without problems has become.

    Raises
    ------
    msgspec.ValidationError
        The draft has gaps: ask `problems` first.
    """
    return msgspec.convert(_versioned(data, version), Instrument)


def problems(data: Data) -> list[Finding]:
    """Everything that keeps a draft from being published; rules between the parts once no part has a gap."""
    whole = _versioned(data, 1)
    if gaps := list(misfits(whole, Instrument)):
        return gaps
    return [*_asked_of_staff(data), *check(msgspec.convert(whole, Instrument))]


def _asked_of_staff(data: Data) -> list[Finding]:
    """What a questionnaire of the city's own must have besides: citizens' one is fixed by regulation."""
    found: list[Finding] = []
    if data["kind"] != "person":
        found.append((("kind",), say(N_("only questionnaires about people can be written here"))))
    if not data.get("missing_reasons"):
        found.append(
            (("missing_reasons",), say(N_("raters need at least one reason for not judging an item")))
        )
    return found


def _versioned(data: Data, version: int) -> Data:
    without_gaps: Data = _pruned(data)
    for name in ("options", "missing_reasons", "open_questions"):
        if not without_gaps.get(name):
            without_gaps.pop(name, None)
    return without_gaps | {"version": version, "default": False}


def _pruned(value: Any) -> Any:
    """Without what was left empty: an empty field is a missing one."""
    if isinstance(value, dict):
        kept = {name: _pruned(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in ("", None, {})}
    return [_pruned(part) for part in value] if isinstance(value, list) else value


def suggested_code(words: str, taken: set[str]) -> str:
    """A code made of the first words of a text, unlike those that are taken."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    code = "_".join(re.findall(r"[a-z0-9]+", plain)[:3])[:LONGEST_CODE].strip("_")
    code = code if code[:1].isalpha() else f"butir_{code}".strip("_")[:LONGEST_CODE]
    number, found = 1, code
    while found in taken:
        number += 1
        found = f"{code[: LONGEST_CODE - 4]}_{number}"
    return found


def translated(data: Data) -> tuple[int, int]:
    """How many texts have their English words, and how many there are."""
    found = [text for text in _texts(data) if text.get("id") or text.get("en")]
    return sum(bool(text.get("id") and text.get("en")) for text in found), len(found)


def _texts(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        if value.keys() <= {"id", "en"} and value:
            return [value]
        return [text for part in value.values() for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def words_of(instrument: Instrument) -> int:
    """How many texts a finished questionnaire has; all of them have both languages."""
    return sum(1 for _ in texts(instrument))


def problems_at(found: list[Finding], place: Path) -> list[Finding]:
    """The problems of one part, with their paths inside it."""
    return [(path[len(place) :], words) for path, words in found if path[: len(place)] == place]
