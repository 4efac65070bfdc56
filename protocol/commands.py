"""The key holder's tool: make a key, prove it, split it, check a list, open a layer of it."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from protocol import holder, lists, minutes, opening, shares
from protocol.arguments import BAD_INPUT, parse
from protocol.files import write_private
from protocol.messages import explain, say
from protocol.refusals import RefusedError

DONE, REFUSED = 0, 1
BORNE_FOR_A_REASON = ("too_few", "unreadable")


def main(arguments: Sequence[str], program: str = "python -m protocol") -> int:
    """Run the tool.

    Parameters
    ----------
    arguments
        Those of the command line.
    program
        The name under which the tool was called.

    Returns
    -------
    int
        0 done; 1 refused, as the protocol demands; 2 bad input.
    """
    chosen = parse(arguments, program)
    language = chosen.language
    try:
        COMMANDS[chosen.command](chosen)
    except RefusedError as refusal:
        _complain(say(language, "refused", detail=explain(language, refusal.code, refusal.detail)))
        if refusal.code in BORNE_FOR_A_REASON:
            _complain(say(language, "reason-option"))
        return REFUSED
    except FileExistsError as error:
        _complain(say(language, "file-exists", path=error.args[0]))
        return BAD_INPUT
    except OSError as error:
        _complain(say(language, "file-problem", path=error.filename, detail=error.strerror))
        return BAD_INPUT
    return DONE


def make_key(chosen: argparse.Namespace) -> None:
    """Write a fresh key and its public file."""
    key = holder.make_key(chosen.cycle, chosen.layer, chosen.office)
    write_private(chosen.key, [holder.key_file(key)])
    write_private(chosen.public, [holder.public_file(key)])
    values = {"key": chosen.key, "public": chosen.public, "fingerprint": key.public.fingerprint}
    _tell(say(chosen.language, "key-made", **values))


def prove(chosen: argparse.Namespace) -> None:
    """Answer a challenge."""
    source = holder.FROM_KEY if chosen.key else holder.FROM_SHARES
    answer = holder.answer_file(_key(chosen), chosen.challenge.read_bytes(), source)
    write_private(chosen.answer, [answer])
    _tell(say(chosen.language, "proved", answer=chosen.answer))


def split(chosen: argparse.Namespace) -> None:
    """Write the three shares of a key."""
    key = holder.read_key(chosen.key.read_bytes())
    paths = {number: chosen.folder / f"{chosen.key.stem}-{number}.json" for number in shares.NUMBERS}
    for path in paths.values():
        if path.exists():
            raise FileExistsError(path)
    for number, content in holder.share_files(key).items():
        write_private(paths[number], [content])
    _tell(say(chosen.language, "split-done", folder=chosen.folder))


def check_list(chosen: argparse.Namespace) -> None:
    """Check a list file against what was told of it."""
    told = lists.Head(chosen.cycle, chosen.layer, chosen.count, chosen.hash)
    head = lists.check(chosen.list, told, chosen.reason)
    _tell(say(chosen.language, "list-fits", cycle=head.cycle, layer=head.layer, count=head.count))


def open_list(chosen: argparse.Namespace) -> None:
    """Open a layer, write the next list and the minutes."""
    if chosen.minutes.exists():
        raise FileExistsError(chosen.minutes)
    key = _key(chosen)
    told = lists.Head(key.cycle, key.layer, chosen.count, chosen.hash)
    progress = _Progress(chosen.language)
    opened = opening.open_file(
        chosen.list, chosen.output, key.private_key, told, reason=chosen.reason, progress=progress.show
    )
    facts = minutes.Facts(opened, chosen.holder, key.office, key.public.fingerprint, date.today())
    page = minutes.as_text(minutes.of_opening(facts, chosen.language))
    write_private(chosen.minutes, [page.encode()])
    values = {
        "before": opened.before.count,
        "after": opened.after.count,
        "left_out": opened.left_out,
        "hash": opened.after.hash,
        "minutes": chosen.minutes,
    }
    _tell(say(chosen.language, "opened", **values))


COMMANDS = {
    "make-key": make_key,
    "prove": prove,
    "split": split,
    "open": open_list,
    "check-list": check_list,
}


class _Progress:
    """A line that counts, where somebody is looking."""

    def __init__(self, language: str) -> None:
        self._language = language

    def show(self, done: int, count: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == count else ""
            sys.stderr.write("\r" + say(self._language, "progress", done=done, count=count) + end)


def _key(chosen: argparse.Namespace) -> holder.HolderKey:
    """The key, from its file or from two of its shares."""
    if chosen.key:
        return holder.read_key(chosen.key.read_bytes())
    return holder.join_shares([path.read_bytes() for path in chosen.shares])


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")
