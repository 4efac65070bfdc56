"""The ballot box: takes sealed ballots in, once each, and knows nothing of who sent them.

This host's *spool* acknowledges a ballot when it is on the disk. A *merge* moves what is spooled into the
box in the order of the tokens, which are hashes, so that no order of arrival is left.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from protocol.box import box_hash
from survey.exceptions import BallotDiffers, BoxClosed
from survey.models.ballots import SealedBallot, SpoolBox, SpooledBallot
from survey.services.secrets import sealing

Row = tuple[bytes, bytes]  # token, text
BATCH = 500


@dataclass(frozen=True)
class Held:
    """What a box holds, as everybody is told: a number and one hash over all of it."""

    ballots: int
    hash: str


new_nonce = sealing.new_nonce

# The one hot path: two statements, prepared once, without the unit of work.
_FIND_BOX = select(SpoolBox.public_key, SpoolBox.is_open).where(SpoolBox.name == bindparam("box"))
_FIND_BALLOT = select(SpooledBallot.sealed).where(
    SpooledBallot.box == bindparam("box"), SpooledBallot.token == bindparam("token")
)
_DROP_IN = sqlite_insert(SpooledBallot).on_conflict_do_nothing()


def key_path(key_directory: Path, box: str) -> Path:
    """Where the private key of a box lies; the name tells nothing but which box."""
    return key_directory / f"{hashlib.sha256(box.encode()).hexdigest()[:24]}.pem"


def open_box(spool: Session, key_directory: Path, name: str) -> None:
    """Make a box that takes ballots; a box that exists stays as it is.

    Raises
    ------
    BoxClosed
        The box exists and its key is gone: nobody could ever open what it takes.
    """
    found = spool.get(SpoolBox, name)
    if found is not None and not key_path(key_directory, name).exists():
        raise BoxClosed(name)
    if found is None:
        spool.add(SpoolBox(name=name, public_key=sealing.make_key(key_path(key_directory, name))))
        spool.flush()


def open_cycle_box(spool: Session, name: str, pass_key: bytes) -> None:
    """Make the box of a cycle, which asks for a pass; a box that exists stays as it is."""
    if spool.get(SpoolBox, name) is None:
        spool.add(SpoolBox(name=name, public_key=pass_key))
        spool.flush()


def close_box(spool: Session, name: str) -> None:
    """Take no more ballots. A ballot under way either is in before this, or is refused."""
    spool.get_one(SpoolBox, name).is_open = False
    spool.flush()


def require_open(spool: Session, box: str) -> bytes:
    """The public key of a box that takes ballots.

    Raises
    ------
    BoxClosed
        The box is closed, or this host has none of that name.
    """
    found = spool.execute(_FIND_BOX, {"box": box}).one_or_none()
    if found is None or not found.is_open:
        raise BoxClosed(box)
    return bytes(found.public_key)


def cast(spool: Session, box: str, nonce: str, ballot: bytes) -> str:
    """Seal a ballot and drop it in; the same nonce again changes nothing. Returns the receipt."""
    public_key = require_open(spool, box)
    row = {
        "box": box,
        "token": sealing.ballot_token(nonce),
        "sealed": sealing.seal(public_key, box, ballot),
    }
    spool.connection().execute(_DROP_IN, row)
    return sealing.receipt_code(nonce)


def is_spooled(spool: Session, box: str, nonce: str) -> bool:
    """Whether the ballot of this nonce waits in the box."""
    found = {"box": box, "token": sealing.ballot_token(nonce)}
    return spool.execute(_FIND_BALLOT, found).one_or_none() is not None


def put(spool: Session, box: str, token: bytes, sealed: bytes) -> bool:
    """Drop a sealed text in under a token; false where the very same lies there already.

    Raises
    ------
    BallotDiffers
        Another text lies there under this token.
    """
    values = {"box": box, "token": token, "sealed": sealed}
    if spool.connection().execute(_DROP_IN, values).rowcount == 1:
        return True
    if spool.scalar(_FIND_BALLOT, {"box": box, "token": token}) != sealed:
        raise BallotDiffers
    return False


def waiting(spool: Session, box: str) -> int:
    """How many ballots of a box are spooled."""
    return spool.scalar(select(func.count()).select_from(SpooledBallot).where(SpooledBallot.box == box)) or 0


def boxes(spool: Session, prefix: str) -> list[str]:
    """The names of the boxes that begin with `prefix`."""
    found = select(SpoolBox.name).where(SpoolBox.name.startswith(prefix, autoescape=True))
    return list(spool.scalars(found.order_by(SpoolBox.name)))


def spooled(spool: Session, box: str) -> list[Row]:
    """The sealed ballots waiting for a merge, in the order of their tokens."""
    rows = select(SpooledBallot.token, SpooledBallot.sealed).where(SpooledBallot.box == box)
    return [(token, sealed) for token, sealed in spool.execute(rows.order_by(SpooledBallot.token))]


def open_spooled(spool: Session, key_directory: Path, box: str) -> list[Row]:
    """The readable ballots waiting for a merge, opened, in the order of their tokens."""
    return open_all(spooled(spool, box), key_directory, box)


def remove_spooled(spool: Session, box: str, tokens: list[bytes]) -> None:
    """Forget ballots that a merge has stored elsewhere."""
    for start in range(0, len(tokens), BATCH):
        part = tokens[start : start + BATCH]
        spool.execute(delete(SpooledBallot).where(SpooledBallot.box == box, SpooledBallot.token.in_(part)))


def put_into_box(answers: Session, box: str, rows: list[Row]) -> int:
    """Merge sealed ballots into the box: all of it is written anew in the order of the tokens."""
    merged = dict(sealed_ballots(answers, box)) | dict(rows)
    empty_box(answers, box)
    values = [{"box": box, "token": token, "sealed": sealed} for token, sealed in sorted(merged.items())]
    for start in range(0, len(values), BATCH):
        answers.execute(insert(SealedBallot), values[start : start + BATCH])
    return len(values)


def sealed_ballots(answers: Session, box: str) -> list[Row]:
    """Everything in the box, still sealed, in the order of the tokens."""
    rows = select(SealedBallot.token, SealedBallot.sealed).where(SealedBallot.box == box)
    return [(token, sealed) for token, sealed in answers.execute(rows.order_by(SealedBallot.token))]


def held(answers: Session, spool: Session, cycle: str, box: str) -> Held:
    """Count and hash of everything in the box of a cycle, merged or still spooled."""
    names: list[bytes] = []

    def counted() -> Iterator[Row]:
        places = _in_parts(answers, SealedBallot, box), _in_parts(spool, SpooledBallot, box)
        for token, sealed in merge(*places):
            if names[-1:] != [token]:  # a merge that was cut short leaves a ballot in both places
                names.append(token)
                yield token, sealed

    whole = box_hash(cycle, counted())
    return Held(len(names), whole)


def _in_parts(session: Session, model: type[SealedBallot] | type[SpooledBallot], box: str) -> Iterator[Row]:
    """The sealed ballots in the order of their tokens; a whole box may be larger than the memory."""
    last = b""
    while True:
        part = select(model.token, model.sealed).where(model.box == box, model.token > last)
        rows = session.execute(part.order_by(model.token).limit(BATCH)).all()
        yield from ((token, sealed) for token, sealed in rows)
        if len(rows) < BATCH:
            return
        last = rows[-1][0]


def empty_box(answers: Session, box: str) -> None:
    """Remove the sealed ballots of a box."""
    answers.execute(delete(SealedBallot).where(SealedBallot.box == box))


def remove_box(spool: Session, key_directory: Path, box: str) -> None:
    """Forget a counted box: its spooled rows, its public key and, for good, its private key."""
    sealing.destroy(key_path(key_directory, box))
    spool.execute(delete(SpooledBallot).where(SpooledBallot.box == box))
    spool.execute(delete(SpoolBox).where(SpoolBox.name == box))


def open_all(rows: list[Row], key_directory: Path, box: str) -> list[Row]:
    """Open sealed ballots; what the key does not fit is left out."""
    if not rows:
        return []
    opener = sealing.Opener(key_path(key_directory, box), box)
    texts = ((token, opener.try_open(sealed)) for token, sealed in rows)
    return [(token, text) for token, text in texts if text is not None]
