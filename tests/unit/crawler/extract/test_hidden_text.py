"""What a page does not show is not read, unless it is the article, or the rest of it."""

from __future__ import annotations

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article

TITLE = "Ferry to Skerrow stops for the winter"
PARAGRAPHS = tuple(
    f"{which} The harbour board met on Friday and spoke of the ferry, of the money for its engine"
    " and of the families on the island, who were told by letter."
    for which in ("First came the news.", "Then came questions.", "Last came a vote.")
)
FLASH = "The ferry to Skerrow stops on Monday, the harbour board said, until the end of March."
UNSEEN = "Cheap tickets to the islands, every day of the year, for all who look for such words."
OTHER = "Bridge to Skerrow is to be built after all"
HIDDEN = {
    "style": f"<p style='display:none'>{UNSEEN}</p>",
    "style among others": f"<p style='color:red; DISPLAY : none !important'>{UNSEEN}</p>",
    "invisible": f"<div style='visibility:hidden'><p>{UNSEEN}</p></div>",
    "attribute": f"<p hidden>{UNSEEN}</p>",
    "attribute with a value": f"<section hidden='hidden'><h2>x</h2><p>{UNSEEN}</p></section>",
    "out of sight": f"<div style='position:absolute;left:-9999px'>{UNSEEN}</div>",
    "no size": f"<div style='font-size:0'>{UNSEEN}</div>",
    "in a line": f"<p>It is so. <span style='display:none'>{UNSEEN}</span></p>",
    "long window": f"<div role=dialog style='display:none'><p>{UNSEEN * 30}</p></div>",
    "named window": f"<div class=cookie-popup style='display:none'><p>{UNSEEN * 30}</p></div>",
}
LINES = {
    "paragraph": f"<p><a href=/x>{OTHER}</a></p>",
    "bold": f"<p><strong><a href=/x>{OTHER}</a></strong></p>",
    "with a sign": f"<p>➤ <a href=/x>{OTHER}</a></p>",
    "block": f"<div><a href=/x>{OTHER}</a></div>",
    "heading": f"<h3><a href=/x>{OTHER}</a></h3>",
    "whole address": f"<p><em><a href='https://www.gazette.example/x'>{OTHER}?</a></em></p>",
    "two": f"<p><a href=/x>{OTHER}</a></p><p><a href=/y>{OTHER} today</a></p>",
    "bare": f"<br><br><a href=/x>{OTHER}</a><br><br>",
}


def read(body: str) -> str:
    page = f"<html lang=en><head><title>{TITLE}</title></head><body>{body}</body></html>"
    article = extract_article(page.encode(), "https://gazette.example/2026/11/23/ferry")
    assert isinstance(article, ArticleData)
    return article.text


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_hidden_text_is_not_read(hidden: str) -> None:
    first, *rest = (f"<p>{each}</p>" for each in PARAGRAPHS)
    text = read(f"<article><h1>{TITLE}</h1>{first}{hidden}{''.join(rest)}</article>")
    assert UNSEEN not in text
    assert all(each in text for each in PARAGRAPHS)


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_hidden_text_is_not_read_with_a_flash(hidden: str) -> None:
    text = read(f"<article><h1>{TITLE}</h1><p>{FLASH}</p>{hidden}</article>")
    assert UNSEEN not in text
    assert FLASH in text


@pytest.mark.parametrize(
    "page",
    [
        "<article style='display:none'><h1>{title}</h1>{first}{rest}</article>",
        "<h1>{title}</h1><div id=text style='display:none'>{first}{rest}{rest}</div>",
        "<article><h1>{title}</h1>{first}<div class=read-more hidden>{rest}</div></article>",
        "<article><h1>{title}</h1>{first}<button aria-controls=z>More</button>"
        "<div id=z hidden>{rest}</div></article>",
        "<article><h1>{title}</h1>{first}<a href='#z'>More</a>"
        "<div id=z style='display:none'>{rest}</div></article>",
        "<article><h1>{title}</h1>{first}<div hidden=until-found>{rest}</div></article>",
    ],
)  # fmt: skip
def test_article_that_a_page_hides_until_it_is_asked_for_is_read(page: str) -> None:
    first, *rest = (f"<p>{each}</p>" for each in PARAGRAPHS)
    text = read(page.format(title=TITLE, first=first, rest="".join(rest)))
    assert [each for each in PARAGRAPHS if each not in text] == []


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_headline_of_another_story_between_paragraphs_is_not_read(line: str) -> None:
    one, two, three = PARAGRAPHS
    article = f"<p>{one}</p>{line}<p>{two}</p><p>{three}</p>"
    if line.startswith("<br>"):
        article = f"{one}{line}{two}<br>{three}"
    text = read(f"<article><h1>{TITLE}</h1>{article}</article>")
    assert OTHER not in text
    assert all(each in text for each in PARAGRAPHS)


def test_sentence_that_is_a_link_and_link_to_another_host_are_read() -> None:
    one, two, three = PARAGRAPHS
    outside = f"<p><a href='https://tickets.example/'>{OTHER}</a></p>"
    text = read(
        f"<article><h1>{TITLE}</h1><p>{one}</p><p><a href=/x>{two}</a></p><p>{three}</p>{outside}"
        f"<p>{FLASH}</p></article>"
    )
    assert all(each in text for each in (*PARAGRAPHS, OTHER))
