"""Sentences of the report: numbers of people in words, and what a mean or a gap says."""

from typing import Any

from flask_babel import gettext, lazy_gettext

from survey.i18n import decimal
from survey.services.gate.disclosure import Figure

# Small numbers are words; larger ones stay digits.
NUMBERS: dict[int, Any] = {
    3: lazy_gettext("Three"),
    4: lazy_gettext("Four"),
    5: lazy_gettext("Five"),
    6: lazy_gettext("Six"),
    7: lazy_gettext("Seven"),
    8: lazy_gettext("Eight"),
    9: lazy_gettext("Nine"),
    10: lazy_gettext("Ten"),
    11: lazy_gettext("Eleven"),
    12: lazy_gettext("Twelve"),
}


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def group_sentence(rater_group: str, figure: Figure) -> str:
    """What one group said, in a sentence; nothing where the group is not shown."""
    if figure.reason or figure.n is None:
        return ""
    who, top = _who(rater_group, figure.n), figure.span.high
    if figure.band == "high":
        return _(
            "%(who)s gave a mean of %(limit)s or more out of %(top)s.",
            who=who,
            limit=decimal(figure.limit, 1),
            top=top,
        )
    if figure.band == "low":
        return _(
            "%(who)s gave a mean of %(limit)s or less on a scale from %(bottom)s to %(top)s.",
            who=who,
            limit=decimal(figure.limit, 1),
            bottom=figure.span.low,
            top=top,
        )
    if figure.interval is None:
        return _("%(who)s gave %(mean)s out of %(top)s.", who=who, mean=decimal(figure.value, 1), top=top)
    return _(
        "%(who)s gave a mean of %(mean)s out of %(top)s; it probably lies between %(low)s and %(high)s.",
        who=who,
        mean=decimal(figure.value, 1),
        top=top,
        low=decimal(figure.interval[0], 1),
        high=decimal(figure.interval[1], 1),
    )


def _who(rater_group: str, n: int) -> str:
    number = str(NUMBERS.get(n, n))
    if rater_group == "self":
        return _("You yourself")
    if rater_group == "supervisor":
        return _("Your supervisor") if n == 1 else _("%(number)s supervisors", number=number)
    if rater_group == "peer":
        return _("%(number)s peers", number=number)
    if rater_group == "partner":
        return _("%(number)s service partners", number=number)
    return _("%(number)s subordinates", number=number)


def gap_words(gap: str) -> str:
    """How the self-rating lies to the view of the others."""
    if gap == "higher":
        return _("You see this more favourably than your colleagues do. It is worth asking for examples.")
    if gap == "lower":
        return _("Your colleagues see this more favourably than you do. You may trust it more.")
    if gap == "chance":
        return _(
            "Your own view and that of your colleagues are nearly the same; the difference may be chance."
        )
    return ""
