"""Blocks by what they are called: names that parts of articles have as well take nothing away."""

from __future__ import annotations

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article

PROSE = "".join(
    f"<p>The council of Skerrow met for the {n}. time this year and voted on the money for the pier"
    " and for the market. The fish market has to move to the old timber yard meanwhile.</p>"
    for n in range(6)
)
NEWS = "Reservists of the district were called up on Monday, twelve men were detained."


def read(block: str, body: str = PROSE) -> str:
    page = f"<body><article><h1>Council</h1>{body}{block}{PROSE[:200]}</p></article></body>"
    article = extract_article(page.encode(), "https://gazette.example/2026/05/pier")
    assert isinstance(article, ArticleData)
    return article.text


@pytest.mark.parametrize(
    "block",
    [
        f"<div class='image-text'><img src='/1.jpg'><h3>Call-up</h3><p>{NEWS}</p></div>",
        f"<div class='image-text'><p>{NEWS}</p></div>",
        f"<section class='media-text'><p>{NEWS}</p><p>They were let go at noon.</p></section>",
        f"<div class='photo-description'><p>{NEWS}</p></div>",
        f"<div class='credit'><p>{NEWS}</p></div>",
        f"<div class='credit-crisis'><h3>Loans</h3><p>{NEWS}</p></div>",
        f"<div class='sign-up'><p>{NEWS}</p></div>",
        f"<div class='how-to-sign-up'><h3>Call-up</h3><p>{NEWS} <a href='/1'>List</a></p></div>",
        f"<div class='appeal'><p>{NEWS}</p></div>",
        f"<section id='officials-respond'><h3>Governor</h3><p>{NEWS}</p></section>",
        f"<div class='respond'><p>{NEWS}</p></div>",
        f"<div class='read-more'><p>{NEWS}</p><p>They were <a href='/1'>held</a>.</p></div>",
    ],
)
def test_a_part_of_the_article_stays_under_a_name_that_furniture_has_as_well(block: str) -> None:
    assert NEWS in read(block)


@pytest.mark.parametrize(
    "name", ["message", "slide", "viewport", "options", "infos", "attachment", "rating"]
)
def test_a_paragraph_stays_under_a_name_that_says_nothing(name: str) -> None:
    assert NEWS in read(f"<div class='live-{name}'><p>{NEWS}</p></div>{PROSE}")


@pytest.mark.parametrize(
    "block",
    [
        "<div class='image-text'>Divers at work below the pier on Sunday evening</div>",
        "<div class='mediaInfo'><p>Divers at work below the pier on Sunday evening</p></div>",
        "<div class='photo-credit'>Divers at work below the pier. Ivan Krutov</div>",
        "<div class='sign-up'><p>The best of the week from the coast in your inbox."
        " <a href='/j'>Join</a></p></div>",
        "<div id='respond'><form><p>Say what you think about this story here.</p></form></div>",
        "<div class='read-more'><p>The bakers of the isle raise their prices by a tenth"
        " <a href='/1'>on</a></p></div>",
    ],
)
def test_furniture_of_such_a_name_goes(block: str) -> None:
    text = read(block)
    assert not any(word in text for word in ("Divers", "inbox", "think about", "bakers")), text
