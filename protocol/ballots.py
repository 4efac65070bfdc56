"""A ballot as it lies in its sealings: canonical JSON, read strictly."""

import json
from dataclasses import dataclass, field
from typing import Any

from protocol import blind_rsa, tokens
from protocol.encoding import canonical, from_b64u, to_b64u

VERSION = 1
LONGEST_NAME = 200
FIELDS = {"answers", "comments", "cycle", "instrument", "missing", "scope", "stamp", "version"}


@dataclass(frozen=True)
class Stamp:
    """The proof of a legitimate paper of the ballot's scope."""

    token: bytes
    signature: bytes

    @property
    def receipt(self) -> str:
        """By which the rater finds her ballot in the published list."""
        return tokens.receipt(self.token)


@dataclass(frozen=True)
class Ballot:
    """What a ballot says. It names its subject and rater group; nothing in it names the rater."""

    cycle: str
    scope: str
    instrument: str  # the hash of the questionnaire
    stamp: Stamp
    answers: dict[str, int] = field(default_factory=dict)  # item -> step
    missing: dict[str, str] = field(default_factory=dict)  # item -> reason for not judging
    comments: dict[str, str] = field(default_factory=dict)  # open question -> words


def encode(ballot: Ballot) -> bytes:
    """The ballot as bytes."""
    return canonical(
        {
            "answers": ballot.answers,
            "comments": ballot.comments,
            "cycle": ballot.cycle,
            "instrument": ballot.instrument,
            "missing": ballot.missing,
            "scope": ballot.scope,
            "stamp": {"signature": to_b64u(ballot.stamp.signature), "token": to_b64u(ballot.stamp.token)},
            "version": VERSION,
        }
    )


def read(text: bytes) -> Ballot | None:
    """The ballot in a text; None where it is not one of this version, to the byte."""
    try:
        parts = json.loads(text)
        ballot = _ballot(parts)
        return ballot if ballot is not None and encode(ballot) == text else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _ballot(parts: Any) -> Ballot | None:
    if not isinstance(parts, dict) or set(parts) != FIELDS or parts["version"] != VERSION:
        return None
    if not all(isinstance(parts[name], dict) for name in ("answers", "comments", "missing", "stamp")):
        return None
    names = [parts["cycle"], parts["scope"], parts["instrument"], *parts["missing"].values()]
    if not all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in names):
        return None
    if not all(type(step) is int for step in parts["answers"].values()):
        return None
    if not all(isinstance(words, str) for words in parts["comments"].values()):
        return None
    return Ballot(
        cycle=parts["cycle"],
        scope=parts["scope"],
        instrument=parts["instrument"],
        stamp=Stamp(
            from_b64u(parts["stamp"]["token"], tokens.TOKEN_BYTES),
            from_b64u(parts["stamp"]["signature"], blind_rsa.BYTES),
        ),
        answers=parts["answers"],
        missing=parts["missing"],
        comments=parts["comments"],
    )


def has_valid_stamp(ballot: Ballot, scope_key: bytes) -> bool:
    """Whether the ballot was made with a paper of its scope."""
    message = tokens.stamp_message(ballot.scope, ballot.stamp.token)
    return blind_rsa.verify(scope_key, message, ballot.stamp.signature)
