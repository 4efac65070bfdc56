"""The application factory: a list of contents."""

import sys
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

import survey.models  # noqa: F401 - all tables must be known before the first query
from instruments.rater_groups import ANONYMOUS_GROUPS, RATER_GROUPS
from survey import approval, auditor, box, citizen, hr, me, offices, public, respond, sign_in, team
from survey.assets import configure_assets
from survey.compression import configure_compression
from survey.config import STAFF_PATH, Settings
from survey.db import Databases, connect_all
from survey.error_pages import register_error_pages
from survey.exceptions import place_of
from survey.extensions import EXTENSION, csrf, limiter, login_manager
from survey.hr.door import guard as hr_guard
from survey.i18n import configure_languages
from survey.navigation import configure_navigation
from survey.security import Guard, Requires, anonymous, configure_security, may, open_to_all
from survey.services.accounts.access import APPROVER, AUDITOR, EMPLOYEE, HR_ROLES, TEAM_ROLES, UNIT_HEAD
from survey.wording import measure_words

ROOT = Path(__file__).resolve().parent.parent

# One door per audience, each with its guard. A test walks every route and finds it here, and asks for every
# role whether it comes in (`tests/architecture/rights.py`).
DOORS: tuple[tuple[Blueprint, str, Guard], ...] = (
    (public.blueprint, "", open_to_all),
    (citizen.blueprint, "/s", anonymous),
    (citizen.kiosk.blueprint, "/k", anonymous),
    (respond.blueprint, "/i", anonymous),
    (box.blueprint, "/b", anonymous),
    (sign_in.blueprint, STAFF_PATH, open_to_all),
    (me.blueprint, f"{STAFF_PATH}/me", Requires(EMPLOYEE)),
    (team.blueprint, f"{STAFF_PATH}/team", Requires(*TEAM_ROLES)),
    (hr.blueprint, f"{STAFF_PATH}/hr", hr_guard),  # which pages are for operators too: `hr.door`
    (offices.blueprint, f"{STAFF_PATH}/offices", Requires(*HR_ROLES, UNIT_HEAD)),
    (approval.blueprint, f"{STAFF_PATH}/approve", Requires(APPROVER)),
    (auditor.blueprint, f"{STAFF_PATH}/audit", Requires(AUDITOR)),
)
WITHOUT_COOKIES = (citizen.blueprint, citizen.kiosk.blueprint, respond.blueprint, box.blueprint)


class Service(Flask):
    """Flask, but for what it writes down when a page fails."""

    def log_exception(self, exc_info: Any) -> None:
        """On anonymous pages tell the kind and the place of a fault: no address, no time, no values."""
        if request.blueprint in {blueprint.name for blueprint in WITHOUT_COOKIES}:
            sys.stderr.write(
                f"fault on an anonymous page: {exc_info[0].__name__} at {place_of(exc_info[1])}\n"
            )
        else:
            super().log_exception(exc_info)


def create_app(settings: Settings, databases: Databases | None = None) -> Flask:
    """Make the application from its settings."""
    app = Service(
        "survey",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    app.secret_key = settings.secret_key
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.testing = settings.environment == "test"
    app.extensions[EXTENSION] = {"settings": settings, "databases": databases or connect_all(settings)}
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.time_zone
    configure_security(app, settings)
    configure_languages(app)
    configure_assets(app)
    configure_compression(
        app, plain={public.blueprint.name}, rounded={blueprint.name for blueprint in WITHOUT_COOKIES}
    )
    configure_navigation(app)
    app.template_filter("measure")(measure_words)
    app.jinja_env.globals |= {"rater_groups": RATER_GROUPS, "anonymous_groups": ANONYMOUS_GROUPS}
    app.jinja_env.globals["may"] = may  # templates offer only what the account may open
    _bind_extensions(app)
    _open_doors(app)
    register_error_pages(app)
    app.context_processor(lambda: {"city": settings.city, "contact": settings.contact})
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _bind_extensions(app: Flask) -> None:
    csrf.init_app(app)
    login_manager.init_app(app)
    limiter.init_app(app)


def _open_doors(app: Flask) -> None:
    for blueprint, prefix, guard in DOORS:
        app.register_blueprint(blueprint, url_prefix=prefix or None)
        # A guard belongs to the app, not to the blueprint object: several apps share one blueprint in tests.
        app.before_request_funcs.setdefault(blueprint.name, []).insert(0, guard)
    for blueprint in WITHOUT_COOKIES:
        csrf.exempt(blueprint)
