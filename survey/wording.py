"""Words for bands, periods and states of plans, in the reader's language; several doors say them alike."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from flask_babel import gettext as _

from analysis.satisfaction import QualityBand
from survey.services.citizens.arrivals import ALIKE, DAY, Unusual
from survey.services.citizens.channels import ASSISTED, CODE, KIOSK, OPEN_LINK, PAPER


def band_words(band: QualityBand) -> str:
    """A band of the index in words."""
    words = {"A": _("Very good"), "B": _("Good"), "C": _("Not quite good"), "D": _("Not good")}
    return str(words.get(band.code, band.name))


def measure_words(measure: str) -> str:
    """What a figure is counted in: the usual words in the reader's language, any other as it was typed."""
    words = {
        "menit": _("minutes"),
        "jam": _("hours"),
        "hari": _("days"),
        "kunjungan": _("visits"),
        "kasus": _("cases"),
        "berkas": _("files"),
    }
    return str(words.get(measure.strip().lower(), measure))


def period_words(period: str) -> str:
    """A quarter (`2026-Q3`), half-year (`2026-H2`) or year (`2026`) in words."""
    year, _dash, part = period.partition("-")
    words = {
        "Q1": _("First quarter of %(year)s", year=year),
        "Q2": _("Second quarter of %(year)s", year=year),
        "Q3": _("Third quarter of %(year)s", year=year),
        "Q4": _("Fourth quarter of %(year)s", year=year),
        "H1": _("First half of %(year)s", year=year),
        "H2": _("Second half of %(year)s", year=year),
    }
    return str(words.get(part) or _("The year %(year)s", year=year))


def channel_words() -> dict[str, str]:
    """The channels on which answers come, in words."""
    return {
        OPEN_LINK: str(_("the open link (poster, QR code)")),
        CODE: str(_("single-use codes, handed out after the service")),
        KIOSK: str(_("kiosks at the counter")),
        ASSISTED: str(_("questions put by an officer")),
        PAPER: str(_("paper forms")),
    }


def unusual_words(
    found: Iterable[Unusual], names: Mapping[str, str], day_words: Callable[[date], str]
) -> list[str]:
    """What was unusual, a sentence each; `names` are those of the service points."""
    channels = channel_words()
    told = {
        DAY: _("%(day)s, %(point)s: far more answers than on other days, through %(channel)s."),
        ALIKE: _("%(point)s: at least four of five answers are the same in all nine, through %(channel)s."),
    }
    return [
        told[each.kind]
        % {
            "day": day_words(each.day) if each.day else "",
            "point": names.get(each.service_point, ""),
            "channel": channels[each.stratum],
        }
        for each in found
    ]


def change_heading(kind: str) -> str:
    """The heading above the periods of a kind."""
    words = {
        "quarter": _("From quarter to quarter"),
        "half": _("From half-year to half-year"),
        "year": _("From year to year"),
    }
    return str(words[kind])


def state_words() -> dict[str, tuple[str, str]]:
    """The states of a promised action in words, and the kind of their badge."""
    return {
        "planned": (str(_("Planned")), "note"),
        "started": (str(_("Started")), "note"),
        "done": (str(_("Done")), "good"),
        "dropped": (str(_("Dropped")), ""),
    }
