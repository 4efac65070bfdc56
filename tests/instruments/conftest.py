from collections.abc import Callable
from pathlib import Path

import pytest

from instruments.catalogue import read_file
from instruments.schema import Instrument

SMALL = Path(__file__).with_name("small.yaml")


@pytest.fixture
def small_text() -> str:
    return SMALL.read_text(encoding="utf-8")


@pytest.fixture
def small() -> Instrument:
    return read_file(SMALL)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def _write(text: str, name: str = "small.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write
