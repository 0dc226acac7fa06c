"""Files of ours hold what people read and whom they watch: they are their owner's alone.

Only what is made anew gets these rights; what is there keeps those that somebody gave it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

FILE_MODE = 0o600
FOLDER_MODE = 0o700
LEFT_OVER_AFTER = 3600.0
"""Seconds without a byte after which a file that nobody writes counts as left over."""


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
    _remove_left_over(path)
    # A name of its own: another of us may write a file of this name at the same time.
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(opened, "wb") as file:
            with suppress(OSError):  # a file system without locks: others go by its age alone
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(part, path)
    finally:
        part.unlink(missing_ok=True)


def _remove_left_over(path: Path) -> None:
    """Remove what others of us, who were killed, left of a file of this name.

    Whoever still writes holds a lock on theirs, however long it takes them.
    """
    beginning = f".{path.name}."
    with suppress(OSError):
        for part in list(path.parent.iterdir()):
            if not (part.name.startswith(beginning) and part.suffix == ".part"):
                continue
            with suppress(OSError), part.open("rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    continue
                if time.time() - os.fstat(file.fileno()).st_mtime < LEFT_OVER_AFTER:
                    continue
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()


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
