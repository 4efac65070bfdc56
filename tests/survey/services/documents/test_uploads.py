"""Files of employees lie in a private place under a random name, and not longer than a day."""

import io
import os
import stat
import time
from pathlib import Path

import pytest

from survey.services.documents import uploads

NAME = "daftar pegawai rahasia.csv"


def keep(directory: Path) -> str:
    return uploads.keep(directory, {"employees": (io.BytesIO(b"nip\n1\n"), NAME)})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_service_can_read_kept_files_or_list_their_names(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        (path,) = uploads.find(tmp_path / "private", keep(tmp_path / "private")).values()
    finally:
        os.umask(before)
    assert path.read_bytes() == b"nip\n1\n"
    assert mode(path) == 0o600
    assert [mode(folder) for folder in list(path.parents)[:3]] == [0o700] * 3


def test_the_same_file_twice_lies_under_two_random_names_and_never_under_its_own(tmp_path: Path) -> None:
    first, second = keep(tmp_path), keep(tmp_path)
    assert first != second
    names = {part for path in tmp_path.rglob("*") for part in path.relative_to(tmp_path).parts}
    assert {first, second} <= names
    assert not any("rahasia" in name for name in names)


def test_a_file_that_cannot_be_stored_whole_is_not_stored_at_all(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError("the line broke")

    files = {"units": (io.BytesIO(b"kode\n"), "u.csv"), "employees": (Broken(), NAME)}
    with pytest.raises(OSError, match="the line broke"):
        uploads.keep(tmp_path, files)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_older_than_a_day_is_discarded_and_nothing_else(tmp_path: Path) -> None:
    old, young = keep(tmp_path), keep(tmp_path)
    long_ago = time.time() - uploads.DAY - 60
    os.utime(next(iter(uploads.find(tmp_path, old).values())).parent, (long_ago, long_ago))
    uploads.discard_older_than_a_day(tmp_path)
    assert uploads.find(tmp_path, old) == {}
    assert uploads.find(tmp_path, young)


def test_there_may_be_nothing_to_discard_yet(tmp_path: Path) -> None:
    uploads.discard_older_than_a_day(tmp_path / "never made")


def test_a_folder_that_vanishes_meanwhile_is_no_failure(tmp_path: Path) -> None:
    kept = next(iter(uploads.find(tmp_path, keep(tmp_path)).values())).parent
    (kept.parent / "vanished").symlink_to(kept.parent / "nowhere")
    uploads.discard_older_than_a_day(tmp_path)
    assert kept.is_dir()


@pytest.mark.parametrize("token", ["..", "", "../precious", "x" * 22])
def test_a_made_up_name_finds_and_discards_nothing(tmp_path: Path, token: str) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    assert uploads.find(tmp_path, token) == {}
    uploads.discard(tmp_path, token)
    assert precious.is_dir()
