"""Secrets of personal links: made, typed in and recognised by their hash."""

import hashlib
import secrets

from survey.services.secrets.sealing import BASE32

LENGTH = 16  # 80 bits
# What people read as another letter or digit.
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_code() -> str:
    """A fresh code in groups of four, without letters that look alike."""
    letters = "".join(secrets.choice(BASE32) for _ in range(LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))


def letters_of(typed: str) -> str:
    """The letters that are meant: blanks, dashes, letter case and letters that look alike do not matter."""
    return "".join(letter for letter in typed.upper() if letter.isalnum()).translate(_MISREAD)


def code_hash(typed: str) -> bytes:
    """The hash by which a code is known; blanks, dashes and letter case do not matter."""
    letters = letters_of(typed)
    return hashlib.sha256(b"cermin code v1\0" + letters.encode()).digest()
