"""The signing keys of papers: made beforehand, one per scope and one per box, destroyed at closing.

They lie in the spool, a file of this host outside both databases and their backups. A key that leaked would
let somebody stuff the box, never tell whose a ballot is: the signatures are blind.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from protocol import blind_rsa, tokens
from survey.exceptions import BoxClosed
from survey.models.protocol import SigningKey, SpareKey

PASS = ""  # the scope of a box's passes
BATCH = 200


@dataclass(frozen=True)
class Request:
    """A paper with the two blinded messages that a device wants signed for it."""

    paper: str
    scope: str
    stamp: bytes
    box_pass: bytes

    @property
    def mark(self) -> bytes:
        """What the paper office keeps: it tells the same request again from another."""
        return tokens.taken_mark(self.stamp, self.box_pass)


def spare(spool: Session) -> int:
    """How many keys wait for a scope."""
    return spool.scalar(select(func.count()).select_from(SpareKey)) or 0


def add_spare(spool: Session, private_keys: Iterable[bytes]) -> None:
    """Put fresh keys into the pool, named by themselves so that no order of making is left."""
    rows = [{"name": hashlib.sha256(key).digest(), "private_key": key} for key in private_keys]
    spool.execute(insert(SpareKey), rows)


def scopes_without_key(spool: Session, box: str, scopes: Iterable[str]) -> list[str]:
    """Which scopes, and the box itself, have no signing key yet."""
    have = set(spool.scalars(select(SigningKey.scope).where(SigningKey.box == box)))
    return sorted({*scopes, PASS} - have)


def give_keys(spool: Session, box: str, scopes: Sequence[str]) -> None:
    """Give each scope a key of the pool, which must hold enough."""
    for start in range(0, len(scopes), BATCH):
        part = scopes[start : start + BATCH]
        spares = spool.execute(
            select(SpareKey.name, SpareKey.private_key).order_by(SpareKey.name).limit(len(part))
        ).all()
        spool.execute(delete(SpareKey).where(SpareKey.name.in_([row.name for row in spares])))
        spool.execute(
            insert(SigningKey),
            [
                {"box": box, "scope": scope, "private_key": row.private_key}
                for scope, row in zip(part, spares, strict=True)
            ],
        )


def public_keys(spool: Session, box: str) -> dict[str, bytes]:
    """The public key of every scope of a box; that of its passes under `PASS`."""
    rows = spool.execute(select(SigningKey.scope, SigningKey.private_key).where(SigningKey.box == box))
    return {scope: blind_rsa.load_private(key).public_bytes for scope, key in rows}


def blind_sign(spool: Session, box: str, requests: Sequence[Request]) -> list[tuple[bytes, bytes]]:
    """Sign stamp and pass of each request; the signer learns nothing of what it signs.

    Raises
    ------
    BoxClosed
        The keys of the box are destroyed.
    ValueError
        What came is no blinded message.
    """
    keys = _keys(spool, box, {PASS, *(each.scope for each in requests)})
    if PASS not in keys:
        raise BoxClosed(box)
    return [
        (keys[each.scope].blind_sign(each.stamp), keys[PASS].blind_sign(each.box_pass)) for each in requests
    ]


def sign(spool: Session, box: str, scope: str, message: bytes) -> bytes:
    """Sign a plain message, for a paper that the server uses where the device cannot."""
    return _keys(spool, box, [scope])[scope].sign(message)


def _keys(spool: Session, box: str, scopes: Iterable[str]) -> dict[str, blind_rsa.SigningKey]:
    found = spool.execute(
        select(SigningKey.scope, SigningKey.private_key).where(
            SigningKey.box == box, SigningKey.scope.in_(list(scopes))
        )
    )
    return {scope: blind_rsa.load_private(key) for scope, key in found}


def destroy_keys(spool: Session, box: str) -> None:
    """Forget the signing keys of a box: from now on nobody can make a ballot that counts."""
    spool.execute(delete(SigningKey).where(SigningKey.box == box))
