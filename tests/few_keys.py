"""A few keys for all papers of a test: making one for each scope would take most of its time."""

from functools import cache
from itertools import cycle

import pytest
from sqlalchemy import insert

from protocol import blind_rsa
from survey.db import Databases, transaction
from survey.jobs import open_cycle
from survey.jobs.port import Report
from survey.models.protocol import SigningKey
from survey.services.papers import stamping


@cache
def keys() -> tuple[bytes, ...]:
    """The keys of this test process."""
    return tuple(blind_rsa.generate() for _ in range(3))


def share(patch: pytest.MonkeyPatch) -> None:
    """Let opened cycles share the few keys."""
    patch.setattr(open_cycle, "make_keys", _share_keys)


def _share_keys(databases: Databases, box: str, scopes: list[str], _report: Report) -> None:
    with transaction(databases.spool) as spool:
        missing = stamping.scopes_without_key(spool, box, scopes)
        rows = [
            {"box": box, "scope": scope, "private_key": key}
            for scope, key in zip(missing, cycle(keys()), strict=False)
        ]
        if rows:
            spool.execute(insert(SigningKey), rows)
