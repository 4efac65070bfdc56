from collections import Counter

import pytest

from instruments.catalogue import get

# SE MenPANRB 20/2021, the 21 panduan as read in one public implementation (secondary).
PANDUAN = {
    "berorientasi_pelayanan": [
        "Memahami dan memenuhi kebutuhan masyarakat",
        "Ramah, cekatan, solutif, dan dapat diandalkan",
        "Melakukan perbaikan tiada henti",
    ],
    "akuntabel": [
        "Melaksanakan tugas dengan jujur, bertanggung jawab, cermat, disiplin, dan berintegritas tinggi",
        "Menggunakan kekayaan dan barang milik negara secara bertanggung jawab, efektif, dan efisien",
        "Tidak menyalahgunakan kewenangan jabatan",
    ],
    "kompeten": [
        "Meningkatkan kompetensi diri untuk menjawab tantangan yang selalu berubah",
        "Membantu orang lain belajar",
        "Melaksanakan tugas dengan kualitas terbaik",
    ],
    "harmonis": [
        "Menghargai setiap orang apa pun latar belakangnya",
        "Suka menolong orang lain",
        "Membangun lingkungan kerja yang kondusif",
    ],
    "loyal": [
        "Memegang teguh ideologi Pancasila, UUD 1945, setia kepada NKRI serta pemerintahan yang sah",
        "Menjaga nama baik sesama ASN, pimpinan, instansi, dan negara",
        "Menjaga rahasia jabatan dan negara",
    ],
    "adaptif": [
        "Cepat menyesuaikan diri menghadapi perubahan",
        "Terus berinovasi dan mengembangkan kreativitas",
        "Bertindak proaktif",
    ],
    "kolaboratif": [
        "Memberi kesempatan kepada berbagai pihak untuk berkontribusi",
        "Terbuka dalam bekerja sama untuk menghasilkan nilai tambah",
        "Menggerakkan pemanfaatan berbagai sumber daya untuk tujuan bersama",
    ],
}
ALL = ("self", "supervisor", "peer", "subordinate", "partner")


@pytest.mark.parametrize("value", PANDUAN)
def test_each_official_guide_heads_one_act(value: str) -> None:
    items = [item for item in get("berakhlak_360").items if item.scale == value]
    assert [item.guidance.id for item in items if item.guidance] == PANDUAN[value]


def test_the_seven_values_stand_in_their_official_order() -> None:
    for code in ("berakhlak_360", "berakhlak_short"):
        assert [scale.code for scale in get(code).scales] == list(PANDUAN)


def test_only_ideology_and_secrets_are_kept_from_peers_and_subordinates() -> None:
    full = get("berakhlak_360")
    kept = [item.guidance.id for item in full.items if full.groups_of_item(item) != ALL and item.guidance]
    assert kept == [PANDUAN["loyal"][0], PANDUAN["loyal"][2]]
    for group, count in {"self": 21, "supervisor": 21, "peer": 19, "subordinate": 19}.items():
        assert len(full.items_for(group)) == count  # type: ignore[arg-type]


def test_the_short_form_has_one_item_a_value_that_every_group_can_see() -> None:
    short = get("berakhlak_short")
    assert Counter(item.scale for item in short.items) == dict.fromkeys(PANDUAN, 1)
    assert all(short.groups_of_item(item) == ALL for item in short.items)


def test_the_short_form_speaks_exactly_as_the_long_one() -> None:
    short, full = get("berakhlak_short"), get("berakhlak_360")
    assert all(item == full.item(item.code) for item in short.items)
    for part in ("scales", "options", "sentence", "missing_reasons", "open_questions", "rater_groups"):
        assert getattr(short, part) == getattr(full, part)


def test_the_pp30_aspects_have_two_or_three_acts_each() -> None:
    # PP 30/2019, the five aspects of work behaviour (secondary: press report and slides).
    pp30 = get("pp30_behaviour")
    assert [scale.code for scale in pp30.scales] == [
        "orientasi_pelayanan",
        "komitmen",
        "inisiatif_kerja",
        "kerja_sama",
        "kepemimpinan",
    ]
    assert all(2 <= count <= 3 for count in Counter(item.scale for item in pp30.items).values())


def test_leadership_is_judged_only_where_the_subject_leads_and_never_by_peers() -> None:
    pp30 = get("pp30_behaviour")
    seen = {group: {item.scale for item in pp30.items_for(group)} for group in pp30.rater_groups}
    assert [group for group in pp30.rater_groups if "kepemimpinan" in seen[group]] == [
        "self",
        "supervisor",
        "subordinate",
    ]
    for group in pp30.rater_groups:
        scales = {scale.code for scale in pp30.scales_for(group, leader=False)}
        assert scales == {"orientasi_pelayanan", "komitmen", "inisiatif_kerja", "kerja_sama"}


@pytest.mark.parametrize("code", ["berakhlak_360", "berakhlak_short", "pp30_behaviour"])
def test_a_rater_has_two_reasons_not_to_judge_and_two_open_questions(code: str) -> None:
    instrument = get(code)
    assert [reason.code for reason in instrument.missing_reasons] == ["not_seen", "not_in_job"]
    assert [question.code for question in instrument.open_questions] == ["keep_doing", "do_differently"]


def test_the_three_use_one_frequency_scale() -> None:
    assert get("pp30_behaviour").options == get("berakhlak_360").options
    assert [option.value for option in get("berakhlak_360").options] == [1, 2, 3, 4, 5]
