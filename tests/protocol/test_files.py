import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.files import write_private


def test_a_private_file_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    write_private(tmp_path / "key", [b"a", b"b"])
    assert (tmp_path / "key").read_bytes() == b"ab"
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "key", [b"new"])
    assert (tmp_path / "key").read_bytes() == b"old"


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"first"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_private(tmp_path / "key", parts())
    assert list(tmp_path.iterdir()) == []
