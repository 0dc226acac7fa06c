"""Mutation testing of what decides: tests must notice when a decision becomes another one.

    python -m bench.mutants [--processes N] [MODULE ...]

mutmut changes the deciders that pyproject.toml names, one small thing at a time, and runs the unit
tests that pass through the changed function. A decider of which fewer than `LEAST` per cent of the
mutants die is a failure. `mutmut show NAME` shows what a survivor changed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import ROOT

LEAST = 90.0
"""Per cent of a decider's mutants that must die. Not all can: some change nothing that is seen."""
DEAD = frozenset({"killed", "timeout", "segfault"})
UNASKED = frozenset({"skipped", "not checked"})
"""What no test was asked about, since another module was meant or a comment excludes it."""


@dataclass(slots=True)
class Tally:
    """How the mutants of one module fared."""

    killed: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def mutants(self) -> int:
        """How many there were."""
        return self.killed + len(self.survivors)

    @property
    def percent(self) -> float:
        """Share of those that died."""
        return 100 * self.killed / self.mutants


def main() -> int:
    """Run mutmut and print the table; return 1 when too many mutants of a decider live on."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", help="such as alerts.dispatch.routing; all when left out"
    )
    parser.add_argument("--processes", type=int, default=1, help="that run tests beside each other")
    chosen = parser.parse_args()
    # What an earlier run found is kept there, and is not asked again after a change of tests.
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    wanted = [f"{module}.*" for module in chosen.modules]
    _mutmut("run", "--max-children", str(chosen.processes), *wanted)
    results = _mutmut("results", "--all", "true", stdout=subprocess.PIPE)
    tallies = tallied(results.splitlines())
    print(table(tallies))
    return 0 if tallies and all(tally.percent >= LEAST for tally in tallies.values()) else 1


def tallied(results: Iterable[str]) -> dict[str, Tally]:
    """Return how the mutants of each module fared, from lines of `mutmut results`."""
    tallies: dict[str, Tally] = {}
    for line in results:
        mutant, said, state = line.strip().partition(": ")
        if not said or state in UNASKED:
            continue
        tally = tallies.setdefault(mutant.rpartition(".")[0], Tally())
        if state in DEAD:
            tally.killed += 1
        else:
            tally.survivors.append(f"{mutant} ({state})")
    return tallies


def table(tallies: dict[str, Tally]) -> str:
    """Return one line for each module, and below them the names of the mutants that live on."""
    lines = [f"{'decider':<32} {'mutants':>8} {'killed':>8} {'percent':>8}"]
    for module, tally in sorted(tallies.items()):
        short = "" if tally.percent >= LEAST else f"  fewer than {LEAST:.0f}"
        lines.append(
            f"{module:<32} {tally.mutants:>8} {tally.killed:>8} {tally.percent:>8.1f}{short}"
        )
    survivors = [name for _, tally in sorted(tallies.items()) for name in tally.survivors]
    return "\n".join([*lines, "", f"{len(survivors)} live on:", *survivors])


def _mutmut(*arguments: str, stdout: int | None = None) -> str:
    # Its own script and not `-m`: that would put our modules before the changed ones.
    program = Path(sys.executable).with_name("mutmut")
    done = subprocess.run([program, *arguments], cwd=ROOT, check=True, text=True, stdout=stdout)
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
