"""Messages as lines of JSON in a file, for whatever reads files."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping

from alerts.messages.message import Message
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import AT_ONCE, SendResult
from alerts.receivers.transport.written import written
from alerts.receivers.webhook import payload
from core.config.sections.receivers import FileConfig
from core.config.sections.vocabulary import EntityConfig
from core.private_files import private_file


class FileReceiver:
    """Adds each message to a file."""

    kind = "file"
    rate = AT_ONCE

    def __init__(self, name: str, config: FileConfig, entities: Mapping[str, EntityConfig]) -> None:
        self.name = name
        self._path = config.path
        self._mode = config.mode
        self._entities = entities

    async def send(self, message: Message) -> SendResult:
        """Write one line and have it on disk before saying so."""
        try:
            line = self._line(message)
        except Exception as error:
            return not_composed(error, self.name)
        return await written(lambda: self._append(line))

    async def close(self) -> None:
        """Do nothing: the file is opened for each line, so it may be moved away."""

    def preview(self, message: Message) -> str:
        """Return the line."""
        return self._line(message).decode().rstrip("\n")

    def _line(self, message: Message) -> bytes:
        whole = {"delivery_id": message.delivery_id, **payload(message, self._entities)}
        text = json.dumps(whole, ensure_ascii=message.minimal, separators=(",", ":"))
        return text.encode("utf-8", "replace") + b"\n"

    def _append(self, line: bytes) -> None:
        # O_APPEND: lines of several processes do not mix. A line that a full disk cut short is
        # ended by the next one, so that only it is lost to readers, and it is sent again.
        descriptor = private_file(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            if self._mode is not None:
                with contextlib.suppress(PermissionError):  # a file of somebody else's
                    os.fchmod(descriptor, self._mode)
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                line = b"\n" + line
            written = os.write(descriptor, line)
            if written != len(line):
                raise OSError(28, "the disk is full")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
