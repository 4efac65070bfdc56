"""A unit's public page: a sentence first, then the figures, and silence where too few answered."""

import re
from collections.abc import Iterable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from survey.db import Databases, transaction
from survey.services.citizens.citizen_answers import box_name
from survey.services.citizens.citizen_merge import merge
from tests.citizens import PERIOD, ballot, filled, make_point, sekadau


@pytest.fixture
def unit_and_point(databases: Databases) -> tuple[str, str]:
    with transaction(databases.people) as people:
        return make_point(people)


def keep(
    databases: Databases, point: str, period: str, fields: Iterable[dict[str, str]], first: int = 0
) -> None:
    rows = [((first + place).to_bytes(32, "big"), ballot(each)) for place, each in enumerate(fields)]
    with transaction(databases.answers) as answers:
        assert merge(answers, box_name(point, period), rows).counted == len(rows)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_page_says_index_band_and_n_in_a_sentence(
    client: FlaskClient, databases: Databases, unit_and_point: tuple[str, str]
) -> None:
    # Witness: regulations.md 1.8, Kab. Sekadau S1 2019: n 49, 78.74, band B; lowest mean 138/49 = 2.82.
    unit, point = unit_and_point
    keep(databases, point, PERIOD, sekadau())
    page = words_of(client.get(f"/units/{unit}").text)
    assert "Dari 49 jawaban, indeks kepuasan masyarakat adalah 78,74: mutu B, baik." in page
    assert "Yang perlu diperbaiki lebih dahulu: Persyaratan." in page
    assert "Perkiraan wajarnya antara 76 dan 82, jika para penjawab mewakili semua pengguna layanan." in page
    assert "Persyaratan 2,82 2,6&#8288;–&#8288;3,0 49" in page
    assert "Triwulan IV 2026" in page
    assert "Bobot tiap unsur 1/9, dihitung dengan ketelitian penuh" in page
    assert "penjawabnya tidak diverifikasi" in page


def test_the_same_page_in_english_with_english_numbers(
    client: FlaskClient, databases: Databases, unit_and_point: tuple[str, str]
) -> None:
    unit, point = unit_and_point
    keep(databases, point, PERIOD, sekadau())
    page = words_of(client.get(f"/units/{unit}?lang=en").text)
    assert "From 49 answers, the satisfaction index is 78.74: band B, good." in page
    assert "Fourth quarter of 2026" in page


def test_quarters_and_years_can_be_chosen_and_others_are_not_found(
    client: FlaskClient, databases: Databases, unit_and_point: tuple[str, str]
) -> None:
    unit, point = unit_and_point
    keep(databases, point, "2026-Q3", [filled(2)] * 5)
    keep(databases, point, "2026-Q4", [filled(4)] * 5, first=50)
    assert "adalah 100,00: mutu A" in words_of(client.get(f"/units/{unit}").text)
    assert "adalah 50,00: mutu D" in words_of(client.get(f"/units/{unit}?period=2026-Q3").text)
    assert "adalah 75,00: mutu C" in words_of(client.get(f"/units/{unit}?period=2026").text)
    trend = words_of(client.get(f"/units/{unit}").text).partition("Dari triwulan ke triwulan")[2]
    assert "Triwulan III 2026 50,00 terlalu sedikit untuk galat; mutu dapat berubah 5 jawaban D" in trend
    for period in ("2026-Q1", "2025", "", "<script>", "2026-Q4' or 1=1"):
        assert client.get(f"/units/{unit}", query_string={"period": period}).status_code == 404


def test_an_element_with_too_few_answers_is_not_shown_and_neither_is_the_index(
    client: FlaskClient, databases: Databases, unit_and_point: tuple[str, str]
) -> None:
    unit, point = unit_and_point
    keep(databases, point, PERIOD, [filled(4)] * 4 + [filled(3, pengaduan="cannot_judge")] * 2)
    page = words_of(client.get(f"/units/{unit}").text)
    assert "6 orang sudah menjawab, tetapi ada unsur yang jawabannya belum mencapai 5." in page
    assert "Penanganan Pengaduan, Saran dan Masukan Belum cukup jawaban" in page
    assert "indeks kepuasan masyarakat adalah" not in page


def test_a_unit_without_answers_says_what_comes_next(
    client: FlaskClient, unit_and_point: tuple[str, str]
) -> None:
    unit, point = unit_and_point
    page = client.get(f"/units/{unit}").text
    assert "Belum ada hasil" in page
    assert f"/s/{point}" in page


def test_results_cost_the_same_few_statements_however_many_answers_there_are(
    client: FlaskClient, databases: Databases, unit_and_point: tuple[str, str]
) -> None:
    unit, point = unit_and_point
    for quarter in range(1, 5):
        keep(databases, point, f"2026-Q{quarter}", [filled(3)] * 40)
    statements: list[str] = []
    for engine in (databases.people, databases.answers, databases.spool):
        event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    answer = client.get(f"/units/{unit}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert len([text for text in statements if text.startswith("SELECT")]) == 12


def test_fewer_than_thirty_answers_have_no_range(
    client: FlaskClient, databases: Databases, unit_and_point: tuple[str, str]
) -> None:
    unit, point = unit_and_point
    keep(databases, point, PERIOD, list(sekadau())[:29])
    page = words_of(client.get(f"/units/{unit}").text)
    assert "Dengan kurang dari 30 jawaban, belum dapat dikatakan seberapa pasti indeks ini" in page
    assert "Perkiraan wajarnya" not in page
    assert "indeks kepuasan masyarakat adalah" in page


def test_the_method_says_how_ranges_are_made(client: FlaskClient) -> None:
    page = words_of(client.get("/method?lang=en").text)
    assert "From 30 answers on we tell a range that holds the true index in 95 of 100 surveys" in page
    assert "Ranges are rounded outward" in page
