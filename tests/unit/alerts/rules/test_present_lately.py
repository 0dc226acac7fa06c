"""What judging found in an article is known to who asks next, and to nobody for another text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.rules import RuleSet
from alerts.rules.matcher import Present
from alerts.rules.present_lately import PresentLately
from core.articles import ArticleData
from core.config.watch import WatchConfig

CONFIG = WatchConfig.model_validate(
    {
        "sources": [],
        "concepts": {"raid": {"en": ["raid", "roundup"]}, "permit": {"en": ["permit"]}},
        "rules": [{"id": "raids", "when": "$raid"}],
    }
)
ARTICLE = ArticleData(
    url="https://a.example/1", title="A raid", text="A permit.", source="a", language="en"
)


def test_what_judging_found_is_what_a_look_of_its_own_finds() -> None:
    judged, fresh = RuleSet.compile(CONFIG), RuleSet.compile(CONFIG)
    assert judged.judge(ARTICLE) == fresh.match(ARTICLE)
    assert judged.present(ARTICLE) == fresh.present(ARTICLE) == Present(("raid", "permit"), ())
    assert judged.present(ARTICLE) == fresh.present(ARTICLE), "asked again, it is looked for again"


@pytest.mark.parametrize(
    "changed",
    [
        replace(ARTICLE, title="A day"),
        replace(ARTICLE, text="Nothing."),
        replace(ARTICLE, url="https://a.example/2"),
        replace(ARTICLE, source="b"),
        replace(ARTICLE, language="ru"),
    ],
    ids=["title", "text", "address", "source", "language"],
)
def test_nothing_is_taken_from_an_article_that_differs(changed: ArticleData) -> None:
    lately = PresentLately()
    lately.note(ARTICLE, Present(("raid",)))
    assert lately.take(changed) is None
    assert lately.take(ARTICLE) == Present(("raid",))


def test_a_title_that_runs_into_the_text_is_not_taken_for_another() -> None:
    lately = PresentLately()
    lately.note(replace(ARTICLE, title="A raid", text="today"), Present(("raid",)))
    assert lately.take(replace(ARTICLE, title="A rai", text="dtoday")) is None


def test_what_was_noted_first_is_forgotten_first() -> None:
    lately = PresentLately(kept=2)
    articles = [replace(ARTICLE, url=f"https://a.example/{number}") for number in range(3)]
    for article in articles:
        lately.note(article, Present(("raid",)))
    assert [lately.take(article) is None for article in articles] == [True, False, False]


def test_a_text_with_a_lone_surrogate_is_remembered_like_any_other() -> None:
    rules = RuleSet.compile(CONFIG)
    broken = replace(ARTICLE, title="A raid \ud83d")
    rules.judge(broken)
    assert rules.present(broken).concepts == ("raid", "permit")
