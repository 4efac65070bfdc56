"""HR changes posts and units on their pages; what was before stays readable."""

import re

import pytest

from survey.db import reading, transaction
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from tests.factories import make_employee, make_team, make_unit, open_cycle

PEOPLE = "/staff/hr/people"


@pytest.fixture
def city(databases):
    with transaction(databases.people) as session:
        social, family = (
            make_unit(session, "DINSOS", "Dinas Sosial"),
            make_unit(session, "DPPKB", "Dinas Keluarga"),
        )
        team = make_team(session, social, 7)
        other = make_employee(session, family, 30)
    return {"social": social, "family": family, "head": team[0], "member": team[1], "other": other}


def page_of(kind: str, thing) -> str:
    return f"{PEOPLE}/{kind}/{thing.public_id}"


def transfer(other: Employee, **changes: str) -> dict[str, str]:
    return {
        "unit": "DPPKB",
        "title": "Analis Keluarga",
        "job_kind": "fungsional",
        "job_level": "Ahli Muda",
        "superior": other.number or "",
        "begins_on": "2026-11-01",
    } | changes


def test_somebody_is_transferred_and_the_earlier_post_stays_readable(hr, databases, city):
    address = page_of("employees", city["member"])
    form = hr.get(f"{address}/transfer").get_data(as_text=True)
    assert 'value="DINSOS"' in form and f'value="{city["head"].number}"' in form
    refused = hr.post(f"{address}/transfer", data=transfer(city["other"], unit="HILANG"))
    assert refused.status_code == 422 and "Tidak ada unit dengan kode ini" in refused.text
    refused = hr.post(f"{address}/transfer", data=transfer(city["member"]))
    assert refused.status_code == 422 and "atasan dirinya sendiri" in refused.text
    shown = hr.post(f"{address}/transfer", data=transfer(city["other"]), follow_redirects=True).text
    assert "Dinas Keluarga" in shown and "Analis Keluarga" in shown
    assert "Jabatan sebelumnya" in shown and "Dinas Sosial" in shown and "31 Oktober 2026" in shown


def test_an_acting_official_is_named_and_ended(hr, databases, city):
    address = page_of("employees", city["other"])
    given = {
        "capacity": "plt",
        "unit": "DINSOS",
        "title": "Plt. Kepala",
        "begins_on": "2026-11-01",
        "decree": "SK 7",
    }
    refused = hr.post(f"{address}/posts", data=given)
    assert refused.status_code == 422 and "kursi" not in refused.text
    given["acts_for"] = city["head"].number
    shown = hr.post(f"{address}/posts", data=given, follow_redirects=True).text
    assert "Plt. Kepala" in shown and "SK 7" in shown and city["head"].name in shown
    (end,) = re.findall(r'href="([^"]+/end)"', shown)
    assert hr.post(end, data={"ends_on": "2026-10-01"}).status_code == 422
    hr.post(end, data={"ends_on": "2026-11-20"})
    with reading(databases.people) as session:
        assert str(session.query(Post).one().ends_on) == "2026-11-20"


def test_who_leaves_stays_readable_and_is_in_no_list(hr, databases, city):
    address = page_of("employees", city["member"])
    assert "tidak dihapus" in hr.get(f"{address}/leave").text
    hr.post(f"{address}/leave", data={"ends_on": "2026-11-20"})
    assert city["member"].name not in hr.get(f"{PEOPLE}/employees?q=Pegawai").text
    assert city["member"].name in hr.get(f"{PEOPLE}/employees?show=left").text
    assert hr.get(address).status_code == 200


def test_a_unit_is_merged_on_its_page_and_a_cycle_keeps_the_old_name(hr, databases, settings, city):
    open_cycle(databases, settings)
    address = page_of("units", city["social"])
    assert "Dinas Keluarga" in hr.get(f"{address}/merge").text
    merged = {
        "units": [city["family"].public_id],
        "code": "DSPK",
        "name": "Dinas Sosial dan Keluarga",
        "begins_on": "2026-11-01",
        "decree": "Perwako 9",
    }
    assert hr.post(f"{address}/merge", data=merged | {"begins_on": "2027-01-01"}).status_code == 422
    shown = hr.post(f"{address}/merge", data=merged, follow_redirects=True).text
    assert "9 pegawai" in shown and "Perwako 9" in shown and "Dinas Keluarga; Dinas Sosial" in shown
    listed = hr.get(PEOPLE).text
    assert "Dinas Sosial dan Keluarga" in listed and ">Dinas Sosial<" not in listed
    person = hr.get(page_of("employees", city["member"])).text
    assert "Uji" in person and "Dinas Sosial" in person


@pytest.mark.parametrize(
    ("change", "data", "told"),
    [
        ("rename", {"name": "Dinas Sosial Baru"}, "Dinas Sosial Baru"),
        ("move", {"parent": ""}, "dipindah"),
        ("split", {"code": "BARU", "name": "Dinas Baru", "people": []}, "Dinas Baru"),
    ],
)
def test_a_unit_changes_on_its_page(hr, databases, city, change, data, told):
    address = page_of("units", city["social"])
    assert hr.get(f"{address}/{change}").status_code == 200
    shown = hr.post(
        f"{address}/{change}",
        data=data | {"begins_on": "2026-11-01", "decree": "Perwako 3"},
        follow_redirects=True,
    ).text
    assert told in shown and "Perwako 3" in shown
    assert hr.post(f"{address}/{change}", data=data).status_code == 422
    assert hr.get(f"{address}/nonsense").status_code == 404


def test_a_persons_page_asks_no_more_often_for_a_longer_career(hr, databases, city, count_statements):
    address = page_of("employees", city["member"])
    with transaction(databases.people) as session:
        unit_id = session.query(Unit).filter_by(code="DPPKB").one().id
        session.add_all(
            Post(employee_id=city["member"].id, capacity="further", unit_id=unit_id) for _post in range(30)
        )
    with count_statements(databases.people) as counted:
        hr.get(address)
    assert counted() <= 14
