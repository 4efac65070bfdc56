"""The public log: a chain of hashes over every act, in which only what concerns everybody can be read."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from protocol.encoding import canonical

START = bytes(32)
LINK = b"cermin log 1\n"


@dataclass(frozen=True)
class Entry:
    """What was done; an entry that everybody may read has no account."""

    account: int | None
    action: str
    about: str
    at: str
    detail: dict[str, Any]


def at_text(at: datetime) -> str:
    """Write a time in UTC, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(salt: bytes, entry: Entry) -> bytes:
    """Return what stands for an entry in the chain.

    Parameters
    ----------
    salt
        Random bytes that keep an entry from being guessed; empty for one that everybody may read.
    entry
        Texts and whole numbers only.

    Raises
    ------
    ValueError
        There is a fraction in it (`canonical`).
    """
    return hashlib.sha256(salt + canonical(asdict(entry))).digest()


def link(previous: bytes, digest_of_entry: bytes) -> bytes:
    """Return the hash of the chain up to an entry."""
    return hashlib.sha256(LINK + previous + digest_of_entry).digest()


def public_line(number: int, entry: Entry, hash_of_chain: bytes) -> bytes:
    """Return the line of an entry that everybody may read, without its end."""
    return canonical({"entry": asdict(entry), "hash": hash_of_chain.hex(), "n": number})


def hidden_line(number: int, digest_of_entry: bytes, hash_of_chain: bytes) -> bytes:
    """Return the line of any other entry: that it is there, and nothing more."""
    return canonical({"digest": digest_of_entry.hex(), "hash": hash_of_chain.hex(), "n": number})
