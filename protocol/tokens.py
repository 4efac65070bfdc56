"""Tokens, what is signed over them, and the names made from them."""

import hashlib

from protocol.encoding import code

TOKEN_BYTES = 32


def scope_name(subject: str, rater_group: str) -> str:
    """The name of a scope."""
    return f"{subject}/{rater_group}"


def split_scope(scope: str) -> tuple[str, str]:
    """Subject and rater group of a scope."""
    subject, _, rater_group = scope.rpartition("/")
    return subject, rater_group


def stamp_message(scope: str, token: bytes) -> bytes:
    """What the key of a scope signs."""
    return b"cermin stamp 1\n" + scope.encode() + b"\n" + token


def pass_message(cycle: str, token: bytes) -> bytes:
    """What the box key of a cycle signs."""
    return b"cermin pass 1\n" + cycle.encode() + b"\n" + token


def taken_mark(blinded_stamp: bytes, blinded_pass: bytes) -> bytes:
    """What the paper office keeps of a paper that was taken."""
    return hashlib.sha256(b"cermin taken 1\n" + blinded_stamp + blinded_pass).digest()


def name_in_box(pass_token: bytes) -> bytes:
    """Under which name a ballot lies in its box."""
    return hashlib.sha256(b"cermin box 1\n" + pass_token).digest()


def receipt(stamp_token: bytes) -> str:
    """By which its rater finds her ballot in the published list."""
    return code(hashlib.sha256(b"cermin receipt 1\n" + stamp_token).digest())
