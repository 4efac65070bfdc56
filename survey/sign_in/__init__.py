"""The door where staff sign in and out."""

from survey.sign_in.views import blueprint

__all__ = ["blueprint"]
