"""Quality, results, release and files, as HR sees them."""

import io
import re

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.appraisals import Appraisal, Quality, ScaleScore
from survey.models.audit import AuditEvent
from survey.services.results import reports
from tests.survey.results import Counted, counted, release


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Counted:
    return counted(databases, settings)


@pytest.fixture
def address(done: Counted) -> str:
    return f"/staff/hr/cycles/{done.cycle.public_id}"


def words_of(text: str) -> str:
    """What a reader sees: no markup, one blank between words."""
    return " ".join(re.sub(r"<[^>]+>", " ", text[text.index("<main") :]).split())


def test_quality_begins_with_a_sentence_for_each_group(hr: FlaskClient, address: str) -> None:
    text = words_of(hr.get(f"{address}/quality").text)
    assert "63 kuesioner dihitung" in text
    assert text.index("Rata-rata kelompok ini") < text.index("ICC(1)")
    assert "belum pasti" in text  # fewer than 30 were rated
    assert "Seberapa baik periode penilaian ini mengukur" in text


@pytest.mark.parametrize(("fewest", "is_said"), [(30, True), (8, False)])
def test_quality_says_that_ranges_are_approximate_with_few_subjects(
    hr: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch, fewest: int, is_said: bool
) -> None:
    monkeypatch.setattr(reports, "FEWEST_SUBJECTS", fewest)  # eight members were rated by their peers
    peers = hr.get(f"{address}/quality").text.split("<h2>")[2]
    assert ("rentang nilai dalam laporan hanya perkiraan dan sedikit terlalu sempit" in peers) is is_said


def test_quality_tells_no_figure_of_one_person(hr: FlaskClient, done: Counted, address: str) -> None:
    text = hr.get(f"{address}/quality").text
    assert not any(member.name in text for member in done.team)


def test_quality_says_what_more_raters_would_give_and_what_is_held_back(
    hr: FlaskClient, address: str
) -> None:
    text = words_of(hr.get(f"{address}/quality?lang=en").text)
    assert "How many raters would it take?" in text and "What is held back" in text
    assert "too few questionnaires to tell" not in text.split("The items")[0]


def test_quality_tells_figures_with_and_without_careless_answers(
    hr: FlaskClient, databases: Databases, done: Counted, address: str
) -> None:
    text = words_of(hr.get(f"{address}/quality?lang=en").text)
    # of 42 questionnaires among peers, seven items each, none can carry a sign: a run needs ten
    assert "Of 42 questionnaires too few carry a sign of careless answers" in text
    both = {"n": 42, "flagged": 8, "with": {"mean": 3.5, "alpha": None, "icc1": 0.21}}
    both["without"] = {"mean": 3.61, "alpha": None, "icc1": 0.27}
    with transaction(databases.people) as people:
        for row in people.scalars(select(Quality).where(Quality.scale == "", Quality.rater_group == "peer")):
            told = {"ballots": 42, "flagged": 8, "runs": 8, "far": None, "scales": {"loyal": both}}
            row.figures = {**row.figures, "careless": told}
    text = words_of(hr.get(f"{address}/quality?lang=en").text)
    assert "8 of 42 questionnaires carry a sign of careless answers." in text
    assert "Loyal 8 42 3.50 3.61 – – 0.21 0.27" in text


def test_drawings_of_quality_stand_beside_their_tables(hr: FlaskClient, address: str) -> None:
    page = hr.get(f"{address}/quality?lang=en").text
    drawings = re.findall(r'<img class="drawing"[^>]* src="([^"]+)" alt="([^"]+)"', page)
    assert drawings and all(alt for _source, alt in drawings)
    for source, _alt in drawings:
        answer = hr.get(source.replace("&amp;", "&"))
        assert answer.content_type == "image/svg+xml" and answer.text.lstrip().startswith("<")
    assert hr.get(f"{address}/quality/peer-nothing.svg").status_code == 404
    assert hr.get(f"{address}/quality/self-forest.svg").status_code == 404


def test_results_name_reasons_in_words(hr: FlaskClient, databases: Databases, address: str) -> None:
    with transaction(databases.people) as people:
        people.execute(update(Appraisal).values(usable=False, reasons=["low_reliability"], composite=3.5717))
    text = hr.get(f"{address}/results").text
    assert "0 dari 9 angka gabungan layak pakai" in text
    assert "Keandalannya di bawah 0,50" in text
    assert "3,5" not in words_of(text) and "3,6" not in words_of(text)


def test_results_show_usable_figures_with_their_error(
    hr: FlaskClient, databases: Databases, address: str
) -> None:
    with transaction(databases.people) as people:
        people.execute(
            update(Appraisal).values(usable=True, reasons=[], composite=3.41, standard_error=0.17, raters=6)
        )
    text = words_of(hr.get(f"{address}/results").text)
    assert "3,4 ± 0,17 6 penilai anonim" in text


def test_no_figure_of_a_single_rater_group_reaches_hr(
    hr: FlaskClient, databases: Databases, address: str
) -> None:
    with transaction(databases.people) as people:
        people.execute(update(ScaleScore).values(mean=2.7182, standard_error=0.3141, n=97))
    workbook = openpyxl.load_workbook(io.BytesIO(hr.get(f"{address}/appraisals.xlsx").data)).active
    cells = " ".join(str(cell) for row in workbook.iter_rows(values_only=True) for cell in row)
    shown = [words_of(hr.get(f"{address}/{place}").text) for place in ("quality", "results")]
    for text in (*shown, hr.get(f"{address}/appraisals.csv").text, cells):
        assert not any(number in text for number in ("2,71", "2,72", "2.71", "2.72", "0,31", "0.31", " 97"))


def test_hr_sees_no_comment(hr: FlaskClient, address: str) -> None:
    for place in ("", "/quality", "/results", "/appraisals.csv"):
        assert "Kalimat ke" not in hr.get(address + place).text


def test_people_are_sorted_by_name_and_never_ranked(hr: FlaskClient, done: Counted, address: str) -> None:
    text = hr.get(f"{address}/results?sort=composite").text
    places = [text.index(member.name) for member in sorted(done.team, key=lambda member: member.name)]
    assert places == sorted(places)


def test_a_search_without_a_find_leads_back(hr: FlaskClient, address: str) -> None:
    text = hr.get(f"{address}/results?q=%3Cscript%3E").text
    assert "Tidak ada yang cocok dengan “&lt;script&gt;”" in text
    assert "Tampilkan semua" in text


@pytest.mark.parametrize("number", ["0", "-1", "abc", "999999999999999999999"])
def test_a_page_that_is_not_there_shows_the_nearest(hr: FlaskClient, address: str, number: str) -> None:
    assert hr.get(f"{address}/results?page={number}").status_code == 200


def test_a_download_is_noted_and_says_what_it_is(hr: FlaskClient, databases: Databases, address: str) -> None:
    answer = hr.get(f"{address}/appraisals.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.decode("utf-8-sig").startswith("NIP;Nama;Unit;")
    with reading(databases.people) as people:
        event = people.scalars(select(AuditEvent).where(AuditEvent.action == "appraisals.export")).one()
    assert event.detail == {"kind": "csv"}


def test_a_download_in_english_has_english_headings(hr: FlaskClient, address: str) -> None:
    hr.get(f"{address}/results?lang=en")
    assert (
        hr.get(f"{address}/appraisals.csv").data.decode("utf-8-sig").startswith("Employee number;Name;Unit;")
    )


def test_rater_groups_can_be_taken_once_the_employees_read_and_not_before(
    hr: FlaskClient, databases: Databases, done: Counted, address: str
) -> None:
    assert hr.get(f"{address}/groups.csv").status_code == 409
    assert "groups.csv" not in hr.get(f"{address}/results").text
    release(databases, done.cycle)
    assert "groups.csv" in hr.get(f"{address}/results").text
    answer = hr.get(f"{address}/groups.csv")
    assert answer.data.decode("utf-8-sig").startswith("NIP;Nama;Unit;Perilaku;Kelompok penilai;")
    assert "Penilaian diri" not in answer.text
    assert hr.get(f"{address}/groups.exe").status_code == 404
    with reading(databases.people) as people:
        event = people.scalars(select(AuditEvent).where(AuditEvent.action == "groups.export")).one()
    assert event.detail == {"kind": "csv"}


def test_another_kind_of_file_is_not_found(hr: FlaskClient, address: str) -> None:
    assert hr.get(f"{address}/appraisals.exe").status_code == 404


def test_a_figure_of_development_is_never_offered_for_appraisal(
    hr: FlaskClient, databases: Databases, done: Counted, address: str
) -> None:
    release(databases, done.cycle)
    assert "Unduh" not in words_of(hr.get(address).text)
    assert "tidak untuk penilaian kinerja" in words_of(hr.get(address).text)


def test_quality_does_not_say_that_nobody_reached_a_group_whose_results_are_shown(
    hr: FlaskClient, databases: Databases, address: str
) -> None:
    with transaction(databases.people) as people:
        for row in people.scalars(select(Quality).where(Quality.rater_group == "peer")):
            row.figures = {**row.figures, "subjects": 0, "icck": None}
    text = words_of(hr.get(f"{address}/quality?lang=en").text)
    peers = text.split("What is held back")[0]
    assert "are shown." in text.split("What is held back")[1]
    assert "Nobody reached the smallest group" not in peers
    assert "Results are shown here, but of too few employees" in peers


def test_no_sentence_of_the_quality_report_runs_into_the_next(hr: FlaskClient, address: str) -> None:
    for language in ("id", "en"):
        text = words_of(hr.get(f"{address}/quality?lang={language}").text)
        assert not re.search(r"[a-z0-9)][.:][A-Z]", text)


def test_release_is_taken_once(hr: FlaskClient, address: str) -> None:
    assert "9 pegawai akan dapat membaca hasilnya sendiri" in hr.get(f"{address}/release").text
    assert hr.post(f"{address}/release").status_code == 302
    assert hr.post(f"{address}/release").status_code == 409
    assert "Sudah diumumkan" in hr.get(address).text
