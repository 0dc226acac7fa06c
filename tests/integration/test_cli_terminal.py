"""What a person at a terminal sees, and which configuration a command reads."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from demo.newsroom import Newsroom
from demo.synthetic import synthetic_outlet
from tests.integration.children import (
    WIREWATCH,
    child_environment,
    feed_sources,
    wirewatch,
    write_config,
)
from tests.integration.empty_database import empty_database
from tests.integration.screens.small_newsroom import CONFIG, small_newsroom


def screen_of(
    config: Path,
    until: bytes | None,
    *options: str,
    command: tuple[str, ...] = (),
    width: int = 200,
) -> str:
    """Run the daemon on a terminal until it shows a text; return everything it showed.

    Another command is run to its end.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*WIREWATCH, *(command or ("run", "-c", str(config), *options))],
        cwd=config.parent,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=child_environment({"COLUMNS": str(width), "TERM": "xterm"}),
    )
    os.close(theirs)
    shown = b""
    try:
        while until is not None and until not in shown:
            shown += os.read(ours, 65_536)
        if until is not None:
            process.send_signal(signal.SIGINT)
        while process.poll() is None:
            shown += read_some(ours)
    finally:
        process.kill()
        process.wait(10)
        os.close(ours)
    return shown.decode(errors="replace")


def read_some(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # nobody has the other end open any more
        return b""


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Path]:
    outlets = [synthetic_outlet("gazette", "en", 3, words=120, page_bytes=8_000)]
    with Newsroom(outlets, pace=0) as newsroom:
        yield write_config(
            tmp_path,
            sources=feed_sources(newsroom, every="1s"),
            network={"allow": list(newsroom.allow)},
            rules=[{"id": "any", "title": "Anything at all", "when": "regex:/\\w+/"}],
            receivers=[{"name": "t", "console": {}}],
        )


def test_a_terminal_shows_alerts_and_a_line_of_status_but_no_log(watched: Path) -> None:
    screen = screen_of(watched, b"3 delivered")
    assert screen.count("Anything at all") == 3
    assert "watching 1 sources" in screen
    assert "started" not in screen


def test_the_whole_log_is_there_when_asked_for(watched: Path) -> None:
    assert "started" in screen_of(watched, b"3 delivered", "--log-level", "info")


@pytest.mark.parametrize("width", [80, 100])
def test_lists_fit_the_terminal_and_are_whole_in_a_pipe(tmp_path: Path, width: int) -> None:
    database = empty_database(tmp_path / "wirewatch.db")
    with small_newsroom(database):
        config = write_config(tmp_path, **{**CONFIG, "database": database})
    words = ("deliveries", "log", "-c", str(config))
    lines = screen_of(config, None, command=words, width=width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert any(line.startswith("          ") for line in lines), "titles stand below"
    piped = wirewatch(*words, cwd=tmp_path).out.splitlines()
    assert max(map(cell_len, piped)) > width
    assert not any(line.startswith(" ") for line in piped)
    sheet = wirewatch("articles", "show", "c3", "-c", str(config), cwd=tmp_path)
    assert "2026-11-20 11:25:00 +06" in sheet.out, "in the zone of the configuration"


def test_check_takes_its_file_like_every_other_command(tmp_path: Path) -> None:
    good = tmp_path / "good.yaml"
    good.write_text("rules: [{id: a, when: raid}]\n")
    bad = tmp_path / "bad.yaml"
    bad.write_text("rulez: []\n")
    named = {"WIREWATCH_CONFIG": str(bad)}
    assert wirewatch("check", "-c", "good.yaml", cwd=tmp_path).status == 0
    assert wirewatch("check", "good.yaml", cwd=tmp_path, env=named).status == 0
    assert wirewatch("check", "-c", "good.yaml", cwd=tmp_path, env=named).status == 0
    refused = wirewatch("check", cwd=tmp_path, env=named)
    assert (refused.status, "unknown key 'rulez'" in refused.err) == (78, True)
