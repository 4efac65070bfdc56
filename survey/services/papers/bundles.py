"""The program that raters' devices run: its hash stands in every manifest."""

import hashlib
from functools import cache
from pathlib import Path

BUNDLE = Path(__file__).resolve().parents[3] / "static" / "rater.js"


@cache
def bundle_hash() -> str:
    """The hash of the script as it is served."""
    return hashlib.sha256(BUNDLE.read_bytes()).hexdigest()
