"""Every questionnaire that can be asked or was asked: those of the product and the city's own, in one place.

The product's lie in `instruments/*.yaml`. Own ones are published versions in the people database, as the
canonical text whose SHA-256 is their hash. Nobody else in the service looks a questionnaire up.
"""

import hashlib
from functools import lru_cache

import msgspec
from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from instruments import catalogue
from instruments.catalogue import UnknownInstrumentError
from instruments.schema import Instrument, Kind
from survey.models.cycles import CycleGroup
from survey.models.instruments import InstrumentVersion

__all__ = [
    "UnknownInstrumentError",
    "by_hash",
    "canonical",
    "every",
    "get",
    "is_built_in",
    "offered",
    "own_codes",
    "uses",
]


def by_hash(people: Session, content_hash: str) -> Instrument:
    """The questionnaire whose content has this hash, as a cycle stored it.

    Raises
    ------
    UnknownInstrumentError
        There is none, or what lies under this hash is not what was published.
    """
    if content_hash in _built_in():
        return _built_in()[content_hash]
    text = people.scalar(select(InstrumentVersion.text).where(InstrumentVersion.hash == content_hash))
    if text is None or hashlib.sha256(text.encode()).hexdigest() != content_hash:
        raise UnknownInstrumentError(f"no questionnaire has the content hash {content_hash}")
    return _read(text)


def get(people: Session, code: str, version: int | None = None) -> Instrument:
    """A questionnaire by code: the newest version, or the one asked for.

    Raises
    ------
    UnknownInstrumentError
        There is none.
    """
    found = [each for each in every(people) if each.code == code and version in (None, each.version)]
    if not found:
        raise UnknownInstrumentError(f"there is no questionnaire {code} {version or ''}".rstrip())
    return found[-1]


def every(people: Session) -> list[Instrument]:
    """Every version of every questionnaire, by code and version."""
    texts = people.scalars(select(InstrumentVersion.text))
    return sorted([*catalogue.catalogue(), *map(_read, texts)], key=lambda each: (each.code, each.version))


def offered(people: Session, kind: Kind) -> list[Instrument]:
    """The newest version of each questionnaire of a kind, the one to offer first in front."""
    newest = {each.code: each for each in every(people) if each.kind == kind}
    return sorted(newest.values(), key=lambda each: not each.default)


def uses(people: Session) -> dict[str, int]:
    """In how many cycles each version stands, by its hash."""
    of_cycles = select(CycleGroup.instrument_hash, func.count(distinct(CycleGroup.cycle_id)))
    return {row[0]: row[1] for row in people.execute(of_cycles.group_by(CycleGroup.instrument_hash))}


def own_codes(people: Session) -> set[str]:
    """The codes of the city's own questionnaires."""
    return set(people.scalars(select(InstrumentVersion.code).distinct()))


def is_built_in(code: str) -> bool:
    """Whether the product brings this questionnaire, so that no own one may take its name."""
    return any(each.code == code for each in catalogue.catalogue())


def canonical(instrument: Instrument) -> str:
    """The text whose SHA-256 is the questionnaire's hash."""
    return msgspec.json.encode(instrument, order="sorted").decode()


@lru_cache(maxsize=1)
def _built_in() -> dict[str, Instrument]:
    return {each.content_hash(): each for each in catalogue.catalogue()}


@lru_cache(maxsize=256)
def _read(text: str) -> Instrument:
    return msgspec.json.decode(text, type=Instrument)
