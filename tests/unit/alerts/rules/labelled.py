"""The labelled sentences: what each concept must find and must leave alone, in seven languages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from alerts.rules import RuleSet
from core.articles import ArticleData
from core.config import load_config
from core.config.watch import WatchConfig

ROOT = Path(__file__).parents[4]
DATA = ROOT / "tests" / "data" / "labelled"
LANGUAGES = ("ru", "uk", "en", "kk", "ky", "uz", "tg")


@dataclass(frozen=True)
class Sentence:
    """A sentence that a concept must find, or must not."""

    concept: str
    title: str
    text: str
    match: bool
    about: str


@dataclass
class Score:
    """How well a concept, or all of them, did."""

    counts: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    """By (label, verdict)."""

    @property
    def precision(self) -> float:
        found = self.counts[True, True] + self.counts[False, True]
        return self.counts[True, True] / found if found else 1.0

    @property
    def recall(self) -> float:
        wanted = self.counts[True, True] + self.counts[True, False]
        return self.counts[True, True] / wanted if wanted else 1.0


def sentences(language: str) -> Iterator[Sentence]:
    for line in (DATA / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        yield Sentence(
            fields["concept"], fields.get("title", ""), fields["text"], fields["match"],
            fields["about"],
        )  # fmt: skip


def shipped_concepts() -> RuleSet:
    """Return a rule of its own for every concept that is shipped."""
    config = load_config(ROOT / "examples" / "central-asia" / "watch.yaml").config
    return RuleSet.compile(
        WatchConfig.model_validate(
            {
                "concepts": {
                    name: concept.model_dump(exclude_none=True)
                    for name, concept in config.concepts.items()
                },
                "entities": {
                    name: entity.model_dump(exclude_none=True)
                    for name, entity in config.entities.items()
                },
                "rules": [{"id": name, "when": f"${name}"} for name in config.concepts],
            }
        )
    )


def judged(rules: RuleSet, language: str) -> Iterator[tuple[Sentence, bool]]:
    for sentence in sentences(language):
        article = ArticleData(url="", title=sentence.title, text=sentence.text)
        yield sentence, any(match.rule_id == sentence.concept for match in rules.match(article))


def scores(rules: RuleSet, language: str) -> dict[str, Score]:
    """Return the score of each concept, and of all under the empty name."""
    found: dict[str, Score] = {"": Score()}
    for sentence, verdict in judged(rules, language):
        for name in ("", sentence.concept):
            found.setdefault(name, Score()).counts[sentence.match, verdict] += 1
    return found


def mistakes(rules: RuleSet, language: str) -> list[str]:
    return [
        f"{'missed' if sentence.match else 'wrong '} {sentence.concept}: "
        f"{sentence.title} {sentence.text} ({sentence.about})"
        for sentence, verdict in judged(rules, language)
        if verdict is not sentence.match
    ]
