"""The parts of a questionnaire that is being written, each with its fields.

Hand-read on purpose: what was typed is kept as it is, with its gaps and mistakes, so that nothing is lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from instruments.drafting import suggested_code
from instruments.rater_groups import RATER_GROUPS

LANGUAGES = ("id", "en")
LONGEST_TYPED = 4000

Kind = Literal["text", "line", "code", "number", "groups", "choice", "scale"]
Element = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of a part: what it is called, and how it is typed. A `text` is typed in both languages."""

    name: str  # with a dot where it lies in a smaller part
    kind: Kind
    label: Any
    hint: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    rows: int = 1


@dataclass(frozen=True)
class Part:
    """One list of a questionnaire."""

    one: Any  # what an element is called
    fields: tuple[Field, ...]
    code_from: str = ""  # the text that a code left empty is made of


_CODE = Field(
    "code",
    "code",
    _("Code"),
    _("Small letters, digits and underscores. Leave it empty and it is made from the words."),
)
_GROUPS = Field(
    "rater_groups", "groups", _("Who sees it"), _("None chosen: everybody the part around it is for.")
)
GENERAL = Part(
    _("General"),
    (
        Field("title", "text", _("Title"), _("Raters and HR see it. At most 80 characters.")),
        Field("purpose", "text", _("What the answers are for"), rows=2),
        _CODE,
        Field("rater_groups", "groups", _("Who answers")),
        Field(
            "sentence.pattern",
            "text",
            _("How the parts of a sentence are put together"),
            _("{subject}, {label} and {item}, each once. Leave it empty if the items are questions."),
        ),
        Field("sentence.subject", "text", _("The person judged, in that sentence")),
        Field("sentence.self_subject", "text", _("The same about oneself")),
    ),
    "title",
)
PARTS: Mapping[str, Part] = {
    "scales": Part(
        _("Heading"),
        (
            Field("title", "text", _("Heading"), _("What is measured. At most 80 characters.")),
            Field("meaning", "text", _("What it means"), _("Optional; stands under the heading."), rows=2),
            _GROUPS,
            Field(
                "subjects",
                "choice",
                _("Asked about"),
                choices=(("everyone", _("everybody")), ("leaders", _("those who lead others"))),
            ),
            _CODE,
        ),
        "title",
    ),
    "items": Part(
        _("Item"),
        (
            Field("scale", "scale", _("Heading")),
            Field(
                "text",
                "text",
                _("What is judged"),
                _("One act that can be seen, worded positively, at most 90 characters, without “and”."),
                rows=2,
            ),
            Field("guidance", "text", _("Official wording above it"), _("Optional."), rows=2),
            Field("title", "text", _("Short name for tables"), _("Optional.")),
            _GROUPS,
            _CODE,
        ),
        "text",
    ),
    "options": Part(
        _("Step"),
        (
            Field("value", "number", _("Number"), _("The steps rise by one.")),
            Field("label", "text", _("Label"), _("At most 60 characters, unlike the others.")),
        ),
    ),
    "missing_reasons": Part(
        _("Reason for not judging"),
        (
            Field("label", "text", _("Label"), _("At most 60 characters. It is counted and never a number.")),
            Field("self_label", "text", _("The same about oneself"), _("Optional.")),
            _CODE,
        ),
        "label",
    ),
    "open_questions": Part(
        _("Open question"),
        (
            Field(
                "text",
                "text",
                _("Question"),
                _("Answered in one’s own words. At most 140 characters."),
                rows=2,
            ),
            Field("self_text", "text", _("The same about oneself"), _("Optional."), rows=2),
            _GROUPS,
            Field("max_length", "number", _("Most characters of an answer"), _("100 to 4000.")),
            _CODE,
        ),
        "text",
    ),
    "sources": Part(
        _("Source"),
        (
            Field("covers", "text", _("What comes from it"), rows=2),
            Field("title", "line", _("Title"), _("A regulation, a book, or the city’s own work.")),
            Field("article", "line", _("Article or page"), _("Optional.")),
            Field(
                "confidence",
                "choice",
                _("How sure"),
                choices=(
                    ("regulation", _("read in the regulation")),
                    ("secondary", _("read in a secondary source")),
                    ("memory", _("from memory, to be checked")),
                    ("own", _("our own wording")),
                ),
            ),
        ),
    ),
}
NEW: Mapping[str, Element] = {
    "scales": {"subjects": "everyone"},
    "open_questions": {"max_length": 1000},
    "sources": {"confidence": "own"},
}


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A questionnaire from a file."""

    file = FileField(
        _("File"),
        description=_("A questionnaire of this program (YAML), or an XLSForm (XLSX)."),
        validators=[FileRequired(_("Choose a file."))],
    )


class BeginForm(FlaskForm):  # type: ignore[misc]
    """A questionnaire with nothing in it."""

    title = StringField(
        _("Title in Indonesian"),
        validators=[
            DataRequired(_("Write a title, for example “Kepemimpinan lapangan”.")),
            Length(max=80, message=_("Use at most %(max)d characters.")),
        ],
    )


def read_part(part: Part, posted: MultiDict[str, str], before: Element, taken: set[str]) -> Element:
    """The element as it was typed; what the form does not show stays as it was."""
    element: Element = {**before}
    for field in part.fields:
        value = READERS.get(field.kind, _line)(field, posted)
        outer, dot, inner = field.name.partition(".")
        if dot:
            element[outer] = {**element.get(outer, {}), inner: value}
        else:
            element[field.name] = value
    if part.code_from and not element.get("code"):
        words = element.get(part.code_from, {}).get("id", "")
        element["code"] = suggested_code(words, taken) if words else ""
    return element


def typed_name(field: Field, language: str = "") -> str:
    """The name of a field in the form."""
    return "_".join([*field.name.split("."), *([language] if language else [])])


def field_of(path: tuple[str | int, ...]) -> str:
    """The name in the form of what a problem's path inside a part leads to."""
    return "_".join(str(step) for step in path if isinstance(step, str))


def value_of(element: Element, field: Field) -> Any:
    """What a field holds."""
    found: Any = element
    for name in field.name.split("."):
        found = (found or {}).get(name)
    return found


def _typed(posted: MultiDict[str, str], name: str) -> str:
    return " ".join(posted.get(name, "").replace("\0", "").split())[:LONGEST_TYPED]


def _line(field: Field, posted: MultiDict[str, str]) -> Any:
    return _typed(posted, typed_name(field))


def _text(field: Field, posted: MultiDict[str, str]) -> Any:
    return {language: _typed(posted, typed_name(field, language)) for language in LANGUAGES}


def _number(field: Field, posted: MultiDict[str, str]) -> Any:
    typed = _typed(posted, typed_name(field))
    # What is no number is kept as it was typed; `problems` says what belongs there.
    return int(typed) if typed.removeprefix("-").isdecimal() and len(typed) < 10 else typed


def _groups(field: Field, posted: MultiDict[str, str]) -> Any:
    return [group for group in RATER_GROUPS if group in posted.getlist(typed_name(field))]


READERS: Mapping[str, Callable[[Field, MultiDict[str, str]], Any]] = {
    "text": _text,
    "number": _number,
    "groups": _groups,
}
