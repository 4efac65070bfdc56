"""Posters, paper forms and rolls as files: in each language, tagged, with the address in letters."""

import re

import pytest
from flask.testing import FlaskClient

from survey.db import Databases, transaction
from survey.services.citizens.citizen_answers import questionnaire
from tests.citizens import filled, make_point, post
from tests.printed import catalogue_of, pages_of, read_pdf

TEXTS = {
    "id": ("Bagaimana pelayanan yang baru saja Anda terima?", "Nama tidak ditanyakan", ""),
    "en": ("How was the service you just received?", "No name is asked", "?lang=en"),
}


@pytest.fixture
def point(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return make_point(people, name="Loket #1 *obat*")[1]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize(("size", "width"), [("a4", 595), ("a5", 420)])
def test_a_poster_says_where_to_answer_in_its_language(
    hr: FlaskClient, point: str, language: str, size: str, width: int
) -> None:
    hr.get("/staff/hr/service-points?lang=en")  # what HR reads in does not matter
    answer = hr.get(f"/staff/hr/service-points/{point}/poster/{language}/{size}.pdf")
    assert answer.mimetype == "application/pdf"
    question, promise, ending = TEXTS[language]
    words = " ".join(read_pdf(answer.data).replace("\u200b", "").split())
    assert question in words and promise in words and "Loket #1 *obat*" in words
    assert f"http://127.0.0.1:8360/s/{point}{ending}" in words.replace(" ", "")
    assert pages_of(answer.data) == 1
    root = catalogue_of(answer.data)
    assert root["/Lang"].startswith(language) and root["/MarkInfo"]["/Marked"]
    assert abs(float(root["/Pages"]["/Kids"][0].get_object()["/MediaBox"][2]) - width) < 1


@pytest.mark.parametrize("language", TEXTS)
def test_the_paper_form_asks_what_the_questionnaire_asks_on_one_sheet(
    hr: FlaskClient, point: str, language: str
) -> None:
    data = hr.get(f"/staff/hr/service-points/{point}/paper-form/{language}.pdf").data
    words = " ".join(read_pdf(data).split())
    instrument = questionnaire()
    for item in instrument.form_order("citizen"):
        assert item.text.in_language(language) in words
        for option in instrument.options_for(item):
            assert f"{option.value} {option.label.in_language(language)}" in words
    for field in instrument.profile:
        assert field.title.in_language(language) in words
        for number, band in enumerate(field.bands, start=1):
            assert f"{number} {band.label.in_language(language)}" in words
    assert words.count(f"0 {instrument.missing_reasons[0].label.in_language(language)}") == 9
    assert pages_of(data) == 2
    assert catalogue_of(data)["/Lang"].startswith(language)


def test_the_slips_of_a_roll_are_a_file_and_their_codes_work(
    hr: FlaskClient, client: FlaskClient, point: str
) -> None:
    answer = hr.post(f"/staff/hr/service-points/{point}/rolls", data={"count": "11"})
    assert answer.mimetype == "application/pdf"
    codes = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", read_pdf(answer.data))
    assert len(set(codes)) == len(codes) == 11
    assert pages_of(answer.data) == 2
    assert "Terima kasih" in post(client, point, "n" * 32, filled(code=codes[10]))


def test_slips_are_printed_in_english_too(hr: FlaskClient, point: str) -> None:
    data = {"count": "5", "language": "en"}
    words = read_pdf(hr.post(f"/staff/hr/service-points/{point}/rolls", data=data).data)
    assert words.count("It counts once.") == 5


@pytest.mark.parametrize("path", ["poster/xx/a4", "poster/id/a3", "paper-form/xx"])
def test_what_cannot_be_printed_is_not_found(hr: FlaskClient, point: str, path: str) -> None:
    assert hr.get(f"/staff/hr/service-points/{point}/{path}.pdf").status_code == 404
    assert hr.get(f"/staff/hr/service-points/none/{path}.pdf").status_code == 404


def test_the_page_of_a_service_point_offers_all_files(hr: FlaskClient, point: str) -> None:
    page = hr.get(f"/staff/hr/service-points/{point}").text
    offered = set(re.findall(r'href="([^"]+\.pdf)"', page))
    assert len(offered) == 6
    assert {hr.get(address).status_code for address in offered} == {200}
