"""A resolver with invented names, for this process or for a child that runs `wirewatch`.

It stands in for `socket.getaddrinfo`, below everything of ours, and never asks the internet: a host
is an invented name, `localhost`, or a number in any spelling that the system understands.
Run as `python -m tests.integration.fake_names NAMES.json COMMAND…`, it is `wirewatch COMMAND…`.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Names = Mapping[str, Sequence[Sequence[str]] | None]
"""What each name resolves to, look-up by look-up; the last answer stays. None: its servers are
silent, and the system gives up after a while."""
SYSTEM_WAITS = 20.0
"""Seconds that glibc waits by default for two servers, twice each."""


def resolver_of(names: Names) -> Callable[..., Any]:
    """Return a stand-in for `socket.getaddrinfo`."""
    real = socket.getaddrinfo
    left = {name: list(answers) for name, answers in names.items() if answers is not None}
    silent = {name for name, answers in names.items() if answers is None}

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        if text in silent:
            threading.Event().wait(SYSTEM_WAITS)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        answers = left.get((text or "").rstrip(".").lower())
        if answers is not None:
            now = answers.pop(0) if len(answers) > 1 else answers[0]
            return [found for address in now for found in real(address, port, *args, **kwargs)]
        if text is None or text == "localhost":
            return real(host, port, *args, **kwargs)
        real(host, port, flags=socket.AI_NUMERICHOST)  # raises gaierror for other names
        return real(host, port, *args, **kwargs)

    return look_up


if __name__ == "__main__":
    path, *sys.argv[1:] = sys.argv[1:]
    socket.getaddrinfo = resolver_of(json.loads(Path(path).read_text("utf-8")))
    from cli.main import main  # after the stand-in: Twisted takes the function when it is imported

    main()
