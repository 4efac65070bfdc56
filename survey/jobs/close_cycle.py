"""Close a cycle: stop, merge, open layer by layer, count, destroy, appraise.

It may be run again after any failure. Where an office holds the key of a layer, the work stops there, and
goes on when the office has brought the list that it opened.
"""

import hashlib

from sqlalchemy.orm import Session

from protocol import lists
from survey.config import Settings
from survey.db import Databases, reading, transaction, vacuum
from survey.exceptions import ReleaseStopped
from survey.jobs.port import Report
from survey.models.cycles import Cycle
from survey.services.auditing import public_log
from survey.services.cycles import cycles, holders
from survey.services.papers import ballot_box, forgetting, manifests, receipts, stamping
from survey.services.results import closing, item_review, item_rule, release_gate, vault_store
from survey.services.results.cycle_frame import CycleFrame, read_frame
from survey.services.secrets.sealing import destroy, read_private_key

KIND = "close-cycle"
STEPS = ("stop", "merge", "open", "count", "destroy", "appraise")
WAITING = "waiting"  # the last step reported while a holder is awaited


def run(settings: Settings, databases: Databases, public_id: str, report: Report) -> None:
    """Run every step in order; each finds out for itself what is done already."""
    try:
        _run(settings, databases, public_id, report)
    except ReleaseStopped as stopped:
        with transaction(databases.people) as people:
            release_gate.record_stop(people, None, public_id, stopped)
        raise


def _run(settings: Settings, databases: Databases, public_id: str, report: Report) -> None:
    box, frame = _stop(databases, public_id)
    report("merge", 1, len(STEPS))
    _merge(settings, databases, public_id, box)
    report("open", 2, len(STEPS))
    with reading(databases.answers) as answers:
        is_tallied = vault_store.is_tallied(answers, public_id)
    if not is_tallied:
        if not _open_layers(settings, databases, public_id, box):
            report(WAITING, 2, len(STEPS))
            return
        report("count", 3, len(STEPS))
        _count(settings, databases, public_id, box, frame)
    _tell_count(databases, public_id)
    report("destroy", 4, len(STEPS))
    destroy_ballots(settings, databases, public_id, box)
    _tell(databases, public_id, "keys-destroyed")
    report("appraise", 5, len(STEPS))
    appraise(databases, public_id, frame)
    report("appraise", len(STEPS), len(STEPS))


def _stop(databases: Databases, public_id: str) -> tuple[str, CycleFrame]:
    """No more papers, no more ballots, and no key left that could make one."""
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        if cycle.state != "tallied":
            cycles.advance(people, cycle, "close")
        box, frame = cycles.box_name(cycle), read_frame(people, cycle)
    with transaction(databases.spool) as spool:
        if box in ballot_box.boxes(spool, box):
            ballot_box.close_box(spool, box)
        stamping.destroy_keys(spool, box)
    return box, frame


def _merge(settings: Settings, databases: Databases, public_id: str, box: str) -> None:
    with reading(databases.spool) as spool:
        rows = ballot_box.spooled(spool, box)
    with transaction(databases.answers) as answers:
        closing.merge_spool(answers, box, rows)
    with transaction(databases.spool) as spool:
        ballot_box.remove_spooled(spool, box, [token for token, _sealed in rows])
    with reading(databases.answers) as answers, reading(databases.spool) as spool:
        if vault_store.is_tallied(answers, public_id):
            return
        held = ballot_box.held(answers, spool, public_id, box)
        closing.write_box_list(answers, settings.private_directory, public_id, box)
    day = settings.today().isoformat()
    _tell(databases, public_id, "box-closed", ballots=held.ballots, day=day, hash=held.hash)


def _open_layers(settings: Settings, databases: Databases, public_id: str, box: str) -> bool:
    """Open what this server has the keys of; false where an office has to open the next layer."""
    with reading(databases.people) as people:
        owners = {
            row.layer: row.owner for row in holders.layers(people, cycles.find_cycle(people, public_id))
        }
    for layer, owner in sorted(owners.items()):
        if closing.has_list(settings.private_directory, box, closing.next_layer(layer)):
            if owner != holders.SERVER:
                _tell_brought(settings, databases, public_id, box, layer)
            continue
        if owner != holders.SERVER:
            head = lists.read_head(closing.list_path(settings.private_directory, box, layer))
            _tell(databases, public_id, "list-handed", hash=head.hash, items=head.count, layer=layer)
            return False
        key = read_private_key(ballot_box.key_path(settings.key_directory, holders.key_name(box, layer)))
        closing.open_layer(settings.private_directory, box, layer, key)
    return True


def _tell_brought(settings: Settings, databases: Databases, public_id: str, box: str, layer: int) -> None:
    """What an office brought is told when it is taken, and here if the server stopped in between."""
    path = closing.list_path(settings.private_directory, box, closing.next_layer(layer))
    head = lists.read_head(path)
    _tell(databases, public_id, "list-brought", hash=head.hash, items=head.count, layer=layer)


def _count(settings: Settings, databases: Databases, public_id: str, box: str, frame: CycleFrame) -> None:
    with reading(databases.people) as people:
        scope_keys = manifests.scope_keys(people, cycles.find_cycle(people, public_id))
    with transaction(databases.answers) as answers:
        closing.count_list(answers, frame, settings.private_directory, box, scope_keys)


def _tell_count(databases: Databases, public_id: str) -> None:
    with reading(databases.answers) as answers:
        counted = vault_store.counted(answers, public_id)
        receipts_hash = hashlib.sha256(receipts.receipts_file(answers, public_id)).hexdigest()
    told: dict[str, str | int] = {"counted": counted.ballots, "not_counted": counted.rejected}
    _tell(databases, public_id, "cycle-counted", receipts=receipts_hash, **told)


def _tell(databases: Databases, public_id: str, action: str, **detail: str | int) -> None:
    with transaction(databases.people) as people:
        public_log.tell(people, cycles.find_cycle(people, public_id), action, **detail)


def destroy_ballots(settings: Settings, databases: Databases, public_id: str, box: str) -> None:
    """Keys, lists, sealed rows, marks of papers, and their rests in files; only after the vault is safe."""
    with transaction(databases.spool) as spool:
        ballot_box.remove_box(spool, settings.key_directory, box)
    for layer in (1, 2):
        destroy(ballot_box.key_path(settings.key_directory, holders.key_name(box, layer)))
    closing.destroy_lists(settings.private_directory, box)
    with transaction(databases.answers) as answers:
        ballot_box.empty_box(answers, box)
    with transaction(databases.people) as people:
        forgetting.forget_marks(people, cycles.find_cycle(people, public_id))
    for engine in (databases.spool, databases.answers, databases.people):
        vacuum(engine)


def appraise(databases: Databases, public_id: str, frame: CycleFrame) -> None:
    """Work the results out of the vault; they are seen by nobody before the attacker has looked at them."""
    with reading(databases.answers) as answers, transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        if item_rule.has_rule(frame):
            _appraise_both_ways(people, answers, cycle, frame.leaving_out({}))
        item_review.store(people, answers, cycle, frame)
        release_gate.enter(people, cycle, frame, vault_store.read_vault(answers, frame))
        cycles.advance(people, cycle, "tally")


def _appraise_both_ways(people: Session, answers: Session, cycle: Cycle, frame: CycleFrame) -> None:
    """Enter both ways of counting into the ledger, and note what the rule found and what follows from it."""
    named, unconfirmed = vault_store.read_named(answers, cycle.public_id)
    ways = []
    for version in (frame, frame.leaving_out(named))[: 2 if named else 1]:
        item_review.store(people, answers, cycle, version)
        release_gate.enter(people, cycle, version, vault_store.read_vault(answers, version))
        ways.append(item_review.way_of(people, cycle))
    judged = item_rule.judge(frame, vault_store.read_vault(answers, frame), unconfirmed)
    item_review.note(people, cycle, judged, ways[0], ways[1] if named else None)
