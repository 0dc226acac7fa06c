"""How far one thing travels through the code: `python -m bench.walks`.

One key of a configuration, one source, one article and one alert go their way in a single pass
against the newsroom. Calls of our functions are noted in order: who follows the path in an editor
opens these modules. What happens inside the sandbox's processes is not seen.
"""

from __future__ import annotations

import inspect
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import core
from demo.newsroom import Newsroom
from demo.synthetic import synthetic_outlet

ROOT = Path(core.__file__).parents[1]
"""The checkout that is walked: the one that is imported, which need not be the one of this file."""

PACKAGES = frozenset(("core", "storage", "crawler", "alerts", "scheduler", "desk", "cli", "web"))

_CONFIG = """
database: sqlite:///{folder}/walk.db
crawl: {{contact: mailto:bench@example.org, per_host_delay: 0ms, languages: [en], max_age: 36500d}}
network: {{allow: {allow}}}
sources: [{{name: walked, feed: '{feed}'}}]
rules: [{{id: every, any: [the]}}]
receivers: [{{name: log, file: {{path: '{folder}/log.jsonl'}}}}]
"""


@dataclass(slots=True)
class Walk:
    """One stage of the way: from the first call of a function to the return of another."""

    name: str
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    """Names of functions; the later ones are those of earlier commits, which can be walked too."""
    modules: list[str] = field(default_factory=list)
    """Entered one after the other; a move is a call into another module than the last."""
    types: set[type] = field(default_factory=set)
    """Of ours, among the values that functions are given and return."""


def walks() -> list[Walk]:
    """Return the stages in the order in which they are walked, none begun."""
    loading = ("load_running_config", "load_live")
    dispatching = ("dispatch", "flush")
    polled = ("record_poll", "record_check")
    judging = ("judge_versions", "evaluate")
    delivering = ("DeliveryWorker.deliver_due", "Courier.deliver_due")
    return [
        Walk("configuration: file to running", loading, loading),
        Walk("source to entries", ("SourceSpider.source_request",), polled),
        Walk("entry to article", ("SourceSpider.article_request",), ("Articles.record",)),
        Walk("article to alert", judging, judging),
        Walk("due group to message", dispatching, dispatching),
        Walk("message to attempt", delivering, ("Deliveries.record_attempt",)),
    ]


class Tracer:
    """Notes what is called, stage by stage; the interpreter's profiler calls it."""

    def __init__(self) -> None:
        """Begin before the first stage."""
        self.walked: list[Walk] = []
        self._ahead = walks()
        self._current: Walk | None = None
        self._lock = threading.Lock()

    def __call__(self, frame: FrameType, event: str, value: object) -> None:
        """Take note of one event."""
        if event not in ("call", "return"):
            return
        module = _module_of(frame.f_code)
        if module is None:
            return
        with self._lock:
            if event == "call":
                self._called(frame, module)
            else:
                self._returned(frame.f_code, value)

    def _called(self, frame: FrameType, module: str) -> None:
        if self._current is None and self._ahead and _named(frame.f_code, self._ahead[0].begins):
            self._current = self._ahead.pop(0)
        if self._current is None:
            return
        if self._current.modules[-1:] != [module]:
            self._current.modules.append(module)
        code = frame.f_code
        given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        values = frame.f_locals
        self._current.types.update(_types_of(values.get(name) for name in given))

    def _returned(self, code: CodeType, value: object) -> None:
        if self._current is None:
            return
        self._current.types.update(_types_of(iter((value,))))
        if _named(code, self._current.ends):
            self.walked.append(self._current)
            self._current = None


def _module_of(code: CodeType) -> str | None:
    """Return the module of ours that a function stands in.

    None for those of others, and for the bodies of modules and classes, which run when imported.
    """
    path = Path(code.co_filename)
    if not code.co_flags & inspect.CO_OPTIMIZED or not path.is_relative_to(ROOT):
        return None
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts) if parts[0] in PACKAGES else None


def _named(code: CodeType, names: tuple[str, ...]) -> bool:
    return any(f".{code.co_qualname}".endswith(f".{name}") for name in names)


def _types_of(values: Iterator[object]) -> Iterator[type]:
    for value in values:
        if type(value).__module__.partition(".")[0] in PACKAGES:
            yield type(value)


@contextmanager
def traced(tracer: Tracer) -> Iterator[None]:
    """Have calls noted in this thread and in those that are started meanwhile."""
    threading.setprofile(tracer)
    sys.setprofile(tracer)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def changes(modules: list[str], depth: int | None) -> int:
    """Count the moves into another package; `depth` 1 tells top-level ones only, None all rooms."""
    rooms = [module.split(".")[:-1][:depth] for module in modules]
    return sum(room != following for room, following in pairwise(rooms))


def _running_config(path: Path) -> Any:
    """Load by the name that the loading has in this checkout."""
    for module, name in (
        ("scheduler.running_config", "load_running_config"),
        ("scheduler.live", "load_live"),
    ):
        if (ROOT / f"{module.replace('.', '/')}.py").exists():
            return getattr(import_module(module), name)(path)
    raise SystemExit(f"{ROOT} loads its configuration by a name that is not known here")


def main() -> int:
    """Walk once and print a line a stage; 1 when a stage was not walked to its end."""
    from scheduler.single_pass import run_single_pass

    tracer = Tracer()
    outlet = synthetic_outlet("walked", "en", 1, words=200, page_bytes=20_000)
    with tempfile.TemporaryDirectory() as folder, Newsroom([outlet]) as newsroom:
        config = Path(folder) / "watch.yaml"
        config.write_text(
            _CONFIG.format(
                folder=folder, allow=list(newsroom.allow), feed=newsroom.feed_url("walked")
            ),
            encoding="utf-8",
        )
        with traced(tracer):
            run_single_pass(_running_config(config), ["walked"])
    print(f"{'':<32}{'moves':>7}{'modules':>9}{'packages':>10}{'rooms':>7}{'types':>7}")
    for walk in tracer.walked:
        print(
            f"{walk.name:<32}{len(walk.modules):>7}{len(set(walk.modules)):>9}"
            f"{changes(walk.modules, 1):>10}{changes(walk.modules, None):>7}{len(walk.types):>7}"
        )
    return 0 if len(tracer.walked) == len(walks()) else 1


if __name__ == "__main__":
    sys.exit(main())
