from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from cli.logs import SecretMask, configure_logs
from cli.options import LogFormat, LogLevel

SECRET = "hunter2-token"


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_secrets_are_masked_wherever_they_stand() -> None:
    mask = SecretMask()
    mask.learn([SECRET])
    event = {
        "event": f"POST https://example.org/{SECRET} failed",
        "nested": {"list": [SECRET, 5], SECRET: (SECRET, None)},
        "object": Path("/run") / SECRET,
        "count": 3,
        "flag": True,
    }
    assert mask(None, "info", event) == {
        "event": "POST https://example.org/*** failed",
        "nested": {"list": ["***", 5], "***": ["***", None]},
        "object": "/run/***",
        "count": 3,
        "flag": True,
    }


def test_a_secret_inside_a_longer_one_does_not_leave_the_rest() -> None:
    mask = SecretMask()
    mask.learn(["secret-1", "secret-1-and-more"])
    assert mask.mask("secret-1-and-more, secret-1") == "***, ***"


def test_secrets_of_an_earlier_configuration_stay_masked() -> None:
    mask = SecretMask()
    mask.learn(["the-old-one"])
    mask.learn(["the-new-one"])
    assert mask.mask("the-old-one the-new-one") == "*** ***"


def test_short_values_are_left_readable() -> None:
    mask = SecretMask()
    mask.learn(["25", ""])
    assert mask.mask("port 25") == "port 25"


def fail(password: str) -> None:
    raise ValueError(f"cannot log in with {password}")


def log_everything(style: LogFormat) -> None:
    """Log a secret by way of our own logger and of a library's, in words and in tracebacks."""
    configure_logs(style, LogLevel.DEBUG).learn([SECRET])
    ours = structlog.get_logger("ours")
    ours.debug("said", url=f"https://example.org/{SECRET}", deep={"a": [SECRET]})
    library = logging.getLogger("library")
    try:
        fail(SECRET)
    except ValueError:
        ours.exception("broke")
        library.exception("broke with %s", SECRET)


@pytest.mark.parametrize("style", LogFormat)
def test_no_logger_and_no_traceback_lets_a_secret_out(
    style: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    log_everything(style)
    written = capsys.readouterr().err
    assert SECRET not in written
    assert written.count("cannot log in with ***") == 2
    assert "broke with ***" in written


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    log_everything(LogFormat.JSON)
    events: list[dict[str, Any]] = [
        json.loads(line) for line in capsys.readouterr().err.splitlines()
    ]
    assert [event["event"] for event in events] == ["said", "broke", "broke with ***"]
    assert [event["level"] for event in events] == ["debug", "error", "error"]
    assert all(event["timestamp"].endswith("Z") for event in events)
    assert events[1]["exception"].startswith("Traceback")


@pytest.mark.parametrize("style", LogFormat)
def test_what_outlets_write_cannot_forge_lines_or_drive_the_terminal(
    style: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(style, LogLevel.INFO)
    hostile = "\x1b]0;owned\x07bad\n2026-01-01 [info] all is well\u202e\x9b31m"
    structlog.get_logger().info("seen", title=hostile)
    logging.getLogger("library").warning("seen %s", hostile)
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 2
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(written)


def test_the_level_is_kept_and_libraries_only_warn(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogFormat.TEXT, LogLevel.WARNING)
    log = structlog.get_logger()
    log.info("quiet")
    log.warning("loud")
    logging.getLogger("library").info("quiet")
    written = capsys.readouterr().err
    assert "loud" in written
    assert "quiet" not in written


def test_a_log_that_cannot_be_written_stops_nobody_and_is_made_up_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure_logs(LogFormat.JSON, LogLevel.INFO)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stderr", full)
        structlog.get_logger("ours").error("lost")
        logging.getLogger("theirs").error("lost")
    structlog.get_logger("ours").error("lost")  # by now the file is closed
    monkeypatch.setattr("sys.stderr", None)
    structlog.get_logger("ours").error("lost")
    heard = io.StringIO()
    monkeypatch.setattr("sys.stderr", heard)
    structlog.get_logger("ours").warning("news")
    lines = [json.loads(line) for line in heard.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["log lines were lost", "news"]
    assert lines[0]["count"] == 4


def test_what_cannot_be_put_into_words_stops_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    class Unspeakable:
        def __str__(self) -> str:
            raise ValueError("no words")

        __repr__ = __str__

    configure_logs(LogFormat.JSON, LogLevel.INFO)
    structlog.get_logger("ours").error("about", thing=Unspeakable())
    logging.getLogger("theirs").error("about %s", Unspeakable())
    structlog.get_logger("ours").error("news")
    said = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert said == ["log lines were lost", "news"]
