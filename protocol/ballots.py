"""A ballot as it lies in its sealings: canonical JSON, read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from protocol import blind_rsa, tokens
from protocol.encoding import canonical, from_b64u, read_canonical, record, to_b64u

VERSION = 1
LONGEST_NAME = 200
SHAPE = {
    "answers": dict,
    "comments": dict,
    "cycle": str,
    "instrument": str,
    "missing": dict,
    "scope": str,
    "stamp": dict,
    "version": int,
}
SIGNED_SHAPE = {"signature": str, "token": str}


@dataclass(frozen=True)
class Signed:
    """A token and the signature over it: the stamp of a ballot, or the pass of a delivery."""

    token: bytes
    signature: bytes

    def as_json(self) -> dict[str, str]:
        """Return it as it stands in canonical JSON."""
        return {"signature": to_b64u(self.signature), "token": to_b64u(self.token)}

    @classmethod
    def from_json(cls, value: Any) -> "Signed":
        """Read what `as_json` wrote; a ValueError says what is wrong."""
        parts = record(value, SIGNED_SHAPE)
        return cls(
            from_b64u(parts["token"], tokens.TOKEN_BYTES), from_b64u(parts["signature"], blind_rsa.BYTES)
        )


@dataclass(frozen=True)
class Ballot:
    """What a ballot says. It names its subject and rater group; nothing in it names the rater."""

    cycle: str
    scope: str
    instrument: str  # the hash of the questionnaire
    stamp: Signed
    answers: Mapping[str, int] = field(default_factory=dict)  # item -> step
    missing: Mapping[str, str] = field(default_factory=dict)  # item -> reason for not judging
    comments: Mapping[str, str] = field(default_factory=dict)  # open question -> words

    @property
    def receipt(self) -> str:
        """The code by which the rater finds her ballot in the published list."""
        return tokens.receipt(self.stamp.token)


def encode(ballot: Ballot) -> bytes:
    """Return the ballot as bytes."""
    return canonical(
        {
            "answers": dict(ballot.answers),
            "comments": dict(ballot.comments),
            "cycle": ballot.cycle,
            "instrument": ballot.instrument,
            "missing": dict(ballot.missing),
            "scope": ballot.scope,
            "stamp": ballot.stamp.as_json(),
            "version": VERSION,
        }
    )


def read(text: bytes) -> Ballot | None:
    """Return the ballot in a text.

    Whoever has a paper can write what she likes into its sealing, so nothing is taken on trust.

    Parameters
    ----------
    text
        What `sealing.unpad` gave.

    Returns
    -------
    Ballot or None
        None where it is not a ballot of this version to the byte, a name is longer than 200 characters,
        or an item is both answered and missing.
    """
    try:
        return _ballot(record(read_canonical(text), SHAPE))
    except ValueError:
        return None


def _ballot(parts: dict[str, Any]) -> Ballot | None:
    answers, missing, comments = parts["answers"], parts["missing"], parts["comments"]
    names = [parts["cycle"], parts["scope"], parts["instrument"], *answers, *missing, *comments]
    is_well_formed = (
        parts["version"] == VERSION
        and all(type(step) is int for step in answers.values())
        and all(type(text) is str for text in [*missing.values(), *comments.values()])
        and all(len(name) <= LONGEST_NAME for name in [*names, *missing.values()])
        and answers.keys().isdisjoint(missing)
    )
    if not is_well_formed:
        return None
    return Ballot(
        cycle=parts["cycle"],
        scope=parts["scope"],
        instrument=parts["instrument"],
        stamp=Signed.from_json(parts["stamp"]),
        answers=answers,
        missing=missing,
        comments=comments,
    )


def has_valid_stamp(ballot: Ballot, scope_key: bytes) -> bool:
    """Return whether the ballot was made with a paper of its scope (RFC 9474, section 4.5).

    Parameters
    ----------
    ballot
        As read.
    scope_key
        The public key of the scope that the ballot names, from the published list of scopes.
    """
    message = tokens.stamp_message(ballot.scope, ballot.stamp.token)
    return blind_rsa.verify(scope_key, message, ballot.stamp.signature)
