"""Where data does not have the shape that it should, in the words of its author."""

import re

import msgspec

from instruments.marked_yaml import Path

# msgspec's words, and what an author of questionnaires reads instead.
PLAINER = (
    (re.compile(r"Object missing required field `id`"), "the Indonesian text (id) is missing"),
    (re.compile(r"Object missing required field `en`"), "the English text (en) is missing"),
    (re.compile(r"Object missing required field `(\w+)`"), r"the field \1 is missing"),
    (re.compile(r"Object contains unknown field `(.+)`"), r"unknown field \1"),
    (re.compile(r"Invalid enum value '(.+)'"), r"\1 is not one of the allowed words"),
    (
        re.compile(r"Expected `str` matching regex .+"),
        "a code begins with a small letter and holds at most 40 small letters, digits and underscores",
    ),
)


def misfit(data: object, kind: object, base: Path = ()) -> tuple[Path, str] | None:
    """The first part of the data that does not fit a type, and what is wrong with it."""
    try:
        msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        steps = re.findall(r"\.(\w+)|\[(\d+)\]", where)
        path = (*base, *(int(place) if place else name for name, place in steps))
        unknown = re.fullmatch(r"Object contains unknown field `(.+)`", message)
        return (*path, unknown[1]) if unknown else path, _plainer(message)
    return None


def _plainer(message: str) -> str:
    for pattern, words in PLAINER:
        message = pattern.sub(words, message)
    return message
