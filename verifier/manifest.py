"""The manifest and the list of scopes that it stands for."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from verifier.finding import Finding
from verifier.formats import FormatError, strict, tree_root, unbase64

FIELDS = {
    "box_key": str, "bundle": str, "closes_on": str, "counts": dict, "cycle": str, "fewest_ballots": int,
    "groups": list, "kind": str, "layers": list, "minimum": int, "mode": str, "name": str, "opens_on": str,
    "purpose": str, "replacements_percent": int, "scopes_root": str,
}  # fmt: skip
ITEM_RULE = {
    "fewest_ballots", "fewest_subjects", "least_r_hundredths", "most_cannot_judge_percent", "most_of_scale",
}  # fmt: skip
CITIZENS = {
    "from_high", "from_low", "instrument", "period", "reliability_percent_hundredths", "to_high", "to_low",
    "visits", "weight_percent_hundredths",
}  # fmt: skip
OPTIONAL = {"citizens": CITIZENS, "item_rule": ITEM_RULE}
OWNERS = {
    "two_holders": ["office", "office"],
    "one_holder": ["server", "office"],
    "server_key": ["server", "server"],
}
KEY_BYTES, POINT_BYTES = 256, 65


@dataclass(frozen=True)
class Scope:
    """What is known of one subject and rater group: the key of its stamps, and how many papers."""

    key: bytes
    papers: int


def read_manifest(text: bytes) -> dict[str, Any]:
    """The manifest as an object; FormatError where it is not one."""
    kinds = {name: dict for name in OPTIONAL if f'"{name}":'.encode() in text}
    found = strict(text, FIELDS | kinds)
    for name in kinds:
        if set(found[name]) != OPTIONAL[name]:
            raise FormatError(f"{name}: not a rule of this version")
    if found["kind"] != "cermin manifest 1" or set(found["counts"]) != {
        "papers", "raters", "scopes", "subjects",
    }:  # fmt: skip
        raise FormatError("not a manifest of this version")
    unbase64(found["box_key"], KEY_BYTES)
    return found


def check_manifest(manifest: dict[str, Any]) -> Iterator[Finding]:
    """Keys and owners of the two layers."""
    layers = manifest["layers"]
    try:
        keys = [unbase64(layer["key"], POINT_BYTES) for layer in layers]
        for key in keys:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        owners = [layer["owner"] for layer in layers]
        offices = [layer["office"] for layer in layers if layer["owner"] == "office"]
        holds = (
            len(set(keys)) == len(keys) == 2
            and owners == OWNERS.get(manifest["mode"])
            and all(offices)
            and len(set(offices)) == len(offices)
        )
        yield Finding("manifest_keys", holds, f"{manifest['mode']}, {', '.join(offices)}".rstrip(", "))
    except (FormatError, KeyError, TypeError, ValueError) as error:
        yield Finding("manifest_keys", False, str(error))


def read_scopes(text: bytes) -> dict[str, Scope]:
    """The scopes by their names; FormatError where a line is not one or names do not ascend."""
    lines = text.split(b"\n")
    if lines.pop() != b"":
        raise FormatError("the last line has no end")
    scopes: dict[str, Scope] = {}
    previous = ""
    for each in lines:
        parts = strict(each, {"key": str, "papers": int, "scope": str})
        if parts["scope"] <= previous or parts["papers"] < 1:
            raise FormatError(f"scope {parts['scope']}: out of order, or without papers")
        previous = parts["scope"]
        scopes[previous] = Scope(unbase64(parts["key"], KEY_BYTES), parts["papers"])
    return scopes


def check_scopes(manifest: dict[str, Any], text: bytes, scopes: dict[str, Scope]) -> Iterator[Finding]:
    """Root, number and papers are those that the manifest tells."""
    papers = sum(scope.papers for scope in scopes.values())
    told = manifest["scopes_root"], manifest["counts"]["scopes"], manifest["counts"]["papers"]
    found = tree_root(text.split(b"\n")[:-1]).hex(), len(scopes), papers
    yield Finding("scopes_root", found == told, f"{len(scopes)}, {papers}")


def manifest_hash(text: bytes) -> bytes:
    """What stands for the manifest on slips and in the log."""
    return hashlib.sha256(text).digest()
