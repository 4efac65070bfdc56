"""The browser's side of the protocol in a real browser, against the RFCs' vectors, ours, and Python itself.

`rater_parts.js` is what client/test/parts.js calls of the modules of static/rater.js; one build writes both.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gmpy2
import pytest
from playwright.sync_api import Browser, Error

from protocol import ballots, blind_rsa, box, holder, sealing, tokens
from protocol.encoding import canonical, from_b64u, to_b64u
from tests.protocol import drawn, make_vectors

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
ADDRESS = "http://localhost/"  # browsers trust it like https
RFC9474 = json.loads((HERE / "rfc9474.json").read_text())["vectors"]
RFC9180 = json.loads((HERE / "rfc9180.json").read_text())
VECTORS = json.loads(make_vectors.FILE.read_text(encoding="ascii"))
CYCLE, SCOPE = make_vectors.CYCLE, make_vectors.SCOPES[0]
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    """Call a function of the client in a page that holds nothing else."""
    context = browser.new_context()
    context.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page = context.new_page()
    page.goto(ADDRESS)
    page.add_script_tag(content=(HERE / "rater_parts.js").read_text(encoding="utf-8"))
    yield lambda name, given=None: page.evaluate(f"given => raterParts.{name}(given)", given)
    context.close()


@pytest.mark.parametrize("vector", RFC9474, ids=lambda vector: vector["name"])
def test_blind_signatures_of_rfc_9474(call: Call, vector: dict[str, str]) -> None:
    n = int(vector["n"], 16)
    factor = int(gmpy2.invert(int(vector["inv"], 16), n)).to_bytes(len(vector["n"]) // 2, "big")
    found = call("rfc9474", {**vector, "factor": factor.hex()})
    assert found == {name: vector[name] for name in ("blinded_msg", "inv", "sig")}


def test_sealing_of_rfc_9180(call: Call) -> None:
    assert call("rfc9180", RFC9180) == RFC9180["pkEm"] + RFC9180["ct"]


@pytest.mark.parametrize("paper", VECTORS["papers"], ids=lambda paper: paper["scope"])
@pytest.mark.parametrize("name", ["stamp", "pass"])
def test_tokens_of_our_vectors(call: Call, paper: dict[str, Any], name: str) -> None:
    found = call("token", {"paper": paper, "name": name, "key": VECTORS["keys"][name]["modulus"]})
    receipt = found.pop("receipt")
    assert found == {part: paper[name][part] for part in ("message", "blinded", "inverse", "signature")}
    assert (receipt == paper["receipt"]) is (name == "stamp")


@pytest.mark.parametrize("sent", VECTORS["ballots"], ids=lambda sent: sent["ballot"]["scope"])
def test_ballots_of_our_vectors_to_the_byte(call: Call, sent: dict[str, Any]) -> None:
    found = call("ballot", {"sent": sent, "layers": VECTORS["layers"]})
    assert found["text"] == sent["text"]
    assert found["outer"] == sent["outer"]
    assert found["body"].encode() == canonical(sent["delivery"])


def test_texts_codes_and_paths_of_our_vectors(call: Call) -> None:
    found = call("texts", VECTORS)
    assert found["texts"] == [each["text"] for each in VECTORS["canonical"]]
    assert found["codes"] == [each["code"] for each in VECTORS["codes"]]
    assert found["isIn"] == [True] * sum(len(paths) for paths in VECTORS["merkle"]["paths"])


def test_python_signs_what_the_browser_blinds_and_opens_what_it_seals(
    call: Call, signer: blind_rsa.SigningKey
) -> None:
    holders = {layer: holder.make_key(CYCLE, layer, f"office {layer}") for layer in (1, 2)}
    signed = []
    for kind in ({"scope": SCOPE}, {"cycle": CYCLE}):
        key = to_b64u(signer.public_bytes)
        token = call("drawToken", {"key": key, **kind})
        signature = to_b64u(signer.blind_sign(from_b64u(token["blinded"])))
        signed.append(call("finishToken", {"key": key, "drawn": token, "signed": signature}))
    stamp, box_pass = signed
    content = {
        "answers": {"A1": 4}, "missing": {"A2": "not_observed"}, "comments": {"keep": make_vectors.COMMENT},
        "cycle": CYCLE, "scope": SCOPE, "instrument": make_vectors.INSTRUMENT, "stamp": stamp,
    }  # fmt: skip
    outer, inner = (to_b64u(key.public.point) for key in holders.values())
    body = call("sealed", {"content": content, "pass": box_pass, "outer": outer, "inner": inner})

    delivery = box.read(body.encode())
    assert delivery is not None
    assert box.has_valid_pass(delivery, signer.public_bytes)
    ballot = opened(holders, delivery)
    assert ballots.has_valid_stamp(ballot, signer.public_bytes)
    assert ballots.encode(ballot) == canonical(content | {"version": 1})
    assert ballot.receipt == tokens.receipt(from_b64u(stamp["token"]))


def opened(holders: dict[int, holder.HolderKey], delivery: box.Delivery) -> ballots.Ballot:
    """The ballot in a delivery."""
    inner = sealing.open_layer(holders[1].private_key, CYCLE, 1, delivery.sealed)
    assert inner is not None
    padded = sealing.open_layer(holders[2].private_key, CYCLE, 2, inner)
    assert padded is not None
    ballot = ballots.read(sealing.unpad(padded) or b"")
    assert ballot is not None
    return ballot


def test_a_signature_of_something_else_is_refused(call: Call, signer: blind_rsa.SigningKey) -> None:
    key = to_b64u(signer.public_bytes)
    token = call("drawToken", {"key": key, "scope": SCOPE})
    other = to_b64u(signer.blind_sign(drawn.draw("another blinded message", 255).rjust(256, b"\0")))
    with pytest.raises(Error, match="does not verify"):
        call("finishToken", {"key": key, "drawn": token, "signed": other})


def test_the_database_of_a_real_browser(call: Call) -> None:
    found = call("database")
    assert found["both"][0] == found["both"][1] == found["kept"]
    assert found["failed"]
    assert found["all"] == [["paper", found["kept"]]]
    assert found["after"] == []


def test_moved_text_opens_with_its_passphrase_alone(call: Call) -> None:
    content = {"code": "ABCD", "records": [["paper/1", {"draft": {"keep": make_vectors.COMMENT}}]]}
    assert call("moved", content) == [content, None]


def test_hints_are_found_on_the_device(call: Call) -> None:
    found = call("hints", {"text": "Pak Bagus, 12 Maret 2026: suap", "names": ["Bagus Pratama, S.H."]})
    assert found == ["name: Pak Bagus", "date: 12 Maret 2026", "misconduct: suap"]


def test_the_script_fits_twelve_kilobytes() -> None:
    script = (HERE.parents[1] / "static" / "rater.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= 12 * 1024
