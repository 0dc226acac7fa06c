"""Articles that a person holds: what can be read of them, and what the rules say."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from alerts.rules import RuleSet
from core.articles import ArticleData
from core.config.watch import WatchConfig
from desk.preview import Unreadable, article_in_text, articles_in_lines, judge

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = RuleSet.compile(WatchConfig.model_validate({"rules": [{"id": "air", "any": ["zeppelin"]}]}))


def read(**fields: object) -> ArticleData | Unreadable:
    (found,) = articles_in_lines(json.dumps(fields).encode(), "in")
    return found


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        (b"[1]", "not an object with `title`, `text` and `url`"),
        (b'{"url": "https://a.example/"}', "neither `title` nor `text`"),
        (b'{"title": 5}', "`title` is not text"),
        (b'{"title": "a", "authors": "b"}', "`authors` is not a list of texts"),
        (b'{"title": "a", "tags": [1]}', "`tags` is not a list of texts"),
        (b'{"title": "a", "published_at": "x"}',
         "`published_at` is not a time such as 2023-01-31T12:00:00Z"),
        (b'{"title": "a", "published_at": 5}',
         "`published_at` is not a time such as 2023-01-31T12:00:00Z"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_article_says_where_it_stands_and_why(line: bytes, detail: str) -> None:
    first, second = articles_in_lines(b'{"text": "x"}\n\n' + line, "stdin")
    assert isinstance(first, ArticleData)
    assert second == Unreadable("stdin:3", detail)


def test_a_line_of_anything_is_never_an_error_of_ours() -> None:
    for line in (b"\xff\xfe", b"[" * 100_000, b"{"):
        (found,) = articles_in_lines(line, "in")
        assert isinstance(found, Unreadable)


def test_a_time_without_a_zone_is_read_as_utc() -> None:
    read_time = read(title="a", published_at="2026-03-01T12:00:00")
    assert isinstance(read_time, ArticleData)
    assert read_time.published_at == NOW


def test_the_first_line_of_a_text_is_its_title() -> None:
    article = article_in_text(b"A zeppelin\r\n\r\nIt flew.\n", "a.txt")
    assert (article.title, article.text, article.url) == ("A zeppelin", "It flew.", "a.txt")


def test_reasons_are_given_when_they_are_asked_for() -> None:
    article = article_in_text(b"A zeppelin\nIt flew.", "a.txt")
    short = judge(RULES, article, NOW, explain=False)
    assert [match.rule_id for match in short.matches] == ["air"]
    assert set(short.as_json()) == {"url", "matches"}
    full = judge(RULES, article, NOW, explain=True)
    assert full.explained is not None
    assert [rule.fired for rule in full.explained] == [True]
    assert list(full.as_json()) == ["url", "matches", "explain"]
