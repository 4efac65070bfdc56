"""Close a cycle: from sealed ballots to the vault, in steps that may each be repeated.

Nothing readable is ever in a database: the opened list lies in one private file outside database and
backup, one transaction replaces the vault, and only then are key, file and sealed rows destroyed.
Every step returns counts only.
"""

from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from survey.exceptions import BoxUnreadable
from survey.services import ballot_box, rating, sealing, tally, vault_store
from survey.services.ballot_box import Row
from survey.services.cycle_frame import CycleFrame

MOST_UNREADABLE = 0.02  # more than this share, and than one, means a wrong key or a damaged box


class OpenedList(msgspec.Struct):
    """What the private file holds."""

    sealed: int
    texts: list[bytes]


_decoder = msgspec.msgpack.Decoder(OpenedList)


def list_path(private_directory: Path, box: str) -> Path:
    """Where the opened list of a box lies between opening and counting."""
    return private_directory / ballot_box.key_path(private_directory, box).with_suffix(".opened").name


def open_list(answers: Session, key_directory: Path, private_directory: Path, box: str) -> int:
    """Open every ballot of the box into the private file, sorted by content so that no order is left.

    Raises
    ------
    BoxUnreadable
        Too many ballots cannot be opened: nothing may be destroyed before somebody has looked.
    """
    path = list_path(private_directory, box)
    if not path.exists():
        sealed = ballot_box.sealed_ballots(answers, box)
        texts = sorted(text for _token, text in ballot_box.open_all(sealed, key_directory, box))
        if len(sealed) - len(texts) > max(1, MOST_UNREADABLE * len(sealed)):
            raise BoxUnreadable(f"{len(sealed) - len(texts)} of {len(sealed)}")
        sealing.write_private(path, msgspec.msgpack.encode(OpenedList(len(sealed), texts)))
    return len(_decoder.decode(path.read_bytes()).texts)


def count_list(answers: Session, frame: CycleFrame, private_directory: Path, box: str) -> int:
    """Reduce the opened list to the vault; a cycle that was counted before stays as it is."""
    if vault_store.is_tallied(answers, frame.cycle):
        return 0
    opened = _decoder.decode(list_path(private_directory, box).read_bytes())
    ballots = [rating.read(text) for text in opened.texts]
    readable = [ballot for ballot in ballots if ballot is not None]
    vault_store.replace_vault(answers, frame, tally.count(frame, readable), opened.sealed)
    return len(readable)


def destroy_list(private_directory: Path, box: str) -> None:
    """Destroy the opened list."""
    sealing.destroy(list_path(private_directory, box))


def merge_spool(answers: Session, box: str, rows: list[Row]) -> int:
    """Put what this host spooled into the box; returns how many ballots the box holds now."""
    return ballot_box.put_into_box(answers, box, rows) if rows else 0
