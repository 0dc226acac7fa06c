"""Who has no `web:` needs nothing of it: not the package, not the libraries that it stands on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.inbox import Inbox
from demo.newsroom import Newsroom
from demo.outlets import Story
from demo.synthetic import synthetic_outlet
from tests.integration.children import (
    ROOT,
    WIREWATCH,
    child_environment,
    feed_sources,
    run_command,
    write_config,
)

REFUSE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"web", "starlette", "uvicorn"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuse())
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which the desk's package and its server cannot be imported."""
    folder = tmp_path / "refused"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(REFUSE, encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))}


@pytest.fixture
def config(tmp_path: Path) -> Iterator[tuple[Path, Inbox]]:
    outlet = synthetic_outlet("plain", "ru", 2, words=100, page_bytes=5_000)
    with Newsroom([outlet]) as newsroom, Inbox() as inbox:
        path = write_config(
            tmp_path,
            network={"allow": [*newsroom.allow, "127.0.0.1/32"]},
            sources=feed_sources(newsroom, every="1s"),
            rules=[{"id": "airships", "any": ["zeppelin"]}],
            receivers=[{"name": "desk", "webhook": {"url": inbox.webhook_url}}],
        )
        text = " ".join(
            f"The zeppelin rose and number {n} of the crowd cheered." for n in range(20)
        )
        story = Story(slug="news", title="A zeppelin", paragraphs=(text,), language="en")
        newsroom.publish("plain", story)
        yield path, inbox


def test_the_trial_itself_refuses_what_it_should(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    command = (*WIREWATCH[:1], "-c", "import web.server")
    done = run_command(command, cwd=tmp_path, env=environment)
    assert "ModuleNotFoundError: No module named 'web'" in done.err


def test_a_daemon_crawls_and_delivers(
    config: tuple[Path, Inbox], environment: dict[str, str]
) -> None:
    path, inbox = config
    with subprocess.Popen(
        [*WIREWATCH, "run", "-c", str(path)],
        cwd=path.parent,
        env=child_environment(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as daemon:
        try:
            inbox.wait_for_posts(1, timeout=90)
            daemon.terminate()
            assert daemon.wait(60) == 0
        finally:
            daemon.kill()


@pytest.mark.parametrize(
    "command",
    [("check",), ("run", "--once"), ("today",), ("search", "рынок"), ("alerts", "list")],
    ids=" ".join,
)
def test_commands_do_their_work(
    config: tuple[Path, Inbox], environment: dict[str, str], command: tuple[str, ...]
) -> None:
    path, _ = config
    done = run_command([*WIREWATCH, *command, "-c", str(path)], cwd=path.parent, env=environment)
    assert "ModuleNotFoundError" not in done.err
    assert done.status in (0, 1), done.err
