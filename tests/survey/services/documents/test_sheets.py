"""Sealed sheets as tagged PDF: everybody's code once, and nothing read as markup."""

import pytest

from survey.services.documents import sheets
from tests.printed import catalogue_of, links_of, pages_of, read_pdf

WORDS = sheets.Words(
    title="Lembar",
    sender="BKPSDM",
    subject="Periode",
    outside=["Tutup"],
    steps=["Buka", "Ketik"],
    inside=["Sekali"],
    letter=["Surat"],
    username="Nama pengguna",
    code="Kode",
    rules="Aturan",
    fold="Lipat",
    drawing="Kode QR",
)


@pytest.mark.parametrize(("layout", "pages"), [("slips", 3), ("letters", 7)])
def test_each_person_gets_one_sheet_with_the_own_code(layout: str, pages: int) -> None:
    printed = [
        sheets.Sheet(f"Orang {at}", "Analis", f"ABCD-EFGH-JKMN-{at:04d}", f"orang{at}") for at in range(7)
    ]
    data = sheets.as_pdf(
        printed,
        WORDS,
        unit="Unit",
        address="https://x.example/i",
        layout=layout,
        language="id",
        rules_code="R-1",
    )
    words = read_pdf(data)
    assert pages_of(data) == pages
    for sheet in printed:
        assert words.count(sheet.code) == words.count(sheet.name) == 1
    assert words.count("R-1") == 7
    root = catalogue_of(data)
    assert root["/Lang"].startswith("id") and root["/MarkInfo"]["/Marked"]
    assert links_of(data) == []


def test_what_people_are_called_is_never_markup() -> None:
    name = '#sys.version *tebal* $x$ @ref <a> 10. "B'
    data = sheets.as_pdf(
        [sheets.Sheet(name, "= Judul", "ABCD")], WORDS, unit="#", address="x", layout="slips", language="en"
    )
    words = " ".join(read_pdf(data).split())
    assert "#sys.version *tebal* $x$ @ref <a> 10." in words
    assert "= Judul" in words
