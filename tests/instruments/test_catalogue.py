from collections.abc import Callable
from pathlib import Path

import pytest

from instruments.catalogue import (
    InstrumentError,
    UnknownInstrumentError,
    by_hash,
    catalogue,
    default_for,
    get,
    read_file,
    read_folder,
)

Write = Callable[..., Path]

# (what stands in small.yaml, what an author wrote instead, a text on the line to be named, the message)
OPTIONS = "  - {value: 1, label: {id: Jarang, en: Rarely}}\n  - {value: 2, label: {id: Sering, en: Often}}\n"
OTHER_OPTIONS = "      - {value: 2, label: {id: A, en: B}}\n      - {value: 3, label: {id: C, en: D}}\n"
PROFILE = """profile:
  - code: sex
    title: {id: A, en: B}
    bands: [{code: not_said, label: {id: A, en: B}}]
"""
PLANTED = {
    "duplicate scale": (
        "- code: lead",
        "- code: help  # again",
        "# again",
        "code help stands twice among the scales",
    ),
    "duplicate item": (
        "- code: ask",
        "- code: offer  # again",
        "# again",
        "code offer stands twice among the items",
    ),
    "item named as an open question": (
        "- code: keep",
        "- code: ask  # again",
        "# again",
        "code ask stands twice",
    ),
    "duplicate reason": (
        "open_questions:",
        "  - code: not_seen  # again\n    label: {id: Lain, en: Other}\nopen_questions:",
        "# again",
        "code not_seen stands twice among the missing reasons",
    ),
    "unknown scale": ("scale: lead", "scale: leed", "scale: leed", "the scale leed, which is not listed"),
    "missing English": ("      en: offer help\n", "", "    text:", "the English text (en) is missing"),
    "missing Indonesian": (
        "{id: Jarang, en: Rarely}",
        "{en: Rarely}",
        "{en: Rarely}",
        "the Indonesian text (id)",
    ),
    "empty text": ("en: offer help", 'en: ""', 'en: ""', "length >= 1"),
    "gap in the options": ("value: 2", "value: 3", "value: 3", "must rise by one: 1 is followed by 3"),
    "one option only": (
        "  - {value: 2, label: {id: Sering, en: Often}}\n",
        "",
        "options:",
        "at least two options",
    ),
    "same label twice": ("en: Often", "en: Rarely", "id: Sering", "two options carry the label 'Rarely'"),
    "no options at all": (
        f"options:\n{OPTIONS}",
        "",
        "- code: offer",
        "item offer has no answer options",
    ),
    "another range in one scale": (
        "  - code: ask\n",
        f"  - code: ask\n    options:\n{OTHER_OPTIONS}",
        "- code: ask",
        "other option values than help so far",
    ),
    "scale empty for a group": (
        "    scale: lead\n",
        "    scale: lead\n    rater_groups: [self]\n",
        "- code: lead",
        "the scale lead has no item that supervisor can see",
    ),
    "group without a scale": (
        "rater_groups: [self, supervisor, peer]",
        "rater_groups: [self, supervisor, peer, peer]",
        "rater_groups: [self, supervisor, peer, peer]",
        "the rater group peer stands twice",
    ),
    "group that no scale serves": (
        "title: {id: Menolong, en: Helping}",
        "title: {id: Menolong, en: Helping}\n    rater_groups: [self, supervisor]",
        "rater_groups: [self, supervisor, peer]",
        "no scale is meant for the rater group peer",
    ),
    "group outside the scale": (
        "    scale: lead\n",
        "    scale: lead\n    rater_groups: [self, supervisor, peer]\n",
        "    rater_groups: [self, supervisor, peer]",
        "the rater group peer is not among those of the part around it",
    ),
    "unknown rater group": ("[supervisor]", "[boss]", "[boss]", "boss is not one of the allowed words"),
    "code in capitals": (
        "- code: offer",
        "- code: Offer",
        "- code: Offer",
        "a code begins with a small letter",
    ),
    "code with a space": (
        "code: keep",
        "code: keep it",
        "code: keep it",
        "a code begins with a small letter",
    ),
    "code with a line break": (
        "code: keep",
        'code: "keep\\n"',
        'code: "keep',
        "a code begins with a small letter",
    ),
    "item too long": ("en: offer help", f"en: offer {'much ' * 30}help", "en: offer much", "here 140 fit"),
    "text too long for any place": (
        "en: Everything",
        f"en: {'x' * 401}",
        "covers:",
        "at most 400 char",
    ),
    "double space": ("en: offer help", "en: offer  help", "offer  help", "a double space"),
    "unknown field": (
        "    subjects: leaders",
        "    subject: leaders",
        "    subject: leaders",
        "unknown field subject",
    ),
    "missing field": ("kind: person\n", "", "code: small", "the field kind is missing"),
    "field twice": (
        "      en: offer help",
        "      en: offer\n      en: offer help",
        "en: offer help",
        "en stands twice",
    ),
    "pattern without its item": (
        'en: "{subject} {label} {item}."',
        'en: "{subject} {label}."',
        "pattern:",
        "the pattern needs {subject}, {label} and {item}",
    ),
    "pattern that reaches inside": (
        'en: "{subject} {label} {item}."',
        'en: "{subject} {label} {item.__class__}."',
        "pattern:",
        "the pattern needs",
    ),
    "pattern with a stray brace": (
        'en: "{subject} {label} {item}."',
        'en: "{subject} {label} {item}}."',
        "pattern:",
        "the pattern needs",
    ),
    "service for peers": (
        "kind: person",
        "kind: service",
        "rater_groups: [self",
        "serves the rater group citizen alone",
    ),
    "profile of raters": (
        "open_questions:",
        f"{PROFILE}open_questions:",
        "profile:",
        "it would give raters away",
    ),
    "English word that YAML takes for false": ("en: Often", "en: No", "en: No", "No is read as bool"),
    "a date": ("version: 1", "version: 2017-05-09", "version: 2017-05-09", "read as timestamp"),
    "a number of base sixty": ("version: 1", "version: 1:30", "version: 1:30", "1:30 is read as int"),
    "nothing": ("kind: person", "kind:", "kind:", "nothing is read as null: the value is missing"),
    "an alias": (
        'pattern: {id: "{subject} {label} {item}.", en: "{subject} {label} {item}."}',
        'pattern: {id: &a "{subject} {label} {item}.", en: *a}',
        "pattern:",
        "aliases are not used",
    ),
    "broken YAML": (
        "  - code: ask",
        "  - code: [ask",
        "    scale: help\n    rater_groups",
        "not readable as YAML",
    ),
    "a list as a name": (
        "kind: person",
        "kind: person\n? [a]\n: b",
        "? [a]",
        "a field's name must be plain text",
    ),
}


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_is_named_by_file_and_line(mistake: str, small_text: str, write: Write) -> None:
    before, after, needle, message = PLANTED[mistake]
    assert before in small_text
    text = small_text.replace(before, after, 1)
    path = write(text)
    with pytest.raises(InstrumentError) as caught:
        read_file(path)
    found = [problem for problem in caught.value.problems if message in problem.message]
    assert [(problem.file, problem.line) for problem in found] == [(str(path), line_of(text, needle))], (
        caught.value
    )
    assert f"{path}:{found[0].line}: " in str(caught.value)


def test_all_cross_check_mistakes_of_a_file_are_told_at_once(small_text: str, write: Write) -> None:
    text = small_text.replace("value: 2", "value: 4").replace("en: offer help", "en: offer  help")
    text = text.replace("scale: lead", "scale: leed")
    with pytest.raises(InstrumentError) as caught:
        read_file(write(text))
    lines = {problem.line for problem in caught.value.problems}
    assert {line_of(text, "value: 4"), line_of(text, "offer  help"), line_of(text, "leed")} <= lines


def test_each_listed_part_of_the_wrong_shape_is_told_at_once(small_text: str, write: Write) -> None:
    text = small_text.replace("en: offer help", "eng: offer help").replace("[supervisor]", "[boss]")
    text = text.replace("self_text", "own_text").replace("kind: person", "kind: thing")
    with pytest.raises(InstrumentError) as caught:
        read_file(write(text))
    lines = {problem.line for problem in caught.value.problems}
    assert {line_of(text, needle) for needle in ("kind: thing", "eng:", "[boss]", "own_text")} <= lines


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"code: latin\ntitle: caf\xe9\n")
    with pytest.raises(InstrumentError) as caught:
        read_file(path)
    assert (caught.value.file, caught.value.line) == (str(path), 2)
    assert caught.value.message == "the file is not UTF-8 text"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "the file is empty"),
        ("- a\n- b\n", 1, "Expected `object`, got `array`"),
        ("code: a\ntitle: \x00\n", 2, "a character that no text holds"),
        ("code: a\n---\ncode: b\n", 2, "not readable as YAML"),
    ],
)
def test_a_file_that_holds_no_questionnaire_is_refused(
    text: str, line: int, message: str, write: Write
) -> None:
    with pytest.raises(InstrumentError) as caught:
        read_file(write(text))
    assert caught.value.line == line
    assert message in caught.value.message


def test_a_form_position_is_taken_once_and_within_reach(small_text: str, write: Write) -> None:
    text = small_text.replace("- code: offer\n", "- code: offer\n    form_position: 2\n")
    text = text.replace("- code: ask\n", "- code: ask\n    form_position: 2  # twice\n")
    text = text.replace("- code: explain\n", "- code: explain\n    form_position: 9\n")
    with pytest.raises(InstrumentError) as caught:
        read_file(write(text))
    assert [problem.line for problem in caught.value.problems] == [
        line_of(text, "# twice"),
        line_of(text, "form_position: 9"),
    ]


def test_every_item_has_a_form_position_or_none(small_text: str, write: Write) -> None:
    text = small_text.replace("- code: offer\n", "- code: offer\n    form_position: 1\n")
    with pytest.raises(InstrumentError) as caught:
        read_file(write(text))
    assert {problem.message for problem in caught.value.problems} == {
        "either every item has a form_position or none has"
    }
    lines = [problem.line for problem in caught.value.problems]
    assert lines == [line_of(text, "- code: ask"), line_of(text, "- code: explain")]


def test_a_profile_field_needs_a_way_not_to_answer_and_few_bands(write: Write) -> None:
    text = (Path(__file__).parents[2] / "instruments/skm_2017.yaml").read_text(encoding="utf-8")
    extra = "".join(f"      - {{code: band_{n}, label: {{id: A{n}, en: B{n}}}}}\n" for n in range(12))
    with pytest.raises(InstrumentError) as caught:
        read_file(write(text + extra))
    assert [problem.message for problem in caught.value.problems] == [
        "occupation has 24 bands; 12 are the most",
        "the last band of occupation must be not_said",
    ]
    assert {problem.line for problem in caught.value.problems} == {line_of(text, "- code: occupation")}


def test_bands_of_one_profile_field_have_different_codes(write: Write) -> None:
    text = (Path(__file__).parents[2] / "instruments/skm_2017.yaml").read_text(encoding="utf-8")
    text = text.replace("{code: female,", "{code: male, ", 1)
    with pytest.raises(InstrumentError) as caught:
        read_file(write(text))
    assert caught.value.line == line_of(text, "Perempuan")
    assert caught.value.message == "the code male stands twice among the bands of sex"


def test_the_catalogue_holds_the_five_questionnaires() -> None:
    assert [(each.code, each.version) for each in catalogue()] == [
        ("berakhlak_360", 1),
        ("berakhlak_short", 1),
        ("officer_service", 1),
        ("pp30_behaviour", 1),
        ("skm_2017", 1),
    ]
    assert catalogue() is catalogue()


def test_a_questionnaire_is_found_by_code_by_version_and_by_hash() -> None:
    skm = get("skm_2017")
    assert get("skm_2017", 1) is skm
    assert by_hash(skm.content_hash()) is skm


def test_an_unknown_questionnaire_is_named() -> None:
    with pytest.raises(UnknownInstrumentError, match="no questionnaire skm_2018"):
        get("skm_2018")
    with pytest.raises(UnknownInstrumentError, match="skm_2017 version 7"):
        get("skm_2017", 7)
    with pytest.raises(UnknownInstrumentError, match="content hash 00"):
        by_hash("00")


def test_the_short_form_and_the_satisfaction_survey_are_the_defaults() -> None:
    assert default_for("person").code == "berakhlak_short"
    assert default_for("service").code == "skm_2017"


def test_a_later_version_stands_beside_the_earlier_one(small_text: str, write: Write) -> None:
    folder = write(small_text).parent
    write(
        small_text.replace("version: 1", "version: 2").replace("en: offer help", "en: give help"),
        "small.v2.yaml",
    )
    first, second = read_folder(folder)
    assert (first.version, second.version) == (1, 2)
    assert first.content_hash() != second.content_hash()


def test_a_file_is_named_after_its_code_and_version(small_text: str, write: Write) -> None:
    path = write(small_text.replace("version: 1", "version: 2"), "other.yaml")
    with pytest.raises(InstrumentError) as caught:
        read_folder(path.parent)
    assert str(caught.value) == f"{path}:1: version 2 of small belongs in the file small.v2.yaml"


def test_two_defaults_of_one_kind_are_refused(small_text: str, write: Write) -> None:
    text = small_text.replace("kind: person", "kind: person\ndefault: true")
    write(text)
    path = write(text.replace("code: small", "code: smaller"), "smaller.yaml")
    with pytest.raises(InstrumentError) as caught:
        read_folder(path.parent)
    assert str(caught.value) == f"{path}:6: small is already the default for person"


def test_mistakes_of_several_files_are_told_at_once(small_text: str, write: Write) -> None:
    for name in ("a.yaml", "b.yaml"):
        write(small_text.replace("scale: lead", "scale: leed"), name)
    with pytest.raises(InstrumentError) as caught:
        read_folder(write(small_text).parent)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"a.yaml", "b.yaml"}


def test_no_questionnaire_has_changed_unnoticed() -> None:
    """A used version never changes. Before its first use, renew the file: `python -m instruments check`."""
    known = Path(__file__).with_name("hashes.txt").read_text(encoding="utf-8").splitlines()
    assert [f"{each.code} {each.version} {each.content_hash()}" for each in catalogue()] == known
