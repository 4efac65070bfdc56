import pytest

from instruments.catalogue import get
from instruments.schema import PREFER_NOT_TO_SAY

# PermenPANRB 14/2017, Lampiran III, as read in one public implementation and matched in three (secondary).
LABELS = {
    "persyaratan": ["Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"],
    "prosedur": ["Tidak mudah", "Kurang mudah", "Mudah", "Sangat mudah"],
    "waktu": ["Tidak cepat", "Kurang cepat", "Cepat", "Sangat cepat"],
    "biaya": ["Sangat mahal", "Cukup mahal", "Murah", "Gratis"],
    "produk": ["Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"],
    "kompetensi": ["Tidak kompeten", "Kurang kompeten", "Kompeten", "Sangat kompeten"],
    "perilaku": [
        "Tidak sopan dan ramah",
        "Kurang sopan dan ramah",
        "Sopan dan ramah",
        "Sangat sopan dan ramah",
    ],
    "pengaduan": [
        "Tidak ada",
        "Ada tetapi tidak berfungsi",
        "Berfungsi kurang maksimal",
        "Dikelola dengan baik",
    ],
    "sarpras": ["Buruk", "Cukup", "Baik", "Sangat baik"],
}


def test_the_nine_unsur_stand_in_the_order_of_the_regulation() -> None:
    assert [item.code for item in get("skm_2017").items] == list(LABELS)


def test_the_form_asks_about_facilities_before_complaints() -> None:
    order = [item.code for item in get("skm_2017").form_order("citizen")]
    assert order == [*list(LABELS)[:7], "sarpras", "pengaduan"]


@pytest.mark.parametrize("code", LABELS)
def test_an_unsur_has_its_own_labels_from_one_to_four(code: str) -> None:
    options = get("skm_2017").item(code).options
    assert [option.value for option in options] == [1, 2, 3, 4]
    assert [option.label.id for option in options] == LABELS[code]


def test_a_citizen_may_leave_any_question_and_any_general_fact_unanswered() -> None:
    skm = get("skm_2017")
    assert [reason.code for reason in skm.missing_reasons] == ["cannot_judge"]
    assert [field.code for field in skm.profile] == ["sex", "age", "education", "occupation"]
    assert all(field.bands[-1].code == PREFER_NOT_TO_SAY for field in skm.profile)


def test_there_is_one_open_question() -> None:
    assert [question.code for question in get("skm_2017").open_questions] == ["saran"]
