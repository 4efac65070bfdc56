"""The me door."""

from survey.me import nominations, views
from survey.me.door import blueprint

__all__ = ["blueprint", "nominations", "views"]
