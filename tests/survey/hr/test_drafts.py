"""HR writes a questionnaire: step by step, with undo, and publishes it for good."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from instruments import catalogue
from survey.db import Databases, reading, transaction
from survey.exceptions import VersionFixed
from survey.models.audit import AuditEvent
from survey.models.instruments import DraftStep, InstrumentVersion
from survey.services.instruments import instrument_drafts, questionnaires
from tests.factories import TODAY

NEW = "/staff/hr/instruments/new"
ITEM = {
    "scale": "arahan",
    "text_id": "menjelaskan tujuan sebelum pekerjaan dimulai",
    "text_en": "explain the aim before work begins",
}


def begin(hr: FlaskClient, title: str = "Kepemimpinan lapangan") -> str:
    answer = hr.post(NEW, data={"title": title})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def save(hr: FlaskClient, draft: str, place: str, **fields: Any) -> Any:
    """Post a part as its form would: with the step that was seen, unless another is given."""
    seen = re.search(r'name="position" value="(\d+)"', hr.get(f"{draft}/{place}").text)
    assert seen
    return hr.post(f"{draft}/{place}", data={"position": seen[1], **fields})


def fill(hr: FlaskClient, draft: str) -> None:
    """A whole small questionnaire."""
    general = {
        "title_id": "Kepemimpinan lapangan",
        "title_en": "Leading in the field",
        "purpose_id": "Umpan balik untuk tumbuh.",
        "purpose_en": "Feedback to grow by.",
        "code": "lapangan",
        "rater_groups": ["self", "supervisor", "peer", "subordinate"],
        "sentence_pattern_id": "{subject} {label} {item}.",
        "sentence_pattern_en": "{subject} {label} {item}.",
        "sentence_subject_id": "Pegawai ini",
        "sentence_subject_en": "They",
        "sentence_self_subject_id": "Saya",
        "sentence_self_subject_en": "I",
    }
    save(hr, draft, "general", **general)
    save(hr, draft, "scales/0", title_id="Arahan", title_en="Direction", subjects="everyone")
    save(hr, draft, "items/0", **ITEM)
    save(
        hr,
        draft,
        "sources/0",
        covers_id="Semua",
        covers_en="All",
        title="Kota",
        confidence="own",
    )


def publish(hr: FlaskClient, draft: str) -> Any:
    page = hr.get(f"{draft}/publish")
    assert page.status_code == 200, page.location
    seen = re.search(r'name="position" value="(\d+)"', page.text)
    assert seen
    return hr.post(f"{draft}/publish", data={"position": seen[1]})


def audited(databases: Databases) -> list[str]:
    with reading(databases.people) as people:
        return list(people.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_new_questionnaire_says_what_is_missing_and_keeps_what_was_typed(hr: FlaskClient) -> None:
    draft = begin(hr)
    assert "teks bahasa Inggris (en) belum ada" in hr.get(draft).text
    answer = save(hr, draft, "scales/0", title_id="Arahan", title_en="")
    assert answer.location.endswith("/scales/0?checked=1")
    page = hr.get(answer.location).text
    assert 'value="Arahan"' in page
    assert 'href="#title_en"' in page
    assert 'id="title_en-error"' in page
    assert 'name="code" type="text" value="arahan"' in page.replace("\n", " ")  # made from the words


def test_a_finished_questionnaire_is_published_and_offered_for_a_cycle(
    hr: FlaskClient, databases: Databases
) -> None:
    draft = begin(hr)
    fill(hr, draft)
    preview = hr.get(f"{draft}/preview?group=peer&words=en&width=phone").text
    assert "They … explain the aim before work begins." in preview
    assert 'class="sheet sheet--phone"' in preview
    assert publish(hr, draft).location == "/staff/hr/instruments/lapangan/1"
    assert hr.get(draft).status_code == 404
    with reading(databases.people) as people:
        made = questionnaires.get(people, "lapangan")
        assert questionnaires.by_hash(people, made.content_hash()) == made
    assert made.content_hash() in hr.get("/staff/hr/instruments/lapangan/1").text.replace(" ", "")
    assert '<option value="lapangan"' in hr.get("/staff/hr/cycles/new").text
    assert audited(databases) == ["instrument.draft", "instrument.publish"]


def test_a_draft_with_a_problem_cannot_be_published(hr: FlaskClient, databases: Databases) -> None:
    draft = begin(hr)
    fill(hr, draft)
    save(hr, draft, "items/0", **{**ITEM, "text_en": ""})
    assert hr.get(f"{draft}/publish").location == draft
    assert hr.post(f"{draft}/publish", data={"position": "5"}).status_code == 409
    with reading(databases.people) as people:
        assert people.scalars(select(InstrumentVersion)).all() == []


def test_steps_are_undone_and_taken_again(hr: FlaskClient, databases: Databases) -> None:
    draft = begin(hr)
    fill(hr, draft)
    save(hr, draft, "items/1", **{**ITEM, "text_id": "memberi contoh", "text_en": "set an example"})
    assert "Urungkan: Butir “memberi_contoh” ditambahkan" in hr.get(draft).text
    hr.post(f"{draft}/steps/undo")
    page = hr.get(draft).text
    assert "memberi contoh" not in page
    assert "Ulangi: Butir “memberi_contoh” ditambahkan" in page
    hr.post(f"{draft}/steps/redo")
    assert "memberi contoh" in hr.get(draft).text
    for _ in range(9):
        hr.post(f"{draft}/steps/undo")  # one more than there are does nothing
    assert "Arahan" not in hr.get(draft).text
    save(hr, draft, "scales/0", title_id="Lain", title_en="Other")
    hr.post(f"{draft}/steps/redo")
    assert "Arahan" not in hr.get(draft).text  # another way was taken


def test_old_steps_are_forgotten(
    hr: FlaskClient, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instrument_drafts, "MOST_STEPS", 3)
    draft = begin(hr)
    for number in range(6):
        save(hr, draft, "scales/0", title_id=f"Arahan {number}", title_en="Direction", code="arahan")
    with reading(databases.people) as people:
        assert len(people.scalars(select(DraftStep)).all()) == 4
    for _ in range(9):
        hr.post(f"{draft}/steps/undo")
    assert "Arahan 2" in hr.get(draft).text


def test_nobody_overwrites_what_somebody_else_typed(hr: FlaskClient) -> None:
    draft = begin(hr)
    save(hr, draft, "scales/0", title_id="Arahan", title_en="Direction")
    answer = save(hr, draft, "scales/0", position="0", title_id="Pengarahan", title_en="Direction")
    assert answer.status_code == 409
    assert 'value="Pengarahan"' in answer.text
    assert "Arahan" in hr.get(draft).text


def test_elements_move_and_go_and_a_scale_takes_its_items_along(hr: FlaskClient) -> None:
    draft = begin(hr)
    fill(hr, draft)
    save(hr, draft, "items/1", **{**ITEM, "text_id": "memberi contoh", "text_en": "set an example"})

    def position() -> str:
        return re.findall(r'name="position" value="(\d+)"', hr.get(draft).text)[0]

    hr.post(f"{draft}/items/1/up", data={"position": position()})
    page = hr.get(draft).text
    assert page.index("memberi contoh") < page.index("menjelaskan tujuan")
    hr.post(f"{draft}/items/0/up", data={"position": position()})  # already the first
    assert hr.post(f"{draft}/items/9/up", data={"position": position()}).status_code == 404
    assert hr.post(f"{draft}/items/0/remove", data={"position": "0"}).status_code == 409
    hr.post(f"{draft}/scales/0/remove", data={"position": position()})
    page = hr.get(draft).text
    assert "memberi contoh" not in page
    assert "Belum ada aspek" in page


def test_items_follow_the_new_code_of_their_scale(hr: FlaskClient) -> None:
    draft = begin(hr)
    fill(hr, draft)
    save(hr, draft, "scales/0", title_id="Arahan", title_en="Direction", code="tujuan", subjects="everyone")
    page = hr.get(draft).text
    assert "Butir yang aspeknya belum ada" not in page
    assert f"{draft}/publish" in page


def test_a_copy_becomes_the_next_version_with_its_differences(hr: FlaskClient) -> None:
    draft = begin(hr)
    fill(hr, draft)
    publish(hr, draft)
    copy = hr.post("/staff/hr/instruments/lapangan/1/copy").location
    assert "tidak ada yang berbeda" in hr.get(copy).text
    save(hr, copy, "items/0", **{**ITEM, "text_id": "menjelaskan maksud sebelum pekerjaan dimulai"}, code="")
    page = hr.get(f"{copy}/publish").text
    assert "menjelaskan_maksud_sebelum" in page  # a new code is another item
    hr.post(f"{copy}/steps/undo")
    changed = {**ITEM, "text_id": "menjelaskan maksud sebelum pekerjaan dimulai"}
    save(hr, copy, "items/0", **changed, code="menjelaskan_tujuan_sebelum")
    page = hr.get(f"{copy}/publish").text
    assert re.search(r"<del>.*?tujuan</del>\s*<ins>.*?maksud</ins>", page)
    assert publish(hr, copy).location == "/staff/hr/instruments/lapangan/2"
    changes = hr.get("/staff/hr/instruments/lapangan/2/changes").text
    assert re.search(r"<del>.*?tujuan</del>\s*<ins>.*?maksud</ins>", changes)
    assert (
        "/staff/hr/instruments/lapangan/2/changes?from=1" in hr.get("/staff/hr/instruments/lapangan/2").text
    )


def test_a_copy_of_the_products_own_gets_a_name_of_its_own(hr: FlaskClient) -> None:
    copy = hr.post("/staff/hr/instruments/berakhlak_short/1/copy").location
    page = hr.get(copy).text
    assert "berakhlak_short_kota" in page
    assert f"{copy}/publish" in page  # ready as it is
    general = hr.get(f"{copy}/general").text
    fields = dict(re.findall(r'name="([a-z_]+)" type="text" value="([^"]*)"', general.replace("\n", " ")))
    groups = ["self", "supervisor", "peer", "subordinate"]
    answer = save(hr, copy, "general", **{**fields, "code": "berakhlak_short", "rater_groups": groups})
    assert answer.status_code == 302
    assert "produk sudah memiliki kuesioner dengan kode ini" in hr.get(copy).text


def test_the_questionnaire_of_a_regulation_is_not_copied(hr: FlaskClient) -> None:
    assert hr.post("/staff/hr/instruments/skm_2017/1/copy").status_code == 404
    assert "instruments/skm_2017/1/copy" not in hr.get("/staff/hr/instruments/skm_2017/1").text


def test_a_published_version_never_changes_whoever_asks(hr: FlaskClient, databases: Databases) -> None:
    draft = begin(hr)
    fill(hr, draft)
    publish(hr, draft)
    for change in ("update", "delete"):
        with pytest.raises(VersionFixed), transaction(databases.people) as people:
            version = people.scalars(select(InstrumentVersion)).one()
            if change == "update":
                version.text = version.text.replace("tujuan", "maksud")
            else:
                people.delete(version)
            people.flush()
    for method in ("POST", "PUT", "DELETE"):
        assert hr.open("/staff/hr/instruments/lapangan/1", method=method).status_code == 405
    assert not [name for name in dir(questionnaires) if "set" in name or "update" in name]


@pytest.mark.db
def test_a_version_changed_under_our_feet_is_refused(databases: Databases) -> None:
    instrument = catalogue.get("berakhlak_short")
    data = {**instrument_drafts.drafting.data_of(instrument), "code": "lain"}
    with transaction(databases.people) as people:
        begun = instrument_drafts.begin(people, {k: v for k, v in data.items() if k != "default"})
    with transaction(databases.people) as people:
        made = instrument_drafts.publish(people, begun, 0, TODAY)
    with databases.people.begin() as connection:
        connection.exec_driver_sql("UPDATE instrument_versions SET text = replace(text, 'sesuai', 'tanpa')")
    with (
        reading(databases.people) as people,
        pytest.raises(catalogue.UnknownInstrumentError, match="no questionnaire has the content hash"),
    ):
        questionnaires.by_hash(people, made.content_hash())


def test_lists_and_drafts_need_few_statements(
    hr: FlaskClient,
    databases: Databases,
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    for _ in range(4):
        hr.post("/staff/hr/instruments/berakhlak_360/1/copy")
    draft = hr.post("/staff/hr/instruments/berakhlak_short/1/copy").location
    with count_statements(databases.people) as count:
        hr.get("/staff/hr/instruments")
    assert count() <= 8  # with those of the sign-in
    with count_statements(databases.people) as count:
        hr.get(draft)
    assert count() <= 7


@pytest.mark.parametrize(
    "path", ["", "/general", "/items/0", "/publish", "/discard", "/preview", "/nothing/0"]
)
def test_a_draft_that_is_not_there(hr: FlaskClient, path: str) -> None:
    assert hr.get(f"/staff/hr/instruments/drafts/none{path}").status_code == 404


def test_discarding_asks_first(hr: FlaskClient, databases: Databases) -> None:
    draft = begin(hr)
    assert "Buang draf ini?" in hr.get(f"{draft}/discard").text
    assert hr.post(f"{draft}/discard").location == "/staff/hr/instruments"
    assert hr.get(draft).status_code == 404
    assert audited(databases) == ["instrument.draft", "instrument.discard"]


def in_both_languages(hr: FlaskClient, draft: str) -> tuple[int, int]:
    """How many texts the page says to have both languages, and how many there are."""
    told = re.search(r"Texts in both languages</dt>\s*<dd>(\d+) of (\d+)", hr.get(f"{draft}?lang=en").text)
    assert told
    return int(told[1]), int(told[2])


def test_the_page_counts_the_texts_that_have_both_languages(hr: FlaskClient) -> None:
    draft = begin(hr)
    fill(hr, draft)
    done, total = in_both_languages(hr, draft)
    assert done == total
    save(hr, draft, "items/1", scale="arahan", text_id="mendengarkan lebih dulu", text_en="")
    assert in_both_languages(hr, draft) == (done, total + 1)
    save(hr, draft, "items/1", scale="arahan", text_id="mendengarkan lebih dulu", text_en="listen first")
    assert in_both_languages(hr, draft) == (total + 1, total + 1)
