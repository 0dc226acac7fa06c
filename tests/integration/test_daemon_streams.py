"""A daemon whose terminal or log is gone: it tells everybody else, and hears that it is to stop."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from core.alerting.deliveries import DeliveryStatus
from demo.inbox import Answer, Inbox
from demo.newsroom import Newsroom
from tests.integration.children import (
    WIREWATCH,
    child_environment,
    feed_sources,
    store_of,
    write_config,
)
from tests.integration.test_daemon import inbox, newsroom, rule, story, webhook

__all__ = ["inbox", "newsroom"]


def configured(folder: Path, newsroom: Newsroom, inbox: Inbox) -> Path:
    return write_config(
        folder,
        network={"allow": [*newsroom.allow, "127.0.0.0/8"]},
        sources=feed_sources(newsroom, every="1s")[:1],
        rules=[rule()],
        receivers=[*webhook(inbox), {"name": "term", "console": {}}],
    )


@contextmanager
def daemon(config: Path, stdout: Any, stderr: Any) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*WIREWATCH, "run", "-c", str(config), "--log-format", "json", "--log-level", "debug"],
        cwd=config.parent,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env=child_environment(),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


@contextmanager
def full_pipe() -> Iterator[int]:
    """Give the writer's end of a pipe that has no room, and whose reader never makes any."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while os.write(writer, b"x" * 512):
            pass
    os.set_blocking(writer, True)
    yield writer
    os.close(writer)
    os.close(reader)


@contextmanager
def full_disk() -> Iterator[int]:
    with Path("/dev/full").open("wb") as full:
        yield full.fileno()


@contextmanager
def closed_pipe() -> Iterator[int]:
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("gone", [full_disk, closed_pipe, full_pipe])
def test_a_log_and_a_terminal_that_are_gone_keep_no_alert_from_others_and_no_stop(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox, gone: Any
) -> None:
    config = configured(tmp_path, newsroom, inbox)
    inbox.script("/webhook", Answer(status=503), Answer())
    with gone() as stream, daemon(config, stream, stream) as process:
        newsroom.publish("first", story("one"))
        inbox.wait_for_posts(2, timeout=60)  # a failure was to be logged
        newsroom.publish("first", story("two"))
        inbox.wait_for_posts(3, timeout=60)
        process.terminate()
        assert process.wait(20) == 0
    with store_of(config) as store:
        counts = store.delivery_counts()
    assert counts[("desk", DeliveryStatus.DELIVERED)] == 2
    # What could not be printed waits for its next attempt like all that could not be delivered.
    assert counts[("term", DeliveryStatus.PENDING)] == 2
    assert ("term", DeliveryStatus.DELIVERED) not in counts


def test_a_terminal_that_is_gone_is_said_in_the_log_as_of_any_receiver(
    tmp_path: Path, newsroom: Newsroom, inbox: Inbox
) -> None:
    config = configured(tmp_path, newsroom, inbox)
    newsroom.publish("first", story("one"))
    with (
        closed_pipe() as stream,
        daemon(config, stream, subprocess.PIPE) as process,
    ):
        assert process.stderr is not None
        for line in process.stderr:
            event = json.loads(line)
            if event["event"] == "delivery_retried_later":
                break
        assert event["receiver"] == "term"
        assert "BrokenPipeError" in event["reason"]
        process.terminate()
        process.stderr.read()
        assert process.wait(20) == 0
        process.stderr.close()
