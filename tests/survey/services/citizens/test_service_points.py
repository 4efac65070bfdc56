"""Service points: looked up, listed, searched, kept."""

import pytest

from survey.db import Databases, reading, transaction
from survey.exceptions import NotFound
from survey.services.citizens import service_points as service
from tests.citizens import make_point

pytestmark = pytest.mark.db


@pytest.fixture
def point(databases: Databases) -> str:
    with transaction(databases.people) as people:
        make_point(people, "Dinas Kependudukan", "DUKCAPIL-1", "Loket KTP")
        return make_point(people)[1]


def test_a_point_is_found_with_its_unit(databases: Databases, point: str) -> None:
    with reading(databases.people) as people:
        found = service.find_point(people, point)
    assert (found.name, found.code, found.unit_name) == ("Loket", "PKM-01", "Puskesmas Guguak Panjang")
    assert found.is_active


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("", ["Dinas Kependudukan", "Puskesmas Guguak Panjang"]),
        ("guguak", ["Puskesmas Guguak Panjang"]),
        ("ktp dinas", ["Dinas Kependudukan"]),
        ("%", []),
        ("xyz", []),
    ],
)
def test_the_list_is_searched_in_the_names_of_unit_and_point(
    databases: Databases, point: str, search: str, names: list[str]
) -> None:
    with reading(databases.people) as people:
        assert [unit.name for unit in service.list_points(people, search)] == names


def test_a_paused_point_leaves_the_public_list_but_stays_with_its_unit(
    databases: Databases, point: str
) -> None:
    with transaction(databases.people) as people:
        service.set_active(people, point, False)
    with reading(databases.people) as people:
        unit = service.find_point(people, point).unit_public_id
        assert [u.name for u in service.list_points(people)] == ["Dinas Kependudukan"]
        assert len(service.list_points(people, active_only=False)) == 2
        assert [p.is_active for p in service.points_of_unit(people, unit).points] == [False]


def test_a_new_name_keeps_the_address(databases: Databases, point: str) -> None:
    with transaction(databases.people) as people:
        service.rename_point(people, point, "Ruang tunggu")
    with reading(databases.people) as people:
        assert service.find_point(people, point).name == "Ruang tunggu"


def test_a_code_is_taken_in_any_letter_case(databases: Databases, point: str) -> None:
    with reading(databases.people) as people:
        assert service.is_code_taken(people, "pkm-01")
        assert not service.is_code_taken(people, "PKM-02")


def test_what_does_not_exist_is_not_found(databases: Databases) -> None:
    with transaction(databases.people) as people:
        for call in (
            lambda: service.find_point(people, "none"),
            lambda: service.points_of_unit(people, "none"),
            lambda: service.add_point(people, "none", "X", "Y"),
            lambda: service.rename_point(people, "none", "Y"),
        ):
            with pytest.raises(NotFound):
                call()
