"""Close a cycle: stop, merge, open, count, destroy, appraise. May be run again after any failure."""

from survey.config import Settings
from survey.db import Databases, reading, transaction, vacuum
from survey.jobs.port import Report
from survey.services import appraising, ballot_box, closing, cycles, paper_office, vault_store
from survey.services.cycle_frame import CycleFrame, read_frame

KIND = "close-cycle"
STEPS = ("stop", "merge", "open", "count", "destroy", "appraise")


def run(settings: Settings, databases: Databases, public_id: str, report: Report) -> None:
    """Run every step in order; each finds out for itself what is done already."""
    box, frame = _stop(databases, public_id)
    report("merge", 1, len(STEPS))
    _merge(databases, box)
    report("open", 2, len(STEPS))
    with reading(databases.answers) as answers:
        is_tallied = vault_store.is_tallied(answers, public_id)
        if not is_tallied:
            closing.open_list(answers, settings.key_directory, settings.private_directory, box)
    report("count", 3, len(STEPS))
    if not is_tallied:
        with transaction(databases.answers) as answers:
            closing.count_list(answers, frame, settings.private_directory, box)
    report("destroy", 4, len(STEPS))
    _destroy(settings, databases, public_id, box)
    report("appraise", 5, len(STEPS))
    _appraise(databases, public_id, frame)
    report("appraise", len(STEPS), len(STEPS))


def _stop(databases: Databases, public_id: str) -> tuple[str, CycleFrame]:
    """No more papers, then no more ballots."""
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        if cycle.state != "tallied":
            cycles.advance(people, cycle, "close")
        box, frame = cycles.box_name(cycle), read_frame(people, cycle)
    with transaction(databases.spool) as spool:
        if box in ballot_box.boxes(spool, box):
            ballot_box.close_box(spool, box)
    return box, frame


def _merge(databases: Databases, box: str) -> None:
    with reading(databases.spool) as spool:
        rows = ballot_box.spooled(spool, box)
    with transaction(databases.answers) as answers:
        closing.merge_spool(answers, box, rows)
    with transaction(databases.spool) as spool:
        ballot_box.remove_spooled(spool, box, [token for token, _sealed in rows])


def _destroy(settings: Settings, databases: Databases, public_id: str, box: str) -> None:
    """Only after the vault is safe: key, opened list, sealed rows, nonces, and their rests in the files."""
    with transaction(databases.spool) as spool:
        ballot_box.remove_box(spool, settings.key_directory, box)
    closing.destroy_list(settings.private_directory, box)
    with transaction(databases.answers) as answers:
        ballot_box.empty_box(answers, box)
    with transaction(databases.people) as people:
        paper_office.forget_nonces(people, cycles.find_cycle(people, public_id))
    for engine in (databases.spool, databases.answers, databases.people):
        vacuum(engine)


def _appraise(databases: Databases, public_id: str, frame: CycleFrame) -> None:
    with reading(databases.answers) as answers:
        vault = vault_store.read_vault(answers, frame)
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        appraising.appraise(people, cycle, frame, vault)
        cycles.advance(people, cycle, "tally")
