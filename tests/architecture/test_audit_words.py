"""Whatever is written into the audit trail has words for whoever reads it, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from survey.auditor.words import ACTS
from survey.services.auditing.public_log import PUBLIC_ACTIONS

SOURCE = Path(__file__).parents[2] / "survey"
RECORDERS = ("audit.record", "audit.record_openly", "_tell")
CODE = re.compile(r"[a-z_]+\.[a-z_-]+")


def recorded() -> Iterator[str]:
    """The codes of acts that are written out where they are recorded."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RECORDERS:
                for part in (inner for argument in node.args for inner in ast.walk(argument)):
                    if isinstance(part, ast.Constant) and CODE.fullmatch(str(part.value)):
                        yield str(part.value)


def test_every_act_that_is_recorded_has_words() -> None:
    found = set(recorded())
    assert len(found) > 70
    assert found | set(PUBLIC_ACTIONS) <= set(ACTS)
