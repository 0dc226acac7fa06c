"""Streams that are full, closed, or read by nobody: said at once, and nothing is kept back."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import pytest

from core.streams import DirectStream, SturdyConsole


@contextmanager
def pipe() -> Iterator[tuple[int, TextIO]]:
    """Give both ends of a pipe; the reader's may be closed meanwhile."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        yield reader, stream


def fill(stream: TextIO) -> None:
    os.set_blocking(stream.fileno(), False)
    with suppress(BlockingIOError):
        while os.write(stream.fileno(), b"x" * 512):
            pass
    os.set_blocking(stream.fileno(), True)


def test_what_is_written_arrives_before_anything_is_flushed() -> None:
    with pipe() as (reader, stream):
        DirectStream(stream).write("новости\n" * 2000)
        assert os.read(reader, 1 << 20).decode() == "новости\n" * 2000
        os.close(reader)


def test_a_reader_that_left_is_an_error_each_time() -> None:
    with pipe() as (reader, stream):
        os.close(reader)
        direct = DirectStream(stream)
        for _ in range(2):
            with pytest.raises(BrokenPipeError):
                direct.write("news")


def test_a_full_disk_is_an_error_and_leaves_nothing_to_be_written_later() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        with pytest.raises(OSError, match="No space") as said:
            DirectStream(full).write("news")
        assert said.value.errno == errno.ENOSPC
        full.flush()  # Python's own would try again here


def test_a_reader_that_sleeps_is_waited_for_once_and_heard_again_when_it_wakes() -> None:
    with pipe() as (reader, stream):
        fill(stream)
        direct = DirectStream(stream, patience=0.01)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                direct.write("lost")
        os.read(reader, 1 << 20)
        direct.write("news")
        assert os.read(reader, 100) == b"news"
        os.close(reader)


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_a_stream_that_was_closed_is_an_error_of_the_system(stream: io.StringIO | None) -> None:
    if stream is not None:
        stream.close()
    with pytest.raises(OSError, match="closed"):
        DirectStream(stream).write("news")
    assert not DirectStream(stream).isatty()


def test_characters_that_an_encoding_lacks_are_no_reason_to_fail() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="ascii") as stream:
        DirectStream(stream).write("ы")
    assert os.read(reader, 100) == b"\\u044b"
    os.close(reader)


def test_a_console_forgets_what_it_could_not_print() -> None:
    with pipe() as (reader, stream):
        fill(stream)
        console = SturdyConsole(stream)
        with pytest.raises(TimeoutError):
            console.print("lost")
        os.read(reader, 1 << 20)
        console.print("news")
        assert os.read(reader, 100) == b"news\n"
        os.close(reader)
        with pytest.raises(BrokenPipeError):
            console.print("more")
        assert not console.quiet
