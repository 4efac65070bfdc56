"""Key holders: their public keys and proofs before opening, the lists that they open after closing."""

import io
import tempfile
from contextlib import closing as closing_of
from pathlib import Path
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from forms.holders import REFUSALS, FileForm, ListForm
from protocol import holder, lists
from protocol.messages import explain
from protocol.refusals import RefusedError
from survey.assets import HOLDER_PAGE, whole_hash
from survey.db import reading, transaction
from survey.exceptions import HolderRefused, NotFound, StepNotAllowed
from survey.extensions import csrf, databases, settings
from survey.hr.door import blueprint
from survey.i18n import language
from survey.jobs import close_cycle, port
from survey.security import signed_in
from survey.services.auditing import audit, public_log
from survey.services.cycles import cycles, holders
from survey.services.results import closing
from survey.services.secrets.sealing import destroy

KEY_BYTES = 4_096  # the small files of holders
LARGEST_LIST = 1 << 30  # bytes; 90,000 ballots


@blueprint.get("/cycles/<public_id>/holders")
def key_holders(public_id: str) -> str:
    """Who holds the keys, and what is still to be done before the cycle can open."""
    return _holders_page(public_id)


def _holders_page(public_id: str, error: str = "") -> str:
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        return render_template(
            "hr/holders.html",
            cycle=found,
            layers=holders.states(people, found),
            is_changeable=found.state in holders.BEFORE_OPENING,
            error=error,
            holder_page=HOLDER_PAGE,
            holder_page_hash=whole_hash(Path(str(current_app.static_folder), HOLDER_PAGE)),
        )


@blueprint.post("/cycles/<public_id>/holders")
def bring_holder_file(public_id: str) -> Any:
    """Take a public key or the answer to a challenge; the file itself says what it is."""
    form = FileForm()
    if not form.validate_on_submit():
        return _holders_page(public_id, str(form.file.errors[0]) if form.file.errors else ""), 422
    data = form.file.data.read(KEY_BYTES)
    try:
        _refuse_secrets(public_id, data)
        with transaction(databases().people) as people:
            found = cycles.find_cycle(people, public_id)
            _take(people, found, data)
    except RefusedError as refusal:
        return _holders_page(public_id, explain(language(), refusal.code, refusal.detail)), 422
    except HolderRefused as refusal:
        return _holders_page(public_id, str(REFUSALS.get(refusal.code, ""))), 422
    return redirect(url_for("hr.key_holders", public_id=public_id))


def _refuse_secrets(public_id: str, data: bytes) -> None:
    """A secret key or a part of one that came here counts as exposed, whatever becomes of the request."""
    kind = holder.kind_of(data)
    if kind == holder.SHARE:
        raise HolderRefused("secret_share")
    if kind != holder.KEY:
        return
    public = holder.read_key(data).public
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        holders.expose_key(people, found, public)
        told = {"layer": public.layer, "fingerprint": public.fingerprint}
        audit.record(people, signed_in().account_id, holders.EXPOSED, public_id, **told)
    raise HolderRefused("secret_key")


def _take(people: Any, found: Any, data: bytes) -> None:
    try:
        public = holder.read_public(data)
    except RefusedError as refusal:
        if refusal.code != "another_kind":
            raise
        answer = holder.read_answer(data)
        holders.accept_answer(people, found, answer)
        _record(people, found, layer=answer.layer, what=f"proof by {answer.source}")
        return
    replaced = holders.register_key(people, found, public)
    told: dict[str, Any] = {
        "layer": public.layer,
        "office": public.office,
        "fingerprint": public.fingerprint,
    }
    if replaced:
        _record(people, found, what="key replaced", replaced=replaced, **told)
    else:
        _record(people, found, what="key", **told)


def _record(people: Any, found: Any, **detail: str | int) -> None:
    audit.record(people, signed_in().account_id, "cycle.holder", found.public_id, **detail)


@blueprint.get("/cycles/<public_id>/holders/<int:layer>/challenge.json")
def challenge(public_id: str, layer: int) -> Response:
    """What only the owner of the key can answer."""
    with reading(databases().people) as people:
        data = holders.challenge(people, cycles.find_cycle(people, public_id), layer)
    return send_file(
        io.BytesIO(data), "application/json", as_attachment=True, download_name=f"challenge-layer{layer}.json"
    )


@blueprint.get("/cycles/<public_id>/lists/<int:layer>")
def download_list(public_id: str, layer: int) -> Response:
    """The sealed list that the office of this layer opens."""
    box = _awaited(public_id, layer)
    path = closing.list_path(settings().private_directory, box, layer)
    return send_file(path, "text/plain", as_attachment=True, download_name=f"layer{layer}.list")


@blueprint.post("/cycles/<public_id>/lists/<int:layer>")
def upload_list(public_id: str, layer: int) -> Any:
    """Take the list that the office opened, and go on counting."""
    request.max_content_length = LARGEST_LIST
    box, form = _awaited(public_id, layer), ListForm()
    if not form.validate_on_submit():
        flash(_("Choose the file that the holder's tool wrote."), "wrong")
        return redirect(url_for("hr.closing", public_id=public_id))
    with tempfile.TemporaryDirectory(dir=settings().private_directory) as folder:
        brought = Path(folder, "brought.list")
        with closing_of(form.file.data) as upload:
            upload.save(brought)
        reason = (form.reason.data or "").strip()
        try:
            items = closing.accept_list(settings().private_directory, box, layer, brought, reason)
            brought_hash = lists.read_head(brought).hash
        except RefusedError as refusal:
            return _refuse_list(public_id, layer, refusal)
        finally:
            destroy(brought)  # for layer 2 these are opened ballots: overwritten, not only removed
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        port.enqueue(people, close_cycle.KIND, public_id)
        public_log.tell(people, found, "list-brought", hash=brought_hash, items=items, layer=layer)
        told = {"layer": layer, "items": items, "reason": reason}
        audit.record(people, signed_in().account_id, "cycle.list", public_id, **told)
    return redirect(url_for("hr.closing", public_id=public_id))


# The extension would read the whole list before the door asks who sends it; the form asks for the same token.
csrf.exempt(upload_list)


def _refuse_list(public_id: str, layer: int, refusal: RefusedError) -> Any:
    """Say why a list was not taken, and keep it for the minutes."""
    flash(explain(language(), refusal.code, refusal.detail), "wrong")
    told = {"at_layer": layer, "code": refusal.code, "refusal": refusal.detail}
    with transaction(databases().people) as people:
        audit.record(people, signed_in().account_id, "cycle.list-refused", public_id, **told)
    return redirect(url_for("hr.closing", public_id=public_id))


def awaited_layer(people: Any, found: Any) -> dict[str, Any] | None:
    """Which office has to open which list now, with what it is told of it by another way."""
    if found.state != "closed":
        return None
    box, folder = cycles.box_name(found), settings().private_directory
    for row in holders.layers(people, found):
        target = closing.next_layer(row.layer)
        if (
            row.owner == holders.OFFICE
            and closing.has_list(folder, box, row.layer)
            and not closing.has_list(folder, box, target)
        ):
            head = lists.read_head(closing.list_path(folder, box, row.layer))
            return {"layer": row.layer, "office": row.office, "count": head.count, "hash": head.hash}
    return None


def _awaited(public_id: str, layer: int) -> str:
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        awaited = awaited_layer(people, found)
    if awaited is None:
        raise StepNotAllowed(found.state, "list")
    if awaited["layer"] != layer:
        raise NotFound(str(layer))
    return cycles.box_name(found)
