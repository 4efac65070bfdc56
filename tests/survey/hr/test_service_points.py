"""HR keeps the service points and prints their posters."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.db import Databases, reading, transaction
from survey.models.audit import AuditEvent
from survey.services.citizens import service_points as service
from tests.citizens import make_point


@pytest.fixture
def unit_and_point(databases: Databases) -> tuple[str, str]:
    with transaction(databases.people) as people:
        return make_point(people)


def audited(databases: Databases) -> list[str]:
    with reading(databases.people) as people:
        return list(people.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_an_empty_list_says_what_to_do(hr: FlaskClient) -> None:
    page = hr.get("/staff/hr/service-points").text
    assert "Belum ada titik layanan" in page
    assert "/staff/hr/service-points/new" in page


def test_a_new_point_takes_answers_and_is_audited(
    hr: FlaskClient, databases: Databases, unit_and_point: tuple[str, str]
) -> None:
    unit, _point = unit_and_point
    data = {"unit": unit, "name": "  Ruang   obat ", "code": "PKM-02"}
    assert hr.post("/staff/hr/service-points/new", data=data).status_code == 302
    page = hr.get("/staff/hr/service-points").text
    assert "Ruang obat" in page
    with reading(databases.people) as people:
        points = service.points_of_unit(people, unit).points
    assert [(point.code, point.is_active) for point in points] == [("PKM-01", True), ("PKM-02", True)]
    assert audited(databases) == ["service_point.add"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "pkm-01"}, "Kode ini sudah dipakai titik layanan lain"),
        ({"code": "PKM 02"}, "Gunakan hanya huruf, angka"),
        ({"code": "x" * 41}, "Paling banyak 40 karakter"),
        ({"name": "   "}, "Tulis nama, misalnya"),
        ({"unit": ""}, "Pilih unit."),
        ({"unit": "nowhere"}, "Pilih unit dari daftar."),
    ],
)
def test_a_wrong_entry_is_explained_and_nothing_is_saved(
    hr: FlaskClient,
    databases: Databases,
    unit_and_point: tuple[str, str],
    changes: dict[str, str],
    words: str,
) -> None:
    unit, _point = unit_and_point
    data = {"unit": unit, "name": "Loket dua", "code": "PKM-02"} | changes
    answer = hr.post("/staff/hr/service-points/new", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    with reading(databases.people) as people:
        assert len(service.points_of_unit(people, unit).points) == 1
    assert audited(databases) == []


def test_a_point_is_renamed_paused_and_resumed(
    hr: FlaskClient, databases: Databases, unit_and_point: tuple[str, str]
) -> None:
    place = f"/staff/hr/service-points/{unit_and_point[1]}"
    assert hr.post(place, data={"name": "Loket A", "service": " Akta  kelahiran "}).status_code == 302
    assert "Loket A" in hr.get(place).text
    with reading(databases.people) as people:
        assert service.find_point(people, unit_and_point[1]).service == "Akta kelahiran"
    assert 'value="Akta kelahiran"' in hr.get(place).text
    assert hr.post(place, data={"name": "Loket A", "service": ""}).status_code == 302
    with reading(databases.people) as people:
        assert service.find_point(people, unit_and_point[1]).service == "Loket A"
    assert hr.post(f"{place}/pause").status_code == 302
    assert "Dijeda" in hr.get(place).text
    assert hr.post(f"{place}/resume").status_code == 302
    assert "Menerima jawaban" in hr.get(place).text
    assert audited(databases) == [
        *["service_point.rename"] * 2,
        "service_point.pause",
        "service_point.resume",
    ]


def test_the_poster_shows_the_full_address_and_its_code_is_a_drawing_of_our_own(
    hr: FlaskClient, unit_and_point: tuple[str, str]
) -> None:
    point = unit_and_point[1]
    page = hr.get(f"/staff/hr/service-points/{point}/poster").text
    assert f"http://127.0.0.1:8360/s/{point}" in page
    assert f'<img src="/staff/hr/service-points/{point}/qr.svg"' in page
    answer = hr.get(f"/staff/hr/service-points/{point}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert b"<svg" in answer.data
    assert b"style=" not in answer.data


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("GET", "/none"),
        ("POST", "/none"),
        ("POST", "/none/pause"),
        ("POST", "/none/resume"),
        ("GET", "/none/poster"),
        ("GET", "/none/qr.svg"),
    ],
)
def test_unknown_points_are_not_found_and_strangers_are_sent_to_the_sign_in(
    hr: FlaskClient, client: FlaskClient, method: str, path: str
) -> None:
    place = f"/staff/hr/service-points{path}"
    expected = {"GET": 200, "POST": 405}[method] if not path else 404
    assert hr.open(place, method=method, data={"name": "x"}).status_code == expected
    assert client.open(place, method=method).status_code in (302, 405)
