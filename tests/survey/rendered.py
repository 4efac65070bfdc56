"""Read figures out of what leaves the system: pages as HTML, files as CSV and XLSX. No service is asked."""

import csv
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import openpyxl

GROUPS = {"Self": "self", "Supervisor": "supervisor", "Peers": "peer", "Subordinates": "subordinate"}
CONSTANTS = {"1.96", "4.8", "4.9", "1.2", "1.1"}  # words about bands and ranges
NUMBER = r"\d+\.\d+"
CELL = re.compile(
    rf"(?P<value>{NUMBER})?(?P<band> ?or (?:more|less))?(?: ± (?:{NUMBER}|–))?(?: (?P<n>\d+) answers)?"
)
SENTENCES = re.compile(
    rf"(?:gave a mean of|see you at|gave) (?P<mean>{NUMBER})(?: out of \d| or (?:more|less)[^.;]*)"
    rf"(?:; it probably lies between {NUMBER} and {NUMBER})?"
)


class Page(HTMLParser):
    """What a reader sees: the text of the main part, and its tables under their headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._heading = ""
        self._into: list[str] | None = None
        self._in_main = 0
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_main += tag == "main"
        if tag == "table":
            self.tables.append((self._heading, []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
            self._into = self.tables[-1][1][-1]
        elif tag == "h2":
            self._heading, self._into = "", None
        self._in_heading = tag == "h2" or (getattr(self, "_in_heading", False) and tag != "p")

    def handle_endtag(self, tag: str) -> None:
        self._in_main -= tag == "main"
        if tag in ("td", "th"):
            self._into = None
        if tag == "h2":
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if not self._in_main:
            return
        self.words.append(data)
        if self._into is not None:
            self._into[-1] = " ".join((self._into[-1] + " " + data).split())
        elif getattr(self, "_in_heading", False):
            self._heading = " ".join((self._heading + " " + data).split())


@dataclass(frozen=True)
class Seen:
    """One cell of a report: a mean with its number of answers, or a band."""

    mean: float | None
    n: int
    band: str = ""


@dataclass
class Report:
    """An own report: by behaviour and group what is shown, the composite, and the weights used."""

    groups: dict[tuple[str, str], Seen] = field(default_factory=dict)
    composites: dict[str, float] = field(default_factory=dict)
    weights: dict[str, dict[str, float]] = field(default_factory=dict)
    overall: float | None = None


def read_report(html: str) -> Report:
    """Every figure of an own report; a decimal that no rule explains is an error."""
    page, report = Page(html), Report()
    [rows] = [rows for heading, rows in page.tables if heading == "All figures"]
    for title, *cells in rows[1:]:
        for name, cell in zip(rows[0][1:], cells, strict=True):
            found = CELL.fullmatch(cell)
            if cell == "not shown":
                continue
            assert found, cell
            band = "high" if "more" in cell else "low" if "less" in cell else ""
            value = float(found["value"])
            if name == "All, weighted":
                report.composites[title] = value
            else:
                report.groups[title, GROUPS[name]] = Seen(None if band else value, int(found["n"] or 1), band)
    _read_weights(page.text, report, [row[0] for row in rows[1:]])
    if overall := re.search(rf"see you at ({NUMBER}) out of", page.text):
        report.overall = float(overall[1])
    _explain_every_decimal(page.text, report)
    return report


def _read_weights(text: str, report: Report, titles: list[str]) -> None:
    part = re.search(r"Weights that were used (.*?) Groups without a result", text)
    for line in part[1].split(".") if part else []:
        scales, _, shares = line.rpartition(":")
        weights = {
            GROUPS[name]: int(share) / 100 for name, share in re.findall(r"([A-Z]\w+) (\d+) ?%", shares)
        }
        for title in titles if not scales else [title for title in titles if title in scales]:
            if weights:
                report.weights[title] = weights


def _explain_every_decimal(text: str, report: Report) -> None:
    shown = [seen.mean for seen in report.groups.values() if seen.mean is not None]
    near = [*shown, *report.composites.values(), *(4.8 for s in report.groups.values() if s.band == "high")]
    near += [1.2 for seen in report.groups.values() if seen.band == "low"]
    whole = report.overall
    for sentence in SENTENCES.finditer(text):
        mean = float(sentence["mean"])
        assert any(abs(mean - known) < 0.051 for known in [*near, *([] if whole is None else [whole])]), (
            sentence[0]
        )
    rest = SENTENCES.sub("", text)
    rest = re.sub(rf"(Figure|Standard error|Reliability) {NUMBER}", "", rest)
    rest = re.sub(rf"\(at least {NUMBER} is asked for\)|below {NUMBER}", "", rest)
    rest = re.sub(rf"± {NUMBER}", "", rest)
    known = {f"{value:.2f}" for value in [*shown, *report.composites.values()]} | CONSTANTS
    assert set(re.findall(NUMBER, rest)) <= known, set(re.findall(NUMBER, rest)) - known


def read_quality(html: str) -> dict[tuple[str, str], int]:
    """How many questionnaires stand behind the coefficients of a group and behaviour."""
    found: dict[tuple[str, str], int] = {}
    for heading, rows in Page(html).tables:
        if rows[0][-1] != "Questionnaires":
            continue  # what more raters would give, agreement, items: over the same questionnaires
        for row in rows[1:]:
            if heading in GROUPS and any(re.search(NUMBER, cell) for cell in row[1:]):
                found[row[0], GROUPS[heading]] = int(row[-1].replace(",", ""))
    return found


def read_results(html: str) -> dict[str, tuple[float, int]]:
    """Overall figures by name, with the number of anonymous raters."""
    found: dict[str, tuple[float, int]] = {}
    for _heading, rows in Page(html).tables:
        for row in rows[1:]:
            figure = re.match(rf"({NUMBER}) ±.*?(\d+) anonymous raters", row[2]) if len(row) == 4 else None
            if figure:
                found[row[0][:11]] = float(figure[1]), int(figure[2])  # "Pegawai 001"
    return found


def read_csv(data: bytes) -> list[dict[str, str]]:
    """The rows of the file of appraisals, with decimal points."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")
    return [{name: re.sub(r"^(\d+),(\d+)$", r"\1.\2", value) for name, value in row.items()} for row in rows]


def read_xlsx(data: bytes) -> list[dict[str, str]]:
    """The same from the workbook, in full digits."""
    header, *rows = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
    return [
        {str(name): "" if cell is None else str(cell) for name, cell in zip(header, row, strict=True)}
        for row in rows
    ]


def read_groups(rows: list[dict[str, str]]) -> dict[tuple[str, str, str], Seen]:
    """Every figure of the file of rater groups; a row that is not shown must hold no number."""
    found: dict[tuple[str, str, str], Seen] = {}
    for row in rows:
        told = row["Answers"], row["Mean"], row["Standard error"]
        if row["Shown"] == "No":
            assert not any(told), row
            continue
        note = row["Why not, or how"]
        band = "high" if "or more" in note else "low" if "or less" in note else ""
        assert bool(row["Mean"]) != bool(band) and not (band and row["Standard error"]), row
        mean = float(row["Mean"]) if row["Mean"] else None
        found[row["Name"], row["Behaviour"], GROUPS[row["Rater group"]]] = Seen(
            mean, int(row["Answers"]), band
        )
    return found
