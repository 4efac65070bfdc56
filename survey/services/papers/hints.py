"""Words in which a reader may recognise somebody: a hint for who writes, never a judgement."""

import re

TITLES = "bapak|bpk|pak|ibu|bu|sdri?|saudari|mbak|uda|uni|dokter|dr|drg|bidan|mr|mrs|ms"
# A name after its title, long numbers, dates, addresses of e-mail, two words with capitals inside a sentence.
TELLING = (
    re.compile(rf"\b(?i:{TITLES})\b\.? +[A-Z]"),
    re.compile(r"(?:\d[ .-]?){6,}"),
    re.compile(r"\b\d{1,2}[/.-]\d{1,2}\b|\b(?i:tanggal|tgl|jam|pukul)\b\.? *\d"),
    re.compile(r"\S@\S"),
    re.compile(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+"),
)


def may_name_somebody(text: str) -> bool:
    """Whether a text holds what looks like a name, a number, a date or an address."""
    return any(pattern.search(text) for pattern in TELLING)
