"""Small pages by kind of what goes wrong (tests/data/extraction), and those that were reported."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article

DATA = Path(__file__).parents[3] / "data" / "extraction"
KINDS: dict[str, Any] = json.loads((DATA / "kinds.json").read_text(encoding="utf-8"))
REPORTED = sorted((DATA / "reported").glob("*.json"))


def filled(template: str, language: str) -> str:
    paragraphs: list[str] = KINDS["paragraphs"][language]
    text = template.replace("{p}", "".join(f"<p>{each}</p>" for each in paragraphs))
    return re.sub(r"\{([1-5])\}", lambda found: paragraphs[int(found[1]) - 1], text)


def page(case: dict[str, Any]) -> bytes:
    language = case["language"]
    head, body = (filled(case.get(part, ""), language) for part in ("head", "body"))
    return (
        f"<!doctype html><html lang={language}><head><meta charset=utf-8>{head}</head>"
        f"<body>{body}</body></html>"
    ).encode()


@pytest.mark.parametrize(
    "case",
    KINDS["cases"],
    ids=[f"{case['kind']}-{case['language']}".replace(" ", "_") for case in KINDS["cases"]],
)
def test_page_of_each_kind_gives_the_text_and_nothing_beside_it(case: dict[str, Any]) -> None:
    article = extract_article(page(case), "https://gazette.example/2026/05/pier")
    assert isinstance(article, ArticleData)
    expected = [filled(line, case["language"]) for line in case["text"]]
    if case.get("loosely"):  # what stands unclosed around it may cling to a paragraph
        assert all(line in article.text for line in expected)
    else:
        assert article.text.split("\n") == expected


@pytest.mark.parametrize("expectation", REPORTED, ids=lambda path: path.stem)
def test_reported_page_is_read(expectation: Path) -> None:
    expected = json.loads(expectation.read_text(encoding="utf-8"))
    body = expectation.with_suffix(".html").read_bytes()
    article = extract_article(body, "https://courier.example/town/2025/ferry")
    assert isinstance(article, ArticleData)
    assert [text for text in expected["must"] if text not in article.text] == []
    assert [text for text in expected["must_not"] if text in article.text] == []
    assert article.title == expected["title"]


def test_long_teasers_in_a_block_that_is_gone_already_do_no_harm() -> None:
    teasers = "".join(
        f"<div><a href='/{n}'>Another story of the week</a><p>{'The baker raised prices. ' * 20}"
        "</p></div>"
        for n in range(4)
    )
    sentence = "The harbour master of Skerrow closed the north pier on Monday morning."
    body = (
        f"<body><h1>Pier closed</h1><p>{sentence}</p><aside class=related>{teasers}</aside></body>"
    )
    article = extract_article(body.encode(), "https://gazette.example/2026/05/pier")
    assert isinstance(article, ArticleData)
    assert article.text == sentence
