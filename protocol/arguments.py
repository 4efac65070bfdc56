"""The command line of the key holder's tool, in the language of its user."""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from protocol.messages import LANGUAGES, say

BAD_INPUT = 2
DEFAULT_LANGUAGE = "id"


def hash_text(text: str) -> str:
    """Return a hash as it was read out or copied: spaces and capitals do not matter."""
    plain = "".join(text.split()).lower()
    if not re.fullmatch("[0-9a-f]{64}", plain):
        raise ValueError("not a hash")
    return plain


@dataclass(frozen=True)
class Option:
    """An option of a command; `text` names its explanation."""

    flag: str
    text: str
    rules: Mapping[str, Any]


MUST = {"required": True}
FILE = {"type": Path, "metavar": "FILE"}
CYCLE = Option("--cycle", "cycle", MUST)
LAYER = Option("--layer", "layer", MUST | {"type": int, "choices": (1, 2)})
LIST = Option("--list", "list", MUST | FILE)
COUNT = Option("--count", "count", MUST | {"type": int})
HASH = Option("--hash", "hash", MUST | {"type": hash_text})
REASON = Option("--reason", "reason", {"default": ""})
KEY = Option("--key", "key", FILE)
SHARES = Option("--shares", "shares", {"type": Path, "metavar": "FILE", "nargs": 2})
KEY_OR_SHARES = (KEY, SHARES)

OPTIONS: Mapping[str, Sequence[Option | tuple[Option, ...]]] = {
    "make-key": (
        CYCLE,
        LAYER,
        Option("--office", "office", MUST),
        Option("--key", "new-key", MUST | FILE),
        Option("--public", "new-public", MUST | FILE),
    ),
    "prove": (
        KEY_OR_SHARES,
        Option("--challenge", "challenge", MUST | FILE),
        Option("--answer", "answer", MUST | FILE),
    ),
    "split": (
        Option("--key", "key", MUST | FILE),
        Option("--folder", "folder", MUST | {"type": Path}),
    ),
    "open": (
        KEY_OR_SHARES,
        LIST,
        COUNT,
        HASH,
        Option("--output", "output", MUST | FILE),
        Option("--minutes", "minutes", MUST | FILE),
        Option("--holder", "holder", MUST),
        REASON,
    ),
    "check-list": (CYCLE, LAYER, LIST, COUNT, HASH, REASON),
}


def parse(words: Sequence[str], program: str) -> argparse.Namespace:
    """Read a command line; where it is wrong, say so and end the program with code 2.

    Parameters
    ----------
    words
        Those after the program's name. ``--language`` may stand anywhere among them.
    program
        The name under which the tool was called.
    """
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _add_language(early, DEFAULT_LANGUAGE)
    known, others = early.parse_known_args(words)
    return _parser(known.language, program).parse_args(others)


class _Parser(argparse.ArgumentParser):
    """A parser that complains in the language of its user."""

    language = DEFAULT_LANGUAGE

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        sys.stderr.write(say(self.language, "bad-arguments", detail=message) + "\n")
        sys.exit(BAD_INPUT)


def _parser(language: str, program: str) -> _Parser:
    parser = _Parser(prog=program, description=say(language, "tool"), allow_abbrev=False)
    parser.language = language
    _add_language(parser, language)
    commands = parser.add_subparsers(dest="command", required=True, metavar="|".join(OPTIONS))
    for name, options in OPTIONS.items():
        about = say(language, name)
        command = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        command.language = language
        for option in options:
            _add(command, option, language)
    return parser


def _add(command: _Parser, option: Option | tuple[Option, ...], language: str) -> None:
    if isinstance(option, Option):
        command.add_argument(option.flag, help=say(language, option.text), **option.rules)
        return
    one_of = command.add_mutually_exclusive_group(required=True)
    for each in option:
        one_of.add_argument(each.flag, help=say(language, each.text), **each.rules)


def _add_language(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--language", choices=LANGUAGES, default=language, help=say(language, "language"))
