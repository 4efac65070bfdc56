"""Words for entries of the public log, in the language of the page."""

from datetime import date

from flask_babel import gettext as _

from protocol.log import Entry
from survey.i18n import decimal, long_date

NUMBERS = ("ballots", "counted", "items", "minimum", "papers")  # what the public log counts


def log_words(entry: Entry) -> str:
    """What an entry of the public log tells, without its number."""
    detail = entry.detail
    words = {
        "cycle-opened": _("The cycle was opened with these rules and keys."),
        "box-told": _("Sealed answers in the box"),
        "minimum-raised": _("The smallest group that is shown was made larger."),
        "papers-replaced": _("Lost sheets that could be taken anew, so far"),
        "cycle-closed": _("The cycle was closed: no more answers are taken."),
        "box-closed": _("Sealed answers in the closed box"),
        "cycle-counted": _("Answers were counted."),
        "keys-destroyed": _("This server’s keys, the lists and the sealed answers were destroyed."),
        "cycle-released": _("The employees can read their results."),
    }
    if entry.action == "cycle-cancelled":
        return str(_("The cycle was cancelled and will not be counted: %(reason)s", reason=detail["reason"]))
    if entry.action == "items-left-out":
        return str(
            _("By the rule of the cycle these items count in no figure: %(codes)s", codes=detail["codes"])
        )
    if entry.action == "unit-extended":
        day = long_date(date.fromisoformat(detail["closes_on"]))
        return str(
            _("Raters of the unit %(unit)s were given more time, to %(day)s.", unit=detail["unit"], day=day)
        )
    if entry.action == "cycle-extended":
        day = long_date(date.fromisoformat(detail["closes_on"]))
        return str(_("The cycle was made longer, to %(day)s.", day=day))
    if entry.action == "list-handed":
        return str(_("The list for the holder of seal %(layer)s was made.", layer=detail["layer"]))
    if entry.action == "list-brought":
        return str(_("The holder of seal %(layer)s brought the opened list.", layer=detail["layer"]))
    return str(words[entry.action])


def log_number(entry: Entry) -> str:
    """The number that an entry of the public log tells, if it tells one."""
    told = [entry.detail[name] for name in NUMBERS if name in entry.detail]
    return decimal(told[0], 0) if told else ""
