"""What a rater's device asks for when it makes her papers and seals her ballots itself.

The calls of docs/protocol.md: her list, blind signatures under her papers, and the bare questionnaires.
Whose ballot is whose never comes by here; sealed ballots go through the door of the box.
"""

import json
from functools import cache
from typing import Any

from flask import render_template, request
from werkzeug.exceptions import BadRequest

from forms.answers import EMPTY
from forms.sheet import build_sheet
from instruments.rater_groups import RATER_GROUPS
from protocol import blind_rsa
from protocol.encoding import from_b64u, record, to_b64u
from survey.db import reading, transaction
from survey.extensions import databases, limiter, settings
from survey.i18n import language
from survey.respond.door import UNKNOWN_CODES, blueprint, is_unknown_code
from survey.services.cycles import cycles
from survey.services.instruments import questionnaires
from survey.services.papers import ballot_box, paper_office, stamping

LONGEST_CODE = 200


@blueprint.post("/papers.json")
@limiter.limit(UNKNOWN_CODES, deduct_when=is_unknown_code)
def list_papers() -> Any:
    """Whom the owner of a code is asked about, with what proves the keys of her papers."""
    asked = _body({"code": str})
    found = _papers(asked["code"])
    cycle = found.cycle
    return {
        "cycle": {
            "id": cycle.public_id,
            "closes_on": found.closes_on.isoformat(),
            "minimum": cycle.minimum_group_size,
            "decision": cycle.minimum_decision or "",
            "manifest": cycle.manifest,
        },
        "papers": [_paper(entry) for entry in found.entries],
    }


@blueprint.post("/take")
@limiter.limit(UNKNOWN_CODES, deduct_when=is_unknown_code)
def take() -> Any:
    """Sign blinded stamps and passes, once for each paper; the same values again get the same signatures."""
    asked = _body({"code": str, "papers": list})
    found = _papers(asked["code"])
    requests = [_request(found, each) for each in asked["papers"]]
    if len({each.paper for each in requests}) != len(requests):
        raise BadRequest
    signed = _signed(cycles.box_name(found.cycle), requests)
    with transaction(databases().people) as people:
        paper_office.take(people, {each.paper: each.mark for each in requests})
    return {
        "papers": [
            {"paper": each.paper, "stamp": to_b64u(stamp), "pass": to_b64u(box_pass)}
            for each, (stamp, box_pass) in zip(requests, signed, strict=True)
        ]
    }


@blueprint.get("/questionnaire/<content_hash>/<rater_group>/<int:leads>")
def questionnaire(content_hash: str, rater_group: str, leads: int) -> Any:
    """A questionnaire for a rater group, the same for everybody who is asked the same."""
    if rater_group not in RATER_GROUPS or leads not in (0, 1):
        return {"outcome": "unknown"}, 404
    try:
        return _questionnaire(content_hash, rater_group, bool(leads), language())
    except questionnaires.UnknownInstrumentError:
        return {"outcome": "unknown"}, 404


@cache  # one text for each questionnaire, rater group and language
def _questionnaire(content_hash: str, rater_group: Any, leads: bool, lang: str) -> str:
    with reading(databases().people) as people:
        instrument = questionnaires.by_hash(people, content_hash)
    sheet = build_sheet(instrument, rater_group, leads, EMPTY, lang)
    return render_template("respond/questionnaire.html", sheet=sheet, entered=EMPTY)


def _body(shape: dict[str, type]) -> dict[str, Any]:
    try:
        return record(json.loads(request.get_data()), shape)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error


def _papers(code: str) -> paper_office.Papers:
    if not code.strip() or len(code) > LONGEST_CODE:
        raise BadRequest
    with reading(databases().people) as people:
        return paper_office.papers_of(people, code, settings().today())


def _paper(entry: paper_office.PaperEntry) -> dict[str, Any]:
    return {
        "paper": entry.key,
        "scope": entry.scope,
        "name": entry.name,
        "job_title": entry.job_title,
        "unit": entry.unit,
        "rater_group": entry.rater_group,
        "instrument": entry.instrument_hash,
        "leads": entry.leads,
        "group_size": entry.group_size,
        "papers_in_scope": entry.group_size,
        "scope_key": to_b64u(entry.scope_key),
        "path": {"place": entry.place, "hashes": entry.path_hashes},
        "is_taken": entry.is_taken or entry.is_void,
        "is_drawn": entry.is_void,
        "is_personal": not entry.is_void,
    }


def _request(found: paper_office.Papers, asked: Any) -> stamping.Request:
    """One paper of hers with its blinded values."""
    try:
        parts = record(asked, {"paper": str, "stamp": str, "pass": str})
        entry = next(entry for entry in found.entries if entry.key == parts["paper"])
        stamp, box_pass = (from_b64u(parts[name], blind_rsa.BYTES) for name in ("stamp", "pass"))
    except (ValueError, StopIteration) as error:
        raise BadRequest from error
    return stamping.Request(entry.key, entry.scope, stamp, box_pass)


def _signed(box: str, requests: list[stamping.Request]) -> list[tuple[bytes, bytes]]:
    try:
        with reading(databases().spool) as spool:
            ballot_box.require_open(spool, box)
            return stamping.blind_sign(spool, box, requests)
    except ValueError as error:
        raise BadRequest from error
