"""Kinds and levels of the invented posts, read from their titles as an agency would fill them in."""

# The first words of a title decide; what is in no line is a pelaksana.
BY_BEGINNING = (
    ("Kepala Dinas", "jpt", "Pratama"),
    ("Kepala Badan", "jpt", "Pratama"),
    ("Kepala Satuan", "jpt", "Pratama"),
    ("Kepala Rumah Sakit", "jpt", "Pratama"),
    ("Sekretaris Daerah", "jpt", "Pratama"),
    ("Asisten ", "jpt", "Pratama"),
    ("Staf Ahli", "jpt", "Pratama"),
    ("Inspektur", "jpt", "Pratama"),
    ("Direktur", "jpt", "Pratama"),
    ("Camat", "administrator", ""),
    ("Kepala Bagian", "administrator", ""),
    ("Kepala Bidang", "administrator", ""),
    ("Sekretaris", "administrator", ""),
    ("Lurah", "pengawas", ""),
    ("Kepala Sub", "pengawas", ""),
    ("Kepala Seksi", "pengawas", ""),
    ("Kepala UPT", "pengawas", ""),
    ("Kepala Puskesmas", "fungsional", "Ahli Madya"),
    ("Kepala Sekolah", "fungsional", "Ahli Madya"),
    ("Kepala SMP", "fungsional", "Ahli Madya"),
)
LEVELS = ("Ahli Pertama", "Ahli Muda", "Ahli Madya", "Pemula", "Terampil", "Mahir", "Penyelia")


def job_of(title: str) -> tuple[str, str]:
    """The kind and the level of a post by its title."""
    for beginning, kind, level in BY_BEGINNING:
        if title.startswith(beginning):
            return kind, level
    level = next((each for each in LEVELS if title.endswith(each)), "")
    return ("fungsional", level) if level else ("pelaksana", "")
