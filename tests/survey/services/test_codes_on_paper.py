"""A code on paper stands on one line, whatever its letters."""

from survey.services.documents import sheets
from tests.printed import read_pdf

WIDEST = "WWWW-WWWW-WWWW-MMMM"


def test_the_widest_code_is_not_broken() -> None:
    words = sheets.Words("a", "b", "c", ["d"], ["e"], ["f"], ["g"], "h", "i", "j", "k", "l")
    data = sheets.as_pdf(
        [sheets.Sheet("Pegawai 001", "Analis", WIDEST)],
        words,
        unit="Dinas Kesehatan",
        address="http://127.0.0.1:8360/i",
        layout="slips",
        language="id",
        rules_code=WIDEST,
    )
    assert read_pdf(data).count(WIDEST) == 2
