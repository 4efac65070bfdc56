"""A citizen's pages, through the Flask client."""

import gzip
import re
from pathlib import Path
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.ballots import SpooledBallot
from survey.services.citizens import service_points, withdrawing
from survey.services.papers import ballot_box
from tests.citizens import FORM_ORDER, filled, make_point, post

STATIC = Path(__file__).resolve().parents[3] / "static"
LARGEST_PAGE = 8 * 1024  # bytes on the wire, style sheet and all: less than a photo's thumbnail


@pytest.fixture
def point(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return make_point(people)[1]


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def asked(page: str) -> set[str]:
    return set(re.findall(r'<input type="radio" id="[^"]+" name="([^"]+)"', page))


def press(client: FlaskClient, point: str, page: str, go: str = "next", **chosen: str) -> str:
    """Press a button of a page's form, with what was chosen on it."""
    action = re.findall(rf'<form method="post" action="(/s/{point}[^"]*)"', page)[0].replace("&amp;", "&")
    return client.post(action, data=fields_of(page) | chosen | {"go": go}).text


def test_a_citizen_walks_from_start_to_thanks_and_one_ballot_lies_in_the_spool(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    page = press(client, point, client.get(f"/s/{point}").text)
    for number, code in enumerate(FORM_ORDER, start=1):
        assert asked(page) == {code}
        assert f"{number} dari 9" in page
        page = press(client, point, page, **{code: "3"})
    assert '<textarea class="govuk-textarea" id="saran"' in page
    page = press(client, point, page, saran="Tambah kursi")
    assert {"sex", "age"} <= asked(page)
    page = press(client, point, page, sex="female", age="from_25", education="sma", occupation="farmer")
    assert "Periksa jawaban Anda" in page
    assert "Petani/Nelayan" in page
    assert "Tambah kursi" in page
    assert spooled(databases) == 0, "nothing is kept before sending"
    page = press(client, point, page, "send")
    assert "Terima kasih, jawaban Anda sudah kami terima." in page
    assert re.search(r"<code>[0-9A-Z]{4}(-[0-9A-Z]{4}){3}</code>", page)
    assert spooled(databases) == 1


def test_the_whole_way_is_there_in_english(client: FlaskClient, point: str) -> None:
    page = client.get(f"/s/{point}?lang=en").text
    assert "How was the service you just received?" in page
    page = press(client, point, page)
    assert "How suitable are the requirements" in page
    page = post(client, point, ballot_box.new_nonce(), filled(lang="en"))
    assert "Thank you. Your answers have arrived." in page


def test_a_change_on_the_check_page_keeps_everything_else(client: FlaskClient, point: str) -> None:
    given = {**filled(3), "sex": "male", "nonce": ballot_box.new_nonce(), "at": "check"}
    page = client.post(f"/s/{point}", data={**given, "go": "waktu"}).text
    assert asked(page) == {"waktu"}
    page = press(client, point, page, waktu="1")
    assert "Periksa jawaban Anda" in page
    assert fields_of(page) | {"waktu": "1", "sex": "male", "biaya": "3"} == fields_of(page)


def test_going_back_to_the_start_keeps_the_answers(client: FlaskClient, point: str) -> None:
    page = press(client, point, client.get(f"/s/{point}").text)
    page = press(client, point, page, "back", persyaratan="2")
    assert fields_of(page)["persyaratan"] == "2"


def test_the_same_nonce_again_is_the_same_code_and_no_second_ballot(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    nonce = ballot_box.new_nonce()
    first, second = post(client, point, nonce, filled(4)), post(client, point, nonce, filled(1))
    assert re.findall("<code>(.+)</code>", first) == re.findall("<code>(.+)</code>", second)
    assert spooled(databases) == 1


def test_a_lost_line_on_send_may_be_repeated(client: FlaskClient, databases: Databases, point: str) -> None:
    nonce = ballot_box.new_nonce()
    with (
        patch("survey.citizen.officers.render_template", side_effect=ConnectionError),
        pytest.raises(ConnectionError),
    ):
        post(client, point, nonce, filled())
    assert "Terima kasih" in post(client, point, nonce, filled())
    assert spooled(databases) == 1


@pytest.mark.parametrize(
    "value", ["0", "5", "-1", "3.0", "٣", " 3", "3;drop table", "x" * 5000, "\0", "four"]
)
def test_a_value_outside_the_scale_is_asked_again(
    client: FlaskClient, databases: Databases, point: str, value: str
) -> None:
    data = {**filled(waktu=value), "nonce": ballot_box.new_nonce(), "at": "check", "go": "send"}
    answer = client.post(f"/s/{point}", data=data)
    assert answer.status_code == 422
    assert asked(answer.text) == {"waktu"}
    assert "Jawaban ini tidak terbaca" in answer.text
    assert "x" * 100 not in answer.text
    assert spooled(databases) == 0


def test_two_answers_to_one_question_are_asked_again(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    data = {**filled(), "biaya": ["1", "4"], "nonce": ballot_box.new_nonce(), "at": "check", "go": "send"}
    answer = client.post(f"/s/{point}", data=data)
    assert (answer.status_code, asked(answer.text), spooled(databases)) == (422, {"biaya"}, 0)


def test_unknown_fields_travel_no_further(client: FlaskClient, point: str) -> None:
    data = {**filled(), "nonce": ballot_box.new_nonce(), "at": "profile", "name": "Siti", "go": "next"}
    page = client.post(f"/s/{point}", data=data).text
    assert "Periksa jawaban Anda" in page
    assert "Siti" not in page


@pytest.mark.parametrize("nonce", ["", "short", "x" * 33, "<script>alert(1)</script>", "é" * 32])
def test_a_nonce_that_is_none_of_ours_is_replaced_before_sending(
    client: FlaskClient, databases: Databases, point: str, nonce: str
) -> None:
    page = post(client, point, nonce, filled())
    assert "Periksa jawaban Anda" in page
    assert re.fullmatch(r"[\w-]{32}", fields_of(page)["nonce"])
    assert nonce not in fields_of(page).values()
    assert spooled(databases) == 0


def test_a_bare_post_is_the_first_question(client: FlaskClient, point: str) -> None:
    answer = client.post(f"/s/{point}")
    assert asked(answer.text) == {FORM_ORDER[0]}


def test_a_form_far_too_large_gets_a_kind_page(client: FlaskClient, databases: Databases, point: str) -> None:
    answer = client.post(f"/s/{point}", data=filled(junk="j" * 20_000, go="send"))
    assert answer.status_code == 413
    assert "<h1>" in answer.text
    assert spooled(databases) == 0


def test_an_unknown_place_is_a_kind_page_and_a_paused_one_says_so(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    assert client.get("/s/nowhere").status_code == 404
    assert client.post("/s/nowhere", data=filled()).status_code == 404
    with transaction(databases.people) as people:
        service_points.set_active(people, point, False)
    assert client.get(f"/s/{point}").status_code == 410
    answer = client.post(
        f"/s/{point}", data={**filled(), "nonce": ballot_box.new_nonce(), "at": "check", "go": "send"}
    )
    assert answer.status_code == 410
    assert "sedang tidak menerima jawaban" in answer.text
    assert spooled(databases) == 0


def test_no_page_sets_a_cookie_or_may_be_stored_and_a_session_cookie_is_refused(
    client: FlaskClient, point: str
) -> None:
    nonce = ballot_box.new_nonce()
    answers = [
        client.get(f"/s/{point}"),
        client.post(f"/s/{point}", data={"nonce": nonce, "at": "start", "go": "next"}),
        client.post(f"/s/{point}", data={**filled(), "nonce": nonce, "at": "check", "go": "send"}),
        client.get("/s/nowhere"),
    ]
    for answer in answers:
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    client.set_cookie("cermin", "staff", path="/")
    assert client.get(f"/s/{point}").status_code == 403


def test_every_page_with_its_style_sheet_weighs_less_than_a_thumbnail_and_has_no_script(
    client: FlaskClient, point: str
) -> None:
    style = len(gzip.compress((STATIC / "cermin.css").read_bytes(), 9))
    data = {**filled(), "nonce": ballot_box.new_nonce(), "lang": "id"}
    screens = [
        ("start", "next"),
        ("perilaku", "next"),
        ("pengaduan", "next"),
        ("profile", "next"),
        ("check", "send"),
    ]
    pages = [client.get(f"/s/{point}").text] + [
        client.post(f"/s/{point}", data={**data, "at": at, "go": go}).text for at, go in screens
    ]
    for page in pages:
        assert "<script" not in page.replace('<script src="/static/work.js', "")
        assert len(gzip.compress(page.encode(), 9)) + style <= LARGEST_PAGE


def test_sending_takes_a_handful_of_statements(client: FlaskClient, databases: Databases, point: str) -> None:
    post(client, point, ballot_box.new_nonce(), filled())  # makes the box
    statements: list[str] = []
    engines = (databases.people, databases.answers, databases.spool)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    post(client, point, ballot_box.new_nonce(), filled())
    work = [statement for statement in statements if not statement.startswith("BEGIN")]
    assert len(work) <= 6, work


def test_the_code_on_the_page_of_thanks_withdraws_and_no_table_holds_it(
    client: FlaskClient, databases: Databases, settings: Settings, point: str
) -> None:
    pages = [post(client, point, ballot_box.new_nonce(), filled(3)) for _ in range(10)]
    codes = [re.findall("<code>(.+)</code>", page)[0] for page in pages]
    assert len(set(codes)) == 10
    assert "14 Januari 2027" in pages[0], "two weeks after the quarter"
    assert "lapor.go.id" in pages[0]
    merge_citizens.run(settings, databases)
    for code in codes[:5]:
        answer = client.post(f"/s/{point}/withdraw", data={"code": code.replace("-", " ").lower()})
        assert "Permintaan Anda sudah dicatat" in answer.text
    content = b"".join(path.read_bytes() for path in settings.data_directory.rglob("*") if path.is_file())
    assert not [
        code for code in codes if code.encode() in content or code.replace("-", "").encode() in content
    ]
    assert merge_citizens.run(settings, databases).withdrawn == 5


def test_a_mistyped_withdrawal_code_is_noticed(client: FlaskClient, databases: Databases, point: str) -> None:
    code = withdrawing.code_for(ballot_box.new_nonce())
    for wrong in ("", code[:-1], ("1" if code[0] != "1" else "2") + code[1:], code[1] + code[0] + code[2:]):
        if wrong != code:
            answer = client.post(f"/s/{point}/withdraw", data={"code": wrong})
            assert (answer.status_code, spooled(databases)) == (422, 0)


def test_large_type_and_reading_aloud_stay_and_bring_their_script_only_then(
    client: FlaskClient, point: str
) -> None:
    page = client.get(f"/s/{point}?type=large&aloud=1&lang=en").text
    page = press(client, point, page)
    assert 'class="large"' in page
    assert "aloud.js" in page
    assert f'action="/s/{point}?lang=en&amp;type=large&amp;aloud=1"' in page
    assert "<script" not in press(client, point, client.get(f"/s/{point}").text)


def test_all_questions_on_one_page_keep_what_was_chosen_and_name_what_is_missing(
    client: FlaskClient, point: str
) -> None:
    page = press(client, point, client.get(f"/s/{point}").text, "all")
    assert set(FORM_ORDER) | {"sex", "age"} <= asked(page)
    page = press(client, point, page, **filled(waktu=""), saran="Ibu Rahmi ramah")
    assert page.count('href="#') - page.count('href="#main"') == 1
    assert 'href="#waktu"' in page
    page = press(client, point, page, **filled(), saran="Ibu Rahmi ramah")
    assert "Ubah dulu, atau tetap kirim?" in page
    page = press(client, point, page, **filled(), saran="Ibu Rahmi ramah")
    assert "Periksa jawaban Anda" in page
    assert "Ibu Rahmi ramah" in page


def test_the_length_of_a_packed_page_does_not_tell_the_answers(client: FlaskClient, point: str) -> None:
    sizes = set()
    for value in ("1", "4", "cannot_judge"):
        data = {**filled(value), "nonce": ballot_box.new_nonce(), "at": "profile", "go": "next"}
        packed = client.post(f"/s/{point}", data=data, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Periksa jawaban Anda" in gzip.decompress(packed.data).decode()
        sizes.add(len(packed.data))
    assert len(sizes) == 1
    assert sizes.pop() % 1024 == 0


def test_staff_pages_are_never_packed(hr: FlaskClient) -> None:
    answer = hr.get("/staff/hr/service-points", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, "Content-Encoding" in answer.headers) == (200, False)
