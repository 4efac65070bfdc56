"""Which passwords are taken: long enough, not easily guessed, not made of what others know of the person."""

from collections.abc import Iterable

from zxcvbn import zxcvbn

SHORTEST, LONGEST = 12, 128
LOOKED_AT = 72  # guessing is estimated from the beginning alone: it takes longer and longer
EASIEST = 3  # on a scale of 0 to 4: more than 10^8 guesses
DIGITS_OF_NUMBER = 6  # as many digits of the employee number in a row, and it is known from a list
# What people here think of first; the lists of the estimator are English.
KNOWN_WORDS = (
    "admin", "bismillah", "bkpsdm", "bukittinggi", "cermin", "garuda", "indonesia", "jamgadang", "kantor",
    "katasandi", "merdeka", "minangkabau", "pancasila", "pegawai", "pemerintah", "rahasia", "sayang",
)  # fmt: skip


def faults(password: str, words: Iterable[str] = (), number: str | None = None) -> list[str]:
    """What is wrong with a password: `short`, `long`, `guessable`, `number`; empty where nothing is.

    Parameters
    ----------
    words
        Names of the person and of her account, which guessers try first.
    number
        The employee number, if there is one: parts of it are no secret.
    """
    found = {
        "short": len(password) < SHORTEST,
        "long": len(password) > LONGEST,
        "number": _holds_part_of(password, number or ""),
        "guessable": _is_guessable(password, words),
    }
    return [code for code, is_fault in found.items() if is_fault]


def _holds_part_of(password: str, number: str) -> bool:
    parts = (number[at : at + DIGITS_OF_NUMBER] for at in range(len(number) - DIGITS_OF_NUMBER + 1))
    return any(part in password for part in parts)


def _is_guessable(password: str, words: Iterable[str]) -> bool:
    if not password:
        return True
    known = [part for word in words for part in word.lower().replace(".", " ").split()]
    score: int = zxcvbn(password[:LOOKED_AT], user_inputs=[*known, *KNOWN_WORDS])["score"]
    return score < EASIEST
