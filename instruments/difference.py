"""What differs between two versions of a questionnaire, word by word."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from instruments.drafting import LISTS, Data

Kind = Literal["same", "gone", "new"]
Piece = tuple[Kind, str]
Facts = dict[tuple[str, str, str], str]  # (part, code, field) -> words


@dataclass(frozen=True)
class Change:
    """One field that differs: in which part, of what, and its words piece by piece."""

    part: str  # general, or the name of a list
    name: str  # the code of the element
    field: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Difference:
    """Everything that differs."""

    added: tuple[tuple[str, str, str], ...]  # part, code, first words
    removed: tuple[tuple[str, str, str], ...]
    changed: tuple[Change, ...]
    reordered: tuple[str, ...]  # parts whose elements stand in another order

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.reordered)


def compare(before: Data, after: Data) -> Difference:
    """What one content of a questionnaire has that another has not; codes tell what is the same element."""
    old, new = _facts(before), _facts(after)
    old_names, new_names = _names(before), _names(after)
    changed = tuple(
        Change(*key, words(old.get(key, ""), new.get(key, "")))
        for key in dict.fromkeys([*new, *old])
        if old.get(key, "") != new.get(key, "")
        and (key[0] == "general" or (key[1] in old_names[key[0]] and key[1] in new_names[key[0]]))
    )
    return Difference(
        added=tuple(_only_in(new_names, old_names)),
        removed=tuple(_only_in(old_names, new_names)),
        changed=changed,
        reordered=tuple(part for part in LISTS if _order_differs(old_names[part], new_names[part])),
    )


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts word by word: what stayed, what went and what came."""
    old, new = before.split(), after.split()
    pieces: list[Piece] = []
    for act, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            pieces.append(("same", " ".join(old[a:b])))
            continue
        if b > a:
            pieces.append(("gone", " ".join(old[a:b])))
        if d > c:
            pieces.append(("new", " ".join(new[c:d])))
    return tuple(pieces)


def _facts(data: Data) -> Facts:
    facts = {
        ("general", "", field): value
        for name, part in data.items()
        if name not in (*LISTS, "version", "default")
        for field, value in _fields(part, name)
    }
    for part in LISTS:
        for code, element in _coded(data, part):
            facts |= {(part, code, field): value for field, value in _fields(element, "")}
    return facts


def _fields(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, part in value.items():
            yield from _fields(part, f"{name}.{inner}".lstrip("."))
    elif isinstance(value, list | tuple) and any(isinstance(part, dict) for part in value):
        for place, part in enumerate(value):
            yield from _fields(part, f"{name}.{place}")
    elif isinstance(value, list | tuple):
        yield name, ", ".join(map(str, value))
    elif value is not None:
        yield name, str(value)


def _coded(data: Data, part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The elements of a list with what each is known by."""
    for place, element in enumerate(data.get(part, ())):
        yield str(element.get("code", element.get("value", place + 1))), element


def _names(data: Data) -> dict[str, dict[str, str]]:
    return {part: {code: _first_words(each) for code, each in _coded(data, part)} for part in LISTS}


def _first_words(element: dict[str, Any]) -> str:
    for name in ("text", "title", "label", "covers"):
        value = element.get(name)
        if value:
            return str(value["id"] if isinstance(value, dict) else value)
    return ""


def _only_in(names: dict[str, dict[str, str]], others: dict[str, dict[str, str]]) -> Iterator[Any]:
    for part, own in names.items():
        for code, first in own.items():
            if code not in others[part]:
                yield part, code, first


def _order_differs(old: dict[str, str], new: dict[str, str]) -> bool:
    return [code for code in old if code in new] != [code for code in new if code in old]
