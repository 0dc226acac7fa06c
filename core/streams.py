"""Standard output and error that may be full, closed, or read by nobody.

Python's own streams keep what they could not write and try it again with what comes next, wait
without end for a reader that sleeps, and end up holding up the whole process. What is written here
is written at once or not at all, and whoever writes hears which.
"""

from __future__ import annotations

import errno
import io
import os
import select
import threading
from typing import TextIO

from rich.console import Console

PATIENCE = 0.5
"""Seconds that a reader may take to make room, the first time; while it makes none, nobody waits
for it again. The daemon's loop stands still meanwhile, so it is short."""
_PIECE = 4096
"""Bytes that a pipe with room takes without waiting (PIPE_BUF of Linux)."""


class DirectStream(io.TextIOBase):
    """Writes through to a stream, keeping nothing back. Raises OSError when it cannot."""

    def __init__(self, stream: TextIO | None, patience: float = PATIENCE) -> None:
        """Prepare; None is a stream that was closed before the process began."""
        self._stream = stream
        self._patience = patience
        self._stuck = False
        self._turn = threading.Lock()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # of C, it cannot be set either
        """The encoding of the stream beneath."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Tell whether a person may be watching."""
        try:
            return self._stream is not None and self._stream.isatty()
        except ValueError:  # it was closed
            return False

    def writable(self) -> bool:
        """Say that it can be written to, whatever comes of it."""
        return True

    def write(self, text: str) -> int:
        """Write all of `text`, or raise OSError; a part of it may have been written by then."""
        if self._stream is None:
            raise OSError(errno.EBADF, "the stream is closed")
        descriptor = _descriptor(self._stream)
        with self._turn:
            if descriptor is None:
                self._hand_on(self._stream, text)
            else:
                data = text.encode(self.encoding, "backslashreplace")
                for start in range(0, len(data), _PIECE):
                    self._write_piece(descriptor, data[start : start + _PIECE])
        return len(text)

    def flush(self) -> None:
        """Do nothing: nothing is kept back."""

    @staticmethod
    def _hand_on(stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except ValueError as error:  # Python's word for a stream that was closed
            raise OSError(errno.EBADF, str(error)) from error

    def _write_piece(self, descriptor: int, piece: bytes) -> None:
        while piece:
            self._wait_for_room(descriptor)
            piece = piece[os.write(descriptor, piece) :]

    def _wait_for_room(self, descriptor: int) -> None:
        room = select.poll()
        room.register(descriptor, select.POLLOUT)
        # A stream whose reader left counts as ready: writing to it fails at once.
        if not room.poll(0 if self._stuck else self._patience * 1000):
            self._stuck = True
            raise TimeoutError(errno.ETIMEDOUT, "nobody reads what was written before")
        self._stuck = False


class SturdyConsole(Console):
    """A console that says when it cannot print, and forgets what it could not.

    Rich's own ends the process when the reader of a pipe leaves, and prints what failed again
    before what comes next.
    """

    def __init__(self, stream: TextIO | None, *, force_terminal: bool | None = None) -> None:
        super().__init__(
            file=DirectStream(stream),  # type: ignore[arg-type]  # rich calls for all of IO[str]
            highlight=False,
            force_terminal=force_terminal,
        )

    def on_broken_pipe(self) -> None:
        """Let whoever prints know that the reader left."""
        raise BrokenPipeError(errno.EPIPE, "the reader left")

    def _check_buffer(self) -> None:
        """Print what was put together; drop it when that fails."""
        try:
            super()._check_buffer()
        except OSError:
            self.begin_capture()  # rich would print it with what follows, and keep it until then
            self.end_capture()
            raise


def _descriptor(stream: TextIO) -> int | None:
    """Return where a stream of the operating system leads; None for one that Python holds."""
    if not isinstance(stream, io.TextIOWrapper):
        return None
    try:
        return stream.fileno()
    except (OSError, ValueError):
        return None
