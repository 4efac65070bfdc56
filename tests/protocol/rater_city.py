"""A city that answers a rater's device (docs/protocol.md, "Calls") inside the browser's own routing.

No server, no database. It signs, keeps and opens with the package `protocol`, so the browser's bytes
meet Python's.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from playwright.sync_api import Route

from forms.answers import EMPTY
from forms.sheet import build_sheet
from instruments import catalogue
from instruments.schema import RaterGroup
from protocol import ballots, blind_rsa, box, manifest, sealing
from protocol.encoding import from_b64u, to_b64u
from tests.protocol import drawn

ADDRESS = "http://localhost"  # browsers trust it like https
CODE = "7K2M-94QX-0ABC-DEFG"
CYCLE = "c-2026"
STATIC = Path(__file__).resolve().parents[2] / "static"
INSTRUMENT = catalogue.get("berakhlak_short")
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PEOPLE: tuple[tuple[RaterGroup, str, str], ...] = (
    ("self", "Yusrizal, S.Kom.", "Pranata Komputer"),
    ("supervisor", "Dra. Elfi Suryani, M.M.", "Kepala Bidang Layanan"),
    ("peer", "Bagus Pratama, S.H.", "Analis Kebijakan"),
    ("subordinate", "Drs. H. Indra Catri", ""),
)
MANY: tuple[tuple[RaterGroup, str, str], ...] = (
    PEOPLE[0],
    *(("supervisor", f"Pegawai {number:02d}", "Analis") for number in range(16)),
)


@dataclass
class City:
    """One cycle with one rater, and what of it was taken and sent."""

    app: Flask
    mode: str = "two_holders"
    people: tuple[tuple[RaterGroup, str, str], ...] = PEOPLE
    is_open: bool = True
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    dropped: dict[bytes, box.Delivery] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # one for each call: "lost", "down" or "portal"
    calls: list[tuple[str, str]] = field(default_factory=list)  # path and body
    headers: list[dict[str, str]] = field(default_factory=list)
    signer: blind_rsa.SigningKey = field(default_factory=lambda: drawn.signing_key("scope"))

    def __post_init__(self) -> None:
        self.holders = {
            number: drawn.holder_key(CYCLE, number, office)
            for number, office in ((1, "Inspektorat"), (2, "Bagian Hukum"))
        }
        self.scopes = [
            manifest.Scope(f"S-{number}/{group}", self.signer.public_bytes, 6)
            for number, (group, _name, _title) in enumerate(self.people)
        ]
        self.tree = manifest.scopes_tree(self.scopes)
        self.manifest = manifest.build(self._manifest())

    def _manifest(self) -> manifest.Manifest:
        owners = manifest.OWNERS[self.mode]
        return manifest.Manifest(
            cycle=CYCLE, name="Penilaian 360 tahun 2026", purpose="development", opens_on="2026-11-01",
            closes_on="2026-12-31", mode=self.mode, minimum=5, fewest_ballots=50, replacements_percent=2,
            groups=tuple(
                manifest.Group(group, INSTRUMENT.content_hash(), 2_500)
                for group in dict.fromkeys(group for group, _name, _title in self.people)
            ),
            counts=manifest.Counts(
                papers=6 * len(self.people), raters=6, scopes=len(self.people), subjects=len(self.people)
            ),
            layers=tuple(
                manifest.Layer(layer, owner, key.office if owner == manifest.OFFICE else "", key.public.point)
                for (layer, key), owner in zip(self.holders.items(), owners, strict=True)
            ),
            box_key=self.signer.public_bytes, scopes_root=self.tree.root.hex(), bundle="0" * 64,
        )  # fmt: skip

    def opened(self) -> list[ballots.Ballot]:
        """What lies in the box, opened by both holders and read strictly."""
        found = []
        for delivery in self.dropped.values():
            inner = sealing.open_layer(self.holders[1].private_key, CYCLE, 1, delivery.sealed)
            assert inner is not None
            padded = sealing.open_layer(self.holders[2].private_key, CYCLE, 2, inner)
            assert padded is not None
            ballot = ballots.read(sealing.unpad(padded) or b"")
            assert ballot is not None
            assert ballots.has_valid_stamp(ballot, self.signer.public_bytes)
            found.append(ballot)
        return found

    def handle(self, route: Route) -> None:
        """Answer one request of the browser."""
        path = route.request.url.removeprefix(ADDRESS)
        if path.startswith("/static/"):
            name = path.removeprefix("/static/").split("?")[0]
            return route.fulfill(path=STATIC / name)
        if route.request.method == "GET":
            return route.fulfill(**self._page(path))
        return self._call(route, path)

    def _call(self, route: Route, path: str) -> None:
        body = route.request.post_data or ""
        self.calls.append((path, body))
        self.headers.append(route.request.all_headers())
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "down":
            return route.abort()
        if fault == "portal":
            return route.fulfill(body="<html>Sign in</html>", content_type="text/html")
        if path.startswith("/i/papers?") or path == "/i/papers":
            return route.fulfill(
                status=404, body="<h1>Kode ini tidak kami kenal</h1>", content_type="text/html"
            )
        answer: Callable[[Any], tuple[int, Any]] = {
            "/i/papers.json": self.list_papers, "/i/take": self.take, "/b/ballots": self.cast,
        }[path]  # fmt: skip
        status, value = answer(json.loads(body))
        if fault == "lost":
            return route.abort()
        return route.fulfill(status=status, json=value)

    def list_papers(self, asked: Any) -> tuple[int, Any]:
        if asked["code"] != CODE:
            return 404, {"outcome": "unknown"}
        cycle = {
            "id": CYCLE, "closes_on": "2026-12-31", "minimum": 5, "decision": "",
            "manifest": self.manifest.decode(),
        }  # fmt: skip
        return 200, {"cycle": cycle, "papers": [self._paper(number) for number in range(len(self.people))]}

    def _paper(self, number: int) -> dict[str, Any]:
        group, name, job_title = self.people[number]
        scope = self.scopes[number]
        return {
            "paper": f"p-{number}", "scope": scope.name, "name": name, "job_title": job_title,
            "unit": "Dinas Kominfo", "rater_group": group, "instrument": INSTRUMENT.content_hash(),
            "leads": False, "group_size": 6, "papers_in_scope": scope.papers, "scope_key": to_b64u(scope.key),
            "path": {"place": number, "hashes": [each.hex() for each in self.tree.path(number)]},
            "is_taken": f"p-{number}" in self.taken,
            "is_drawn": False,
            "is_personal": True,
        }  # fmt: skip

    def take(self, asked: Any) -> tuple[int, Any]:
        values = {each["paper"]: (each["stamp"], each["pass"]) for each in asked["papers"]}
        if any(self.taken.get(paper, value) != value for paper, value in values.items()):
            return 409, {"outcome": "taken"}
        self.taken |= values
        signed = [
            {"paper": paper, "stamp": self._sign(stamp), "pass": self._sign(box_pass)}
            for paper, (stamp, box_pass) in values.items()
        ]
        return 200, {"papers": signed}

    def _sign(self, blinded: str) -> str:
        return to_b64u(self.signer.blind_sign(from_b64u(blinded, blind_rsa.BYTES)))

    def cast(self, asked: Any) -> tuple[int, Any]:
        delivery = box.read(json.dumps(asked).encode())
        if not self.is_open:
            return 410, {"outcome": "closed"}
        if delivery is None or not box.has_valid_pass(delivery, self.signer.public_bytes):
            return 403, {"outcome": "refused"}
        if self.dropped.setdefault(delivery.name, delivery) != delivery:
            return 409, {"outcome": "taken"}
        return 200, {"kept": True}

    def _page(self, path: str) -> dict[str, Any]:
        if path.startswith("/i/questionnaire/"):
            if self.faults and self.faults.pop(0) == "down":
                return {"status": 503, "body": ""}
            return {"body": self._questionnaire(path), "content_type": "text/html"}
        if not path.startswith("/i/"):
            return {"status": 404, "body": ""}
        with self.app.test_request_context(path):
            body = render_template("respond/start.html")
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        return {"body": body, "headers": headers}

    def _questionnaire(self, path: str) -> str:
        instrument_hash, group, leads = path.removeprefix("/i/questionnaire/").split("?")[0].split("/")
        assert (instrument_hash, leads) == (INSTRUMENT.content_hash(), "0")
        language = path.rpartition("lang=")[2]
        sheet = build_sheet(INSTRUMENT, group, leads=False, entered=EMPTY, lang=language)  # type: ignore[arg-type]
        with self.app.test_request_context(path):
            return render_template("respond/questionnaire.html", sheet=sheet, entered=EMPTY)
