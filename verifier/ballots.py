"""Receipts, and the opened list of ballots as the last key holder or an auditor at the count has it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from verifier.finding import Finding
from verifier.formats import LETTERS, FormatError, short_code, strict, unbase64
from verifier.manifest import KEY_BYTES, Scope

EXPONENT, SALT_BYTES, TOKEN_BYTES = 65537, 48, 32
PADDED_BYTES, LENGTH_BYTES = 8_192, 4
HEAD = {"count": int, "cycle": str, "hash": str, "kind": str, "layer": int}


def read_receipts(text: bytes) -> list[str]:
    """The published codes; FormatError where they do not ascend or are none."""
    codes = text.decode("ascii", errors="replace").split("\n")
    if codes.pop() != "":
        raise FormatError("the last line has no end")
    if codes != sorted(set(codes)):
        raise FormatError("not in order, or one stands there twice")
    for each in codes:
        groups = each.split("-")
        if [len(group) for group in groups] != [4] * 4 or not set("".join(groups)) <= set(LETTERS):
            raise FormatError(f"{each}: no receipt")
    return codes


def check_ballots(
    path: Path, cycle: str, scopes: dict[str, Scope], receipts: list[str], not_counted: int, told: str | None
) -> Iterator[Finding]:
    """The list that was told, stamps under the published keys, each once, and a receipt for what was counted.

    Rubbish in the box stops no count: as many items may be without a stamp or a receipt as were not counted.
    """
    try:
        items = read_list(path, cycle)
    except (FormatError, OSError) as error:
        yield Finding("ballots_list", False, str(error))
        return
    found_hash = list_hash(cycle, items)
    yield Finding("ballots_list", told in (None, found_hash), f"{len(items)}, {found_hash}")
    tokens: list[bytes] = []
    bad = 0
    for item in items:
        token = stamp_of(item, cycle, scopes)
        bad += token is None
        tokens += [] if token is None else [token]
    yield Finding("ballots_stamps", bad <= not_counted, f"{len(tokens)} / {len(items)}")
    yield Finding("ballots_once", len(set(tokens)) == len(tokens))
    own = {short_code(hashlib.sha256(b"cermin receipt 1\n" + token).digest()) for token in tokens}
    published = set(receipts)
    holds = published <= own and len(own - published) + bad <= not_counted
    yield Finding("ballots_receipts", holds, f"{len(own & published)} / {len(receipts)}")


def read_list(path: Path, cycle: str) -> list[bytes]:
    """The items of an opened list; FormatError where it is not the one that its first line says."""
    with path.open("rb") as file:
        head = strict(file.readline().removesuffix(b"\n"), HEAD)
        items = [unbase64(line.removesuffix(b"\n").decode("ascii", "replace"), PADDED_BYTES) for line in file]
    if (head["kind"], head["cycle"], head["layer"]) != ("cermin list 1", cycle, 0):
        raise FormatError("not the opened list of this cycle")
    if head["count"] != len(items) or head["hash"] != list_hash(cycle, items):
        raise FormatError("it does not hold what its first line says")
    return items


def list_hash(cycle: str, items: Iterable[bytes]) -> str:
    """The hash over an opened list in its order."""
    whole = hashlib.sha256(f"cermin list 1\n0\n{cycle}\n".encode())
    for item in items:
        whole.update(hashlib.sha256(item).digest())
    return whole.hexdigest()


def stamp_of(item: bytes, cycle: str, scopes: dict[str, Scope]) -> bytes | None:
    """The token of a ballot whose stamp verifies under the key of its scope, else None."""
    length = int.from_bytes(item[:LENGTH_BYTES], "big")
    try:
        ballot: Any = json.loads(item[LENGTH_BYTES : LENGTH_BYTES + length])
        scope = scopes[ballot["scope"]]
        token = unbase64(ballot["stamp"]["token"], TOKEN_BYTES)
        signature = unbase64(ballot["stamp"]["signature"], KEY_BYTES)
        is_own = ballot["cycle"] == cycle
    except (ValueError, KeyError, TypeError, FormatError, RecursionError):
        return None
    message = b"cermin stamp 1\n" + ballot["scope"].encode() + b"\n" + token
    return token if is_own and _verifies(scope.key, message, signature) else None


def _verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """RSA-PSS with SHA-384 (RFC 8017, section 8.1.2), the modulus being all that differs between keys."""
    try:
        public = rsa.RSAPublicNumbers(EXPONENT, int.from_bytes(key, "big")).public_key()
        public.verify(signature, message, padding.PSS(padding.MGF1(SHA384()), SALT_BYTES), SHA384())
    except (InvalidSignature, ValueError):
        return False
    return True
