"""Start page, promise and method: open to all, without a cookie."""

import pytest
from flask.testing import FlaskClient

from survey.db import Databases, transaction
from survey.services.citizens import service_points
from tests.citizens import make_point


@pytest.fixture
def point(databases: Databases) -> str:
    with transaction(databases.people) as people:
        make_point(people, "Dinas Kependudukan", "DUKCAPIL-1", "Loket KTP")
        return make_point(people)[1]


def test_the_start_page_leads_to_every_service_its_results_the_code_and_the_sign_in(
    client: FlaskClient, point: str
) -> None:
    page = client.get("/").text
    for target in (f"/s/{point}", "/units/", "/i/", "/staff/sign-in", "/promise"):
        assert f'href="{target}' in page
    assert "Loket KTP" in page
    assert "<script" not in page


def test_a_search_narrows_the_list_and_says_when_nothing_fits(client: FlaskClient, point: str) -> None:
    assert "Loket KTP" not in client.get("/?q=guguak").text
    page = client.get("/?q=<b>zzz").text
    assert "Tidak ada layanan dengan nama ini" in page
    assert "<b>zzz" not in page


def test_paused_services_are_not_listed(client: FlaskClient, databases: Databases, point: str) -> None:
    with transaction(databases.people) as people:
        service_points.set_active(people, point, False)
    assert f"/s/{point}" not in client.get("/").text


def test_an_empty_city_says_what_comes_next(client: FlaskClient) -> None:
    assert "Belum ada layanan yang dapat dinilai" in client.get("/").text


def test_english_stays_with_the_links(client: FlaskClient, point: str) -> None:
    page = client.get("/?lang=en").text
    assert f'href="/s/{point}?lang=en"' in page
    assert "I have a code" in page


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "id",
            (
                "Cara kami menjaga kerahasiaan",
                "Kunci pembuka jawaban disimpan di server yang sama",
                "selama kedua kantor tidak bersama-sama membongkarnya",
                "server melihat tautan dan jawaban Bapak/Ibu bersamaan",
                "dapat mencocokkan orang dan jawaban dari waktunya",
                "Gaya menulis",
                "Tekanan",
                "Tautan yang bocor",
                "Program yang diubah",
            ),
        ),
        (
            "en",
            (
                "How we keep you anonymous",
                "The key that unlocks the answers lies on the same server",
                "as long as the two offices do not break the secret together",
                "the server sees your link and your answers together",
                "can match people and answers by their time",
                "Your style",
                "Pressure",
                "A leaked link",
                "A changed program",
            ),
        ),
    ],
)
def test_the_promise_says_where_it_ends(client: FlaskClient, lang: str, words: tuple[str, ...]) -> None:
    page = client.get(f"/promise?lang={lang}").text
    assert [phrase for phrase in words if phrase not in page] == []


def test_the_method_page_shows_the_cuts_of_the_rule(client: FlaskClient) -> None:
    page = client.get("/method").text
    assert [cut for cut in ("88,31", "76,61", "65,00", "25,00") if cut not in page] == []


@pytest.mark.parametrize("path", ["/", "/?q=x", "/promise", "/method", "/healthz", "/readyz", "/units/none"])
def test_no_public_page_sets_a_cookie_or_may_be_stored(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
