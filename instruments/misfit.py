"""Where data does not have the shape that it should, in the words of its author."""

import re
import types
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from instruments.marked_yaml import Path
from instruments.wording import N_, Message, say

Finding = tuple[Path, Message]

# msgspec's words, and what an author of questionnaires reads instead.
PLAINER = (
    (re.compile(r"Object missing required field `id`"), N_("the Indonesian text (id) is missing")),
    (re.compile(r"Object missing required field `en`"), N_("the English text (en) is missing")),
    (re.compile(r"Object missing required field `(?P<field>\w+)`"), N_("the field %(field)s is missing")),
    (re.compile(r"Object contains unknown field `(?P<field>.+)`"), N_("unknown field %(field)s")),
    (re.compile(r"Invalid enum value '(?P<word>.+)'"), N_("%(word)s is not one of the allowed words")),
    (
        re.compile(r"Expected `str` matching regex .+"),
        N_("a code begins with a small letter and holds at most 40 small letters, digits and underscores"),
    ),
    (re.compile(r"Expected `str` of length <= (?P<most>\d+)"), N_("at most %(most)s characters fit")),
    (re.compile(r"Expected `array` of length >= (?P<least>\d+)"), N_("at least %(least)s is needed here")),
    (re.compile(r"Expected `int` >= (?P<least>\d+)"), N_("the number must be at least %(least)s")),
    (re.compile(r"Expected `int` <= (?P<most>\d+)"), N_("the number may be at most %(most)s")),
    (re.compile(r"Expected `int`, got `.+`"), N_("a whole number belongs here")),
)


def misfits(data: object, kind: Any, path: Path = ()) -> Iterator[Finding]:
    """Every part of the data that does not fit a type, and what is wrong with it."""
    inner = _inner(kind)
    if isinstance(data, dict) and isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        yield from _of_fields(data, inner, path)
    elif isinstance(data, list) and data and typing.get_origin(inner) is tuple:
        for place, element in enumerate(data):
            yield from misfits(element, typing.get_args(inner)[0], (*path, place))
    else:
        yield from _of_value(data, kind, path)


def _of_fields(data: dict[str, object], kind: type[msgspec.Struct], path: Path) -> Iterator[Finding]:
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for name in data:
        if name not in fields:
            yield (*path, name), say(N_("unknown field %(field)s"), field=name)
    for name, field in fields.items():
        if name in data:
            yield from misfits(data[name], field.type, (*path, name))
        elif field.required:
            yield (*path, name), _plainer(f"Object missing required field `{name}`")


def _of_value(data: object, kind: Any, path: Path) -> Iterator[Finding]:
    try:
        msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        yield path, _plainer(str(error).partition(" - at `$")[0])


def _inner(kind: Any) -> Any:
    """The type inside `Annotated[…]` and `… | None`."""
    if typing.get_origin(kind) is typing.Annotated:
        return _inner(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return _inner(next(each for each in typing.get_args(kind) if each is not type(None)))
    return kind


def _plainer(message: str) -> Message:
    for pattern, words in PLAINER:
        if found := pattern.fullmatch(message):
            return Message(words, found.groupdict())
    return Message("%(message)s", {"message": message})
