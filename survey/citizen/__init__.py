"""The door of citizens: rate a service without an account, a cookie or a script."""

from survey.citizen import kiosk
from survey.citizen.views import blueprint

__all__ = ["blueprint", "kiosk"]
