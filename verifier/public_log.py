"""The public log: a chain of hashes over all acts, in which those about the cycle can be read."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from verifier.finding import Finding
from verifier.formats import FormatError, canonical, strict

ENTRY_FIELDS = {"about", "account", "action", "at", "detail"}
STEPS = {
    "two_holders": (("list-handed", 1), ("list-brought", 1), ("list-handed", 2), ("list-brought", 2)),
    "one_holder": (("list-handed", 2), ("list-brought", 2)),
    "server_key": (),
}  # what key holders of each mode must have done before a count, in this order
ORDER = (
    "cycle-opened", "cycle-closed", "box-closed", "cycle-counted", "cycle-cancelled", "keys-destroyed",
    "items-left-out", "cycle-released",
)  # fmt: skip
Entry = dict[str, Any]


def read_log(text: bytes) -> list[Entry]:
    """What can be read; FormatError at the first link that does not follow from the one before."""
    entries, previous = [], bytes(32)
    lines = text.split(b"\n")
    if lines.pop() != b"":
        raise FormatError("the last line has no end")
    for number, each in enumerate(lines, 1):
        is_open = b'"entry":' in each[:9]
        fields = {"entry": dict, "hash": str, "n": int} if is_open else {"digest": str, "hash": str, "n": int}
        parts = strict(each, fields)
        digest = hashlib.sha256(canonical(parts["entry"])).digest() if is_open else _hex(parts["digest"])
        previous = hashlib.sha256(b"cermin log 1\n" + previous + digest).digest()
        if parts["n"] != number or parts["hash"] != previous.hex():
            raise FormatError(f"line {number} does not follow from the one before")
        if is_open:
            if set(parts["entry"]) != ENTRY_FIELDS or parts["entry"]["account"] is not None:
                raise FormatError(f"line {number} names an account, or is no entry")
            entries.append(parts["entry"])
    return entries


def check_continues(earlier: bytes, now: bytes) -> Finding:
    """Whether an earlier copy of the whole log is the beginning of this one, hash by hash."""
    then, today = _hashes(earlier), _hashes(now)
    return Finding("log_continues", today[: len(then)] == then, f"{len(then)} / {len(today)}")


def _hashes(text: bytes) -> list[str]:
    read_log(text)
    return [json.loads(each)["hash"] for each in text.splitlines()]


def check_log(entries: list[Entry], cycle: str, manifest: dict[str, Any], digest: bytes) -> Iterator[Finding]:
    """What the entries about a cycle say of its manifest, its box and its count.

    The box holds at most a ballot for each paper, replaced ones too.
    """
    own = [entry for entry in entries if entry["about"] == cycle]
    opened = [entry["detail"].get("manifest") for entry in own if entry["action"] == "cycle-opened"]
    yield Finding("log_opening", opened == [digest.hex()], "" if opened else "cycle-opened is missing")
    places = [ORDER.index(entry["action"]) for entry in own if entry["action"] in ORDER]
    done = {entry["action"] for entry in own}
    is_one_end = "cycle-cancelled" not in done or done.isdisjoint({"cycle-counted", "cycle-released"})
    yield Finding("log_order", places == sorted(set(places)) and is_one_end)
    told = [e["detail"]["ballots"] for e in own if e["action"] in ("box-told", "box-closed")]
    yield Finding("box_grows", told == sorted(told), " -> ".join(map(str, told)))
    papers, percent = manifest["counts"]["papers"], manifest["replacements_percent"]
    replaced = [entry["detail"]["papers"] for entry in own if entry["action"] == "papers-replaced"]
    again = max(replaced, default=0)
    is_allowed = replaced == sorted(set(replaced)) and again * 100 <= papers * percent
    yield Finding("papers_replaced", is_allowed, f"{again} / {papers * percent // 100}")
    reached, most = max(told, default=0), papers + again
    yield Finding("box_within_papers", reached <= most, f"{reached} / {most}")
    yield from _check_count(own, manifest["mode"])


def _check_count(own: list[Entry], mode: str) -> Iterator[Finding]:
    """The holders' lists in their order, each once and never growing; and the count out of the last."""
    lists = [entry for entry in own if entry["action"].startswith("list-")]
    counted = [entry["detail"] for entry in own if entry["action"] == "cycle-counted"]
    sizes = [_whole(e["detail"]["ballots"]) for e in own if e["action"] == "box-closed"]
    steps = tuple((entry["action"], entry["detail"]["layer"]) for entry in lists)
    wanted = STEPS.get(mode, ()) if counted else STEPS.get(mode, ())[: len(steps)]
    sizes += [_whole(entry["detail"]["items"]) for entry in lists]
    if lists or counted:
        fits = steps == wanted and sizes == sorted(sizes, reverse=True)
        yield Finding("lists_follow", fits, " -> ".join(map(str, sizes)))
    if counted:
        valid, other = (_whole(counted[0][name]) for name in ("counted", "not_counted"))
        fits = len(counted) == 1 and bool(sizes) and valid + other == sizes[0] and valid <= sizes[-1]
        yield Finding("counted_fits", fits, f"{valid} + {other} / {sizes[0] if sizes else 0}")


def left_out(entries: list[Entry], cycle: str) -> list[str] | None:
    """The items that count in no figure, as the log tells; none before the release."""
    own = [entry for entry in entries if entry["about"] == cycle]
    if not any(entry["action"] == "cycle-released" for entry in own):
        return None
    told = [entry["detail"]["codes"].split(" ") for entry in own if entry["action"] == "items-left-out"]
    return sorted(item for items in told for item in items)


def check_receipts(entries: list[Entry], cycle: str, text: bytes) -> Finding:
    """Whether the published receipts are those of the count, to the byte."""
    told = [e["detail"] for e in entries if e["about"] == cycle and e["action"] == "cycle-counted"]
    found = hashlib.sha256(text).hexdigest()
    return Finding("receipts_told", bool(told) and told[0].get("receipts") == found, found)


def brought_hash(entries: list[Entry], cycle: str) -> str | None:
    """The hash of the opened list that the last key holder brought, where one did."""
    brought = [e["detail"]["hash"] for e in entries if e["about"] == cycle and e["action"] == "list-brought"]
    return brought[-1] if brought else None


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise FormatError(f"{value!r}: not a number of ballots")
    return value


def count_of(entries: list[Entry], cycle: str) -> tuple[int, int] | None:
    """How many ballots were counted and how many were not, where it was told."""
    for entry in entries:
        if entry["about"] == cycle and entry["action"] == "cycle-counted":
            return _whole(entry["detail"]["counted"]), _whole(entry["detail"]["not_counted"])
    return None


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise FormatError("a digest is not in hexadecimal") from error
