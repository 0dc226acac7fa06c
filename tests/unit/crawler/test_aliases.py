from __future__ import annotations

from dataclasses import replace

from core.articles import ArticleData
from crawler.decide.aliases import aliases_of

KEY = "https://outlet.example/news/a"
ARTICLE = ArticleData(
    url=KEY,
    title="Рейд на рынке",
    text="Вчера на рынке прошёл рейд, задержали двадцать человек.",
    source="outlet",
)


def names(data: ArticleData, key: str = KEY) -> set[str]:
    return {alias.name for alias in aliases_of(data, key)}


def test_twin_addresses_and_the_declared_one_give_a_common_name() -> None:
    declared = replace(ARTICLE, canonical_url="https://www.outlet.example/news/a/")
    assert names(ARTICLE, "http://m.outlet.example/news/a") & names(ARTICLE)
    assert names(declared, "https://outlet.example/print/77") & names(ARTICLE)


def test_equal_words_mean_one_article_within_one_publisher_only() -> None:
    shouted = replace(ARTICLE, title="РЕЙД НА РЫНКЕ")
    assert names(shouted, "https://outlet.example/other") & names(ARTICLE)
    assert not names(shouted, "https://copycat.example/other") & names(ARTICLE)


def test_a_front_page_or_a_foreign_page_declared_canonical_is_not_believed() -> None:
    for declared in ("https://outlet.example/", "https://other.example/x", "javascript:1"):
        assert names(replace(ARTICLE, canonical_url=declared)) == names(ARTICLE)


def test_a_few_words_are_no_name() -> None:
    flash = replace(ARTICLE, title="Срочно", text="Подробности позже.")
    assert len(aliases_of(flash, KEY)) == 1
