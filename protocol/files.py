"""Files that only their owner reads, written whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_private(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file of mode 0600, durably; after a crash or an exception it is there whole or not at all.

    Parameters
    ----------
    path
        Where nothing is yet: a key or a list is never written over.
    parts
        Its content, one after another.

    Raises
    ------
    FileExistsError
        Something is there.
    """
    if path.exists():
        raise FileExistsError(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink()
        raise
    _make_entry_durable(path.parent)


def _make_entry_durable(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows opens no folders; its file systems write their entries themselves
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
