"""Questionnaires as files: this program's YAML and the XLSForm, out and in."""

from typing import Any, BinaryIO

import yaml

from instruments.drafting import LISTS, Data, data_of
from instruments.marked_yaml import Document
from instruments.misfit import Finding, misfits
from instruments.schema import Instrument
from survey.services.instruments.xlsform_reading import read_xlsform
from survey.tables import N_, BadFile, Problem
from survey.tables.problems import refusal

LARGEST = 2 * 2**20
WIDTH = 120
# What a draft may still lack; anything else would not be a questionnaire's shape.
MENDABLE = (
    "is missing",
    "characters fit",
    "the number",
    "a code begins",
    "at least",
)


def yaml_text(instrument: Instrument) -> str:
    """A questionnaire as its file; reading it gives the same hash."""
    return yaml.safe_dump(data_of(instrument), allow_unicode=True, sort_keys=False, width=WIDTH)


def read_instrument(source: BinaryIO, name: str) -> tuple[Data, list[Problem]]:
    """A draft from a file, with notes on what was left out.

    Raises
    ------
    BadFile
        It cannot be read as a questionnaire; each problem names its line or row.
    """
    lowered = name.lower()
    if lowered.endswith(".xlsx"):
        data, notes = read_xlsform(source, name.rpartition(".")[0])
    elif lowered.endswith((".yaml", ".yml")):
        data, notes = _read_yaml(source), []
    else:
        raise refusal(
            N_("“%(name)s” is neither YAML nor XLSX. Choose a file of one of these kinds."), name=name
        )
    return _complete(data), notes


def _read_yaml(source: BinaryIO) -> Data:
    content = source.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise refusal(N_("The file is larger than a questionnaire can be (2 MB)."))
    try:
        document = Document(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise refusal(N_("The file is not UTF-8 text. Save it again as UTF-8.")) from error
    faults = [Problem(fault.line, None, "%(text)s", {"text": fault.message}) for fault in document.faults]
    if faults:
        raise BadFile(faults)
    if not isinstance(document.data, dict):
        raise refusal(
            N_("The file holds no questionnaire: its first level must be fields such as code and title.")
        )
    data: dict[str, Any] = {"version": 1, **document.data}
    found = [finding for finding in misfits(data, Instrument) if not _is_mendable(finding)]
    if found:
        raise BadFile(
            Problem(document.line(path), None, words.message_id, words.values) for path, words in found
        )
    if data.get("kind") != "person" or data.get("profile"):
        raise refusal(
            N_("Only questionnaires about people can be brought in: kind must be person, without profile.")
        )
    return data


def _is_mendable(finding: Finding) -> bool:
    return any(words in finding[1].message_id for words in MENDABLE)


def _complete(data: Data) -> Data:
    """With every part that the pages show, and without what publishing decides."""
    empty: Data = {
        "code": "",
        "title": {},
        "purpose": {},
        "kind": "person",
        "rater_groups": [],
        **{name: [] for name in LISTS},
    }
    return {**empty, **{name: value for name, value in data.items() if name not in ("version", "default")}}
