"""How long a person waits for `--help`, beside the interpreter alone."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from bench.processes import ROOT, WIREWATCH, environment

RUNS = 11


def run() -> None:
    """Measure and print medians, the commands in turn."""
    commands: dict[str, Sequence[str]] = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "wirewatch --help": (*WIREWATCH, "--help"),
        "wirewatch check --help": (*WIREWATCH, "check", "--help"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(
                command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, check=True
            )
            seconds[name].append(time.perf_counter() - began)
    print(f"\nStart-up, median of {RUNS} runs in turn (goal for --help: 300 ms)")
    for name, times in seconds.items():
        print(f"  {name:<24} {statistics.median(times) * 1000:4.0f} ms")
