"""Units and employees from files: every problem is named, and all is applied or nothing."""

import gzip
import io
import time
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from survey.db import transaction
from survey.models.audit import AuditEvent
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.services.organisation import people_import
from survey.services.organisation.people_problems import MOST_SHOWN, TEXTS, ImportRefused
from survey.tables import read_table

TODAY = date(2026, 11, 24)
UNITS = (
    "kode;nama;induk\nSETDA;Sekretariat Daerah;\nDINKES;Dinas Kesehatan;SETDA\nPKM;Puskesmas Birugo;DINKES\n"
)
HEAD = "nip;jenis;nama;unit_kerja;nip_atasan;jabatan;email\n"


def nip(sequence: int) -> str:
    return f"198001012005011{sequence:03d}"


PEOPLE = (
    HEAD + f"{nip(1)};PNS;Ani;SETDA;;Sekretaris;ani@contoh.go.id\n"
    f"19800101 200501 1 002;pns;Budi;DINKES;{nip(1)};Kepala;\n"
    f"199002022022211003;PPPK;Citra;PKM;{nip(2)};Perawat;-\n"
)


def table(text: str, encoding: str = "utf-8"):
    return read_table(io.BytesIO(text.encode(encoding)), "file.csv")


def bring_in(databases, units: str | None, employees: str | None):
    with transaction(databases.people) as session:
        plan = people_import.prepare(
            session, table(units) if units else None, table(employees) if employees else None, TODAY
        )
        people_import.apply(session, plan, account_id=None)
    return plan


def refusal(databases, units: str | None, employees: str | None) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        bring_in(databases, units, employees)
    return caught.value


def places(refused: ImportRefused) -> list[tuple]:
    code_of = {text: code for code, text in TEXTS.items()}
    return [
        (each.file, each.problem.row, each.problem.column, code_of[each.problem.message_id])
        for each in refused.problems
    ]


def stored(databases) -> dict[str, tuple]:
    with transaction(databases.people) as session:
        number_of = {row.id: row.number for row in session.execute(select(Employee.id, Employee.number))}
        return {
            each.name: (each.number, each.kind, each.unit.code, number_of.get(each.supervisor_id), each.email)
            for each in session.scalars(select(Employee))
        }


@pytest.mark.db
def test_two_files_fill_an_empty_database(databases):
    plan = bring_in(databases, UNITS, PEOPLE)
    assert [(each.file, each.new, each.unchanged, each.kept) for each in plan.differences] == [
        ("units", 3, 0, 0),
        ("employees", 3, 0, 0),
    ]
    assert stored(databases) == {
        "Ani": (nip(1), "PNS", "SETDA", None, "ani@contoh.go.id"),
        "Budi": (nip(2), "PNS", "DINKES", nip(1), None),
        "Citra": ("199002022022211003", "PPPK", "PKM", nip(2), None),
    }
    with transaction(databases.people) as session:
        event = session.scalars(select(AuditEvent)).one()
        parents = {
            unit.code: unit.parent.code if unit.parent else None for unit in session.scalars(select(Unit))
        }
    assert parents == {"SETDA": None, "DINKES": "SETDA", "PKM": "DINKES"}
    assert event.action == "people.imported"
    assert event.detail == {"units_new": 3, "units_changed": 0, "employees_new": 3, "employees_changed": 0}


@pytest.mark.db
def test_a_second_file_changes_what_differs_and_keeps_who_is_not_in_it(databases):
    bring_in(databases, UNITS, PEOPLE)
    plan = bring_in(
        databases,
        "code,name,parent\nPKM,Puskesmas Birugo,SETDA\nRSUD,Rumah Sakit,\n",
        HEAD
        + f"{nip(2)};PNS;Budi Santoso;RSUD;;Kepala;\n{nip(1)};PNS;Ani;SETDA;;Sekretaris;ani@contoh.go.id\n",
    )
    units, employees = plan.differences
    assert (units.new, len(units.changes), units.unchanged, units.kept) == (1, 1, 0, 2)
    assert (employees.new, len(employees.changes), employees.unchanged, employees.kept) == (0, 1, 1, 1)
    assert [(each.field, each.before, each.after) for each in employees.changes[0].fields] == [
        ("name", "Budi", "Budi Santoso"),
        ("unit", "Dinas Kesehatan (DINKES)", "Rumah Sakit (RSUD)"),
        ("supervisor", f"Ani ({nip(1)})", ""),
    ]
    assert stored(databases)["Budi Santoso"] == (nip(2), "PNS", "RSUD", None, None)
    assert stored(databases)["Citra"][3] == nip(2)


@pytest.mark.db
def test_the_same_files_again_change_nothing(databases):
    bring_in(databases, UNITS, PEOPLE)
    assert bring_in(databases, UNITS, PEOPLE).changes_nothing


def test_columns_are_known_by_either_language_in_any_order_and_case(databases):
    bring_in(
        databases,
        "NAMA UNIT,Kode-Unit\nDinas Kesehatan,DINKES\n",
        "E-Mail,Nama Lengkap,Jenis Pegawai,NIP,Unit Kerja,NIP Atasan,Golongan\n"
        f",Ani,PNS,{nip(1)},dinas kesehatan,-,III/a\n",
    )
    assert stored(databases) == {"Ani": (nip(1), "PNS", "DINKES", None, None)}


def test_columns_that_are_not_read_are_named(databases):
    plan = bring_in(databases, UNITS.replace("induk", "alamat"), None)
    assert plan.differences[0].unread == ("alamat",)


def test_a_column_that_is_missing_leaves_what_is_stored(databases):
    bring_in(databases, UNITS, PEOPLE)
    bring_in(databases, None, f"nip,jenis,nama,unit,atasan\n{nip(1)},PNS,Ani Baru,SETDA,\n")
    assert stored(databases)["Ani Baru"] == (nip(1), "PNS", "SETDA", None, "ani@contoh.go.id")


@pytest.mark.parametrize("column", ["nip", "jenis", "nama", "unit_kerja", "nip_atasan"])
def test_a_missing_column_is_named(databases, column):
    refused = refusal(databases, UNITS, PEOPLE.replace(f"{column};", "lain;", 1))
    assert places(refused) == [("employees", 1, column, "column_missing")]


def test_two_columns_of_one_meaning_are_named(databases):
    refused = refusal(databases, "kode;nama;name\nA;B;C\n", None)
    assert places(refused) == [("units", 1, "name", "column_double")]


def test_a_file_without_rows_is_refused(databases):
    assert places(refusal(databases, None, HEAD)) == [("employees", None, None, "no_rows")]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f"{nip(1)};PNS;Dua;SETDA;;;", "nip", "double"),
        (f"{nip(9)};PNS;Dua;HILANG;;;", "unit_kerja", "unit_unknown"),
        (f"{nip(9)};PNS;Dua;SETDA;{nip(8)};;", "nip_atasan", "supervisor_unknown"),
        (f"{nip(9)};PNS;Dua;SETDA;{nip(9)};;", "nip_atasan", "supervisor_self"),
        (f"{nip(9)};PNS;;SETDA;;;", "nama", "empty"),
        (f"{nip(9)};PNS;{'x' * 201};SETDA;;;", "nama", "too_long"),
        (f"{nip(9)};PNS;A\u200bni;SETDA;;;", "nama", "unprintable"),
        (f"{nip(9)};SWASTA;Dua;SETDA;;;", "jenis", "kind_unknown"),
        (f"{nip(9)};PNS;Dua;SETDA;;;dua@", "email", "email_malformed"),
        ("1,98001E+17;PNS;Dua;SETDA;;;", "nip", "number_rounded"),
        (f"{nip(9)};PNS;Dua;SETDA;1.98001E+17;;", "nip_atasan", "number_rounded"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column_and_nothing_is_saved(databases, row, column, code):
    refused = refusal(databases, UNITS, PEOPLE + row + "\n")
    assert places(refused) == [("employees", 5, column, code)]
    assert stored(databases) == {}


def test_every_problem_is_told_at_once(databases):
    refused = refusal(
        databases,
        UNITS + "PKM;Dua kali;TIDAKADA\n",
        HEAD + f"{nip(3)};PNS;;SETDA;;;\n{nip(1)};X;Ani;LAIN;{nip(7)};;\n",
    )
    assert places(refused) == [
        ("units", 5, "kode", "double"),
        ("units", 5, "induk", "parent_unknown"),
        ("employees", 2, "nama", "empty"),
        ("employees", 3, "jenis", "kind_unknown"),
        ("employees", 3, "unit_kerja", "unit_unknown"),
        ("employees", 3, "nip_atasan", "supervisor_unknown"),
    ]


def test_a_circle_of_supervisors_is_named_with_its_chain(databases):
    bring_in(databases, UNITS, PEOPLE)
    refused = refusal(databases, None, HEAD + f"{nip(1)};PNS;Ani;SETDA;199002022022211003;;\n")
    assert places(refused) == [("employees", 2, "nip_atasan", "circle")]
    assert refused.problems[0].problem.values["chain"] == "Ani → Citra → Budi → Ani"


def test_a_circle_of_units_is_named_with_its_chain(databases):
    refused = refusal(databases, "kode;nama;induk\nA;Satu;B\nB;Dua;A\nC;Tiga;C\n", None)
    assert places(refused) == [("units", 2, "induk", "circle"), ("units", 4, "induk", "circle")]
    assert [each.problem.values["chain"] for each in refused.problems] == ["Satu → Dua → Satu", "Tiga → Tiga"]


def test_a_unit_may_be_named_by_its_name_unless_two_share_it(databases):
    units = "kode;nama\nA;Kelurahan Tarok\nB;Umum\nC;Umum\n"
    bring_in(databases, units, HEAD + f"{nip(1)};PNS;Ani;kelurahan tarok;;;\n")
    refused = refusal(databases, units, HEAD + f"{nip(2)};PNS;Budi;Umum;;;\n")
    assert places(refused) == [("employees", 2, "unit_kerja", "unit_unknown")]


def test_an_unreadable_file_of_units_does_not_make_every_unit_unknown(databases):
    assert places(refusal(databases, "kode\nSETDA\n", PEOPLE)) == [("units", 1, "nama", "column_missing")]


def test_a_latin_1_file_is_read_and_said_to_be_so():
    text = HEAD + f"{nip(1)};PNS;René;SETDA;;;\n"
    read = table(text, "latin-1")
    assert read.rows[0][1]["nama"] == "René"
    assert "Latin-1" in str(read.notes[0])


def workbook(cells: list[list[object]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in cells:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("value", "words"), [(1.98001012005011e17, "15 digits"), ("=1+1", "formula"), ("=A1&A2", "formula")]
)
def test_a_rounded_nip_or_a_formula_in_a_spreadsheet_is_named_by_row_and_column(value, words):
    head = HEAD.strip().split(";")
    file = workbook([head, [value, "PNS", "Ani", "SETDA", "", "", ""]])
    with pytest.raises(ImportRefused) as caught:
        people_import.read_files({"employees": (file, "pegawai.xlsx")})
    problem = caught.value.problems[0]
    assert (problem.file, problem.problem.row, problem.problem.column) == ("employees", 2, "nip")
    assert words in str(problem.problem)


def test_a_spreadsheet_with_numbers_as_text_is_brought_in(databases):
    file = workbook([HEAD.strip().split(";"), [nip(1), "PNS", "Ani", "SETDA", None, "Sekretaris", None]])
    bring_in(databases, UNITS, None)
    tables = people_import.read_files({"employees": (file, "pegawai.xlsx")})
    with transaction(databases.people) as session:
        people_import.apply(session, people_import.prepare(session, None, tables["employees"], TODAY), None)
    assert stored(databases) == {"Ani": (nip(1), "PNS", "SETDA", None, None)}


def test_problems_of_both_files_are_told_together():
    sources = {"units": (io.BytesIO(b""), "a.csv"), "employees": (io.BytesIO(b"x"), "b.pdf")}
    with pytest.raises(ImportRefused) as caught:
        people_import.read_files(sources)
    assert [each.file for each in caught.value.problems] == ["units", "employees"]


def many(count: int, supervisor: bool = True) -> str:
    """`count` sound employees; each hundred has the first of them as supervisor."""
    lines = []
    for n in range(count):
        day, sequence = divmod(n, 900)
        number = f"1980{1 + day // 28 % 12:02d}{1 + day % 28:02d}200501{1 + day // 336 % 2}{sequence + 1:03d}"
        lines.append(number)
    return HEAD + "".join(
        f"{number};PNS;Pegawai {n};SETDA;{lines[n - n % 100] if supervisor and n % 100 else ''};Staf;\n"
        for n, number in enumerate(lines)
    )


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        ("198001012005131009", "PNS", "number_month"),
        ("198001012005011000", "PNS", "number_sequence"),
        ("12345", "PNS", "number_length"),
        ("", "PPPK", "number_missing"),
    ],
)
def test_a_doubtful_number_is_told_and_brought_in(databases, number, kind, code):
    plan = bring_in(databases, UNITS, HEAD + f"{number};{kind};Dua;SETDA;;;\n")
    assert [(each.problem.row, each.problem.column, each.problem.message_id) for each in plan.warnings] == [
        (2, "nip", TEXTS[code])
    ]
    assert stored(databases)["Dua"][0] == (number or None)


CODED = "kode_pegawai;nip;jenis;nama;unit_kerja;nip_atasan\n"


def code_of(databases, name: str) -> str:
    with transaction(databases.people) as session:
        return session.scalars(select(Employee.code).where(Employee.name == name)).one()


@pytest.mark.db
def test_staff_on_contract_have_no_number_and_are_known_by_name_and_unit_then_by_code(databases):
    bring_in(databases, UNITS, PEOPLE + f";kontrak;Dewi;PKM;{nip(2)};Sopir;\n")
    assert stored(databases)["Dewi"] == (None, "Non-ASN", "PKM", nip(2), None)
    again = bring_in(databases, None, HEAD + f";kontrak;Dewi;PKM;{nip(1)};Sopir;\n")
    assert (again.differences[0].new, len(again.differences[0].changes)) == (0, 1)
    code = code_of(databases, "Dewi")
    bring_in(
        databases, None, CODED + f"{code.lower()};199502022024212001;PPPK;Dewi Lestari;DINKES;{nip(1)}\n"
    )
    assert stored(databases)["Dewi Lestari"] == ("199502022024212001", "PPPK", "DINKES", nip(1), None)
    assert len(stored(databases)) == 4
    led = bring_in(databases, None, CODED + f";;kontrak;Eko;PKM;{code}\n")
    assert not led.warnings
    assert stored(databases)["Eko"][3] == "199502022024212001"


def test_two_of_one_name_without_a_number_need_their_codes(databases):
    twice = HEAD + ";kontrak;Dewi;PKM;;;\n;kontrak;dewi;PKM;;;\n"
    assert places(refusal(databases, UNITS, twice)) == [("employees", 3, "nip", "name_shared")]
    bring_in(databases, UNITS, HEAD + ";kontrak;Dewi;PKM;;;\n")
    plan = bring_in(databases, None, HEAD + ";kontrak;Dewi;DINKES;;;\n")
    assert plan.warnings[0].problem.message_id == TEXTS["name_elsewhere"]
    assert plan.differences[0].new == 1


def test_a_code_that_nobody_has_or_that_contradicts_the_number_is_refused(databases):
    bring_in(databases, UNITS, PEOPLE)
    unknown = CODED + "P-22222222;;kontrak;Dewi;PKM;\n"
    assert places(refusal(databases, None, unknown)) == [("employees", 2, "kode_pegawai", "code_unknown")]
    other = CODED + f"{code_of(databases, 'Ani')};{nip(2)};PNS;Ani;SETDA;\n"
    assert places(refusal(databases, None, other)) == [("employees", 2, "kode_pegawai", "code_of_other")]


@pytest.mark.db
def test_a_changed_post_keeps_what_it_was_until_the_day_before(databases):
    head = "nip;jenis;nama;unit_kerja;nip_atasan;jabatan;jenis_jabatan;jenjang;tmt_jabatan\n"
    bring_in(databases, UNITS, head + f"{nip(1)};PNS;Ani;PKM;;Perawat;fungsional;Terampil;02-01-2024\n")
    moved = head + f"{nip(1)};PNS;Ani;DINKES;;Analis;Fungsional;Ahli Muda;\n"
    with transaction(databases.people) as session:
        plan = people_import.prepare(session, None, table(moved), TODAY)
        people_import.apply(session, plan, None, date(2026, 11, 1))
    with transaction(databases.people) as session:
        ani = session.scalars(select(Employee)).one()
        before = session.scalars(select(Post)).one()
        assert (ani.job_title, ani.job_level, ani.in_post_since) == ("Analis", "Ahli Muda", date(2026, 11, 1))
        assert (before.title, before.job_kind, before.capacity) == ("Perawat", "fungsional", "main")
        assert (before.begins_on, before.ends_on) == (date(2024, 1, 2), date(2026, 10, 31))
    with transaction(databases.people) as session:
        again = people_import.prepare(session, None, table(moved.replace("Analis", "Analis SDM")), TODAY)
        people_import.apply(session, again, None, date(2026, 11, 1))
        assert len(session.scalars(select(Post)).all()) == 1  # the post of that day is corrected


@pytest.mark.db
def test_three_thousand_employees_are_brought_in_with_a_handful_of_statements(databases, count_statements):
    text = many(3000)
    with count_statements(databases.people) as counted:
        bring_in(databases, UNITS, text)
    assert len(stored(databases)) == 3000
    assert counted() <= 24  # before and after are kept a thousand rows at a time


def test_a_file_of_200_000_rows_gets_its_report_within_seconds(databases):
    text = many(200_000, supervisor=False).replace(";PNS;", ";SALAH;")
    source = io.BytesIO(gzip.compress(text.encode(), 1))
    start = time.perf_counter()
    tables = people_import.read_files({"employees": (source, "pegawai.csv.gz")})
    with transaction(databases.people) as session, pytest.raises(ImportRefused) as caught:
        people_import.prepare(session, None, tables["employees"], TODAY)
    assert time.perf_counter() - start < 30  # about 3 s alone; the machine may be busy
    assert len(caught.value.problems) == MOST_SHOWN
    assert caught.value.total == 400_000  # the kind and the unknown unit of every row
