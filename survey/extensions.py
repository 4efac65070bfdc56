"""Flask extensions, made once and bound to the app in `app.create_app`."""

import hashlib
import hmac
import os
import time
from typing import cast

from flask import current_app, request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from survey.config import Settings
from survey.db import Databases

EXTENSION = "cermin"
SECONDS_PER_DAY = 24 * 3600

babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()


class _DailyNames:
    """Names things by an HMAC whose key lives in memory for a day and is then forgotten."""

    def __init__(self) -> None:
        self._day = -1
        self._key = b""

    def __call__(self, thing: str) -> str:
        day = int(time.time() // SECONDS_PER_DAY)
        if day != self._day:
            self._day, self._key = day, os.urandom(32)
        return hmac.new(self._key, thing.encode(), hashlib.sha256).hexdigest()[:16]


secret_name = _DailyNames()


def _address() -> str:
    return secret_name(request.remote_addr or "")


limiter = Limiter(key_func=_address, storage_uri="memory://", strategy="moving-window")


def databases() -> Databases:
    """The databases of the running app."""
    return cast("Databases", current_app.extensions[EXTENSION]["databases"])


def settings() -> Settings:
    """The settings of the running app."""
    return cast("Settings", current_app.extensions[EXTENSION]["settings"])
