"""Whether the daemon's memory stays flat while it polls feeds that do not change."""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench.processes import WIREWATCH, environment, resident_kb
from demo.newsroom import Newsroom
from demo.synthetic import synthetic_outlet

SOURCES = 40
WARM_UP = 1_000
"""Polls left out: caches fill, the allocator takes its arenas."""
SAMPLES = 60
LIMIT_KB = 1024
"""Growth per 1,000 polls that counts as flat."""

_CONFIG = """
database: sqlite:///soak.db
crawl:
  contact: mailto:bench@example.org
  per_host_delay: 0ms
  parser_processes: 1
  every: 1s
  max_age: 36500d
network: {{allow: {allow}}}
sources:
{sources}
rules: [{{id: nothing, when: =qwertyuiop}}]
receivers: [{{name: terminal, console: {{}}}}]
"""


def run(polls: int) -> bool:
    """Poll at least `polls` times, print the memory on the way, and tell whether it is flat."""
    outlets = [synthetic_outlet(f"soak-{n}", "en", 3, words=120) for n in range(SOURCES)]
    with Newsroom(outlets) as newsroom, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "watch.yaml").write_text(
            _CONFIG.format(
                allow=json.dumps(newsroom.allow),
                sources="\n".join(
                    f"  - {{name: {outlet.slug}, feed: '{newsroom.feed_url(outlet.slug)}'}}"
                    for outlet in outlets
                ),
            ),
            encoding="utf-8",
        )
        daemon = subprocess.Popen(
            [*WIREWATCH, "run", "--log-level", "error"],
            cwd=folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
        )
        try:
            points = _watch(newsroom, daemon.pid, polls)
        finally:
            daemon.send_signal(signal.SIGTERM)
            status = daemon.wait(20)
    return _report(points, status)


def _watch(newsroom: Newsroom, pid: int, polls: int) -> list[tuple[int, int]]:
    """Return (polls so far, resident KiB) pairs."""
    points: list[tuple[int, int]] = []
    step = max(1, (polls - WARM_UP) // SAMPLES)
    wanted, done = WARM_UP, 0
    while done < polls:
        done = len(newsroom.requests(status=304))
        if done >= min(wanted, polls):
            points.append((done, resident_kb(pid)))
            wanted = done + step
        time.sleep(0.2)
    return points


def _report(points: list[tuple[int, int]], status: int) -> bool:
    slope, _ = statistics.linear_regression(
        [polls for polls, _ in points], [memory for _, memory in points]
    )
    growth = slope * 1000
    first, last = points[0], points[-1]
    print(f"\nSoak: {last[0]} polls of {SOURCES} unchanged feeds, all answered 304")
    print(f"  resident memory {first[1] / 1024:.1f} MiB after {first[0]} polls,")
    print(f"                  {last[1] / 1024:.1f} MiB after {last[0]} polls")
    print(f"  growth {growth:+.0f} KiB per 1,000 polls (flat is below {LIMIT_KB}); exit {status}")
    return growth < LIMIT_KB and status == 0
