"""What tells a changed file from an unchanged one, without reading it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class FileStamp(NamedTuple):
    """A file as it was at a moment; a missing one has a stamp of its own."""

    path: Path
    changed_ns: int = 0
    """Time of change in nanoseconds."""
    size: int = -1
    inode: int = 0
    """Tells a file from another that was put in its place."""


def file_stamp(path: Path) -> FileStamp:
    """Return the stamp of a file as it is now."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # ValueError: no path at all, such as one with a NUL
        return FileStamp(path)
    return FileStamp(path, status.st_mtime_ns, status.st_size, status.st_ino)


def file_stamps(files: Iterable[Path]) -> tuple[FileStamp, ...]:
    """Return the stamp of each file as it is now."""
    return tuple(file_stamp(path) for path in files)
