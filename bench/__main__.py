"""`python -m bench`: every side-by-side measurement, one after the other."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from bench import pipeline, soak, startup
from bench.processes import ROOT, environment

ALL = ("startup", "extraction", "feeds", "lists", "stories", "schedule", "pipeline", "soak")


def main() -> int:
    """Run the benchmarks chosen; return 1 when a bound that must hold does not."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=ALL, help="may be repeated")
    parser.add_argument(
        "--corpus", type=Path, help="folder that holds real pages (gt.jsonl) and feeds, unpacked"
    )
    parser.add_argument("--articles", type=int, default=400, help="pages of the pipeline's crawl")
    parser.add_argument("--polls", type=int, default=5000, help="polls of the soak")
    chosen = parser.parse_args()
    wanted = chosen.only or ALL
    sound = True
    if "startup" in wanted:
        startup.run()
    if "extraction" in wanted:
        sound &= _module("bench.extraction", _folder_of(chosen.corpus, "gt.jsonl"))
    if "feeds" in wanted:
        sound &= _module("bench.feeds", _folder_of(chosen.corpus, "feeds.jsonl"))
    if "lists" in wanted:
        sound &= _module("bench.lists", _folder_of(chosen.corpus, "sitemaps.jsonl", above=1))
    if "stories" in wanted:
        sound &= _module("bench.stories", None)
    if "schedule" in wanted:
        sound &= _module("bench.schedule", None)
    if "pipeline" in wanted:
        pipeline.run(chosen.articles)
    if "soak" in wanted:
        sound &= soak.run(chosen.polls)
    return 0 if sound else 1


def _folder_of(corpus: Path | None, marker: str, above: int = 0) -> Path | None:
    """Return the folder at or below `corpus` that holds the marker file, or one above it."""
    if corpus is None:
        return None
    found = next(iter(sorted(corpus.resolve().rglob(marker))), None)
    if found is None:
        raise SystemExit(f"{corpus} holds no {marker}")
    return found.parents[above]


def _module(name: str, folder: Path | None) -> bool:
    """Run a benchmark that is a command of its own; tell whether its bounds hold."""
    print(f"\n{name.removeprefix('bench.').capitalize()}", flush=True)
    command = [sys.executable, "-m", name, *([str(folder)] if folder else [])]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
