"""The minutes (berita acara) of an opening, as plain data for a printed page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from protocol.opening import Opened

BLANK = "_" * 30
NONE = "–"
WIDTH_OF_LABELS = 34
DAYS: Mapping[str, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Mapping[str, tuple[str, ...]] = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
           "Oktober", "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
}  # fmt: skip
TITLE = {
    "id": "Berita Acara Pembukaan Segel Lembar Jawaban",
    "en": "Minutes of the Opening of Sealed Ballots",
}
INTRODUCTION = {
    "id": "Pada hari {day}, pemegang kunci yang bertanda tangan di bawah ini membuka satu lapisan segel "
    "lembar jawaban dengan kunci yang disimpan di luar server.",
    "en": "On {day}, the key holder who signs below opened one layer of the sealed ballots with a key kept "
    "off the server.",
}
LABELS = {
    "id": (
        "Periode penilaian", "Lapisan", "Pemegang kunci", "Kantor", "Sidik kunci publik",
        "Diterima: jumlah", "Diterima: hash (SHA-256)", "Diserahkan: jumlah", "Diserahkan: hash (SHA-256)",
        "Tidak terbuka atau berulang", "Alasan membuka di luar batas",
    ),
    "en": (
        "Cycle", "Layer", "Key holder", "Office", "Fingerprint of the public key",
        "Received: number", "Received: hash (SHA-256)", "Handed on: number", "Handed on: hash (SHA-256)",
        "Did not open, or repeated", "Reason for opening beyond limits",
    ),
}  # fmt: skip
STATEMENTS = {
    "id": (
        "Jumlah dan hash daftar yang diterima sama dengan yang diberitahukan lewat jalan lain.",
        "Tidak ada lembar jawaban yang muncul dua kali dalam daftar yang diterima.",
        "Daftar yang diserahkan telah diacak; urutan asalnya tidak disimpan.",
        "Kunci pribadi tidak diserahkan kepada siapa pun.",
        f"Setelah penghitungan, kunci dan ketiga bagiannya dimusnahkan di hadapan saksi pada: {BLANK}",
    ),
    "en": (
        "Number and hash of the list received are those told by another way.",
        "No ballot stands twice in the list received.",
        "The list handed on was shuffled; its former order was not kept.",
        "The private key was given to nobody.",
        f"After the count, the key and its three parts were destroyed before witnesses on: {BLANK}",
    ),
}
WITNESSES = {"id": ("Saksi 1", "Saksi 2"), "en": ("Witness 1", "Witness 2")}
SIGNED_BY = {"id": "Pemegang kunci", "en": "Key holder"}


@dataclass(frozen=True)
class Facts:
    """What happened, and who did it when."""

    opened: Opened
    holder: str
    office: str
    fingerprint: str
    day: date


@dataclass(frozen=True)
class Minutes:
    """The parts of the page: rows of label and value, sentences, and role and name of who signs."""

    title: str
    introduction: str
    rows: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    signatures: tuple[tuple[str, str], ...]


def of_opening(facts: Facts, language: str) -> Minutes:
    """Return the minutes of an opening.

    Parameters
    ----------
    facts
        What happened.
    language
        ``id`` or ``en``.
    """
    before, after = facts.opened.before, facts.opened.after
    values = (
        before.cycle,
        str(before.layer),
        facts.holder,
        facts.office,
        facts.fingerprint,
        str(before.count),
        before.hash,
        str(after.count),
        after.hash,
        str(facts.opened.left_out),
        facts.opened.reason or NONE,
    )
    return Minutes(
        title=TITLE[language],
        introduction=INTRODUCTION[language].format(day=written_day(facts.day, language)),
        rows=tuple(zip(LABELS[language], values, strict=True)),
        statements=STATEMENTS[language],
        signatures=((SIGNED_BY[language], facts.holder), *((role, BLANK) for role in WITNESSES[language])),
    )


def as_text(minutes: Minutes) -> str:
    """Return the minutes as a plain text to be printed and signed."""
    rows = [f"{label:<{WIDTH_OF_LABELS}}: {value}" for label, value in minutes.rows]
    statements = [f"{number}. {text}" for number, text in enumerate(minutes.statements, start=1)]
    signatures = [f"{role}: {BLANK}  ({name})" for role, name in minutes.signatures]
    parts = [[minutes.title], [minutes.introduction], rows, statements, *([line] for line in signatures)]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def written_day(day: date, language: str) -> str:
    """Return a day with its name, as it stands in minutes.

    Examples
    --------
    >>> written_day(date(2026, 11, 24), "id")
    'Selasa, 24 November 2026'
    """
    weekday, month = DAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    return f"{weekday}, {day.day} {month} {day.year}"
