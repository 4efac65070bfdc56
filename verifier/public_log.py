"""The public log: a chain of hashes over all acts, in which those about the cycle can be read."""

import hashlib
from collections.abc import Iterator
from typing import Any

from verifier.finding import Finding
from verifier.formats import FormatError, canonical, strict

ENTRY_FIELDS = {"about", "account", "action", "at", "detail"}
ORDER = (
    "cycle-opened", "cycle-closed", "box-closed", "cycle-counted", "keys-destroyed", "cycle-released",
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


def check_log(entries: list[Entry], cycle: str, manifest_hash: bytes, most: int) -> Iterator[Finding]:
    """What the entries about a cycle say of its manifest, its box (at most so many ballots) and its count."""
    own = [entry for entry in entries if entry["about"] == cycle]
    opened = [entry["detail"].get("manifest") for entry in own if entry["action"] == "cycle-opened"]
    yield Finding("log_opening", opened == [manifest_hash.hex()], "" if opened else "cycle-opened is missing")
    places = [ORDER.index(entry["action"]) for entry in own if entry["action"] in ORDER]
    yield Finding("log_order", places == sorted(set(places)))
    told = [e["detail"]["ballots"] for e in own if e["action"] in ("box-told", "box-closed")]
    yield Finding("box_grows", told == sorted(told), " -> ".join(map(str, told)))
    reached = max(told, default=0)
    yield Finding("box_within_papers", reached <= most, f"{reached} / {most}")
    yield from _check_count(own)


def _check_count(own: list[Entry]) -> Iterator[Finding]:
    handed = {e["detail"]["layer"]: e["detail"]["items"] for e in own if e["action"] == "list-handed"}
    brought = {e["detail"]["layer"]: e["detail"]["items"] for e in own if e["action"] == "list-brought"}
    box = [entry["detail"]["ballots"] for entry in own if entry["action"] == "box-closed"]
    counted = [entry["detail"] for entry in own if entry["action"] == "cycle-counted"]
    if handed or brought:
        fits = all(layer in handed and items <= handed[layer] for layer, items in brought.items())
        yield Finding("lists_follow", fits, f"{handed} -> {brought}")
    if counted:
        whole = counted[0]["counted"] + counted[0]["not_counted"]
        fits = len(counted) == 1 and box == [whole]
        yield Finding("counted_fits", fits, f"{counted[0]['counted']} + {counted[0]['not_counted']}, {box}")


def counted_ballots(entries: list[Entry], cycle: str) -> int | None:
    """How many ballots were counted, where they were."""
    for entry in entries:
        if entry["about"] == cycle and entry["action"] == "cycle-counted":
            return int(entry["detail"]["counted"])
    return None


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise FormatError("a digest is not in hexadecimal") from error
