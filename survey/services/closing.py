"""Close a cycle: from sealed ballots to the vault, layer by layer, in steps that may each be repeated.

Nothing readable is ever in a database: the lists between two layers and the opened list lie in private files
outside database and backup, one transaction replaces the vault, and only then are keys, files and sealed rows
destroyed. Every step returns counts only.
"""

from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from protocol import lists, sealing
from protocol.lists import PLAIN, BallotList
from survey.services import ballot_box, tally, vault_store
from survey.services.ballot_box import Row
from survey.services.cycle_frame import CycleFrame
from survey.services.sealing import destroy


def list_path(private_directory: Path, box: str, layer: int) -> Path:
    """Where the list lies that is still closed by this layer; layer 0 is the opened list."""
    name = ballot_box.key_path(private_directory, box).stem
    return private_directory / f"{name}.layer{layer}.list"


def merge_spool(answers: Session, box: str, rows: list[Row]) -> int:
    """Put what this host spooled into the box; returns how many ballots the box holds now."""
    return ballot_box.put_into_box(answers, box, rows) if rows else 0


def write_box_list(answers: Session, private_directory: Path, cycle: str, box: str) -> int:
    """Write everything in the box to the first list, in the order of the names of the ballots."""
    path = list_path(private_directory, box, sealing.OUTER)
    if not path.exists():
        size = sealing.SEALED_BYTES[sealing.OUTER]
        rows = ballot_box.sealed_ballots(answers, box)
        items = tuple(sealed for _token, sealed in rows if len(sealed) == size)
        _write(path, BallotList(cycle, sealing.OUTER, items))
    return len(read_list(private_directory, box, sealing.OUTER).items)


def read_list(private_directory: Path, box: str, layer: int) -> BallotList:
    """A list that was written before."""
    return lists.read(list_path(private_directory, box, layer).read_bytes())


def has_list(private_directory: Path, box: str, layer: int) -> bool:
    """Whether a list was written before."""
    return list_path(private_directory, box, layer).exists()


def open_layer(private_directory: Path, box: str, layer: int, key: ec.EllipticCurvePrivateKey) -> int:
    """Open a layer whose key this server owns.

    Raises
    ------
    RefusedListError
        Too many do not open: nothing may be destroyed before somebody has looked.
    """
    found = read_list(private_directory, box, layer)
    opened = lists.open_layer(found, key)
    _write(list_path(private_directory, box, next_layer(layer)), opened.next_list)
    return len(opened.next_list.items)


def next_layer(layer: int) -> int:
    """The layer inside this one."""
    return sealing.INNER if layer == sealing.OUTER else PLAIN


def accept_list(private_directory: Path, box: str, layer: int, data: bytes) -> int:
    """Take the list that a holder made of the list of this layer.

    Raises
    ------
    RefusedListError
        It is another cycle's or another layer's, holds more than was handed out, or far fewer.
    """
    handed_out = read_list(private_directory, box, layer)
    found = lists.read(data)
    if (found.cycle, found.layer) != (handed_out.cycle, next_layer(layer)):
        raise lists.RefusedListError("wrong_list")
    lost = len(handed_out.items) - len(set(found.items))
    if len(set(found.items)) != len(found.items) or lost < 0:
        raise lists.RefusedListError("repeated")
    if lost > max(1, lists.MOST_UNREADABLE * len(handed_out.items)):
        raise lists.RefusedListError("unreadable", unreadable=lost)
    _write(list_path(private_directory, box, found.layer), found)
    return len(found.items)


def count_list(
    answers: Session,
    frame: CycleFrame,
    private_directory: Path,
    box: str,
    scope_keys: Mapping[str, bytes],
) -> int:
    """Reduce the opened list to the vault; a cycle that was counted before stays as it is."""
    if vault_store.is_tallied(answers, frame.cycle):
        return 0
    sealed = len(ballot_box.sealed_ballots(answers, box))
    opened = read_list(private_directory, box, PLAIN)
    stamped = tally.stamped_ballots(frame, opened.items, scope_keys)
    vault_store.replace_vault(answers, frame, tally.count(frame, stamped), sealed)
    return len(stamped)


def destroy_lists(private_directory: Path, box: str) -> None:
    """Destroy the opened list and the lists before it."""
    for layer in (PLAIN, sealing.INNER, sealing.OUTER):
        destroy(list_path(private_directory, box, layer))


def _write(path: Path, found: BallotList) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lists.write(path, found)
