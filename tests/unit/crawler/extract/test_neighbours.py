"""A news flash beside other stories: the page's own alone is read, and all of it."""

from __future__ import annotations

import json

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article

TITLE = "New school opens in Ak-Tilek"
FLASH = "A school for three hundred children opened in the village of Ak-Tilek, the district said."
OTHERS = (
    "Drivers are called up in the neighbouring province; letters are carried from house to house.",
    "Students may go home if they bring a paper from their dean by Friday, the office promised.",
    "People complain that papers are given out on Tuesdays only and that the queue forms at night.",
)
URL = "https://gazette.example/2026/11/23/school"
OWN = f"<article><h1>{TITLE}</h1><p>{FLASH}</p></article>"
STORY = "".join(f"<p>{line}</p>" for line in OTHERS)
LINKED = {
    "articles": "<section class=feed>{}</section>",
    "blocks": "<div class=feed>{}</div>",
    "list": "<ul>{}</ul>",
    "cards": "<div class=grid>{}</div>",
    "rows": "<table>{}</table>",
}
ITEMS = {
    "articles": "<article><h2><a href=/{0}>Story {0}</a></h2><p>{1}</p></article>",
    "blocks": "<div><a href=/{0}>Story {0}</a><p>{1}</p></div>",
    "list": "<li><span>23 November, 10:0{0}</span> <a href=/{0}>Story {0}</a><br>{1}</li>",
    "cards": "<a class=card href=/{0}><h3>Story {0}</h3><p>{1}</p></a>",
    "rows": "<tr><td><a href=/{0}>Story {0}</a></td><td>{1}</td></tr>",
}
TEASERS = {
    kind: frame.format("".join(ITEMS[kind].format(*each) for each in enumerate(OTHERS)))
    for kind, frame in LINKED.items()
}
NEXT = {
    "another article": f"{OWN}<article><h1>Drivers called up</h1>{STORY}</article>",
    "another article under a lower heading": (
        f"{OWN}<article><h2>Drivers called up</h2>{STORY}</article>"
    ),
    "in one main": (
        f"<main>{OWN}<hr><section data-url=/x><header><h1>Drivers called up</h1>"
        f"</header>{STORY}</section></main>"
    ),
    "blocks of one name": (
        f"<div class=item><h1>{TITLE}</h1><p>{FLASH}</p></div><div class=item>"
        f"<h1>Drivers called up</h1>{STORY}</div>"
    ),
    "text in a block": (
        f"<div id=news><h1>{TITLE}</h1><div>{FLASH}</div></div><div id=next>"
        f"<h1>Drivers called up</h1>{STORY}</div>"
    ),
    "deep": (
        f"<div class=all><div class=item><div><h1>{TITLE}</h1></div><div><p>{FLASH}</p></div>"
        f"</div><div class=item><div><h1>Drivers called up</h1></div><div>{STORY}</div></div>"
        "</div>"
    ),
    "two short lines": (
        f"<article><h1>{TITLE}</h1><p>{FLASH[:61]}</p><p>{FLASH[61:]}</p></article><article>"
        f"<h1>Drivers called up</h1>{STORY}</article>"
    ),
    "second headings alone": (
        f"<div class=story><h2>{TITLE}</h2><p>{FLASH}</p></div><div class=story><h2>"
        f"<a href=/2>Drivers called up</a></h2>{STORY}</div>"
    ),
    "behind its text": (
        f"<main><h1>{TITLE}</h1><p>{FLASH}</p><div class=more><h2>"
        f"<a href=/2>Drivers called up</a></h2>{STORY}</div></main>"
    ),
    "of the day before": (
        f"<section><h1>{TITLE}</h1><time datetime=2026-11-23T09:00Z>9:00</time><p>{FLASH}</p>"
        "</section><section><h2>Drivers called up</h2><time datetime=2026-11-22T09:00Z>9:00</time>"
        f"{STORY}</section>"
    ),
    "in a column of a table": (
        f"<table><tr><td class=a><h1>{TITLE}</h1><p>{FLASH}</p></td><td class=b>{STORY}</td></tr>"
        "</table>"
    ),
    "in a column before it": (
        f"<div class=left><h4>From our columnist</h4>{STORY}</div><div class=one><h1>{TITLE}</h1>"
        f"<div class=txt>{FLASH}</div></div>"
    ),
    "what readers wrote": (
        f"<div class=one><h1>{TITLE}</h1><div class=txt>{FLASH}</div></div><div class=t>"
        f"<h4>Comments (3)</h4>{STORY}</div>"
    ),
}  # fmt: skip


def items(item: str) -> str:
    return "".join(item.format(n, line) for n, line in enumerate(OTHERS))


WITHIN = {
    "related posts in the article": (
        f"<article><header><h1>{TITLE}</h1></header><div class=entry-content><p>{FLASH}</p>"
        "<div id=jp-relatedposts><h3><em>Of the week</em></h3><div>"
        + items("<div class=post-{0}><h4><a href=/{0}>Story {0}</a></h4><p>{1}</p></div>")
        + "</div></div></div></article>"
    ),
    "headed for what they are": (
        f"<div><h1>{TITLE}</h1><div><p>{FLASH}</p><div class=x><h3>Related</h3>"
        + items("<div><a href=/{0}>Story {0}</a><p>{1}</p></div>")
        + "</div></div></div>"
    ),
    "paragraphs of a link and a line": (
        f"<div><div class=news-detail><h3>{TITLE}</h3><span>23.11.2026</span>{FLASH}</div>"
        "<div class=news-list>"
        + items("<p><span>2{0}.11.2026</span> <a href=/{0}><b>Story {0}</b></a><br>{1}</p>")
        + "</div></div>"
    ),
    "tiles that a script leads on from": (
        f"<main><div><h1>{TITLE}</h1><p>{FLASH}</p><div class=grid>"
        + items('<div onclick="go({0})"><h4>Story {0}</h4><p>{1}</p></div>')
        + "</div></div></main>"
    ),
    "tiles beside the text": (
        f"<main><h1>{TITLE}</h1><p>{FLASH}</p>"
        + items("<div role=link data-href=/{0}><p><b>Story {0}</b></p><p>{1}</p></div>")
        + "</main>"
    ),
    "a flag and buttons": (
        f"<article><span>BREAKING</span><h1>{TITLE}</h1><p>{FLASH}</p>"
        "<div><span>Share</span> <span>Tweet</span> <span>Copy link</span></div></article>"
    ),
}  # fmt: skip
KEPT = {
    "a digest that tells what it links to": (
        f"<article><h1>{TITLE}</h1><p>{FLASH}</p>"
        + items("<div><h3><a href=/{0}>Story {0}</a></h3><p>{1}</p></div>")
        + "</article>"
    ),
    "questions that fold out": (
        f"<main><h1>{TITLE}</h1><p>{FLASH}</p>"
        + items('<div onclick="toggle(this)"><h4>What of {0}?</h4><p>{1}</p></div>')
        + "</main>"
    ),
    "posts with an address of their own": (
        f"<div><h1>{TITLE}</h1><div class=text><p>{FLASH}</p></div><div class=related>"
        + items("<div><a href=/live#p{0}>Story {0}</a><p>{1}</p></div>")
        + "</div></div>"
    ),
    "a header of its own": (
        f"<header><h1>{TITLE}</h1><p>{FLASH}</p></header><div class=body>{STORY}</div>"
    ),
    "a heading first": (
        f"<header><h1>{TITLE}</h1><p>{FLASH}</p></header><div class=body><h2>What is known"
        f"</h2>{STORY}</div>"
    ),
    "parts under headings": f"<main><section class=s><h1>{TITLE}</h1><p>{FLASH}</p></section>"
    + "".join(f"<section class=s><h2>In {t[:9]}</h2><p>{t}</p></section>" for t in OTHERS)
    + "</main>",
    "posts of a live report": f"<article><h1>{TITLE}</h1><p>{FLASH}</p>"
    + "".join(f"<article><h3>10:0{n} Update</h3><p>{t}</p></article>" for n, t in enumerate(OTHERS))
    + "</article>",
    "parts of a live report with times": (
        f"<main><section><h1>{TITLE}</h1><time datetime=2026-11-23T09:00Z>9:00</time><p>{FLASH}</p>"
        "</section>"
    )
    + "".join(
        f"<section><h2>Part {n}</h2><time datetime=2026-11-23T1{n}:00Z>1{n}:00</time><p>{t}</p>"
        "</section>"
        for n, t in enumerate(OTHERS)
    )
    + "</main>",
    "paragraphs that open with links": f"<div><h1>{TITLE}</h1><p>{FLASH}</p></div><div class=t>"
    + "".join(f"<p><a href=/x>The office</a> said: {t}</p>" for t in OTHERS)
    + "</div>",
    "a story linked to at its top": (
        f"<div class=col><h1>{TITLE}</h1><p>{FLASH}</p></div><div class=col><h4>"
        f"<a href=/x>Who is called up?</a></h4>{STORY}</div>"
    ),
    "an article without a headline": (
        f"<main><article class=hero><h1>{TITLE}</h1><p>{FLASH}</p></article>"
        f"<article class=content>{STORY}</article></main>"
    ),
}  # fmt: skip


def read(body: str, head: str = "") -> str:
    page = (
        f"<!doctype html><html lang=en><head><title>{TITLE} — Gazette</title>{head}</head><body>"
        f"<header><a href=/>Front page</a></header>{body}<footer>Gazette</footer></body></html>"
    )
    article = extract_article(page.encode(), URL)
    assert isinstance(article, ArticleData)
    assert article.title == TITLE
    return article.text


@pytest.mark.parametrize("teasers", TEASERS.values(), ids=TEASERS)
@pytest.mark.parametrize(
    "flash",
    [OWN, f"<div><h1>{TITLE}</h1><div>{FLASH}</div></div>", f"<h1>{TITLE}</h1><p>{FLASH}</p>"],
    ids=["article", "blocks", "bare"],
)
def test_teasers_below_a_flash_are_not_read(flash: str, teasers: str) -> None:
    assert read(flash + teasers) == FLASH


@pytest.mark.parametrize("teasers", TEASERS.values(), ids=TEASERS)
def test_teasers_above_a_flash_are_not_read(teasers: str) -> None:
    assert read(f"<div class=row>{teasers}</div>{OWN}") == FLASH


@pytest.mark.parametrize("body", NEXT.values(), ids=NEXT)
def test_story_to_scroll_to_is_not_read(body: str) -> None:
    assert read(body).replace("\n", " ").replace("  ", " ") == FLASH


@pytest.mark.parametrize("body", WITHIN.values(), ids=WITHIN)
def test_what_stands_in_a_flash_and_tells_of_others_is_not_read(body: str) -> None:
    assert read(body) == FLASH


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT)
def test_text_that_stands_apart_from_its_headline_is_read(body: str) -> None:
    text = read(body)
    assert [line for line in (FLASH, *OTHERS) if line not in text] == []


def test_what_a_page_states_as_its_own_text_is_read() -> None:
    stated = {"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(OTHERS)}
    head = f"<script type='application/ld+json'>{json.dumps(stated)}</script>"
    body = f"<div class=top><h1>{TITLE}</h1><p>{FLASH}</p></div><div><h1>In short</h1>{STORY}</div>"
    assert OTHERS[0] in read(body, head)
