"""The door of the ballot box: takes sealed ballots from devices; knows no rater, no subject, no cookie."""

from survey.box.views import blueprint

__all__ = ["blueprint"]
