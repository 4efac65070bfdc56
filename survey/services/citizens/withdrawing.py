"""Codes with which a citizen withdraws an answer, until its quarter is settled.

The code comes from the nonce of the form, which is stored nowhere. Of the code two hashes are kept, one
beside the answers and one beside the words: without the code neither leads to the other, nor to the ballot.
A third lies sealed beside what was said of an officer.
"""

import hashlib

import msgspec

from survey.services.secrets.sealing import BASE32, withdrawal_digits

LENGTH = 16  # the last letter checks the others
CHECK_MODULUS = 31
HASH_BYTES = 32
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wish to withdraw an answer, as it is sealed."""

    withdraws: bytes


def code_for(nonce: str) -> str:
    """The withdrawal code of the form with this nonce, in groups of four letters."""
    letters = [BASE32[digit] for digit in withdrawal_digits(nonce, LENGTH - 1)]
    code = "".join(letters) + _check_letter(letters)
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def tidy(typed: str) -> str:
    """A code as it was typed, without blanks, dashes and letters that are mistaken for others."""
    return "".join(letter for letter in typed.upper() if letter.isalnum()).translate(_MISREAD)


def is_code(typed: str) -> bool:
    """Whether this can be one of our codes: a slip of one letter is noticed."""
    letters = tidy(typed)
    is_known = len(letters) == LENGTH and set(letters) <= set(BASE32)
    return is_known and _check_letter(list(letters[:-1])) == letters[-1]


def hashes(code: str) -> bytes:
    """Both hashes that a ballot carries."""
    return _hash("answers", code) + _hash("words", code)


def of_answers(both: bytes) -> bytes | None:
    """The hash that is kept beside the answers."""
    return both[:HASH_BYTES] or None


def of_words(both: bytes) -> bytes | None:
    """The hash that is kept beside the words."""
    return both[HASH_BYTES:] or None


def of_officer(code: str) -> bytes:
    """The hash that is sealed beside the answers about an officer."""
    return _hash("officer", code)


def officer_nonce_of(code: str) -> str:
    """What names the request in the box of answers about officers."""
    return _hash("request officer", code).hex()


def make_officer_request(code: str) -> bytes:
    """The request for that box as it is sealed."""
    return msgspec.json.encode(Request(of_officer(code)))


def nonce_of(code: str) -> str:
    """What names the request in the box: asking twice is asking once."""
    return _hash("request", code).hex()


def make_request(code: str) -> bytes:
    """The request as it is sealed."""
    return msgspec.json.encode(Request(hashes(code)))


def read_request(text: bytes) -> bytes | None:
    """Both hashes of a request; None where the text is none."""
    try:
        return msgspec.json.decode(text, type=Request).withdraws
    except msgspec.DecodeError:
        return None


def _hash(purpose: str, code: str) -> bytes:
    return hashlib.sha256(f"cermin withdraw {purpose} v1\0{tidy(code)}".encode()).digest()


def _check_letter(letters: list[str]) -> str:
    weighted = sum(place * BASE32.index(letter) for place, letter in enumerate(letters, start=1))
    return BASE32[weighted % CHECK_MODULUS]
