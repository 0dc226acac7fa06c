"""Text recognition of scans, by the program tesseract where it is installed.

It runs outside of the sandbox, since a confined worker could not start it within its memory, and is
given only images that the sandbox has drawn. It is bounded by itself: time, memory, output.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import structlog

from core.environment import child_environment

log = structlog.get_logger(__name__)

PROGRAM = "tesseract"
PACKS = {
    "ru": ("rus",),
    "uk": ("ukr",),
    "kk": ("kaz",),
    "ky": ("kir",),
    "uz": ("uzb", "uzb_cyrl"),
    "tg": ("tgk",),
    "en": ("eng",),
}
"""Language packs by language, as Debian names them behind tesseract-ocr-."""
MEMORY_MB = 1_024
"""Address space of the program; with six packs and an A4 page it takes about 400 MiB."""
MOST_OUTPUT = 4 * 2**20
"""Bytes of text of one page."""
LIST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ready:
    """The program is there."""

    program: str
    packs: tuple[str, ...]
    """Language packs that are used, in the order of trust."""


@dataclass(frozen=True, slots=True)
class NotReady:
    """Scans cannot be read."""

    why: str
    """For people: what follows on "scanned: "."""


@dataclass(slots=True)
class Recogniser:
    """Reads images of pages, one at a time: the crawl beside it must not starve.

    What is installed is looked up with the first scan, and once.
    """

    languages: Sequence[str]
    timeout: float
    _installed: frozenset[str] | None = None
    _program: str | None = None
    _looking: Lock = field(default_factory=Lock)
    _one: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def ready(self, language: str | None = None) -> Ready | NotReady:
        """Return what scans are read with; the packs of `language` come first."""
        return await asyncio.to_thread(self._ready, language)

    async def read(self, ready: Ready, png: bytes, dpi: int) -> str | None:
        """Return the text of an image; None when it took too long or the program failed."""
        arguments = ["stdin", "stdout", "-l", "+".join(ready.packs), "--dpi", str(dpi)]
        async with self._one:
            run = _Run([ready.program, *arguments], png)
            try:
                return await asyncio.to_thread(run.output, self.timeout)
            finally:
                run.stop()  # when we are cancelled, the thread ends with the program

    def _ready(self, language: str | None) -> Ready | NotReady:
        with self._looking:
            if self._installed is None:
                self._program = shutil.which(PROGRAM)
                self._installed = _installed(self._program) if self._program else frozenset()
        if self._program is None:
            return NotReady("needs OCR, which is not installed")
        wanted = dict.fromkeys((language, *self.languages) if language else self.languages)
        packs = tuple(
            pack for code in wanted for pack in PACKS.get(code, ()) if pack in self._installed
        )
        if not packs:
            return NotReady("OCR is installed without the packs of its languages")
        return Ready(self._program, packs)


def _installed(program: str) -> frozenset[str]:
    """List the language packs that are installed, a line each after a heading."""
    said = _Run([program, "--list-langs"], b"").output(LIST_SECONDS)
    if said is None:
        log.warning("text recognition does not say which languages it knows", program=program)
        return frozenset()
    return frozenset(line.strip() for line in said.splitlines())


class _Run:
    """One run of a program within bounds. Files stand between us: a pipe may never end."""

    def __init__(self, command: Sequence[str], given: bytes) -> None:
        self._command = command
        self._given = given
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def output(self, timeout: float) -> str | None:
        """Run it and return what it printed; None unless it ended well in time."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as printed:
            given.write(self._given)
            given.flush()
            given.seek(0)
            with self._lock:
                if self._stopped:
                    return None
                try:
                    self._process = subprocess.Popen(  # noqa: S603 -- found on PATH, no shell
                        self._command,
                        stdin=given,
                        stdout=printed,
                        stderr=subprocess.DEVNULL,
                        # One page at a time on one core: four threads are hardly faster.
                        env={**child_environment(), "OMP_THREAD_LIMIT": "1"},
                        start_new_session=True,
                    )
                except OSError as error:
                    log.warning("text recognition cannot be started", error=str(error))
                    return None
            _confine(self._process.pid, timeout)
            try:
                status = self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                status = None
            finally:
                self.stop()
            if status != 0:
                log.warning("text recognition failed", status=status, timeout=timeout)
                return None
            printed.seek(0)
            return printed.read(MOST_OUTPUT).decode("utf-8", errors="replace")

    def stop(self) -> None:
        """End the program, and what it has started; nothing when it has ended."""
        with self._lock:
            self._stopped = True
            process = self._process
            if process is None or process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _confine(pid: int, timeout: float) -> None:
    """Bound a program that was just started: it has hardly begun to load."""
    if sys.platform != "linux":
        return
    bounds = {
        resource.RLIMIT_AS: MEMORY_MB * 2**20,
        resource.RLIMIT_CPU: int(timeout) + 1,
        resource.RLIMIT_FSIZE: MOST_OUTPUT,
        resource.RLIMIT_CORE: 0,
    }
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        for which, most in bounds.items():
            resource.prlimit(pid, which, (most, most))
