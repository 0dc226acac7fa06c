"""What shipped concepts find in a real corpus, for a person to read.

    python -m bench.concept_hits SENTENCES.jsonl.gz kk

Prints, for every concept and its words in one language, the 30 most frequent hits. A wrong one is a
fault of the grammar or of the concept, and both are better corrected after reading.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from alerts.rules import RuleSet
from bench.processes import ROOT
from core.articles import ArticleData
from core.config import load_config
from core.config.sections.vocabulary import ConceptConfig
from core.config.watch import WatchConfig

SHOWN = 30


def of_language(concept: ConceptConfig, language: str) -> ConceptConfig | None:
    """Return a concept with its words and vetoes in one language; None without any words."""
    if language not in concept.terms:
        return None
    vetoes = [queries for code, queries in concept.vetoes if code in (None, language)]
    values: dict[str, object] = {language: concept.terms[language]}
    if vetoes:
        values["unless"] = {language: [query for queries in vetoes for query in queries]}
    return ConceptConfig.model_validate(values)


def sentences(file: Path) -> Iterator[str]:
    """Yield the texts of a compressed JSONL file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.concept_hits", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("language")
    chosen = parser.parse_args()
    shipped = load_config(ROOT / "examples" / "central-asia" / "watch.yaml").config.concepts
    concepts = {
        name: narrowed
        for name, concept in shipped.items()
        if (narrowed := of_language(concept, chosen.language))
    }
    rules = RuleSet.compile(
        WatchConfig.model_validate(
            {
                "concepts": {
                    name: concept.model_dump(exclude_none=True)
                    for name, concept in concepts.items()
                },
                "rules": [{"id": name, "when": f"${name}"} for name in concepts],
            }
        )
    )
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    read = 0
    for text in sentences(chosen.file):
        read += 1
        for match in rules.match(ArticleData(url="", title="", text=text)):
            for span in match.spans:
                found[match.rule_id][text[span.start : span.end].lower()] += 1
    print(f"{read:,} sentences")
    for name in concepts:
        hits = found[name]
        print(f"\n{name}: {hits.total()} hits, {len(hits)} different")
        for word, count in hits.most_common(SHOWN):
            print(f"  {count:5}  {word}")


if __name__ == "__main__":
    main()
