"""Make vectors.json, against which Python and the browser are both tested.

`python -m tests.protocol.make_vectors` writes the same bytes every time. Its keys keep nothing secret.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from protocol import ballots, blind_rsa, box, holder, lists, manifest, merkle, pss, sealing, shares, tokens
from protocol.encoding import canonical, code, to_b64u
from tests.protocol import drawn

FILE = Path(__file__).with_name("vectors.json")
CYCLE = "2026"
SCOPES = ("E-17/peer", "E-17/subordinate")
INSTRUMENT = hashlib.sha256(b"questionnaire").hexdigest()
COMMENT = '“Tegas, tetapi adil” – 😀\n"baris" \\ baru\t\u007f\u2028\x01é'
CANONICAL = [
    {"b": 1, "a": [True, None, -7, 2**53 - 1], "A": {}},
    {"é": COMMENT, "z": "", "10": "", "9": ""},
    {"\uffee": "sorted by code point: before the next", "\U0001f600": "though UTF-16 says otherwise"},
]


def make() -> dict[str, Any]:
    """All vectors."""
    keys = {"stamp": drawn.signing_key("scope"), "pass": drawn.signing_key("box")}
    holders = {1: drawn.holder_key(CYCLE, 1, "Inspektorat"), 2: drawn.holder_key(CYCLE, 2, "Bagian Hukum")}
    papers = [_paper(keys, number) for number in range(2)]
    sent = [_ballot(holders, paper, number) for number, paper in enumerate(papers)]
    return {
        "about": "docs/protocol.md; bytes are base64url without padding, hashes hexadecimal",
        "canonical": [{"value": value, "text": canonical(value).decode()} for value in CANONICAL],
        "codes": [
            {"digest": digest.hex(), "code": code(digest)} for digest in (bytes(32), drawn.draw("code", 32))
        ],
        "keys": {name: _rsa_key(key) for name, key in keys.items()},
        "layers": [_layer(key) for key in holders.values()],
        "papers": [{name: value for name, value in paper.items() if name != "signed"} for paper in papers],
        "ballots": [{name: value for name, value in each.items() if name != "bytes"} for each in sent],
        "box": _box([each["bytes"] for each in sent]),
        "merkle": _merkle(),
        "manifest": _manifest(keys, holders),
        "proof": _proof(holders[1]),
        "shares": _shares(),
    }


def _rsa_key(key: blind_rsa.SigningKey) -> dict[str, str]:
    return {"modulus": to_b64u(key.public_bytes), "p": f"{key.p:x}", "q": f"{key.q:x}"}


def _layer(key: holder.HolderKey) -> dict[str, Any]:
    return {"layer": key.layer, "private": to_b64u(key.scalar), "public": to_b64u(key.public.point)}


def _paper(keys: dict[str, blind_rsa.SigningKey], number: int) -> dict[str, Any]:
    """A paper; both scopes have one key here, for shortness."""
    token = {name: drawn.draw(f"{name} token {number}", 32) for name in keys}
    message = {
        "stamp": tokens.stamp_message(SCOPES[number], token["stamp"]),
        "pass": tokens.pass_message(CYCLE, token["pass"]),
    }
    parts = {name: _signature(keys[name], message[name], f"{name} {number}") for name in keys}
    blinded = [parts[name].pop("bytes") for name in ("stamp", "pass")]
    signed = {name: ballots.Signed(token[name], parts[name].pop("signed")) for name in keys}
    return {
        "scope": SCOPES[number],
        "cycle": CYCLE,
        **{name: {"token": to_b64u(token[name]), **parts[name]} for name in keys},
        "taken": tokens.taken_mark(*blinded).hex(),
        "name_in_box": tokens.name_in_box(token["pass"]).hex(),
        "receipt": tokens.receipt(token["stamp"]),
        "signed": signed,
    }


def _signature(key: blind_rsa.SigningKey, message: bytes, name: str) -> dict[str, Any]:
    public = key.public_bytes
    salt, factor = drawn.draw(f"salt {name}", 48), drawn.draw(f"factor {name}", 255)
    blinded = blind_rsa.blind_with(public, message, salt=salt, factor=int.from_bytes(factor, "big"))
    blind_signature = key.blind_sign(blinded.message)
    signature = blind_rsa.finalize(public, message, blind_signature, blinded.inverse)
    return {
        "message": to_b64u(message),
        "salt": to_b64u(salt),
        "encoded": to_b64u(pss.encode(message, salt, 2047)),
        "factor": to_b64u(b"\0" + factor),
        "inverse": to_b64u(blinded.inverse.to_bytes(256, "big")),
        "blinded": to_b64u(blinded.message),
        "blind_signature": to_b64u(blind_signature),
        "signature": to_b64u(signature),
        "signed": signature,
        "bytes": blinded.message,
    }


def _ballot(holders: dict[int, holder.HolderKey], paper: dict[str, Any], number: int) -> dict[str, Any]:
    ballot = ballots.Ballot(
        cycle=CYCLE,
        scope=paper["scope"],
        instrument=INSTRUMENT,
        stamp=paper["signed"]["stamp"],
        answers={"B2": 5, "A1": 4, "A10": 1} if number == 0 else {},
        missing={"A2": "not_observed"},
        comments={"keep": COMMENT} if number == 0 else {},
    )
    text = ballots.encode(ballot)
    inner, outer = drawn.seal_ballot(holders, CYCLE, text, str(number))
    delivery = box.Delivery(CYCLE, paper["signed"]["pass"], outer)
    return {
        "ballot": json.loads(text),
        "text": text.decode(),
        "padded_hash": hashlib.sha256(sealing.pad(text)).hexdigest(),
        "ephemeral": {layer: to_b64u(drawn.scalar(f"ephemeral {layer} {number}")) for layer in ("1", "2")},
        "inner": to_b64u(inner),
        "outer": to_b64u(outer),
        "delivery": json.loads(box.encode(delivery)),
        "bytes": (delivery.name, {1: outer, 2: inner, 0: sealing.pad(text)}),
    }


def _box(sent: list[tuple[bytes, dict[int, bytes]]]) -> dict[str, Any]:
    in_order = sorted(sent)
    return {
        "hash": box.box_hash(CYCLE, [(name, items[1]) for name, items in in_order]),
        "list_hashes": {
            str(layer): lists.list_hash(CYCLE, layer, [items[layer] for _name, items in in_order])
            for layer in (1, 2, 0)
        },
    }


def _merkle() -> dict[str, Any]:
    lines = [f"line {number}" for number in range(7)]
    trees = [merkle.Tree([line.encode() for line in lines[:size]]) for size in range(len(lines) + 1)]
    return {
        "lines": lines,
        "roots": [tree.root.hex() for tree in trees],
        "paths": [[[each.hex() for each in tree.path(place)] for place in range(size)]
                  for size, tree in enumerate(trees)],
    }  # fmt: skip


def _manifest(keys: dict[str, blind_rsa.SigningKey], holders: dict[int, holder.HolderKey]) -> dict[str, Any]:
    scopes = [manifest.Scope(scope, keys["stamp"].public_bytes, 4) for scope in SCOPES]
    tree = manifest.scopes_tree(scopes)
    text = manifest.build(
        manifest.Manifest(
            cycle=CYCLE,
            name="Penilaian 360 tahun 2026",
            purpose="development",
            opens_on="2026-12-01",
            closes_on="2026-12-31",
            mode="two_holders",
            minimum=5,
            fewest_ballots=50,
            replacements_percent=2,
            groups=(
                manifest.Group("peer", INSTRUMENT, 4_000),
                manifest.Group("subordinate", INSTRUMENT, 6_000),
            ),
            counts=manifest.Counts(papers=8, raters=8, scopes=2, subjects=1),
            layers=tuple(
                manifest.Layer(key.layer, manifest.OFFICE, key.office, key.public.point)
                for key in holders.values()
            ),
            box_key=keys["pass"].public_bytes,
            scopes_root=tree.root.hex(),
            bundle=hashlib.sha256(b"bundle").hexdigest(),
        )
    )
    return {
        "text": text.decode(),
        "hash": manifest.manifest_hash(text),
        "code": manifest.manifest_code(text),
        "scopes": manifest.scopes_file(scopes).decode(),
        "paths": [[each.hex() for each in tree.path(place)] for place in range(len(scopes))],
    }


def _proof(key: holder.HolderKey) -> dict[str, str]:
    text = drawn.draw("proof", 32)
    info = f"cermin proof 1\n{CYCLE}\n1".encode()
    sealed = to_b64u(drawn.seal(key.public.point, info, text, drawn.scalar("ephemeral proof")))
    challenge = canonical({"cycle": CYCLE, "kind": holder.CHALLENGE, "layer": 1, "sealed": sealed})
    return {
        "key_file": holder.key_file(key).decode(),
        "public_file": holder.public_file(key).decode(),
        "challenge": challenge.decode(),
        "text": to_b64u(text),
        "answer": holder.answer_file(key, challenge, holder.FROM_KEY).decode(),
        "fingerprint": key.public.fingerprint,
    }


def _shares() -> dict[str, Any]:
    """A secret of all bytes, and a line through it that is not random."""
    secret, slope = bytes(range(256)), drawn.draw("slope", 256)
    values = shares.on_line(secret, slope)
    return {
        "secret": to_b64u(secret),
        "shares": {str(number): to_b64u(value) for number, value in values.items()},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(make(), indent=1, ensure_ascii=True) + "\n", encoding="ascii")
