"""A file that is broken while the daemon runs: commands go on, and people are told."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.config.sections.health import CONFIGURATION_RULE
from demo.inbox import Inbox
from tests.integration.children import (
    Daemon,
    running_daemon,
    wirewatch,
    wirewatch_here,
    write_config,
)

GOOD = """\
database: sqlite:///w.db
crawl: {contact: "mailto:desk@example.org", parser_processes: 1}
network: {allow: ["127.0.0.0/8"]}
rules:
- {id: raids, title: Raids, when: raid}
receivers:
- {name: desk, webhook: {url: "%s"}}
"""
BREAKS: dict[str, Callable[[str], str]] = {
    "a misspelt key": lambda text: text.replace("when:", "wen:"),
    "no YAML any more": lambda text: text.replace("when: raid}", "when: [raid}"),
    "no YAML from the start": lambda text: "]" + text,
    "the database misspelt": lambda text: text.replace("database:", "databse:"),
    "the database cut away": lambda text: text.split("\n", 1)[1] + "\trules",
    "empty": lambda _text: "",
}


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path, inbox: Inbox) -> Path:
    file = tmp_path / "watch.yaml"
    file.write_text(GOOD % inbox.webhook_url, encoding="utf-8")
    return file


def rewrite(config: Path, text: str, daemon: Daemon) -> None:
    """Replace the file and have it read at once."""
    config.write_text(text, encoding="utf-8")
    daemon.send(signal.SIGHUP)


def told(inbox: Inbox, count: int) -> str:
    """Return the `count`-th message, once it is there."""
    post = json.loads(inbox.wait_for_posts(count, timeout=60)[count - 1].body)
    assert CONFIGURATION_RULE in json.dumps(post)
    return json.dumps(post, ensure_ascii=False)


def test_commands_that_need_the_database_alone_go_on_and_warn(config: Path) -> None:
    good = config.read_text(encoding="utf-8")
    with running_daemon(config) as daemon:
        for broken in BREAKS.values():
            config.write_text(broken(good), encoding="utf-8")
            asked = wirewatch_here("alerts", "list", "-c", str(config), cwd=config.parent)
            assert asked.status == 0, asked.err
            assert "the configuration is broken" in asked.err
            assert f"{config}:" in asked.err
        assert wirewatch_here("healthcheck", "-c", str(config), cwd=config.parent).status == 0
        config.unlink()
        gone = wirewatch_here("healthcheck", "-c", str(config), cwd=config.parent)
        assert gone.status == 0, gone.err
        assert "does not exist" in gone.err
        config.write_text(good, encoding="utf-8")
        assert daemon.stop() == 0


@pytest.mark.parametrize("name", ["a misspelt key", "no YAML any more"])
def test_the_file_itself_says_the_database_where_nobody_remembers(config: Path, name: str) -> None:
    forgetful = {"WIREWATCH_CACHE": ""}
    good = config.read_text(encoding="utf-8")
    with running_daemon(config, env=forgetful):
        config.write_text(BREAKS[name](good), encoding="utf-8")
        asked = wirewatch_here("healthcheck", "-c", str(config), cwd=config.parent, env=forgetful)
        assert asked.status == 0, asked.err
        assert asked.out.startswith("alive")


@pytest.mark.parametrize("name", ["the database misspelt", "the database cut away", "empty"])
def test_a_database_that_nobody_knows_is_not_guessed(config: Path, name: str) -> None:
    forgetful = {"WIREWATCH_CACHE": ""}
    (config.parent / "wirewatch.db").touch()  # what would be guessed
    config.write_text(BREAKS[name](config.read_text(encoding="utf-8")), encoding="utf-8")
    asked = wirewatch_here("healthcheck", "-c", str(config), cwd=config.parent, env=forgetful)
    assert asked.status == 78
    assert f"{config}:" in asked.err


def test_people_hear_once_that_a_file_is_refused_and_once_that_it_is_taken(
    config: Path, inbox: Inbox
) -> None:
    good = config.read_text(encoding="utf-8")
    with running_daemon(config) as daemon:
        rewrite(config, BREAKS["a misspelt key"](good), daemon)
        assert "did you mean" in told(inbox, 1)
        rewrite(config, BREAKS["a misspelt key"](good), daemon)
        daemon.wait_for_event("is not used", count=2)
        shown = wirewatch_here("healthcheck", "-c", str(config), cwd=config.parent)
        assert shown.status == 0
        assert "the last good configuration runs" in shown.out
        checks = wirewatch("doctor", "-c", str(config), cwd=config.parent)
        assert checks.status == 1
        assert "runs on the last good configuration" in checks.out
        rewrite(config, BREAKS["no YAML any more"](good), daemon)
        assert "not valid YAML" in told(inbox, 2)
        rewrite(config, good, daemon)
        assert "taken again" in told(inbox, 3)
        shown = wirewatch_here("healthcheck", "-c", str(config), cwd=config.parent)
        assert "last good" not in shown.out
        assert daemon.stop() == 0
    assert len(inbox.posts()) == 3


def test_a_start_with_a_mended_file_is_told_too(config: Path, inbox: Inbox) -> None:
    good = config.read_text(encoding="utf-8")
    with running_daemon(config) as daemon:
        rewrite(config, BREAKS["a misspelt key"](good), daemon)
        told(inbox, 1)
        assert daemon.stop() == 0
    config.write_text(good, encoding="utf-8")
    with running_daemon(config) as daemon:
        assert "taken again" in told(inbox, 2)
        assert daemon.stop() == 0


def test_routes_say_who_hears_of_it(tmp_path: Path, inbox: Inbox) -> None:
    receivers = [
        {"name": name, "webhook": {"url": f"{inbox.url}/{name}"}} for name in ("desk", "admin")
    ]
    routes = [
        {"when": {"rules": [CONFIGURATION_RULE]}, "to": ["admin"], "continue": False},
        {"to": ["desk"]},
    ]
    network = {"allow": ["127.0.0.0/8"]}
    config = write_config(tmp_path, receivers=receivers, routes=routes, network=network)
    with running_daemon(config) as daemon:
        rewrite(config, config.read_text(encoding="utf-8")[:-3], daemon)
        inbox.wait_for_posts(1, timeout=60)
        assert daemon.stop() == 0
    assert [post.path for post in inbox.posts()] == ["/admin"]
