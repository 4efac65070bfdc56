"""The door of raters: a personal link or code is the key; no account, no cookie."""

from survey.respond.views import blueprint

__all__ = ["blueprint"]
