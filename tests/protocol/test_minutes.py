from datetime import date

import pytest

from protocol import lists, minutes
from protocol.opening import Opened

FACTS = minutes.Facts(
    opened=Opened(lists.Head("c-1", 1, 120, "a" * 64), lists.Head("c-1", 2, 119, "b" * 64), "Satu rusak."),
    holder="Dewi Lestari",
    office="Inspektorat",
    fingerprint="ABCD-EFGH-JKMN-PQRS",
    day=date(2026, 11, 24),
)


@pytest.mark.parametrize(
    ("language", "day", "signers"),
    [
        ("id", "Selasa, 24 November 2026", ("Pemegang kunci", "Saksi 1", "Saksi 2")),
        ("en", "Tuesday, 24 November 2026", ("Key holder", "Witness 1", "Witness 2")),
    ],
)
def test_minutes_say_what_happened(language: str, day: str, signers: tuple[str, ...]) -> None:
    page = minutes.of_opening(FACTS, language)
    assert day in page.introduction
    assert [value for _label, value in page.rows] == [
        "c-1", "1", "Dewi Lestari", "Inspektorat", "ABCD-EFGH-JKMN-PQRS", "120", "a" * 64, "119", "b" * 64,
        "1", "Satu rusak.",
    ]  # fmt: skip
    assert tuple(role for role, _name in page.signatures) == signers
    text = minutes.as_text(page)
    parts = [page.title, page.introduction, *(value for row in page.rows for value in row), *page.statements]
    assert all(part in text for part in [*parts, *signers])


def test_minutes_without_a_reason_have_a_dash() -> None:
    opened = Opened(FACTS.opened.before, FACTS.opened.after, "")
    page = minutes.of_opening(minutes.Facts(opened, "D", "I", "F", FACTS.day), "id")
    assert page.rows[-1] == ("Alasan membuka di luar batas", "–")


def test_both_languages_say_the_same_number_of_things() -> None:
    for texts in (minutes.LABELS, minutes.STATEMENTS, minutes.WITNESSES, minutes.DAYS, minutes.MONTHS):
        assert len(texts["id"]) == len(texts["en"])
