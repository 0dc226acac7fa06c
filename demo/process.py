"""The newsroom and the inbox as child processes, for when what they serve is to be killed.

A child ends when its stdin closes, so it never outlives the process that started it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import WirewatchError

_PATIENCE = 10  # seconds a child gets to end by itself


class ChildServerError(WirewatchError):
    """A server of the newsroom did not come up in its own process."""


@contextmanager
def newsroom_process(*arguments: str) -> Iterator[dict[str, Any]]:
    """Run `python -m demo` until the block ends and give what it printed.

    That is `outlets` (base URL by outlet), `feeds` (feed URL by outlet), `allow` and `pid`.
    Raises ChildServerError when it does not start.
    """
    with _child("demo", arguments) as address:
        yield address


@contextmanager
def inbox_process(
    *, log: Path | None = None, fail_every: int = 0, port: int = 0
) -> Iterator[dict[str, Any]]:
    """Run `python -m demo.inbox` until the block ends and give what it printed: `url`, `pid`.

    Raises ChildServerError when it does not start.
    """
    arguments = ["--port", str(port), "--fail-every", str(fail_every)]
    if log is not None:
        arguments += ["--log", str(log.resolve())]
    with _child("demo.inbox", arguments) as address:
        yield address


@contextmanager
def _child(module: str, arguments: Sequence[str]) -> Iterator[dict[str, Any]]:
    # The module is one of ours and its arguments are the caller's own.
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        text=True,
    ) as child:
        try:
            line = child.stdout.readline() if child.stdout else ""
            if not line:
                raise ChildServerError(f"python -m {module} ended before it served")
            yield {**json.loads(line), "pid": child.pid}
        finally:
            if child.stdin:
                child.stdin.close()
            try:
                child.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
