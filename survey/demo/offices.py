"""The table of offices (`units.yaml`) as checked structures."""

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

TABLE = Path(__file__).with_name("units.yaml")


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a kind of office is staffed: the titles of its posts and the degrees behind its people's names."""

    head: str
    section: str
    staff: tuple[str, ...]
    degrees: tuple[str, ...]
    deputies: tuple[str, ...] = ()


class Office(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One unit of the city government."""

    code: str
    name: str
    layout: str
    staff: int
    seen: Literal["SEC", "MEM"]
    parent: str = ""
    reports_to: str = ""
    head: str = ""
    divisions: tuple[str, ...] = ()


class Offices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table; parents stand before their children."""

    layouts: dict[str, Layout]
    units: tuple[Office, ...]


@cache
def read_offices() -> Offices:
    """The table as it stands in the file."""
    return msgspec.convert(yaml.safe_load(TABLE.read_text(encoding="utf-8")), Offices)
