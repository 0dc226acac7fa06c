"""Plays a plan: serves it, runs the monitor over it (and kills it), and compares."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from storage import open_store
from tests.integration.children import child_environment
from tests.month.outlets import START, Plan
from tests.month.press import Press, SharedClock
from tests.month.report import Report, compare

CRAWL = {
    "per_host_delay": "0ms",
    "per_host_concurrency": 8,
    "parser_processes": 1,
    "parser_timeout": "30s",
    "contact": "mailto:desk@example.org",
    "languages": ["ru", "en"],
}


class MonitorFailedError(Exception):
    """The monitor ended by itself before the month did."""


LIFE = (1.0, 12.0)
"""Seconds of work, at least and at most, before a monitor is killed."""


def play(
    plan: Plan, folder: Path, kills: int = 0, step: timedelta = timedelta(minutes=2)
) -> Report:
    """Run the month; `kills` SIGKILLs come after a random time of work each, see `LIFE`."""
    end = plan.end + plan.afterwards
    clock = SharedClock(folder / "clock", START)
    chance = random.Random(20230113)  # noqa: S311 - the same moments at every run
    done = 0
    with Press(plan, clock) as press:
        config = {
            "database": "sqlite:///wirewatch.db",
            "crawl": CRAWL,
            "network": {"allow": press.allow},
            "sources": press.sources(),
            "rules": [{"id": "all", "any": ["council"], "on": ["published", "edited", "removed"]}],
        }
        (folder / "watch.yaml").write_text(json.dumps(config))
        while True:
            patience = chance.uniform(*LIFE) if done < kills else None
            if _lives(folder, end, step, patience):
                break
            done += 1
        with open_store(f"sqlite:///{folder / 'wirewatch.db'}", clock=clock) as store:
            report = compare(plan, store)
        report.requests, report.kills = press.requests, done
        report.refetched = sorted(
            f"{story} {times}"
            for story, times in press.first_fetches.items()
            if times > 1 and not _announced_twice(plan, story)
        )
    return report


def _lives(folder: Path, end: datetime, step: timedelta, patience: float | None) -> bool:
    """Run the monitor; return whether it came to the end, rather than being killed."""
    log = folder / "monitor.log"
    with (
        log.open("ab") as out,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.month.crawl"),
                *(str(folder), end.isoformat(), str(step.total_seconds())),
            ],
            env=child_environment(),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=out,
        ) as child,
    ):
        if child.stdout is not None:
            child.stdout.readline()  # it is at work, or has failed
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return False
    if child.returncode:
        raise MonitorFailedError(f"status {child.returncode}: {log.read_text()[-3000:]}")
    return True


def _announced_twice(plan: Plan, story_id: str) -> bool:
    stories = {story.id: story for outlet in plan.outlets for story in outlet.stories}
    return stories[story_id].twin is not None
