"""How fast rules judge articles, and how that grows with the number of rules.

    python -m bench.rules [--full]

Articles of 600 words and rules are generated with the proportions of real ones: word frequencies
fall with rank (Zipf, 1935), words stand in inflected forms, rules ask for words of the middle and
the tail. Beside ours, in the same run and over the same surface forms, a loop of compiled `re`
patterns and a hyperscan database. `--full` adds 100,000 rules.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from alerts.rules.ruleset import RuleSet
from bench import corpora
from bench.processes import ROOT, environment
from bench.rule_peers import hyperscan_seconds, regex_seconds
from core.articles import ArticleData
from core.config.sections.rules import RuleConfig
from core.config.watch import WatchConfig

COUNTS = (100, 1_000, 10_000)
FULL = (*COUNTS, 100_000)
LANGUAGES = ("ru", "en", "kk")
ARTICLES = 200
PEERS_UP_TO = 10_000
"""Rules beyond which the other two take longer than anyone waits."""

GOALS = {"warm": 1_000, "fresh": 500}
"""Articles a second with 10,000 rules on Russian."""

GROWTH_GOAL = 3.0
"""Times the cost of an article for ten times the rules."""

LOAD_GOAL = 3.0
"""Seconds to compile 10,000 rules with their forms in the cache."""


@dataclass(frozen=True, slots=True)
class Case:
    """What one number of rules in one language came to. Times are seconds for one article."""

    language: str
    rules: int
    compile_cold: float
    compile_cached: float
    memory_mb: float
    candidates: float
    """Rules looked at for an article, on average."""
    warm: float
    """Every word was seen before."""
    fresh: float
    """The article is new; other articles of the outlet were read before."""
    cold: float
    """No word was seen before."""
    regex: float | None
    hyperscan: float | None


def measure(language: str, count: int) -> Case:
    """Compile `count` rules and judge articles with them; everything in this process."""
    source = corpora.corpus(language)
    queries = source.queries(count)
    config = WatchConfig(
        rules=tuple(
            RuleConfig(id=f"r{number}", when=query.text, language=language)
            for number, query in enumerate(queries)
        )
    )
    before = _memory_mb()
    with tempfile.TemporaryDirectory() as cache:
        began = time.perf_counter()
        RuleSet.compile(config, Path(cache))
        cold_compile = time.perf_counter() - began
        began = time.perf_counter()
        rules = RuleSet.compile(config, Path(cache))
        cached_compile = time.perf_counter() - began
    earlier, later = source.articles(ARTICLES, seed=1), source.articles(ARTICLES, seed=2)
    cold = _seconds(rules.match, earlier)
    for seed in range(3, 8):
        _seconds(rules.match, source.articles(ARTICLES, seed=seed))
    fresh = _seconds(rules.match, later)
    warm = min(_seconds(rules.match, later) for _ in range(3))
    memory = _memory_mb() - before
    candidates = sum(rules.candidates(article) for article in later) / len(later)
    peers = count <= PEERS_UP_TO
    return Case(
        language, count, cold_compile, cached_compile, memory, candidates, warm, fresh, cold,
        regex_seconds(queries, later) if peers else None,
        hyperscan_seconds(queries, later) if peers else None,
    )  # fmt: skip


def _seconds(match: Callable[[ArticleData], object], articles: Sequence[ArticleData]) -> float:
    began = time.perf_counter()
    for article in articles:
        match(article)
    return (time.perf_counter() - began) / len(articles)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(counts: Sequence[int] = COUNTS) -> bool:
    """Measure every case in a process of its own; print, and tell whether the goals hold."""
    print("\nRules on articles of 600 words, one core (× : how many times slower than ours, warm)")
    print(
        f"{'':3} {'rules':>7} {'candidates':>10} {'warm/s':>8} {'fresh/s':>8} {'cold/s':>8}"
        f" {'re':>8} {'hyperscan':>10} {'compile':>9} {'cached':>8} {'memory':>8}"
    )
    sound = True
    for language in LANGUAGES:
        cases = []
        for count in counts:
            cases.append(_in_a_process(language, count))
            print(_row(cases[-1]), flush=True)
        for small, large in pairwise(cases):
            growth = large.warm / small.warm
            print(f"    {small.rules:,} → {large.rules:,} rules: {growth:.1f} times the time")
            sound &= growth <= GROWTH_GOAL
        if language == "ru":
            sound &= _meets_goals(next(case for case in cases if case.rules == 10_000))
    return sound


def _in_a_process(language: str, count: int) -> Case:
    command = [sys.executable, "-m", "bench.rules", "--case", language, str(count)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True)
    return Case(**json.loads(done.stdout))


def _row(case: Case) -> str:
    return (
        f"{case.language:3} {case.rules:7,} {case.candidates:10.0f} {1 / case.warm:8,.0f}"
        f" {1 / case.fresh:8,.0f} {1 / case.cold:8,.0f} {_times(case.regex, case):>8}"
        f" {_times(case.hyperscan, case):>10} {case.compile_cold:7.1f} s"
        f" {case.compile_cached:6.1f} s {case.memory_mb:5.0f} MB"
    )


def _times(other: float | None, ours: Case) -> str:
    return "—" if other is None else f"× {other / ours.warm:.1f}"


def _meets_goals(case: Case) -> bool:
    speeds = {"warm": 1 / case.warm, "fresh": 1 / case.fresh}
    sound = True
    for name, goal in GOALS.items():
        met = speeds[name] >= goal
        sound &= met
        print(f"    goal {goal:,}/s {name}: {'met' if met else 'missed'} ({speeds[name]:,.0f})")
    met = case.compile_cached <= LOAD_GOAL
    print(f"    goal {LOAD_GOAL:.0f} s from a warm cache: {'met' if met else 'missed'}"
          f" ({case.compile_cached:.1f} s)")  # fmt: skip
    return sound and met


def main() -> int:
    """Run the benchmark, or with `--case` one case of it, printed as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.rules", description=__doc__)
    parser.add_argument("--full", action="store_true", help="add 100,000 rules")
    parser.add_argument("--case", nargs=2, metavar=("LANGUAGE", "RULES"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.case:
        case = measure(chosen.case[0], int(chosen.case[1]))
        json.dump({name: getattr(case, name) for name in Case.__slots__}, sys.stdout)
        return 0
    return 0 if run(FULL if chosen.full else COUNTS) else 1


if __name__ == "__main__":
    sys.exit(main())
