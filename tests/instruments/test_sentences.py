import re
from pathlib import Path

import pytest

from instruments.catalogue import catalogue, get
from instruments.schema import Instrument, Item
from instruments.sentences import review

REVIEWED = Path(__file__).with_name("sentences.txt")
JUDGED = [each for each in catalogue() if each.sentence]
ACTS = [pytest.param(each, item, id=f"{each.code}-{item.code}") for each in JUDGED for item in each.items]

NEGATIONS = {
    "id": r"tidak|bukan|jangan|tanpa|belum|tak|tiada",
    "en": r"not|never|no|none|without|\w+n't|neither|nor|avoid|refuse",
}
# Words that join two acts in one item; a rater who saw only one of them could not answer.
JOINTS = {"id": r"dan|serta|atau|sambil|sekaligus", "en": r"and|or|as well as|while"}
LABELS = {
    "id": ["tidak pernah", "jarang", "kadang-kadang", "sering", "selalu"],
    "en": ["never", "rarely", "sometimes", "often", "always"],
}


def holds(words: str, text: str) -> bool:
    return re.search(rf"\b(?:{words})\b", text, re.IGNORECASE) is not None


def test_the_sentences_are_those_that_were_reviewed() -> None:
    """After a wanted change write them anew with `python -m instruments sentences`, and have them read."""
    assert review(catalogue()).encode() == REVIEWED.read_bytes()


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(("instrument", "item"), ACTS)
def test_an_item_is_one_positive_act_that_fits_into_a_sentence(
    instrument: Instrument, item: Item, lang: str
) -> None:
    text = item.text.in_language(lang)
    assert text[0].islower()
    assert text[-1].isalpha()
    assert len(text) <= 90
    assert not re.search(r"[,;:()/]", text)
    assert not holds(NEGATIONS[lang], text)
    assert not holds(JOINTS[lang], text)


@pytest.mark.parametrize(("instrument", "item"), ACTS)
def test_an_indonesian_item_begins_with_an_active_verb(instrument: Instrument, item: Item) -> None:
    assert re.match(r"(me[mnlr]|ber|hadir\b)", item.text.id)


@pytest.mark.parametrize(("instrument", "item"), ACTS)
def test_an_english_item_serves_i_and_they_alike(instrument: Instrument, item: Item) -> None:
    first = item.text.en.split()[0]
    assert not re.search(r"(ing|[^s]s)$", first)
    assert not holds(r"my|me|i|his|her|their|them", item.text.en)


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(("instrument", "item"), ACTS)
def test_every_label_reads_well_between_subject_and_item(
    instrument: Instrument, item: Item, lang: str
) -> None:
    subjects = {"id": ("Saya", "Pegawai ini"), "en": ("I", "They")}[lang]
    for group in instrument.groups_of_item(item):
        subject = subjects[0] if group == "self" else subjects[1]
        sentences = [
            instrument.sentence_for(item, option, group, lang) for option in instrument.options_for(item)
        ]
        assert sentences == [f"{subject} {label} {item.text.in_language(lang)}." for label in LABELS[lang]]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("id", "menyapa dan membantu tamu"),
        ("id", "bekerja sambil menolong"),
        ("en", "greet or help visitors"),
    ],
)
def test_the_hint_for_two_acts_in_one_item_finds_them(lang: str, text: str) -> None:
    assert holds(JOINTS[lang], text)


def test_the_hint_for_two_acts_leaves_words_that_only_contain_a_joint() -> None:
    assert not holds(JOINTS["id"], "menghadapi kendala di dandangan")
    assert not holds(JOINTS["en"], "handle orders")


def test_a_question_leaves_no_sentences() -> None:
    assert "skm_2017" not in review(catalogue())
    assert review([get("skm_2017")]) == "\n"
