"""The door of raters: a personal link or code is the key; no account, no cookie."""

from survey.respond import device, views
from survey.respond.door import blueprint

__all__ = ["blueprint", "device", "views"]
