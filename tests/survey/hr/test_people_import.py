"""HR brings in units and employees: upload, look at the difference, apply."""

import io
import os
import re
import stat
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from survey.db import transaction
from survey.models.audit import AuditEvent
from survey.models.people import Employee
from survey.models.posts import Post
from survey.services.documents import uploads
from survey.services.organisation import people_import
from survey.services.organisation.people_words import EMPLOYEE_COLUMNS, UNIT_COLUMNS
from survey.tables import read_table

IMPORT = "/staff/hr/people/import"
UNITS = "kode,nama,induk\nDINKES,Dinas Kesehatan,\n"
PEOPLE = "nip,jenis,nama,unit,atasan,jabatan\n198001012005011001,PNS,Ani,DINKES,,Kepala\n"


def upload(client, units: str = "", employees: str = "", name: str = "pegawai.csv", lang: str = "id"):
    data = {"lang": lang}
    if units:
        data["units"] = (io.BytesIO(units.encode()), "unit.csv")
    if employees:
        data["employees"] = (io.BytesIO(employees.encode()), name)
    return client.post(IMPORT, data=data)


def hidden(page: str, name: str) -> str:
    return re.search(f'name="{name}" value="([^"]+)"', page)[1]


def fields(answer) -> dict[str, str]:
    page = answer.get_data(as_text=True)
    return {name: hidden(page, name) for name in ("upload", "fingerprint")}


def names(databases) -> list[str]:
    with transaction(databases.people) as session:
        return sorted(session.scalars(select(Employee.name)))


def folder(settings):
    return settings.private_directory / "uploads"


def test_files_are_applied_in_two_steps_and_then_deleted(hr, databases, settings):
    preview = upload(hr, UNITS, PEOPLE)
    assert preview.status_code == 200
    assert "Belum ada yang disimpan." in preview.get_data(as_text=True)
    assert names(databases) == []
    kept = sorted(folder(settings).glob("*/*"))
    assert [path.name for path in kept] == ["employees.csv", "units.csv"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE(kept[0].parent.stat().st_mode) == 0o700

    done = hr.post(f"{IMPORT}/apply", data=fields(preview), follow_redirects=True)
    assert "Perubahan sudah diterapkan." in done.get_data(as_text=True)
    assert names(databases) == ["Ani"]
    assert list(folder(settings).iterdir()) == []
    with transaction(databases.people) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "people.imported")).one()
        assert event.account_id is not None
        assert event.detail["employees_new"] == 1


def test_the_difference_shows_what_was_and_what_will_be(hr):
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS, PEOPLE)))
    page = upload(hr, employees=PEOPLE.replace("Kepala", "Sekretaris")).get_data(as_text=True)
    assert "<td>Kepala</td><td>Sekretaris</td>" in page


def test_only_the_first_fifty_changes_are_shown(hr):
    rows = [f"198001012005011{n:03d},PNS,Ani {n},DINKES,,Staf\n" for n in range(1, 61)]
    many = PEOPLE.splitlines(keepends=True)[0] + "".join(rows)
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS, many)))
    page = upload(hr, employees=many.replace("Staf", "Ahli")).get_data(as_text=True)
    assert page.count("<td>Staf</td><td>Ahli</td>") == 50
    assert "50 perubahan pertama" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_whole_difference_is_a_file_before_anything_is_applied(hr, databases, kind):
    rows = [f"198001012005011{n:03d},PNS,Ani {n:03d},DINKES,,Staf\n" for n in range(1, 61)]
    header = PEOPLE.splitlines(keepends=True)[0]
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS, header + "".join(rows))))
    later = "".join(rows).replace("Staf", "Ahli") + "198001012005012900,PNS,Baru,DINKES,,Staf\n"
    preview = upload(hr, UNITS + "PKM,Puskesmas,DINKES\n", header + later)
    assert f'formaction="{IMPORT}/difference.{kind}"' in preview.get_data(as_text=True)
    answer = hr.post(f"{IMPORT}/difference.{kind}", data=fields(preview))
    assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
    told = [tuple(row.values()) for _place, row in read_table(io.BytesIO(answer.data), f"beda.{kind}").rows]
    changed = [row for row in told if row[1] == "Berubah"]
    assert len(changed) == 60
    assert all(row[3:] == (f"Ani {n:03d}", "Jabatan", "Staf", "Ahli") for n, row in enumerate(changed, 1))
    new = {(row[0], row[3], row[4], row[6]) for row in told if row[1] == "Baru"}
    assert new >= {
        ("Unit", "Puskesmas", "Bagian dari", "Dinas Kesehatan (DINKES)"),
        ("Pegawai", "Baru", "Unit", "Dinas Kesehatan (DINKES)"),
    }
    assert "Ani 001" in names(databases) and "Baru" not in names(databases)  # nothing is applied
    assert hr.post(f"{IMPORT}/apply", data=fields(preview)).status_code == 302
    assert hr.post(f"{IMPORT}/difference.{kind}", data=fields(preview)).status_code == 302  # files are gone


def test_a_file_of_a_difference_that_is_no_longer_true_is_not_given(hr, databases):
    preview = upload(hr, UNITS, PEOPLE)
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS, PEOPLE)))
    answer = hr.post(f"{IMPORT}/difference.csv", data=fields(preview))
    assert answer.status_code == 409
    assert hr.post(f"{IMPORT}/difference.pdf", data=fields(preview)).status_code == 404


def test_the_same_files_again_offer_nothing_to_apply(hr):
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS, PEOPLE)))
    page = upload(hr, UNITS, PEOPLE).get_data(as_text=True)
    assert "Semuanya sudah ada" in page
    assert f"{IMPORT}/apply" not in page


def test_a_bad_file_is_reported_in_the_readers_language_and_not_kept(hr, databases, settings):
    bad = PEOPLE + "198001012005011001,PNS,,HILANG,,\n"
    answer = upload(hr, UNITS, bad)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Baris 3, kolom “nip”: 198001012005011001 sudah ada pada baris 2." in page
    assert "Baris 3, kolom “nama”: Sel ini kosong." in page
    assert "Tidak ada unit “HILANG”" in page
    assert "stands in row 2 already" in upload(hr, UNITS, bad, lang="en").get_data(as_text=True)
    assert list(folder(settings).iterdir()) == []
    assert names(databases) == []


def break_down(*_arguments, **_values):
    raise OperationalError("select", {}, Exception("the database is away"))


def test_files_do_not_stay_behind_when_looking_at_them_breaks_down(hr, settings, monkeypatch):
    monkeypatch.setattr(people_import, "prepare", break_down)
    with pytest.raises(OperationalError):
        upload(hr, UNITS, PEOPLE)
    assert list(folder(settings).iterdir()) == []


def test_files_do_not_stay_behind_when_applying_them_breaks_down(hr, settings, databases, monkeypatch):
    sent = fields(upload(hr, UNITS, PEOPLE))
    monkeypatch.setattr(people_import, "apply", break_down)
    with pytest.raises(OperationalError):
        hr.post(f"{IMPORT}/apply", data=sent)
    assert list(folder(settings).iterdir()) == []
    assert names(databases) == []


def test_a_damaged_spreadsheet_is_reported_and_not_kept(hr, settings):
    answer = hr.post(
        IMPORT, data={"employees": (io.BytesIO(b"PK\3\4 no workbook"), "pegawai.xlsx"), "lang": "en"}
    )
    assert answer.status_code == 422
    assert "damaged or has a password" in answer.get_data(as_text=True)
    assert list(folder(settings).iterdir()) == []


def test_a_file_of_another_kind_is_refused_by_its_name(hr):
    answer = upload(hr, employees=PEOPLE, name="pegawai.pdf")
    assert answer.status_code == 422
    assert "pegawai.pdf" in answer.get_data(as_text=True)


def test_a_latin_1_file_is_read_with_a_note(hr):
    data = {"employees": (io.BytesIO(PEOPLE.replace("Ani", "René").encode("latin-1")), "pegawai.csv")}
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS)))
    page = hr.post(IMPORT, data=data | {"lang": "en"}).get_data(as_text=True)
    assert "Latin-1" in page


def test_no_file_chosen_is_said_at_the_field(hr):
    answer = hr.post(IMPORT, data={})
    assert answer.status_code == 422
    assert "Pilih berkas unit" in answer.get_data(as_text=True)


def test_what_changed_meanwhile_is_shown_before_it_is_applied(hr, databases):
    preview = upload(hr, UNITS, PEOPLE)
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS, PEOPLE.replace("Ani", "Budi"))))
    answer = hr.post(f"{IMPORT}/apply", data=fields(preview))
    assert answer.status_code == 409
    assert names(databases) == ["Budi"]
    hr.post(f"{IMPORT}/apply", data=fields(answer))
    assert names(databases) == ["Ani"]


def test_pressing_apply_twice_applies_once(hr, databases):
    sent = fields(upload(hr, UNITS, PEOPLE))
    hr.post(f"{IMPORT}/apply", data=sent)
    again = hr.post(f"{IMPORT}/apply", data=sent, follow_redirects=True)
    assert "Berkas ini sudah tidak ada" in again.get_data(as_text=True)
    assert names(databases) == ["Ani"]


def test_cancelling_deletes_the_files(hr, databases, settings):
    hr.post(f"{IMPORT}/cancel", data=fields(upload(hr, UNITS, PEOPLE)))
    assert list(folder(settings).iterdir()) == []
    assert names(databases) == []


def test_a_made_up_name_reaches_no_other_file(hr, settings):
    precious = settings.private_directory / "precious"
    precious.mkdir(parents=True)
    for name in ("../precious", "..", "", "x" * 22):
        hr.post(f"{IMPORT}/cancel", data={"upload": name})
        assert hr.post(f"{IMPORT}/apply", data={"upload": name, "fingerprint": "x"}).status_code == 302
    assert precious.is_dir()


def test_files_nobody_came_back_for_are_deleted_after_a_day(hr, settings):
    upload(hr, UNITS, PEOPLE)
    (old,) = folder(settings).iterdir()
    upload(hr, UNITS)
    long_ago = time.time() - uploads.DAY - 60
    os.utime(old, (long_ago, long_ago))
    hr.get(IMPORT)
    assert len(list(folder(settings).iterdir())) == 1
    assert not old.exists()


def test_the_templates_are_files_the_import_understands(hr):
    for part, columns in (("units", UNIT_COLUMNS), ("employees", EMPLOYEE_COLUMNS)):
        answer = hr.get(f"{IMPORT}/template-{part}.csv")
        table = read_table(io.BytesIO(answer.data), "template.csv")
        assert table.columns == tuple(column.headers[0] for column in columns)
        assert len(table.rows) == 2
    assert hr.get(f"{IMPORT}/template-others.csv").status_code == 404


def test_the_filled_templates_can_be_brought_in_as_they_are(hr, databases):
    texts = [
        hr.get(f"{IMPORT}/template-{part}.csv").get_data(as_text=True) for part in ("units", "employees")
    ]
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, *texts)))
    assert names(databases) == ["Contoh Dua", "Contoh Satu"]


def test_an_import_is_undone_from_its_page_or_says_why_not(hr, databases):
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS, PEOPLE)))
    changed = fields(upload(hr, employees=PEOPLE.replace("Kepala", "Sekretaris")))
    listed = hr.post(f"{IMPORT}/apply", data=changed, follow_redirects=True).get_data(as_text=True)
    second, first = re.findall(r'href="(/staff/hr/people/imports/[^"]+)"', listed)
    assert "tidak dapat dibatalkan lagi" in hr.get(first).get_data(as_text=True)
    assert hr.post(f"{first}/undo").status_code == 409
    for address in (second, first):
        assert "Impor dibatalkan" in hr.post(f"{address}/undo", follow_redirects=True).get_data(as_text=True)
    assert names(databases) == []
    assert "sudah dibatalkan" in hr.get(first).get_data(as_text=True)


def test_doubtful_numbers_are_shown_with_the_difference(hr):
    page = upload(hr, UNITS, PEOPLE.replace("198001012005011001", "12345")).get_data(as_text=True)
    assert "Meragukan, tetapi tetap dimasukkan" in page and "12345" in page


def test_a_day_ahead_is_refused_and_a_correction_keeps_nothing(hr, databases):
    hr.post(f"{IMPORT}/apply", data=fields(upload(hr, UNITS, PEOPLE)))
    changed = PEOPLE.replace("Kepala", "Sekretaris")
    ahead = fields(upload(hr, employees=changed)) | {"begins_on": "2026-11-25"}
    told = hr.post(f"{IMPORT}/apply", data=ahead, follow_redirects=True).get_data(as_text=True)
    assert "Tanggal itu belum tiba" in told
    corrected = fields(upload(hr, employees=changed)) | {"is_correction": "y"}
    hr.post(f"{IMPORT}/apply", data=corrected)
    with transaction(databases.people) as session:
        assert session.scalars(select(Employee.job_title)).one() == "Sekretaris"
        assert session.scalars(select(Post)).all() == []
