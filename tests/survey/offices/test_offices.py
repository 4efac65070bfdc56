"""What offices do about it: within reach alone, seen by the public, reported by chapters."""

import hashlib
import io
from collections.abc import Iterator
from datetime import date, timedelta

import docx
import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.db import Databases, reading, transaction
from survey.models.people import Unit
from survey.services.accounts import accounts
from survey.services.citizens import follow_ups, indicators, service_points
from survey.services.citizens.follow_ups import Entry
from tests.citizens import filled, make_point, sekadau
from tests.conftest import PASSWORD, TODAY, sign_in
from tests.survey.public.test_results import keep, words_of

PROMISE = {
    "period": "2026-Q3",
    "element": "persyaratan",
    "action": "Menempel daftar persyaratan",
    "responsible": "Kepala Seksi Pelayanan",
    "due_on": "2026-12-31",
    "state": "planned",
}
REPORT = {
    "period": "2026-Q3",
    "weights": "1/9",
    "signatory": "Contoh Nama *tebal* #x",
    "number": "19800101 200501 1 001",
    "post": "Kepala Dinas",
    "place": "Bukittinggi",
    "signed_on": "2026-11-24",
    "method": "Kuesioner elektronik.",
    "kind": "report.pdf",
}


@pytest.fixture
def unit(databases: Databases) -> str:
    with transaction(databases.people) as people:
        unit, point = make_point(people)
    keep(databases, point, "2026-Q3", sekadau())
    return unit


def head_of(app: Flask, databases: Databases, unit: str) -> FlaskClient:
    with transaction(databases.people) as people:
        unit_id = people.query(Unit.id).filter(Unit.public_id == unit).scalar()
        accounts.create_account(people, "head", PASSWORD, ("unit_head",), unit_id=unit_id)
    return sign_in(app, "head")


def test_a_head_sees_and_changes_her_own_unit_alone(app: Flask, databases: Databases, unit: str) -> None:
    with transaction(databases.people) as people:
        other, _point = make_point(people, "Dinas Lain", "LAIN-1")
        foreign = follow_ups.add(people, other, Entry("2026-Q3", "waktu", "Lain", "Kepala", TODAY))
    head = head_of(app, databases, unit)
    assert "Dinas Lain" not in head.get("/staff/offices/").text
    assert head.get(f"/staff/offices/{unit}").status_code == 200
    for path in ("", "/plan/new", "/users", "/report", "/indicators/new", "/changes/new", f"/plan/{foreign}"):
        assert head.get(f"/staff/offices/{other}{path}").status_code == 404, path
    assert head.get(f"/staff/offices/{unit}/plan/{foreign}").status_code == 404
    assert head.post(f"/staff/offices/{other}/plan/new", data=PROMISE).status_code == 404


def test_a_promise_is_seen_by_everybody_and_overdue_when_its_day_has_passed(
    hr: FlaskClient, client: FlaskClient, databases: Databases, unit: str
) -> None:
    public = words_of(client.get(f"/units/{unit}?lang=en").text)
    assert "No answer of the office yet" in public  # the lowest element of a finished quarter
    assert hr.post(f"/staff/offices/{unit}/plan/new", data=PROMISE).status_code == 302
    public = words_of(client.get(f"/units/{unit}?lang=en").text)
    assert "Menempel daftar persyaratan" in public
    assert "No answer of the office yet" not in public
    assert "Overdue" not in public
    with transaction(databases.people) as people:
        (promise,) = follow_ups.promises_of(people, unit)
        late = Entry("2026-Q3", "persyaratan", "Menempel", "Kepala", TODAY - timedelta(days=1))
        follow_ups.change(people, promise.public_id, late)
    assert "Overdue" in words_of(client.get(f"/units/{unit}?lang=en").text)
    assert "1 overdue" in words_of(client.get("/results?lang=en").text)
    assert "Overdue" in words_of(hr.get(f"/staff/offices/{unit}?lang=en").text)
    done = {**PROMISE, "state": "done"}
    refused = hr.post(f"/staff/offices/{unit}/plan/{promise.public_id}?lang=en", data=done)
    assert (refused.status_code, "Write the day on which it was done" in refused.text) == (422, True)
    hr.post(f"/staff/offices/{unit}/plan/{promise.public_id}", data={**done, "done_on": "2026-11-01"})
    assert "Overdue" not in words_of(client.get(f"/units/{unit}?lang=en").text)


def test_the_next_period_stands_beside_a_promise_with_the_ends_of_the_change(
    client: FlaskClient, databases: Databases, unit: str
) -> None:
    with transaction(databases.people) as people:
        follow_ups.add(people, unit, Entry("2026-Q3", "persyaratan", "Menempel", "Kepala", TODAY))
        point = service_points.points_of_unit(people, unit).points[0].public_id
    keep(databases, point, "2026-Q4", [filled(4)] * 20 + [filled(3)] * 20, first=500)
    page = words_of(client.get(f"/units/{unit}?lang=en").text)
    # 138/49 = 2.82 before, 3.50 after; Welch by hand: se = sqrt(0.2364/49 + 0.2564/40) = 0.106, t(84) 1.989
    assert "In the next period the mean was 3.50. Higher, by 0.4 to 0.9" in page


def test_a_file_of_days_is_taken_whole_or_refused_by_row(
    hr: FlaskClient, databases: Databases, unit: str
) -> None:
    made = hr.post(
        f"/staff/offices/{unit}/indicators/new",
        data={"name": "Waktu tunggu", "measure": "menit", "less_is_better": "y", "element": "waktu"},
    )
    page = made.location
    bad = "day,value\n2026-07-01,12\n01/07/2026,12\n2026-07-01,x\n"
    refused = hr.post(f"{page}?lang=en", data={"file": (io.BytesIO(bad.encode()), "days.csv")})
    told = words_of(refused.text)
    assert refused.status_code == 422
    assert "Row 3, column “day”: Write the day as 2026-11-24." in told
    assert "Row 4, column “value”: Write a number" in told
    good = "day,value\n2026-07-01,12\n2026-07-02,14.5\n"
    assert hr.post(page, data={"file": (io.BytesIO(good.encode()), "days.csv")}).status_code == 302
    with reading(databases.people) as people:
        (kept,) = indicators.kept_by(people, unit)
    assert kept.values == ((date(2026, 7, 1), 12.0), (date(2026, 7, 2), 14.5))


def test_a_figure_and_a_change_can_be_taken_back_and_the_days_begun_again(
    hr: FlaskClient, client: FlaskClient, databases: Databases, unit: str
) -> None:
    with transaction(databases.people) as people:
        other, _point = make_point(people, "Dinas Lain", "LAIN-1")
        waiting = indicators.add_indicator(people, unit, "Waktu tunggu", "menit", less_is_better=True)
        indicators.set_values(people, unit, waiting, {date(2026, 7, 1): 12.0, date(2026, 7, 2): 14.5})
        turn = indicators.add_turn(people, unit, date(2026, 10, 1), "Loket kedua")
    place = f"/staff/offices/{unit}"
    days = hr.get(f"{place}/indicators/{waiting}/days.csv")
    assert days.text == "day,value\n2026-07-01,12.0\n2026-07-02,14.5\n"
    assert "2 days are deleted" in hr.get(f"{place}/indicators/{waiting}/remove?lang=en").text
    for foreign in (f"indicators/{waiting}/remove", f"changes/{turn}/remove"):
        hr.post(f"/staff/offices/{other}/{foreign}")
    with reading(databases.people) as people:
        assert len(indicators.kept_by(people, unit)) == len(indicators.turns_of(people, unit)) == 1
    assert hr.post(f"{place}/indicators/{waiting}/remove").status_code == 302
    assert hr.post(f"{place}/changes/{turn}/remove").status_code == 302
    with reading(databases.people) as people:
        assert indicators.kept_by(people, unit) == indicators.turns_of(people, unit) == []
    made = hr.post(
        f"{place}/indicators/new", data={"name": "Waktu tunggu", "measure": "menit", "element": ""}
    )
    brought = hr.post(made.location, data={"file": (io.BytesIO(days.data), "days.csv")})
    assert brought.status_code == 302
    with reading(databases.people) as people:
        (kept,) = indicators.kept_by(people, unit)
    assert kept.values == ((date(2026, 7, 1), 12.0), (date(2026, 7, 2), 14.5))


def test_a_figure_before_and_after_a_change_stands_beside_the_element(
    client: FlaskClient, databases: Databases, unit: str
) -> None:
    with transaction(databases.people) as people:
        point = service_points.points_of_unit(people, unit).points[0].public_id
        waiting = indicators.add_indicator(
            people, unit, "Waktu tunggu", "menit", less_is_better=True, element="waktu"
        )
        indicators.add_turn(people, unit, date(2026, 10, 1), "Loket kedua")
        before = {date(2026, 9, day): 50.0 + day % 5 for day in range(1, 31)}
        after = {date(2026, 10, day): 30.0 + day % 5 for day in range(1, 31)}
        indicators.set_values(people, unit, waiting, before | after)
    keep(databases, point, "2026-Q4", [filled(4)] * 35 + [filled(3)] * 5, first=500)
    page = words_of(client.get(f"/units/{unit}?lang=en").text)
    # Days 1 to 30 hold each remainder by 5 six times: 52 and 32 on average, se 0.371
    assert "From 52.0 to 32.0 minutes a day on average: a change of -20.7 to -19.3, more than chance." in page
    # 150/49 = 3.06 of Sekadau's rows before, 155/40 = 3.88 after
    assert "from 3.06 to 3.88 on the scale from 1 to 4" in page


def test_the_report_is_tagged_has_the_chapters_and_takes_no_text_for_markup(
    hr: FlaskClient, databases: Databases, unit: str
) -> None:
    hr.post(f"/staff/offices/{unit}/plan/new", data=PROMISE)
    answer = hr.post(f"/staff/offices/{unit}/report", data=REPORT)
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as file:
        assert file.Root.MarkInfo.Marked
        assert str(file.Root.Lang).startswith("id")
        assert "Survei Kepuasan Masyarakat" in str(
            file.docinfo.get("/Title", file.open_metadata().get("dc:title"))
        )
    word = hr.post(f"/staff/offices/{unit}/report", data={**REPORT, "kind": "report.docx"})
    made = docx.Document(io.BytesIO(word.data))
    text = "\n".join(paragraph.text for paragraph in made.paragraphs)
    chapters = ["BAB I PENDAHULUAN", "BAB II ANALISIS DATA SKM", "BAB III", "BAB IV KESIMPULAN", "LAMPIRAN"]
    places = [text.index(chapter) for chapter in chapters]
    assert places == sorted(places)
    # Witness: regulations.md 1.8, Sekadau: 78.74, B; the lowest mean is 138/49.
    assert "78,74" in text
    assert "Contoh Nama *tebal* #x" in text
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    assert "2,816" in cells
    assert "Menempel daftar persyaratan" in cells
    pictures = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert len(pictures) == 2, "there is no period before to draw a trend"
    assert "Persyaratan 2,82" in pictures[0]
    assert "Persyaratan 1, 8, 39, 1;" in pictures[1]
    assert "39" in cells


def test_the_drawings_of_a_report_are_figures_with_the_numbers_in_words(
    hr: FlaskClient, databases: Databases, unit: str
) -> None:
    with reading(databases.people) as people:
        point = service_points.points_of_unit(people, unit).points[0].public_id
    keep(databases, point, "2026-Q2", [filled(2)] * 35 + [filled(3)] * 5, first=900)
    data = hr.post(f"/staff/offices/{unit}/report", data=REPORT).data
    alts = [str(node["/Alt"]) for node in nodes(data) if node.get("/S") == "/Figure"]
    assert len(alts) == 3
    assert "Triwulan II 2026 53,13; Triwulan III 2026 78,74" in alts[2]


def nodes(data: bytes) -> Iterator[pikepdf.Dictionary]:
    """Everything in the structure of a tagged file, in the order of reading."""
    with pikepdf.open(io.BytesIO(data)) as file:
        left = [file.Root.StructTreeRoot.K]
        while left:
            node = left.pop()
            if isinstance(node, pikepdf.Array):
                left.extend(reversed(list(node)))
            elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
                yield node
                left.append(node.get("/K", pikepdf.Array()))


def test_a_printed_weight_stands_beside_the_index_in_a_report(hr: FlaskClient, unit: str) -> None:
    word = hr.post(f"/staff/offices/{unit}/report", data={**REPORT, "kind": "report.docx", "weights": "0.11"})
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(word.data)).paragraphs)
    assert "77,95 (bobot 0.11)" in text


def test_what_is_published_stands_in_a_log_with_its_digest(
    hr: FlaskClient, client: FlaskClient, unit: str
) -> None:
    notice = hr.post(
        f"/staff/offices/{unit}/report",
        data={**REPORT, "kind": "notice.pdf", "publish": "y", "published_at": "Papan pengumuman"},
    )
    with pikepdf.open(io.BytesIO(notice.data)) as file:
        assert len(file.pages) == 1
    log = words_of(client.get("/publications").text)
    assert hashlib.sha256(notice.data).hexdigest()[:16] in log
    assert "78.74" in log
    assert "Papan pengumuman" in log
    assert client.get(f"/units/{unit}/notice").status_code == 200
