"""A little work that a device does before it sends by an open link: a second for one, hours for thousands.

It asks nothing of a person and tells nothing about a device. Without script a lower limit holds instead.
"""

import hashlib
import re

BITS = 14  # 16,384 hashes on average: about a second on a weak phone
_WORK = re.compile(r"\d{1,10}")


def is_done(nonce: str, work: str) -> bool:
    """Whether the number sent with a form belongs to its nonce."""
    if not _WORK.fullmatch(work):
        return False
    hashed = hashlib.sha256(f"{nonce}:{work}".encode()).digest()
    return int.from_bytes(hashed, "big") >> (256 - BITS) == 0
