"""Languages, numbers and dates. Indonesian is the default; English stands beside it."""

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from flask import Flask, has_request_context, request, session
from flask_babel import get_locale
from werkzeug.exceptions import HTTPException

from survey.config import STAFF_PATH
from survey.extensions import babel
from survey.services.documents.rounding import half_up

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT_LANGUAGE = "id"
NO_FIGURE = "–"
DOORS_WITHOUT_COOKIE = ("public", "citizen", "kiosk", "respond")


def configure_languages(app: Flask) -> None:
    """Bind Babel, keep the chosen language in links, give templates their formats."""
    babel.init_app(app, locale_selector=select_language)
    app.url_defaults(_carry_language)
    app.template_filter("decimal")(decimal)
    app.template_filter("percent")(percent)
    app.template_filter("date")(long_date)
    app.context_processor(lambda: {"language": language(), "languages": LANGUAGES})


def select_language() -> str:
    """`?lang=` or the form's field wins; staff keep their choice in the session, others in the links."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    asked = _asked_language()
    if asked in LANGUAGES:
        if _is_staff_page():
            session["language"] = asked
        return asked
    kept = session.get("language", DEFAULT_LANGUAGE) if _is_staff_page() else DEFAULT_LANGUAGE
    return kept if kept in LANGUAGES else DEFAULT_LANGUAGE


def _asked_language() -> str:
    if in_address := request.args.get("lang", ""):
        return in_address
    try:
        return request.form.get("lang", "")
    except HTTPException:  # too large or malformed: its page must still be able to speak
        return ""


def language() -> str:
    """The language of this answer: `id` or `en`."""
    locale = get_locale()
    return locale.language if locale else DEFAULT_LANGUAGE


def _is_staff_page() -> bool:
    return request.path.startswith(STAFF_PATH)


def _carry_language(endpoint: str, values: dict[str, Any]) -> None:
    """Pages without a cookie remember the language in their links."""
    if not has_request_context() or endpoint.partition(".")[0] not in DOORS_WITHOUT_COOKIE:
        return
    if language() != DEFAULT_LANGUAGE:
        values.setdefault("lang", language())


def decimal(value: float | Decimal | None, places: int = 2) -> str:
    """A number with exactly `places` decimals, rounded half up at the very end; no number, no digits."""
    if value is None:
        return NO_FIGURE
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(half_up(value, places), format=pattern, locale=language())


def percent(value: float | None, places: int = 0) -> str:
    """A share as a percentage, rounded half up at the very end."""
    if value is None:
        return NO_FIGURE
    return format_percent(
        half_up(value, places + 2),
        format="#,##0" + ("." + "0" * places if places else "") + "%",
        locale=language(),
    )


def long_date(value: date) -> str:
    """A date with the month in words."""
    return format_date(value, format="long", locale=language())
