"""A canary in every secret: none sings in a log, an error, a page, an export, a number, a process.

One signs what a receiver is sent, so they are alive.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from cli.exits import USAGE
from core.config import load_config
from core.config.fields import Section
from demo.inbox import Inbox
from demo.newsroom import Newsroom
from demo.synthetic import synthetic_outlet
from tests.integration.children import (
    feed_sources,
    running_daemon,
    wirewatch,
    wirewatch_here,
    write_config,
)

SAID = "c4n4ry"
NOWHERE = "127.0.0.1:9"
BY_VARIABLE = ("slack", "discord", "matrix", "proxy", "header", "heartbeat", "link-secret-link")


def canary(name: str) -> str:
    return f"{SAID}-{name}-7f3a9c"


def variable(name: str) -> str:
    return f"${{CANARY_{name.upper().replace('-', '_')}}}"


ENVIRON = {variable(name)[2:-1]: canary(name) for name in BY_VARIABLE}


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def in_file(folder: Path, name: str, text: str = "{}") -> str:
    (folder / f"secret-{name}").write_text(text.format(canary(name)))
    return f"secret-{name}"


def receivers(folder: Path, webhook: str) -> list[dict[str, Any]]:
    dead = f"http://{NOWHERE}"
    smtp = {"host": "127.0.0.1", "port": 9, "tls": "none", "username": "w"}
    bot = {"token": canary("slack-token"), "channel": "C1", "api": dead}
    sinks: dict[str, dict[str, Any]] = {
        "hook": {"webhook": {"url": f"{webhook}?key={canary('hook')}",
                             "secret_file": in_file(folder, "hook-secret")}},
        "dead-hook": {"webhook": {"url_file": in_file(folder, "dead-hook", f"{dead}/{{}}")}},
        "slack": {"slack": {"url": f"{dead}/{variable('slack')}"}},
        "slack-bot": {"slack": bot},
        "mail": {"email": {"to": ["a@example.org"], "from": "w@example.org",
                           "smtp": {**smtp, "password_file": in_file(folder, "smtp")}}},
        "telegram": {"telegram": {"token": canary("telegram"), "chat": "@c", "api": dead}},
        "discord": {"discord": {"url": f"{dead}/{variable('discord')}"}},
        "teams": {"teams": {"url": f"{dead}/{canary('teams')}"}},
        "matrix": {"matrix": {"homeserver": dead, "token": variable("matrix"), "room": "!a:b.c"}},
        "mattermost": {"mattermost": {"url": f"{dead}/hooks/{canary('mattermost')}"}},
        "alertmanager": {"alertmanager": {"url": f"{dead}/{canary('alertmanager')}"}},
        "apprise": {"apprise": {"url": f"json://u:{canary('apprise')}@{NOWHERE}"}},
    }  # fmt: skip
    return [{"name": name, **sink} for name, sink in sinks.items()]


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    outlets = [synthetic_outlet(name, "en", 2, words=80, page_bytes=4_000) for name in ("a", "b")]
    with Newsroom(outlets) as opened:
        yield opened


def configured(folder: Path, newsroom: Newsroom, webhook: str, port: int) -> Path:
    (folder / "cookies.txt").write_text(
        f"# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tid\t{canary('cookie')}\n"
    )
    plain, other = feed_sources(newsroom, every="1s")
    return write_config(
        folder,
        network={"allow": [*newsroom.allow, "127.0.0.0/8"]},
        sources=[
            {
                **plain,
                "headers": {"Authorization": f"Bearer {variable('header')}"},
                "cookies": "cookies.txt",
            },
            {**other, "proxy": f"http://u:{variable('proxy')}@{NOWHERE}"},
        ],
        rules=[{"id": "all", "level": "high", "when": "regex:/./"}],
        receivers=receivers(folder, webhook),
        telegram={
            "api_id": 1,
            "api_hash_file": in_file(folder, "api-hash"),
            "session": "telegram.session",
            "proxy": f"socks5://u:{canary('telegram-proxy')}@{NOWHERE}",
        },
        heartbeat={"url": f"http://{NOWHERE}/{variable('heartbeat')}", "every": "30s"},
        web={
            "listen": f"127.0.0.1:{port}",
            "secret": variable("link-secret-link"),
            "metrics": {"token_file": in_file(folder, "metrics-token")},
            "oidc": {
                "issuer": f"http://{NOWHERE}",
                "client_id": "desk",
                "client_secret_file": in_file(folder, "oidc-secret"),
                "roles": {"read": ["all"]},
            },
        },
    )


def secret_fields(section: type[Section]) -> set[str]:
    """Return every field of a section's kind that holds a secret."""
    return {
        f"{section.__name__}.{name}"
        for name, found in section.model_fields.items()
        if "SecretStr" in repr(found.annotation) or "SecretStr" in repr(found.metadata)
    }


def all_sections() -> list[type[Section]]:
    found, waiting = [], [Section]
    while waiting:
        section = waiting.pop()
        found.append(section)
        waiting += section.__subclasses__()
    return found


def held(value: object) -> Iterator[tuple[str, str]]:
    """Yield every secret of a configuration, with the field that holds it."""
    if isinstance(value, Section):
        for name in type(value).model_fields:
            inner = getattr(value, name)
            for secret in secrets_in(inner):
                yield f"{type(value).__name__}.{name}", secret
            yield from held(inner)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from held(item)
    elif isinstance(value, dict):
        yield from held(list(value.values()))


def secrets_in(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, tuple | list):
        for item in value:
            yield from secrets_in(item)
    elif isinstance(value, dict):
        yield from secrets_in(list(value.values()))


def test_every_secret_that_a_configuration_can_hold_has_its_canary(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    config = configured(tmp_path, newsroom, "http://127.0.0.1:9/webhook", 1)
    found = dict(held(load_config(config, environ=ENVIRON).config))
    singing = {field for field, secret in found.items() if SAID in secret}
    every = {field for section in all_sections() for field in secret_fields(section)}
    assert every - singing <= {"WatchConfig.database"}, "which has a test of its own below"


COMMANDS = (
    "check", "sources list", "sources show a", "sources list --format json",
    "sources health", "sources funnel", "alerts list --format json", "articles list --format json",
    "deliveries list --format json", "deliveries log --format json", "rules list",
    "routes test --rule all",
    "today", "stats", "stats --format json", "healthcheck", "sources export", "silences list",
    "preview --receiver mail", "search zeppelin", "alerts export --format csv",
    "articles export --format jsonl",
)  # fmt: skip


def processes_below(parent: int) -> set[int]:
    """Return the processes that a process has started, and theirs."""
    below: set[int] = set()
    waiting = {parent}
    while waiting:
        one = waiting.pop()
        for listed in Path(f"/proc/{one}/task").glob("*/children"):
            fresh = {int(number) for number in listed.read_text().split()} - below
            below |= fresh
            waiting |= fresh
    return below


@pytest.mark.timeout(400)
def test_no_canary_sings_while_everything_fails(tmp_path: Path, newsroom: Newsroom) -> None:
    port = free_port()
    with Inbox() as inbox:
        config = configured(tmp_path, newsroom, inbox.webhook_url, port)
        heard: dict[str, str] = {}
        with running_daemon(config, "--log-level", "debug", env=ENVIRON) as daemon:
            posted = str(inbox.wait_for_posts(1, timeout=120)[0])
            for name in ("mail", "telegram", "matrix", "apprise"):
                daemon.wait_for_event(f'"{name}"', timeout=120)
            children = processes_below(daemon.process.pid)
            assert children
            for number in children:
                about = Path(f"/proc/{number}")
                heard[f"environ of {number}"] = (about / "environ").read_text(errors="replace")
                heard[f"command of {number}"] = (about / "cmdline").read_text(errors="replace")
            own = Path(f"/proc/{daemon.process.pid}/cmdline")
            heard["command of the daemon"] = own.read_text(errors="replace")
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                bearer = {"Authorization": f"Bearer {canary('metrics-token')}"}
                for path in ("/metrics", "/readyz", "/login", "/login/oidc", "/nowhere"):
                    answer = client.get(path, headers=bearer)
                    heard[path] = f"{answer.headers}{answer.text}"
                token = wirewatch_here("web", "token", "--name", "t", "--role", "administer",
                                       "-c", str(config), cwd=tmp_path, env=ENVIRON)  # fmt: skip
                shown = {"Authorization": f"Bearer {token.out.split()[-1]}"}
                for path in ("sources", "stories", "alerts", "deliveries", "articles", "silences"):
                    told = client.get(f"/api/v1/{path}", headers=shown)
                    assert told.status_code == 200, path
                    heard[f"API {path}"] = told.text
            broken = json.loads(config.read_text("utf-8"))
            broken["receivers"][0]["webhook"]["bogus"] = 1
            config.write_text(json.dumps(broken), "utf-8")
            daemon.wait_for_event("bogus")
            refused = wirewatch_here("check", "-c", str(config), cwd=tmp_path, env=ENVIRON)
            heard["a refused file"] = refused.out + refused.err
            del broken["receivers"][0]["webhook"]["bogus"]
            config.write_text(json.dumps(broken), "utf-8")
            assert daemon.stop() == 0
        heard["log"] = "\n".join(daemon.lines.those(lambda _: True))
    for words in COMMANDS:
        done = wirewatch_here(*words.split(), "-c", str(config), cwd=tmp_path, env=ENVIRON)
        assert done.status != USAGE, (words, done.err)
        heard[words] = done.out + done.err
    for words in ("test-receiver slack", "doctor"):  # these crawl, or start processes
        done = wirewatch(*words.split(), "-c", str(config), cwd=tmp_path, env=ENVIRON)
        heard[words] = done.out + done.err
    assert refused.status != 0
    sang = {
        where: text[max(0, text.find(SAID) - 100) : text.find(SAID) + 60]
        for where, text in heard.items()
        if SAID in text
    }
    assert sang == {}
    assert "webhook-signature" in posted, "signed by a canary: they are alive"


@pytest.mark.parametrize("command", ["doctor", "run", "alerts list", "healthcheck", "check"])
def test_the_password_of_the_database_is_not_told(tmp_path: Path, command: str) -> None:
    url = f"postgresql+psycopg://wirewatch:{canary('database')}@{NOWHERE}/none"
    config = write_config(tmp_path, database=url)
    done = wirewatch(*command.split(), "-c", str(config), cwd=tmp_path)
    assert SAID not in done.out + done.err
    assert (done.status == 0) == (command == "check")
