import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from instruments.catalogue import FOLDER, catalogue, get, read_file
from instruments.checks import texts
from instruments.schema import Instrument, Item, RaterGroup, Text, schema_json

Write = Callable[..., Path]
FILES = sorted(FOLDER.glob("*.yaml"))


def codes(parts: tuple[Any, ...]) -> list[str]:
    return [part.code for part in parts]


@pytest.mark.parametrize(
    ("group", "leader", "items", "scales"),
    [
        ("self", True, ["offer", "explain"], ["help", "lead"]),
        ("self", False, ["offer"], ["help"]),
        ("supervisor", True, ["offer", "ask", "explain"], ["help", "lead"]),
        ("supervisor", False, ["offer", "ask"], ["help"]),
        ("peer", True, ["offer"], ["help"]),
        ("subordinate", True, [], []),
        ("citizen", True, [], []),
    ],
)
def test_a_group_sees_its_items_and_scales(
    small: Instrument, group: RaterGroup, leader: bool, items: list[str], scales: list[str]
) -> None:
    assert codes(small.items_for(group, leader=leader)) == items
    assert codes(small.form_order(group, leader=leader)) == items
    assert codes(small.scales_for(group, leader=leader)) == scales


def test_items_and_scales_are_found_by_code(small: Instrument) -> None:
    assert small.item("ask").text.en == "ask what is needed"
    assert small.scale("lead").subjects == "leaders"
    with pytest.raises(KeyError, match="small has no item 'asked'"):
        small.item("asked")
    with pytest.raises(KeyError, match="small has no scale 'led'"):
        small.scale("led")


def test_open_questions_and_reasons_speak_to_the_group(small: Instrument) -> None:
    assert codes(small.open_questions_for("peer")) == ["keep"]
    assert small.open_questions_for("supervisor") == ()
    question, reason = small.open_questions[0], small.missing_reasons[0]
    assert question.text_for("self").en == "What do I keep?"
    assert question.text_for("peer").en == "What to keep?"
    assert reason.label_for("self").id == "Belum ada kesempatan"
    assert reason.label_for("peer").id == "Belum pernah melihat"


def test_a_sentence_is_made_of_subject_label_and_item(small: Instrument) -> None:
    item, often = small.items[0], small.options[1]
    assert small.sentence_for(item, often, "self", "id") == "Saya sering menawarkan bantuan."
    assert small.sentence_for(item, often, "peer", "en") == "They often offer help."
    skm = get("skm_2017")
    with pytest.raises(ValueError, match="skm_2017 asks questions"):
        skm.sentence_for(skm.items[0], skm.items[0].options[0], "citizen", "id")


def test_a_text_speaks_two_languages_and_no_third() -> None:
    text = Text(id="ya", en="yes")
    assert (text.in_language("id"), text.in_language("en")) == ("ya", "yes")
    with pytest.raises(ValueError, match="not in 'min'"):
        text.in_language("min")


def test_own_options_of_an_item_come_before_the_questionnaires(small: Instrument) -> None:
    assert small.options_for(small.items[0]) is small.options
    skm = get("skm_2017")
    assert skm.options_for(skm.item("biaya"))[3].label.id == "Gratis"


def test_the_burden_is_planned_minutes_rounded_up(small: Instrument) -> None:
    # By hand: peer 1 x 8 + 1 x 60 = 68 s; supervisor 3 x 8 = 24 s; citizen 9 x 8 + 1 x 60 + 4 x 5 = 152 s.
    assert small.burden_minutes("peer") == 2
    assert small.burden_minutes("supervisor") == 1
    assert get("skm_2017").burden_minutes("citizen") == 3


def test_nothing_of_a_questionnaire_can_be_changed(small: Instrument) -> None:
    with pytest.raises(AttributeError):
        small.version = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        small.items[0].text.id = "lain"  # type: ignore[misc]


def test_the_hash_is_the_sha256_of_canonical_json(small: Instrument) -> None:
    # Witness: the file through PyYAML, json.dumps with sorted keys, and hashlib. It holds because the file
    # writes out no default value of the schema.
    data = yaml.safe_load(Path(__file__).with_name("small.yaml").read_text(encoding="utf-8"))
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert small.content_hash() == hashlib.sha256(canonical).hexdigest()


def test_the_hash_is_pinned(small: Instrument) -> None:
    assert small.content_hash() == "76bcbdc9b5e1ffc91f46f915641adbe17b9e496e80dc44a2f76c28ae0847e4fc"


def test_layout_comments_and_written_defaults_do_not_change_the_hash(
    small: Instrument, small_text: str, write: Write
) -> None:
    text = "# a comment\n" + small_text.replace("kind: person", "default: false\nkind: person")
    assert read_file(write(text)).content_hash() == small.content_hash()


def replaced(part: object, path: tuple[str | int, ...], words: object) -> Any:
    if not path:
        return words
    if isinstance(part, tuple):
        place = int(path[0])
        return (*part[:place], replaced(part[place], path[1:], words), *part[place + 1 :])
    name = str(path[0])
    return msgspec.structs.replace(part, **{name: replaced(getattr(part, name), path[1:], words)})


def test_a_change_of_any_text_changes_the_hash(small: Instrument) -> None:
    hashes = {small.content_hash()}
    changes = [(*path, lang) for path, _ in texts(small) for lang in ("id", "en")]
    for path in changes:
        hashes.add(replaced(small, path, "kata lain").content_hash())
    assert len(hashes) == len(changes) + 1
    assert len(changes) == 2 * small_text_count(small)


def small_text_count(small: Instrument) -> int:
    return json.dumps(msgspec.to_builtins(small)).count('"en"')


def test_the_order_of_items_is_part_of_the_hash(small: Instrument) -> None:
    turned = msgspec.structs.replace(small, items=small.items[::-1])
    assert turned.content_hash() != small.content_hash()


def accepts(schema: dict[str, Any], data: object) -> bool:
    """Read the JSON Schema by its own rules, independently of msgspec; an unknown keyword fails the test."""
    return not list(faults(schema, data, schema["$defs"]))


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
NOTES = {"$schema", "$defs", "title", "description", "default"}


def faults(schema: dict[str, Any], data: Any, definitions: dict[str, Any]) -> Iterator[str]:
    for keyword, wanted in schema.items():
        if keyword in NOTES:
            continue
        if keyword == "$ref":
            yield from faults(definitions[wanted.rpartition("/")[2]], data, definitions)
        elif keyword == "anyOf":
            if all(list(faults(choice, data, definitions)) for choice in wanted):
                yield f"none of the choices: {data!r}"
        elif not RULES[keyword](wanted, data, schema, definitions):
            yield f"{keyword}: {data!r}"


RULES: dict[str, Callable[[Any, Any, dict[str, Any], dict[str, Any]], bool]] = {
    "type": lambda wanted, data, *_: (
        isinstance(data, TYPES[wanted]) and (wanted == "boolean" or not isinstance(data, bool))
    ),
    "enum": lambda wanted, data, *_: data in wanted,
    "required": lambda wanted, data, *_: not isinstance(data, dict) or set(wanted) <= set(data),
    "additionalProperties": lambda wanted, data, schema, _: (
        wanted or not isinstance(data, dict) or set(data) <= set(schema["properties"])
    ),
    "properties": lambda wanted, data, _, definitions: (
        not isinstance(data, dict)
        or not any(list(faults(wanted[name], data[name], definitions)) for name in data if name in wanted)
    ),
    "items": lambda wanted, data, _, definitions: (
        not isinstance(data, list) or not any(list(faults(wanted, element, definitions)) for element in data)
    ),
    "minItems": lambda wanted, data, *_: not isinstance(data, list) or len(data) >= wanted,
    "minLength": lambda wanted, data, *_: not isinstance(data, str) or len(data) >= wanted,
    "maxLength": lambda wanted, data, *_: not isinstance(data, str) or len(data) <= wanted,
    "minimum": lambda wanted, data, *_: not isinstance(data, int) or data >= wanted,
    "maximum": lambda wanted, data, *_: not isinstance(data, int) or data <= wanted,
    "pattern": lambda wanted, data, *_: not isinstance(data, str) or re.search(wanted, data) is not None,
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_json_schema_accepts_every_questionnaire(path: Path) -> None:
    assert accepts(json.loads(schema_json()), yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("      en: offer help\n", ""),
        ("[supervisor]", "[boss]"),
        ("code: offer", "code: Offer"),
        ("version: 1", "version: 0"),
        ("subjects: leaders", "subject: leaders"),
        ("en: offer help", 'en: ""'),
    ],
)
def test_the_json_schema_refuses_what_the_program_refuses(before: str, after: str, small_text: str) -> None:
    schema = json.loads(schema_json())
    assert accepts(schema, yaml.safe_load(small_text))
    assert not accepts(schema, yaml.safe_load(small_text.replace(before, after, 1)))


@pytest.mark.parametrize("instrument", catalogue(), ids=lambda each: each.code)
def test_every_text_is_written_in_both_languages(instrument: Instrument) -> None:
    # Names of a value or a product are the same in both; a whole text that is the same was not translated.
    same = {text.id for path, text in texts(instrument) if text.id == text.en and path[-1] != "pattern"}
    assert same <= {"Loyal"}


@pytest.mark.parametrize("instrument", catalogue(), ids=lambda each: each.code)
def test_every_group_has_something_to_judge_in_every_scale_meant_for_it(instrument: Instrument) -> None:
    for group in instrument.rater_groups:
        meant = [scale for scale in instrument.scales if group in instrument.groups_of_scale(scale)]
        assert list(instrument.scales_for(group)) == meant
        assert instrument.items_for(group)


def test_items_are_hashable_values(small: Instrument) -> None:
    assert isinstance(small.items[0], Item)
    assert len({small.items[0], small.items[0]}) == 1
