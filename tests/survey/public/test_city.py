"""The city's page, tables and signs: ties instead of ranks, nothing held back is told, the mode printed."""

import csv
import io
import secrets
from decimal import Decimal
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from survey.db import Databases, reading, transaction
from survey.models.citizens import CitizenCount, CitizenSums
from survey.rules import satisfaction_policy
from survey.services.citizens import comparing, respondents, unit_results
from survey.services.citizens.city_results import city_in
from survey.services.citizens.official_channels import Fixed
from survey.services.citizens.satisfaction import added_up
from survey.services.citizens.satisfaction_counts import read_told
from tests.citizens import ITEMS, filled, keep_more, make_point, satisfaction_of, sekadau
from tests.conftest import TODAY
from tests.survey.public.test_results import keep, words_of

POLICY = satisfaction_policy()


def two_units(databases: Databases) -> tuple[str, str]:
    with transaction(databases.people) as people:
        one, first = make_point(people, "Dinas Satu", "S-1")
        other, second = make_point(people, "Dinas Dua", "S-2")
    keep(databases, first, "2026-Q3", sekadau())
    keep(databases, second, "2026-Q3", [filled(2, biaya=3)] * 20 + [filled(1)] * 20, first=100)
    return one, other


def test_offices_stand_by_name_with_letters_for_what_cannot_be_told_apart(
    client: FlaskClient, databases: Databases
) -> None:
    two_units(databases)
    page = words_of(client.get("/results").text)
    # Witness: Sekadau's 49 rows give 78.74, B; 1.5 on average (and 3 for cost in half of them) is far below.
    assert page.index("Dinas Dua") < page.index("Dinas Satu")
    assert "Dinas Satu 78,74 76&#8288;–&#8288;82 49 jawaban B a" in page
    assert " 40 jawaban D b" in page


def test_every_index_of_the_city_has_its_answers_and_its_error_or_why_there_is_none(
    client: FlaskClient, databases: Databases
) -> None:
    two_units(databases)
    with transaction(databases.people) as people:
        _unit, point = make_point(people, "Dinas Kecil", "S-3")
    keep(databases, point, "2026-Q3", list(sekadau())[:12], first=300)
    page = words_of(client.get("/results").text)
    whole = page[
        page.index("Dari 101 jawaban di 3 unit kerja") : page.index("Unit kerja dengan huruf yang sama")
    ]
    assert "Perkiraan wajarnya antara" in whole
    small = page[page.index("Dinas Kecil") : page.index("Dinas Satu")]
    assert "terlalu sedikit untuk galat; mutu dapat berubah 12 jawaban" in small


def test_where_the_error_of_the_city_cannot_be_told_the_page_says_so(
    client: FlaskClient, databases: Databases
) -> None:
    with transaction(databases.people) as people:
        _unit, point = make_point(people, "Dinas Kecil", "S-3")
    keep(databases, point, "2026-Q3", list(sekadau())[:12])
    page = words_of(client.get("/results").text)
    assert "Dengan kurang dari 30 jawaban, belum dapat dikatakan seberapa pasti indeks ini" in page
    assert "mengubah mutunya" in page


def test_units_that_are_alike_are_a_tie(databases: Databases) -> None:
    keep(databases, "a", "2026-Q3", sekadau())
    keep(databases, "b", "2026-Q3", list(sekadau())[::-1], first=100)
    keep(databases, "c", "2026-Q3", [filled(1)] * 10 + [filled(2)] * 22, first=200)
    keep(databases, "d", "2026-Q3", [filled(4)] * 6, first=300)
    with reading(databases.answers) as answers:
        found = {name: satisfaction_of(answers, [name]) for name in "abcd"}
    figures = {name: each.quarters[0] for name, each in found.items()}
    ranking = comparing.rank(figures, POLICY)
    assert set(ranking.ties[0]) == {"a", "b"}
    assert ranking.ties[1] == ("c",)
    assert ranking.few == ("d",)
    assert (ranking.letters("b"), ranking.letters("c"), ranking.letters("d")) == ("a", "b", "")


def test_the_city_costs_the_same_statements_however_many_offices(
    client: FlaskClient, databases: Databases
) -> None:
    def count() -> int:
        statements: list[str] = []
        for engine in (databases.people, databases.answers):
            event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        assert client.get("/results").status_code == 200
        return len([text for text in statements if text.startswith("SELECT")])

    two_units(databases)
    assert count() == 5


def test_open_data_hold_what_pages_show_and_no_more(client: FlaskClient, databases: Databases) -> None:
    one, other = two_units(databases)
    with transaction(databases.people) as people:
        hidden, point = make_point(people, "=Dinas Tiga", "S-3")
    keep(databases, point, "2026-Q3", [filled(4, pengaduan="cannot_judge")] * 2 + [filled(3)] * 4, first=300)
    rows = list(csv.DictReader(io.StringIO(client.get("/results.csv").text)))
    assert {row["unit_id"] for row in rows} == {one, other, hidden}
    first = next(row for row in rows if row["unit_id"] == one and row["period"] == "2026-Q3")
    assert (first["ikm"], first["ikm_low"], first["ikm_high"], first["band"]) == ("78.74", "76", "82", "B")
    held = [row for row in rows if row["unit_id"] == hidden]
    assert {row["unit"] for row in held} == {"'=Dinas Tiga"}
    assert {row["ikm"] for row in held} == {""}
    assert [row["nrr"] for row in held if row["element"] == "pengaduan"] == [""]
    own = client.get(f"/units/{one}/results.csv").text
    assert {row["unit_id"] for row in csv.DictReader(io.StringIO(own))} == {one}
    described = client.get("/results.json?lang=en").get_json()
    assert [each["name"] for each in described["columns"]] == list(rows[0])


def test_the_sign_may_be_shown_elsewhere_and_pages_may_not_be_framed(
    client: FlaskClient, databases: Databases
) -> None:
    one, _other = two_units(databases)
    sign = client.get(f"/units/{one}/badge.svg")
    assert sign.mimetype == "image/svg+xml"
    assert sign.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for told in ("78,74", "49 jawaban", "76–82"):
        assert sign.text.count(told) == 2  # in the picture, and in the words for who cannot see it
    page = client.get(f"/units/{one}")
    assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("mode", "index"), [("0.111", "78,66"), ("0.11", "77,95")])
def test_a_printed_weight_is_named_beside_its_index(
    client: FlaskClient, databases: Databases, mode: str, index: str
) -> None:
    # Witness: regulations.md 1.8, Kab. Sekadau: 0.111 gives 78.663, 0.11 gives 77.954.
    one, _other = two_units(databases)
    page = words_of(client.get(f"/units/{one}?weights={mode}").text)
    assert f"indeks kepuasan masyarakat adalah {index}" in page
    assert f"Dihitung dengan bobot {mode}" in page
    assert f"Bobot tiap unsur {mode}, dihitung dengan ketelitian penuh" in page
    assert client.get(f"/units/{one}?weights=0.2").status_code == 404


@pytest.mark.parametrize(
    ("ikm", "band"),
    [("64.99", "D"), ("65.00", "C"), ("76.60", "C"), ("76.61", "B"), ("88.30", "B"), ("88.31", "A")],
)
def test_the_page_puts_every_cut_into_the_band_above(
    client: FlaskClient, databases: Databases, ikm: str, band: str
) -> None:
    """10,000 answers to each element give any index to two decimals: 9 means of the same sum."""
    with transaction(databases.people) as people:
        unit, point = make_point(people)
    total, n = int(Decimal(ikm) * 400), 10_000  # ikm = 25 * total / n
    low, above = divmod(total, n)
    with transaction(databases.answers) as answers:
        for item in ITEMS:
            for option, count in ((low, n - above), (low + 1, above)):
                answers.add(
                    CitizenCount(
                        service_point=point, period="2026-Q3", stratum="open", item=item, option=option,
                        n=count, shown=count,
                    )
                )  # fmt: skip
        empty = b'{"elements":[],"n":[],"sums":[],"products":[]}'
        answers.add(
            CitizenSums(
                service_point=point, period="2026-Q3", stratum="open", respondents=n, complete=n,
                pairs=empty, profile={},
            )
        )  # fmt: skip
    page = words_of(client.get(f"/units/{unit}?lang=en").text)
    assert f"the satisfaction index is {ikm}: band {band}," in page


def test_changes_between_periods_tell_their_ends_or_that_they_can_be_chance(databases: Databases) -> None:
    keep(databases, "a", "2026-Q1", sekadau())
    keep(databases, "a", "2026-Q2", [filled(1)] * 20 + [filled(2)] * 20, first=100)
    keep(databases, "a", "2026-Q3", sekadau(), first=200)
    with reading(databases.answers) as answers:
        found = satisfaction_of(answers, ["a"])
    rows = comparing.history(found, found.quarters[-1], POLICY)
    assert [row.period for row in rows] == ["2026-Q1", "2026-Q2", "2026-Q3"]
    same, other, own = (row.change for row in rows)
    assert own is None
    assert same and (same.verdict, -same.low) == ("unclear", same.high)
    assert other and other.verdict == "higher"
    assert 78.74 - 37.5 - 8 < other.low < 78.74 - 37.5 < other.high < 78.74 - 37.5 + 8
    assert other.low == int(other.low)


def test_halves_and_years_are_their_shown_quarters(client: FlaskClient, databases: Databases) -> None:
    with transaction(databases.people) as people:
        unit, point = make_point(people)
    for place, value in enumerate((2, 3, 4, 4), start=1):
        keep(databases, point, f"2025-Q{place}", [filled(value)] * 5, first=place * 50)
    for period, index in (("2025-H1", "62,50"), ("2025-H2", "100,00"), ("2025", "81,25")):
        assert f"adalah {index}" in words_of(client.get(f"/units/{unit}?period={period}").text), period


def test_who_answered_is_told_when_the_quarter_is_over_but_not_small_groups(databases: Databases) -> None:
    women, men = [filled(3, sex="female")] * 9, [filled(3, sex="male")] * 3
    keep(databases, "a", "2026-Q3", women + men + [filled(3, sex="not_said")] * 6)
    with reading(databases.answers) as answers:
        (figures,) = satisfaction_of(answers, ["a"]).quarters
    told = respondents.profile_of(figures, ["sex"], TODAY)
    assert told is not None
    assert (told[0].bands, told[0].others) == ((("female", 9),), 9)
    assert respondents.profile_of(figures, ["sex"], TODAY.replace(month=9, day=30)) is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_two_states_of_any_figure_differ_by_fewer_than_five_answers(
    databases: Databases, data: st.DataObject
) -> None:
    """Whatever is merged when: of every unit, point and period each element moves in steps of five."""
    place, states = secrets.token_hex(8), []
    points = [f"{place}a", f"{place}b"]
    for number in range(data.draw(st.integers(1, 4))):
        size = data.draw(st.integers(5, 9))
        fields = [
            filled(data.draw(st.integers(1, 4)), pengaduan=data.draw(st.sampled_from(["cannot_judge", "2"])))
            for _ in range(size)
        ]
        quarter = data.draw(st.sampled_from(["2026-Q1", "2026-Q2"]))
        keep(databases, data.draw(st.sampled_from(points)), quarter, fields, first=number * 50)
        states.append(_counts(databases, points))
    for before, after in pairwise([{}, *states]):
        for key, n in after.items():
            assert n - before.get(key, 0) not in (1, 2, 3, 4), key


def _counts(databases: Databases, points: list[str]) -> dict[tuple[str, str, str], int]:
    groups = {"all": points, "a": points[:1], "b": points[1:]}
    with reading(databases.answers) as answers:
        found = {name: satisfaction_of(answers, group) for name, group in groups.items()}
    return {
        (name, figures.period, element.code): element.n or 0
        for name, each in found.items()
        for figures in (*each.quarters, *each.halves, *each.years)
        if figures.enough
        for element in figures.elements
    }


def test_a_handful_of_other_answers_changes_no_index_and_drops_no_quarter(
    client: FlaskClient, databases: Databases
) -> None:
    with transaction(databases.people) as people:
        unit, point = make_point(people)
    keep_more(databases, point, "2026-Q2", "open", 2, 40)
    keep_more(databases, point, "2026-Q3", "open", 2, 40)
    before = client.get("/results").text
    keep_more(databases, point, "2026-Q3", "code", 4, 5)
    page = words_of(client.get(f"/units/{unit}?period=2026-Q3").text)
    assert "Dari 40 jawaban, indeks kepuasan masyarakat adalah 50,00" in page
    assert "tidak diverifikasi" in page
    assert "orang yang dilayani: 5 jawaban, indeks 100,00" in page
    assert "Triwulan II 2026 50,00" in page
    assert client.get("/results").text == before
    apart = words_of(client.get(f"/units/{unit}?answers=visits").text)
    assert "Dari 5 jawaban, indeks kepuasan masyarakat adalah 100,00" in apart
    assert "Di luar indeks" in apart
    assert client.get(f"/units/{unit}?answers=verified").status_code == 404
    rows = list(csv.DictReader(io.StringIO(client.get(f"/units/{unit}/results.csv").text)))
    told = {(row["period"], row["counts"], row["kind"], row["channels"], row["ikm"]) for row in rows}
    assert ("2026-Q3", "official", "open", "open", "50.00") in told
    assert ("2026-Q3", "apart", "verified", "code+kiosk+assisted+paper", "100.00") in told


def test_offices_that_count_visits_and_those_of_open_links_are_never_compared(databases: Databases) -> None:
    keep_more(databases, "a", "2026-Q3", "open", 2, 40)
    keep_more(databases, "b", "2026-Q3", "kiosk", 4, 40)
    keep_more(databases, "b", "2026-Q3", "open", 1, 40)
    groups = {"a": ["a"], "b": ["b"]}
    with reading(databases.answers) as answers:
        told = read_told(answers, ["a", "b"], POLICY)
    found = city_in(told, groups, POLICY, {"b": [Fixed("2026-Q1", ("kiosk",))]})
    assert [(kind.is_verified, set(kind.units), kind.whole.n) for kind in found.kinds] == [
        (True, {"b"}, 40),
        (False, {"a"}, 40),
    ]
    figures = {**found.kinds[0].units, **found.kinds[1].units}
    with pytest.raises(ValueError, match="cannot be compared"):
        comparing.rank(figures, POLICY)
    with pytest.raises(ValueError, match="never added"):
        added_up("2026-Q3", list(figures.values()), POLICY)


def test_users_of_a_service_ask_for_answers_by_the_printed_table(
    client: FlaskClient, databases: Databases
) -> None:
    # Witness: Krejcie & Morgan (1970), 500 people ask for 217.
    with transaction(databases.people) as people:
        unit, point = make_point(people)
        respondents.set_users(people, point, "2026-Q4", 500)
    keep(databases, point, "2026-Q4", sekadau())
    with reading(databases.people) as people:
        setup = unit_results.set_up(people, unit)
    with reading(databases.answers) as answers:
        chosen = unit_results.unit_results(answers, setup, POLICY, TODAY).chosen
    assert chosen and chosen.need
    assert (chosen.need.needed, chosen.need.enough) == (217, False)
    page = words_of(client.get(f"/units/{unit}").text)
    assert "500 orang memakai layanan; untuk itu diperlukan 217 jawaban, tetapi baru 49 jawaban" in page
