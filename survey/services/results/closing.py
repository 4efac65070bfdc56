"""Close a cycle: from sealed ballots to the vault, layer by layer, in steps that may each be repeated.

Nothing readable is ever in a database: the lists between two layers and the opened list lie in private files
outside database and backup, one transaction replaces the vault, and only then are keys, files and sealed rows
destroyed. Every step returns counts only.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from protocol import lists, opening, sealing
from protocol.files import write_private
from protocol.refusals import RefusedError
from survey.services.papers import ballot_box
from survey.services.papers.ballot_box import Row
from survey.services.results import tally, vault_store
from survey.services.results.cycle_frame import CycleFrame
from survey.services.secrets.sealing import destroy

OWN_LAYER = "the server owns this layer"
PART_BYTES = 1 << 20


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
        size = sealing.ITEM_BYTES[sealing.OUTER]
        rows = ballot_box.sealed_ballots(answers, box)
        _prepare(path)
        lists.write(path, cycle, sealing.OUTER, [sealed for _token, sealed in rows if len(sealed) == size])
    return lists.read_head(path).count


def has_list(private_directory: Path, box: str, layer: int) -> bool:
    """Whether a list was written before."""
    return list_path(private_directory, box, layer).exists()


def next_layer(layer: int) -> int:
    """The layer inside this one."""
    return sealing.NEXT_LAYER[layer]


def open_layer(private_directory: Path, box: str, layer: int, key: ec.EllipticCurvePrivateKey) -> int:
    """Open a layer whose key this server owns; a list of few is opened too, since nobody is told of it.

    Raises
    ------
    RefusedError
        Too many do not open: nothing may be destroyed before somebody has looked.
    """
    source = list_path(private_directory, box, layer)
    target = list_path(private_directory, box, next_layer(layer))
    head = lists.read_head(source)
    if head.count == 0:
        return lists.write(target, head.cycle, next_layer(layer), []).count
    opened = opening.open_file(source, target, key, head, reason=OWN_LAYER)
    if opened.left_out > _borne(head.count):
        destroy(target)
        raise RefusedError("unreadable", left_out=opened.left_out, count=head.count)
    return opened.after.count


def _borne(count: int) -> int:
    return max(opening.UNREADABLE_ALWAYS_BORNE, count * opening.PERCENT_UNREADABLE // 100)


def accept_list(private_directory: Path, box: str, layer: int, brought: Path, reason: str = "") -> int:
    """Take the list that a holder made of the list of this layer; it is never in memory as a whole.

    Parameters
    ----------
    reason
        Why a list that lacks many is taken; otherwise a rater with some papers could stop a count.

    Raises
    ------
    RefusedError
        It is another cycle's or another layer's, is damaged, holds more than was handed out, or far fewer.
    """
    handed_out = lists.read_head(list_path(private_directory, box, layer))
    head = lists.read_head(brought)
    if (head.cycle, head.layer) != (handed_out.cycle, next_layer(layer)):
        raise RefusedError("wrong_list", cycle=head.cycle, layer=head.layer)
    different = len({sha256(item).digest() for item in lists.items(brought, head)})
    if different != head.count or different > handed_out.count:
        raise RefusedError("repeated")
    lost = handed_out.count - different
    if lost > _borne(handed_out.count) and not reason.strip():
        raise RefusedError("unreadable", left_out=lost, count=handed_out.count)
    target = list_path(private_directory, box, head.layer)
    _prepare(target)
    with brought.open("rb") as file:  # every line of it was found to be as `lists.write` writes it
        write_private(target, iter(lambda: file.read(PART_BYTES), b""))
    return head.count


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
    path = list_path(private_directory, box, sealing.PLAIN)
    stamped = tally.stamped_ballots(frame, lists.items(path, lists.read_head(path)), scope_keys)
    vault_store.replace_vault(answers, frame, tally.count(frame, stamped), sealed)
    return len(stamped)


def destroy_lists(private_directory: Path, box: str) -> None:
    """Destroy the opened list and the lists before it."""
    for layer in sealing.ITEM_BYTES:
        destroy(list_path(private_directory, box, layer))


def _prepare(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
