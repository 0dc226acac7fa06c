"""One daemon per SQLite file. Two would poll every source twice and fight over deliveries.

A file may have several names, so a lock beside one of them is not enough. Two locks are held:

- On a byte of the database itself, far behind any that it will ever have. It follows the file: a
  symbolic link, a hard link or a mount into a container leads to the same one.
- On `DATABASE.lock`, beside the file that symbolic links lead to. It says which process holds it,
  and keeps a second daemon off where another file was put in the place of the database.

The byte is locked for the open file (F_OFD_SETLK), not for the process, and SQLite locks other
bytes, so neither sees the other. One thing would hurt: when a process closes a file, whichever way
it was opened, SQLite's own locks of that process on it are gone. So it is never closed, only
unlocked; a process runs one daemon or one pass in its life.

Other ways that were weighed: a row in the database with a heartbeat is not seen through a hard
link, as SQLite keeps the latest changes in a file named after the name that it was opened by; a
lock file in a folder of the user's, named by device and inode, is not seen by another user or from
another container; flock on the database hinders SQLite itself on systems where both are one lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import StorageError, WirewatchError

_LOCKED_BYTE = 1 << 62
"""SQLite locks bytes at 1 GiB and no others, and a database ends at 256 TiB."""
_TAKEN = frozenset({errno.EAGAIN, errno.EACCES})


class AlreadyRunningError(WirewatchError):
    """Another wirewatch runs on this database."""


class InstanceLock:
    """An exclusive lock on a database file. The kernel frees it however the process ends."""

    def __init__(self, database: Path) -> None:
        self._database = Path(os.path.realpath(database))
        self._beside = self._database.with_name(self._database.name + ".lock")
        self._beside_handle: int | None = None
        self._database_handle: int | None = None

    @classmethod
    def for_database(cls, url: str) -> InstanceLock | None:
        """Return the lock for a database URL; None for PostgreSQL, which many may share."""
        if not url.startswith("sqlite:///"):
            return None
        path = url.removeprefix("sqlite:///").partition("?")[0]
        return cls(Path(path)) if path and path != ":memory:" else None

    def __enter__(self) -> Self:
        try:
            self._lock_beside()
            self._lock_file()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._release()

    def _lock_beside(self) -> None:
        self._beside_handle = handle = _opened(self._beside)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._refused(f"process {_said_by(handle)}") from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())

    def _lock_file(self) -> None:
        handle = _opened(self._database)  # an empty file is a database without tables
        try:
            _set_lock(handle, fcntl.F_WRLCK)
        except OSError as error:
            if error.errno in _TAKEN:
                raise self._refused("by another name of the file") from None
            return  # a file system without such locks: there the one beside has to do
        self._database_handle = handle

    def _refused(self, who: str) -> AlreadyRunningError:
        return AlreadyRunningError(f"another wirewatch ({who}) runs on {self._database}")

    def _release(self) -> None:
        if self._database_handle is not None:
            _set_lock(self._database_handle, fcntl.F_UNLCK)
            self._database_handle = None
        if self._beside_handle is not None:
            os.close(self._beside_handle)
            self._beside_handle = None


def other_names(url: str) -> int:
    """Return how many more hard links a SQLite file has; 0 for a missing one or another database.

    SQLite keeps the latest changes beside the name that it opened, so that whoever comes by
    another name misses them, and damages the file when writing.
    """
    path = url.removeprefix("sqlite:///").partition("?")[0]
    try:
        return Path(path).stat().st_nlink - 1 if url.startswith("sqlite:///") else 0
    except OSError:
        return 0


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from None


def _set_lock(handle: int, kind: int) -> None:
    number = getattr(fcntl, "F_OFD_SETLK", None)
    if number is not None:  # Linux has it; elsewhere the lock beside has to do
        fcntl.fcntl(handle, number, struct.pack("hhqqi4x", kind, os.SEEK_SET, _LOCKED_BYTE, 1, 0))


def _said_by(handle: int) -> str:
    return os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
