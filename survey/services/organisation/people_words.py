"""The headers, kinds and words that files of units and employees are known by."""

import re
from typing import NamedTuple

from survey.models.posts import JOB_KINDS
from survey.services.organisation.employee_numbers import KINDS

_CONTRACT = (
    "non_asn",
    "nonasn",
    "kontrak",
    "pegawai_kontrak",
    "tenaga_kontrak",
    "honorer",
    "thl",
    "tkk",
    "phl",
)
EMPLOYEE_KINDS = {
    **{kind.lower().replace("-", "_"): kind for kind in KINDS},
    "p3k": "PPPK",
    "pppk_paruh_waktu": "PPPK",
    **dict.fromkeys(_CONTRACT, "Non-ASN"),
}
JOB_KINDS_BY_WORD = {kind: kind for kind in JOB_KINDS} | {
    "jabatan_pimpinan_tinggi": "jpt",
    "jpt_pratama": "jpt",
    "jpt_madya": "jpt",
    "jf": "fungsional",
    "jabatan_fungsional": "fungsional",
    "jfu": "pelaksana",
}


class Column(NamedTuple):
    """What a column holds, the headers it is known by, and whether a file must have it."""

    key: str
    headers: tuple[str, ...]
    required: bool = True


UNIT_COLUMNS = (
    Column("code", ("kode", "code", "kode_unit", "unit_code")),
    Column("name", ("nama", "name", "nama_unit", "unit_name")),
    Column("parent", ("induk", "parent", "kode_induk", "unit_induk", "parent_code"), required=False),
)
EMPLOYEE_COLUMNS = (
    Column("number", ("nip", "number", "nomor", "nip_baru", "ni_pppk", "nip_ni_pppk", "employee_number")),
    Column("kind", ("jenis", "kind", "jenis_pegawai", "status_pegawai")),
    Column("name", ("nama", "name", "nama_pegawai", "nama_lengkap")),
    Column("unit", ("unit_kerja", "unit", "kode_unit", "unit_code", "kode_unit_kerja")),
    Column(
        "supervisor",
        (
            "nip_atasan",
            "atasan",
            "supervisor",
            "supervisor_number",
            "atasan_langsung",
            "nip_atasan_langsung",
        ),
    ),
    Column("code", ("kode_pegawai", "kode", "code", "employee_code"), required=False),
    Column("job_title", ("jabatan", "job_title", "nama_jabatan", "title"), required=False),
    Column("job_kind", ("jenis_jabatan", "job_kind"), required=False),
    Column("job_level", ("jenjang_jabatan", "jenjang", "job_level"), required=False),
    Column("since", ("tmt_jabatan", "tmt", "in_post_since"), required=False),
    Column("email", ("email", "surel", "e_mail"), required=False),
)


def plain(words: str) -> str:
    """Words of a file without case and signs."""
    return re.sub(r"[\W_]+", "_", words.casefold()).strip("_")
