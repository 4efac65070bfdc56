"""Words for periods and bands, in the language of the page."""

from flask_babel import gettext as _

from analysis.satisfaction import QualityBand


def band_words(band: QualityBand) -> str:
    """A band of the index in words."""
    words = {"A": _("Very good"), "B": _("Good"), "C": _("Not quite good"), "D": _("Not good")}
    return str(words.get(band.code, band.name))


def period_words(period: str) -> str:
    """A quarter (`2026-Q3`) or a year (`2026`) in words."""
    year, _dash, quarter = period.partition("-Q")
    words = {
        "1": _("First quarter of %(year)s", year=year),
        "2": _("Second quarter of %(year)s", year=year),
        "3": _("Third quarter of %(year)s", year=year),
        "4": _("Fourth quarter of %(year)s", year=year),
    }
    return str(words.get(quarter) or _("The year %(year)s", year=year))
