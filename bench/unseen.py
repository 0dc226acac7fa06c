"""Precision and recall of a rule file on articles that were labelled by whoever wrote them.

    python -m bench.unseen FOLDER [--config watch.yaml] [--misses]
    python -m bench.unseen --false-alarms FILE.jsonl[.gz] [--config watch.yaml] [--misses]

FOLDER holds a `<language>.jsonl` each: an article a line, with `title`, `text`, `on_beat` and `id`.
A file for false alarms holds `text`, and articles nearly all of which are off the beat: what is
flagged in it is printed, to be read. docs/unseen.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alerts.rules import RuleSet
from bench.processes import ROOT
from core.articles import ArticleData
from core.config import load_config

SHIPPED = ROOT / "examples" / "central-asia" / "watch.yaml"


@dataclass(slots=True)
class Reading:
    """How articles of one language fared."""

    counts: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    """By (belongs to the beat, was flagged)."""
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was flagged that belongs."""
        flagged = self.counts[True, True] + self.counts[False, True]
        return self.counts[True, True] / flagged if flagged else 1.0

    @property
    def recall(self) -> float:
        """Share of what belongs that was flagged."""
        belongs = self.counts[True, True] + self.counts[True, False]
        return self.counts[True, True] / belongs if belongs else 1.0


def main() -> None:
    """Print the table, and what went wrong when asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.unseen", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--false-alarms", type=Path, nargs="*", default=[])
    parser.add_argument("--config", type=Path, default=SHIPPED)
    parser.add_argument("--misses", action="store_true", help="print each article judged wrongly")
    chosen = parser.parse_args()
    rules = RuleSet.compile(load_config(chosen.config).config)
    if chosen.folder is not None:
        labelled(rules, chosen.folder, chosen.misses)
    for path in chosen.false_alarms:
        false_alarms(rules, path, chosen.misses)


def labelled(rules: RuleSet, folder: Path, misses: bool) -> None:
    """Print precision and recall by language."""
    print(f"{'language':<10}{'articles':>9}{'P':>7}{'R':>7}")
    whole = Counter[tuple[bool, bool]]()
    for path in sorted(folder.glob("*.jsonl")):
        reading = read_file(rules, path)
        whole += reading.counts
        print(
            f"{path.stem:<10}{reading.counts.total():>9}{reading.precision:>7.2f}"
            f"{reading.recall:>7.2f}"
        )
        if misses:
            print(*reading.wrong, sep="\n")
    total = Reading(whole)
    print(f"{'all':<10}{whole.total():>9}{total.precision:>7.2f}{total.recall:>7.2f}")


def read_file(rules: RuleSet, path: Path) -> Reading:
    """Judge every labelled article of a file."""
    reading = Reading()
    for item in lines(path):
        fired = flagged(rules, item)
        reading.counts[item["on_beat"], bool(fired)] += 1
        if item["on_beat"] != bool(fired):
            said = ", ".join(fired) or "nothing"
            reading.wrong.append(f"  {item['id']}: {said}: {item['title']} ({item.get('why', '')})")
    return reading


def false_alarms(rules: RuleSet, path: Path, misses: bool) -> None:
    """Print how many of a hundred articles are flagged."""
    count = hits = 0
    for item in lines(path):
        count += 1
        fired = flagged(rules, item)
        hits += bool(fired)
        if fired and misses:
            print(f"  {', '.join(fired)}: {item['text'][:300]!r}")
    print(f"{path.name}: {hits} of {count} flagged, {100 * hits / count:.2f} per 100")


def flagged(rules: RuleSet, item: dict[str, Any]) -> list[str]:
    """Return the rules that fire on an article."""
    article = ArticleData(url="", title=item.get("title") or "", text=item["text"])
    return [match.rule_id for match in rules.match(article)]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


if __name__ == "__main__":
    main()
