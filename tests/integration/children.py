"""Wirewatch as its users run it: child processes, configurations on disk, and their logs.

Nothing here waits for a while: it waits for a line, a request or the end of a process.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from cli.main import main
from demo.newsroom import Newsroom
from demo.recorder import Recorder
from storage import Store, open_store
from tests.integration import ready_process

ROOT = Path(__file__).resolve().parents[2]
WIREWATCH = (sys.executable, "-m", "cli.main")
SCRAPY = (sys.executable, "-m", "scrapy")


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Return standard output as JSON."""
        return json.loads(self.out)

    def json_lines(self) -> list[Any]:
        """Return standard output as one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def child_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which the checkout can be imported from anywhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("WIREWATCH", "NOTIFY"))}
    cache = {"WIREWATCH_CACHE": os.environ["WIREWATCH_CACHE"]}
    return {**kept, **cache, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **(more or {})}


def run_command(
    command: Sequence[str],
    *,
    cwd: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
) -> Finished:
    """Run a command to its end."""
    done = subprocess.run(
        command,
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=child_environment(env),
        timeout=timeout,
        check=False,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


def wirewatch_here(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Finished:
    """Run `wirewatch` in this process, which spares a second of imports.

    For commands that neither crawl nor start processes: they could not be run twice.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    before, environment = (dict(os.environ), sys.argv), child_environment(env)
    status: object = 0
    with chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        try:
            os.environ.clear()
            os.environ.update(environment)
            sys.argv = ["wirewatch", *arguments]
            main()
        except SystemExit as end:
            status = end.code or 0
        finally:
            os.environ.clear()
            os.environ.update(before[0])
            sys.argv = before[1]
    assert isinstance(status, int), status
    texts = []
    for stream in (out, err):
        stream.flush()
        written = stream.detach()
        assert isinstance(written, io.BytesIO)
        texts.append(written.getvalue().decode())
    return Finished(status, *texts)


def wirewatch(
    *arguments: str, cwd: Path, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> Finished:
    """Run `wirewatch` with these arguments to its end, in a process of its own."""
    environment = child_environment(env)
    if not ready_process.can_start(environment):
        return run_command([*WIREWATCH, *arguments], cwd=cwd, stdin=stdin, env=env)
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        streams = {"stdin": given.fileno(), "stdout": out.fileno(), "stderr": err.fileno()}
        process = ready_process.start(arguments, cwd=cwd, env=environment, **streams)
        try:
            status = process.wait(60)
        finally:
            process.kill()
        for written in (out, err):
            written.seek(0)
        return Finished(status, out.read().decode(), err.read().decode())


def write_config(folder: Path, **sections: Any) -> Path:
    """Write a watch.yaml (as JSON, which YAML contains) that crawls fast; return its path.

    Without routes, every alert is a message by itself: a newsroom's short articles are much alike.
    However old they are, they are news: a newsroom's dates stand still.
    """
    crawl = {
        "per_host_delay": "0ms",
        "parser_processes": 1,
        "contact": "mailto:desk@example.org",
        "max_age": "36500d",
    }
    config = {
        "database": "sqlite:///wirewatch.db",
        **sections,
        "crawl": {**crawl, **sections.get("crawl", {})},
    }
    names = [receiver["name"] for receiver in sections.get("receivers", ())]
    if names and "routes" not in sections:
        config["routes"] = [{"to": names, "group_by": "none"}]
    path = folder / "watch.yaml"
    partial = folder / "watch.yaml.new"
    partial.write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)
    return path


def feed_sources(newsroom: Newsroom, **more: Any) -> list[dict[str, Any]]:
    """Return a feed source for every outlet of a newsroom."""
    return [
        {"name": outlet.slug, "feed": newsroom.feed_url(outlet.slug), **more}
        for outlet in newsroom.outlets
    ]


def store_of(config: Path) -> Store:
    """Open the database beside a configuration."""
    return open_store(f"sqlite:///{config.parent / 'wirewatch.db'}")


@dataclass(slots=True)
class Daemon:
    """A running `wirewatch run --log-format json`."""

    process: ready_process.ReadyProcess | subprocess.Popen[bytes]
    lines: Recorder[str] = field(default_factory=lambda: Recorder(100_000))
    """What it wrote to standard error, line by line."""

    def wait_for_event(self, text: str, count: int = 1, timeout: float = 90.0) -> str:
        """Return the `count`-th log line that contains `text`, once it is written."""
        return self.lines.wait(lambda line: text in line, count, timeout)[count - 1]

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def stop(self, timeout: float = 20.0) -> int:
        """Send SIGTERM and return the exit status."""
        self.process.terminate()
        return self.process.wait(timeout)


@contextmanager
def running_daemon(
    config: Path,
    *options: str,
    env: Mapping[str, str] | None = None,
    through: Sequence[str] = (),
) -> Iterator[Daemon]:
    """Run the daemon; give it once it has started; end it in any case."""
    with starting_daemon(config, *options, env=env, through=through) as daemon:
        daemon.wait_for_event('"started"')
        yield daemon


@contextmanager
def starting_daemon(
    config: Path,
    *options: str,
    env: Mapping[str, str] | None = None,
    through: Sequence[str] = (),
) -> Iterator[Daemon]:
    """Run the daemon; give it at once, before it has started; end it in any case.

    `through` is a command that runs `wirewatch` with the arguments after its own.
    """
    reading, writing = os.pipe()
    with Path(os.devnull).open("r+b") as nothing, os.fdopen(writing, "wb") as log:
        arguments = ["run", "-c", str(config), "--log-format", "json", *options]
        environment = child_environment(env)
        process: ready_process.ReadyProcess | subprocess.Popen[bytes]
        if through:
            process = subprocess.Popen(
                [*through, *arguments],
                cwd=config.parent,
                env=environment,
                stdin=nothing,
                stdout=nothing,
                stderr=log,
            )
        else:
            process = ready_process.start(
                arguments,
                cwd=config.parent,
                env=environment,
                stdin=nothing.fileno(),
                stdout=nothing.fileno(),
                stderr=log.fileno(),
            )
    daemon = Daemon(process)
    stream = os.fdopen(reading, "rb")

    def read() -> None:
        for line in stream:
            daemon.lines.add(line.decode().rstrip("\n"))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield daemon
    finally:
        process.kill()
        process.wait(10)
        reader.join(10)
        stream.close()
