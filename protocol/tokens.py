"""Tokens, what is signed over them, and the names made from them.

Each name is a hash of its own kind: who knows one of a ballot's names learns none of the others.
"""

import hashlib

from protocol.encoding import code

TOKEN_BYTES = 32


def scope_name(subject: str, rater_group: str) -> str:
    """Return the name of a scope, from the key of its subject and its rater group."""
    return f"{subject}/{rater_group}"


def split_scope(scope: str) -> tuple[str, str]:
    """Return subject and rater group of a scope's name."""
    subject, _, rater_group = scope.rpartition("/")
    return subject, rater_group


def stamp_message(scope: str, token: bytes) -> bytes:
    """Return what the key of a scope signs (the `input_msg` of RFC 9474, section 4)."""
    return b"cermin stamp 1\n" + scope.encode() + b"\n" + token


def pass_message(cycle: str, token: bytes) -> bytes:
    """Return what the box key of a cycle signs (the `input_msg` of RFC 9474, section 4)."""
    return b"cermin pass 1\n" + cycle.encode() + b"\n" + token


def taken_mark(blinded_stamp: bytes, blinded_pass: bytes) -> bytes:
    """Return what the paper office keeps of a paper that was taken."""
    return hashlib.sha256(b"cermin taken 1\n" + blinded_stamp + blinded_pass).digest()


def name_in_box(pass_token: bytes) -> bytes:
    """Return the name under which a ballot lies in its box."""
    return hashlib.sha256(b"cermin box 1\n" + pass_token).digest()


def receipt(stamp_token: bytes) -> str:
    """Return the code by which a rater finds her ballot in the published list."""
    return code(hashlib.sha256(b"cermin receipt 1\n" + stamp_token).digest())
