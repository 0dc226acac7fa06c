"""Precision and recall of the shipped concepts on labelled sentences, by language and concept."""

from __future__ import annotations

from functools import cache

import pytest

from alerts.rules import RuleSet
from tests.unit.alerts.rules.labelled import (
    LANGUAGES,
    mistakes,
    scores,
    sentences,
    shipped_concepts,
)

GOAL = 0.95
"""Of precision and of recall, for each language."""

FEWEST = {"ru": 60}


@cache
def rules() -> RuleSet:
    return shipped_concepts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_concepts_find_what_is_meant_and_leave_alone_what_is_not(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    by_concept = scores(rules(), language)
    with capsys.disabled():
        print(f"\n{language}")
        for name, score in sorted(by_concept.items()):
            wrong = score.counts[True, False] + score.counts[False, True]
            print(
                f"  {name or 'all':<32} precision {score.precision:.2f}  recall {score.recall:.2f}"
                f"  of {score.counts.total()}{f', {wrong} wrong' if wrong else ''}"
            )
    overall = by_concept[""]
    assert overall.precision >= GOAL, mistakes(rules(), language)
    assert overall.recall >= GOAL, mistakes(rules(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_set_is_large_balanced_and_covers_every_concept(language: str) -> None:
    labelled = list(sentences(language))
    assert len(labelled) >= FEWEST.get(language, 40)
    misses = sum(not sentence.match for sentence in labelled)
    assert 0.4 <= misses / len(labelled) <= 0.6
    for concept in {sentence.concept for sentence in labelled}:
        assert {s.match for s in labelled if s.concept == concept} == {True, False}
    assert len({sentence.concept for sentence in labelled}) == 16
