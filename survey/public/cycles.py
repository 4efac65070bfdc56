"""What everybody may know of a cycle: its rules and keys, fixed before it opened, and what happened since."""

from datetime import date

from flask import Response, render_template

from protocol import manifest
from survey.db import reading
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.i18n import long_date
from survey.public.door import blueprint
from survey.public.words import log_number, log_words
from survey.services.auditing import public_log
from survey.services.cycles import later_days
from survey.services.instruments import questionnaires
from survey.services.papers import manifests, receipts


@blueprint.get("/cycles")
def cycles() -> str:
    """Every cycle that was opened."""
    with reading(databases().people) as people:
        return render_template("public/cycles.html", cycles=manifests.published_cycles(people))


@blueprint.get("/cycles/<public_id>")
def cycle(public_id: str) -> str:
    """What a cycle is, who holds its keys, and the files that let anybody check it."""
    with reading(databases().people) as people:
        found = manifests.published(people, public_id)
        entries = public_log.entries(people, public_id)
        later = later_days.later_days(people, found)
    text = found.manifest.encode()
    rules = manifest.read(text)
    return render_template(
        "public/cycle.html",
        cycle=found,
        rules=rules,
        opens_on=date.fromisoformat(rules.opens_on),
        offices=[layer.office for layer in rules.layers if layer.office],
        later=later,
        code=manifest.manifest_code(text),
        ended=public_log.ended(entries, settings().time_zone),
        is_counted=found.state in receipts.COUNTED_STATES,
        happened=[
            (
                long_date(public_log.day_of(entry, settings().time_zone)),
                log_words(entry),
                log_number(entry),
            )
            for entry in entries
        ],
    )


@blueprint.get("/questionnaires/<content_hash>.json")
def questionnaire(content_hash: str) -> Response:
    """A questionnaire, to the byte: the SHA-256 of this text is the hash that manifests name."""
    with reading(databases().people) as people:
        try:
            found = questionnaires.by_hash(people, content_hash)
        except questionnaires.UnknownInstrumentError as error:
            raise NotFound(content_hash) from error
    return Response(questionnaires.canonical(found).encode(), content_type="application/json")


@blueprint.get("/cycles/<public_id>/manifest.json")
def cycle_manifest(public_id: str) -> Response:
    """The rules and keys, to the byte."""
    with reading(databases().people) as people:
        text = manifests.published(people, public_id).manifest
    return Response(text.encode(), content_type="application/json")


@blueprint.get("/cycles/<public_id>/scopes.txt")
def cycle_scopes(public_id: str) -> Response:
    """The key of every subject and rater group, under names that are random."""
    with reading(databases().people) as people:
        scopes = manifests.public_scopes(people, manifests.published(people, public_id))
    return _text(manifest.scopes_file(scopes))


@blueprint.get("/cycles/<public_id>/receipts.txt")
def cycle_receipts(public_id: str) -> Response:
    """The receipts of all ballots that were counted; a whole file, so nobody tells which one is hers."""
    with reading(databases().people) as people:
        found = manifests.published(people, public_id)
    if found.state not in receipts.COUNTED_STATES:
        raise NotFound(public_id)
    with reading(databases().answers) as answers:
        return _text(receipts.receipts_file(answers, public_id))


@blueprint.get("/cycles/<public_id>/log.jsonl")
def cycle_log(public_id: str) -> Response:
    """The whole chain of acts, in which only those that everybody may read are legible."""
    with reading(databases().people) as people:
        manifests.published(people, public_id)
        # Read whole before it is sent: a slow reader must not hold up whoever rewrites the database.
        log = b"".join(public_log.lines(people, public_id))
    return Response(log, content_type="application/jsonl")


def _text(data: bytes) -> Response:
    return Response(data, content_type="text/plain; charset=utf-8")
