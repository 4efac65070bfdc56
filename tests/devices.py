"""A rater's device in Python: makes her papers and seals her ballots over the calls of docs/protocol.md."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from instruments import catalogue
from protocol import ballots, blind_rsa, box, manifest, sealing, tokens
from protocol.ballots import Signed
from protocol.encoding import from_b64u, to_b64u

STEP = 4


@dataclass
class Paper:
    """A paper on the device, with the secrets that never leave it."""

    entry: dict[str, Any]
    stamp: Signed
    box_pass: Signed


@dataclass
class Device:
    """One rater's device. It knows nothing but her code and what the server says."""

    client: FlaskClient
    code: str
    papers: dict[str, Paper] = field(default_factory=dict)
    requests: dict[str, dict[str, str]] = field(default_factory=dict)
    secrets_of: dict[str, tuple[tuple[bytes, blind_rsa.Blinded], tuple[bytes, blind_rsa.Blinded]]] = field(
        default_factory=dict
    )

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.client.post(path, json=body)

    def listed(self) -> Any:
        """Her papers as the server lists them."""
        return self.post("/i/papers.json", {"code": self.code})

    def blind(self, found: dict[str, Any]) -> None:
        """Draw tokens for all papers and blind what is to be signed."""
        manifest_of_cycle = manifest.read(found["cycle"]["manifest"].encode())
        for entry in found["papers"]:
            stamp, box_pass = (secrets.token_bytes(tokens.TOKEN_BYTES) for _ in range(2))
            blinded = (
                blind_rsa.blind(from_b64u(entry["scope_key"]), tokens.stamp_message(entry["scope"], stamp)),
                blind_rsa.blind(
                    manifest_of_cycle.box_key, tokens.pass_message(found["cycle"]["id"], box_pass)
                ),
            )
            self.secrets_of[entry["paper"]] = ((stamp, blinded[0]), (box_pass, blinded[1]))
            self.requests[entry["paper"]] = {
                "paper": entry["paper"],
                "stamp": to_b64u(blinded[0].message),
                "pass": to_b64u(blinded[1].message),
            }

    def take(self) -> Any:
        """List, blind, have signed, unblind: all papers in one request."""
        found = self.listed().get_json()
        if not self.requests:
            self.blind(found)
        answer = self.post("/i/take", {"code": self.code, "papers": list(self.requests.values())})
        if answer.status_code == 200:
            self._unblind(found, answer.get_json()["papers"])
        return answer

    def _unblind(self, found: dict[str, Any], signed: list[dict[str, str]]) -> None:
        box_key = manifest.read(found["cycle"]["manifest"].encode()).box_key
        entries = {entry["paper"]: entry for entry in found["papers"]}
        for each in signed:
            entry = entries[each["paper"]]
            (stamp, blinded_stamp), (box_pass, blinded_pass) = self.secrets_of[each["paper"]]
            self.papers[each["paper"]] = Paper(
                entry,
                Signed(
                    stamp,
                    blind_rsa.finalize(
                        from_b64u(entry["scope_key"]),
                        tokens.stamp_message(entry["scope"], stamp),
                        from_b64u(each["stamp"]),
                        blinded_stamp.inverse,
                    ),
                ),
                Signed(
                    box_pass,
                    blind_rsa.finalize(
                        box_key,
                        tokens.pass_message(found["cycle"]["id"], box_pass),
                        from_b64u(each["pass"]),
                        blinded_pass.inverse,
                    ),
                ),
            )

    def seal(self, found: dict[str, Any], paper: str, step: int = STEP) -> bytes:
        """The delivery of one ballot that says `step` everywhere."""
        own = self.papers[paper]
        text = manifest.read(found["cycle"]["manifest"].encode())
        outer, inner = (layer.key for layer in text.layers)
        instrument = catalogue.by_hash(own.entry["instrument"])
        items = instrument.items_for(own.entry["rater_group"], leader=own.entry["leads"])
        ballot = ballots.Ballot(
            found["cycle"]["id"],
            own.entry["scope"],
            own.entry["instrument"],
            own.stamp,
            {item.code: step for item in items},
            {},
            {},
        )
        sealed = sealing.seal(outer, inner, found["cycle"]["id"], ballots.encode(ballot))
        return box.encode(box.Delivery(found["cycle"]["id"], own.box_pass, sealed))

    def cast(self, delivery: bytes) -> Any:
        """Drop a sealed ballot into the box; the code does not go with it."""
        return self.client.post("/b/ballots", data=delivery, content_type="application/json")
