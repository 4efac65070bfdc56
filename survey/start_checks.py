"""What must hold before the service takes requests."""

from flask import Flask

from survey.config import Settings, SettingsError
from survey.db import Databases, reading
from survey.extensions import EXTENSION
from survey.services.accounts import accounts


def refuse_weak_setup(app: Flask) -> None:
    """Raise, by name, what makes this installation unfit for production."""
    settings: Settings = app.extensions[EXTENSION]["settings"]
    if not settings.is_production:
        return
    if app.debug:
        raise SettingsError("The debugger must be off in production (FLASK_DEBUG)")
    databases: Databases = app.extensions[EXTENSION]["databases"]
    with reading(databases.people) as people:
        if accounts.has_demo_accounts(people):
            raise SettingsError(
                "The people database holds demo accounts; production needs a database without them"
            )
