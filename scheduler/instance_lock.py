"""One daemon per SQLite file. Two would poll every source twice and fight over deliveries."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import StorageError, WirewatchError


class AlreadyRunningError(WirewatchError):
    """Another wirewatch runs on this database."""


class InstanceLock:
    """An exclusive lock on `DATABASE.lock`. The kernel frees it however the process ends."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._handle: int | None = None

    @classmethod
    def for_database(cls, url: str) -> InstanceLock | None:
        """Return the lock for a database URL; None for PostgreSQL, which many may share."""
        if not url.startswith("sqlite:///"):
            return None
        path = url.removeprefix("sqlite:///").partition("?")[0]
        return cls(Path(path)) if path and path != ":memory:" else None

    def __enter__(self) -> Self:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise AlreadyRunningError(
                f"another wirewatch (process {pid}) runs on {self._path.with_suffix('')}"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
