"""Records the demonstration as text: `python -m bench.demo_record` runs it and writes docs/demo.md.

What differs from machine to machine and from day to day is taken out: the folder, ports, times.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "demo.md"
_WIDTH = 100
_ZONE = r"(?:UTC|[+-]\d\d(?::\d\d)?(?: \([^)]*\))?)"
_TAKEN_OUT = (
    (re.compile(r"/\S*/wirewatch-demo-\w+"), "/…/wirewatch-demo"),
    (re.compile(r"(127\.0\.0\.\d+):\d+"), r"\1:8000"),
    (re.compile(rf"\d{{1,2}} [A-Z][a-z]{{2}}(?: \d{{4}},)? \d\d:\d\d\s+{_ZONE}"), "[time]"),
    (re.compile(r"\b20\d\d([-/])\d\d[-/]\d\d\b"), r"2026\g<1>11\g<1>20"),
)
_OPENING = """\
# The demonstration

`make demo` opens a newsroom of nine outlets on this machine and lets the real daemon watch it for
a minute and a half. This is what one such run printed, without its colours and its line of status;
the folder, ports and times are taken out. `python -m bench.demo_record` records it anew.

```text
$ make demo
"""


def recorded() -> str:
    """Run the demonstration at its usual length; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "demo"],
        env={**os.environ, "COLUMNS": str(_WIDTH), "TZ": "UTC", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode()


def written(output: str) -> str:
    """Return the page."""
    for pattern, instead in _TAKEN_OUT:
        output = pattern.sub(instead, output)
    lines = (line.rstrip() for line in output.strip().splitlines())
    return _OPENING + "\n".join(lines) + "\n```\n"


if __name__ == "__main__":
    PAGE.write_text(written(recorded()), encoding="utf-8")
