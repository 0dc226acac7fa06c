"""Files of ours hold what people read and whom they watch: they are their owner's alone.

Only what is made anew gets these rights; what is there keeps those that somebody gave it.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing. Raises OSError."""
    if path.is_dir():
        return
    private_folder(path.parent)  # `mkdir(parents=True)` leaves those above it to the umask
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def private_file(path: str | Path, flags: int) -> int:
    """Open a file for `open(..., opener=private_file)`, making it if that is asked for."""
    return os.open(path, flags | os.O_CLOEXEC, FILE_MODE)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a private file that gets its name when it is whole; until then it is hidden beside it.

    What goes wrong leaves nothing. Raises FileExistsError when there is one of that name: nothing
    is written over. Raises OSError.
    """
    if os.path.lexists(path):
        raise _exists(path)
    # A name of its own: another of us may write a file of this name at the same time.
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(opened, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(part, path)
    finally:
        part.unlink(missing_ok=True)


def _name(part: Path, path: Path) -> None:
    """Give a file its name, unless somebody else took it meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise _exists(path) from None
        part.rename(path)


def _exists(path: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
