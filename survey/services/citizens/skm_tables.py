"""What a report of public satisfaction is filled from, and its tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from analysis.satisfaction import SatisfactionPolicy
from instruments.schema import Instrument
from survey.services.citizens import periods
from survey.services.citizens.comparing import Change
from survey.services.citizens.follow_ups import Promise, SaidAndDone
from survey.services.citizens.satisfaction import OFFICIAL_WEIGHTS, PeriodFigures
from survey.services.citizens.satisfaction_range import Range
from survey.services.citizens.unit_results import Chosen, Part, UnitResults
from survey.services.documents.document_files import Grid
from survey.services.documents.rounding import half_up
from survey.tables import N_

Translate = Callable[[str], str]
NONE = "–"
SPACE_TO_SIGN = ("", "", "")


@dataclass(frozen=True)
class Signature:
    """Who signs, where and when; the number is printed and not kept."""

    name: str
    number: str
    post: str
    place: str
    signed_on: date
    method: str  # how the answers were collected


@dataclass(frozen=True)
class Wording:
    """Words and numbers in the reader's language."""

    translate: Translate
    language: str
    period_words: Callable[[str], str]
    state_words: Callable[[str], str]
    channel_words: Callable[[str], str]
    city: str

    def __call__(self, message: str, **values: object) -> str:
        return self.translate(message) % values if values else self.translate(message)

    def number(self, value: float | None, places: int = 2) -> str:
        """A number with so many decimals, rounded at the very end."""
        if value is None:
            return NONE
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return str(format_decimal(half_up(value, places), format=pattern, locale=self.language))

    def day(self, value: date) -> str:
        return str(format_date(value, format="long", locale=self.language))

    def ends(self, found: Range | None, places: int) -> str:
        if found is None:
            return NONE
        return f"{self.number(float(found[0]), places)}–{self.number(float(found[1]), places)}"


@dataclass(frozen=True, eq=False)
class Report:
    """What the chapters are filled from. The chosen period has an index."""

    results: UnitResults
    chosen: Chosen
    done: Sequence[SaidAndDone]
    instrument: Instrument
    policy: SatisfactionPolicy
    signature: Signature
    say: Wording

    @property
    def figures(self) -> PeriodFigures:
        return self.chosen.figures

    def title_of(self, element: str) -> str:
        titles = {item.code: item.title for item in self.instrument.items}
        found = titles[element]
        return found.in_language(self.say.language) if found else element

    def index(self) -> str:
        """The index with the weights that it was computed with, wherever they are not the official ones."""
        index = self.figures.index
        told = self.say.number(float(index.ikm)) if index and index.ikm is not None else NONE
        if self.results.weights == OFFICIAL_WEIGHTS:
            return told
        return self.say(N_("%(index)s (weight %(weights)s)"), index=told, weights=self.results.weights)

    def band(self) -> str:
        index = self.figures.index
        return f"{index.band.code} ({index.band.name})" if index and index.band else NONE


def index_words(report: Report, figures: PeriodFigures) -> str:
    """An index of other answers in figures, where it is shown."""
    return report.say.number(float(figures.index.ikm)) if figures.index and figures.index.ikm else NONE


def elements(report: Report) -> Grid:
    """The nine elements with their answers, means and ranges."""
    say, ranges = report.say, report.chosen.ranges.elements
    rows = tuple(
        (
            report.title_of(each.code),
            say.number(each.n, 0) if each.n is not None else NONE,
            say.number(float(each.nrr), 3) if each.nrr is not None else NONE,
            say.ends(ranges.get(each.code), 1),
        )
        for each in report.figures.elements
    )
    header = (say(N_("Element")), say(N_("Answers")), say(N_("Mean (NRR)")), say(N_("Probably")))
    return Grid(say(N_("Elements")), header, rows, (1, 2, 3))


def responses(report: Report) -> Grid:
    """How many chose each answer, element by element."""
    say, told = report.say, report.figures.told.counts
    rows = tuple(
        (
            report.title_of(each.code),
            *(NONE if each.nrr is None else say.number(n, 0) for n in told[each.code]),
        )
        for each in report.figures.elements
    )
    steps = tuple(str(step) for step in range(report.policy.low, report.policy.high + 1))
    return Grid(say(N_("Answers by element")), (say(N_("Element")), *steps), rows, (1, 2, 3, 4))


def services(report: Report, parts: Sequence[Part]) -> Grid:
    """The elements and the index of each kind of service."""
    say = report.say
    names = tuple(f"U{place}" for place in range(1, len(report.policy.elements) + 1))
    rows = tuple(
        (
            part.name,
            *(say.number(float(e.nrr)) if e.nrr is not None else NONE for e in part.figures.elements),
            say.number(float(part.figures.index.ikm))
            if part.figures.index and part.figures.index.ikm is not None
            else NONE,
        )
        for part in parts
    )
    header = (say(N_("Service")), *names, "IKM")
    return Grid(say(N_("By kind of service")), header, rows, tuple(range(1, len(header))))


def own_promises(report: Report) -> list[Promise]:
    """The actions about the period of the report."""
    inside = {report.figures.period, *periods.quarters_of(report.figures.period)}
    return [each.promise for each in report.done if each.promise.period in inside]


def plan(report: Report) -> Grid:
    """What will be done, by when and by whom."""
    say = report.say
    rows = tuple(
        (each.action, report.title_of(each.element), say.day(each.due_on), each.responsible)
        for each in own_promises(report)
    )
    header = (say(N_("Action")), say(N_("Element")), say(N_("By when")), say(N_("Who")))
    return Grid(say(N_("Plan")), header, rows or ((NONE,) * 4,))


def trend(report: Report) -> Grid:
    """The period beside those before it."""
    say = report.say
    rows = tuple(
        (
            say.period_words(row.period),
            say.number(float(row.figures.index.ikm))
            if row.figures and row.figures.index and row.figures.index.ikm is not None
            else NONE,
            say.ends(row.range, 0),
            say.number(row.figures.n, 0) if row.figures else NONE,
            change_words(report, row.change),
        )
        for row in report.chosen.history
    )
    header = (
        say(N_("Period")), say(N_("Index")), say(N_("Probably")), say(N_("Answers")),
        say(N_("This period against it")),
    )  # fmt: skip
    return Grid(say(N_("Trend")), header, rows, (1, 2, 3))


def change_words(report: Report, change: Change | None, places: int = 0) -> str:
    """A change in a word, with its ends."""
    if change is None:
        return NONE
    words = {"higher": N_("higher"), "lower": N_("lower"), "unclear": N_("can be chance")}
    ends = report.say.ends((change.low, change.high), places)
    return f"{report.say(words[change.verdict])} ({ends})"


def _bands(report: Report, place: int) -> tuple[str, list[tuple[str, int]]]:
    """Title of a general fact, and respondents by band, others last."""
    say, profile = report.say, report.chosen.profile or ()
    told = profile[place]
    field = next(each for each in report.instrument.profile if each.code == told.field)
    labels = {band.code: band.label.in_language(say.language) for band in field.bands}
    rows = [(labels[band], n) for band, n in told.bands]
    if told.others:
        rows.append((say(N_("Others, together")), told.others))
    return field.title.in_language(say.language), rows


def profile_grid(report: Report, place: int) -> Grid:
    """Respondents by band of one general fact."""
    title, rows = _bands(report, place)
    cells = tuple((label, report.say.number(n, 0)) for label, n in rows)
    return Grid(title, (title, report.say(N_("Respondents"))), cells, (1,))


def profile_line(report: Report, field: str) -> str:
    """The same in a line."""
    fields = [each.field for each in report.chosen.profile or ()]
    title, rows = _bands(report, fields.index(field))
    return f"{title}: " + ", ".join(f"{label} {report.say.number(n, 0)}" for label, n in rows)
