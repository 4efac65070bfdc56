"""The drawings of a report on public satisfaction; every number in them stands in a table beside them."""

import re

from analysis.plots import ElementBar, Period, Words, element_bars, response_distributions, trend
from survey.services.citizens.skm_tables import Report
from survey.services.documents.document_files import Drawing
from survey.tables import N_

_FONT = "font-family: 'Plus Jakarta Sans'"


def elements(report: Report) -> Drawing:
    """The mean of each element as a bar."""
    say, ranges = report.say, report.chosen.ranges.elements
    rows = [
        ElementBar(
            report.title_of(each.code),
            None if each.nrr is None else float(each.nrr),
            _ends(ranges.get(each.code)),
            each.code in report.figures.lowest,
        )
        for each in report.figures.elements
    ]
    told = "; ".join(f"{row.name} {say.number(row.value)}" for row in rows)
    caption = say(N_("Mean of each element (NRR), 1 to 4; the lowest is hatched, lines are ranges"))
    words = _words(report, caption, say(_BARS, elements=told), say(N_("Mean (NRR)")))
    scale = (float(report.policy.low), float(report.policy.high))
    return _drawing(words, element_bars(rows, scale=scale, words=words, key="elements"))


def periods(report: Report) -> Drawing | None:
    """The index over time; nothing where the period stands alone."""
    say = report.say
    like = [
        row.figures if row.figures and row.figures.is_like(report.figures) else None
        for row in report.chosen.history
    ]
    rows = [
        Period(
            "\n".join(say.period_words(row.period).rsplit(" ", 1)),
            float(figures.index.ikm) if figures and figures.index and figures.index.ikm is not None else None,
            _ends(row.range) if figures else None,
        )
        for row, figures in zip(report.chosen.history, like, strict=True)
    ]
    if len(rows) < 2:
        return None
    told = "; ".join(
        f"{say.period_words(row.period)} {say.number(point.value)}"
        for row, point in zip(report.chosen.history, rows, strict=True)
    )
    caption = say(_PERIODS)
    words = _words(report, caption, say(_TREND, periods=told), say(N_("Satisfaction index")))
    least, most = (float(end * report.policy.factor) for end in (report.policy.low, report.policy.high))
    return _drawing(words, trend(rows, scale=(least, most), words=words, key="periods"))


def responses(report: Report) -> Drawing:
    """How many chose each answer, element by element; elements with too few answers are left out."""
    say, told = report.say, report.figures.told.counts
    shown = [each.code for each in report.figures.elements if each.nrr is not None]
    lines = "; ".join(
        f"{report.title_of(code)} " + ", ".join(say.number(n, 0) for n in told[code]) for code in shown
    )
    caption = say(N_("Answers from 1 to 4 to each element, with their number"))
    words = _words(report, caption, say(_PROFILE, elements=lines), say(N_("Answer, from 1 to 4")))
    drawn = response_distributions(
        [report.title_of(code) for code in shown],
        [told[code] for code in shown],
        scale=(report.policy.low, report.policy.high),
        words=words,
        key="responses",
    )
    return _drawing(words, drawn)


def _words(report: Report, title: str, description: str, axis: str) -> Words:
    say = report.say
    decimal = "," if say.language == "id" else "."
    return Words(title, description, axis, {"untold": say(N_("not told"))}, decimal)


def _drawing(words: Words, svg: str) -> Drawing:
    return Drawing(words.title, words.description, re.sub(r"font-family: [^;\"]*", _FONT, svg))


def _ends(found: tuple[object, object] | None) -> tuple[float, float] | None:
    return (float(str(found[0])), float(str(found[1]))) if found else None


_PERIODS = N_(
    "Index by period, 25 to 100; lines are ranges, a gap stands where there is no index of the same channels"
)
_BARS = N_("Bars of the mean of each element: %(elements)s.")
_TREND = N_("The index from period to period: %(periods)s.")
_PROFILE = N_("How many chose 1, 2, 3 and 4: %(elements)s.")
