"""Read YAML into plain data and remember on which line each part stands.

Only text, whole numbers, true and false are data here. A date, a fraction or an empty value is almost always
a missing quotation mark, and an alias would hide a text from the reader of the file: each is refused by line.
"""

import re
from typing import NamedTuple

import yaml

Path = tuple[str | int, ...]
Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]

WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
TAG = "tag:yaml.org,2002:"


class Fault(NamedTuple):
    """Something wrong on one line."""

    line: int
    message: str


class Document:
    """The data of one file, the line of each part, and what was wrong with the YAML itself."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {(): 1}
        self.faults: list[Fault] = []
        self.data: Plain = None
        try:
            self._take(_compose(text))
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            self.faults.append(Fault(line, f"a character that no text holds: {error.reason}"))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.faults.append(Fault(mark.line + 1 if mark else 1, f"not readable as YAML: {error.problem}"))

    def line(self, path: Path) -> int:
        """Return the line of a part, or of the nearest part around it that the file has."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def _take(self, node: yaml.Node | None) -> None:
        if node is None:
            self.faults.append(Fault(1, "the file is empty"))
        else:
            self.data = self._plain(node, ())

    def _plain(self, node: yaml.Node, path: Path) -> Plain:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(child, (*path, place)) for place, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(line, "a field's name must be plain text"))
            elif key in found:
                first = self.lines[(*path, key)]
                self.faults.append(Fault(line, f"the field {key} stands twice (first on line {first})"))
            else:
                self.lines[(*path, key)] = line
                found[key] = self._plain(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node) -> Plain:
        kind = node.tag.removeprefix(TAG)
        if kind == "str":
            return str(node.value)
        if kind == "int" and WHOLE_NUMBER.fullmatch(node.value):
            return int(node.value)
        if kind == "bool" and node.value in ("true", "false"):
            return bool(node.value == "true")
        advice = "put it in quotation marks if it is a text" if node.value else "the value is missing"
        line = node.start_mark.line + 1
        self.faults.append(Fault(line, f"{node.value or 'nothing'} is read as {kind}: {advice}"))
        return None


class _Loader(yaml.SafeLoader):
    """Composes nodes as PyYAML does, but without aliases."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]  # no types in its stubs
            raise yaml.composer.ComposerError(None, None, "aliases are not used; write the text out", mark)
        return super().compose_node(parent, index)


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()
