"""Headings as pages write them: lines, pictures and scripts in them, ends that are of others."""

from __future__ import annotations

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article

FIRST, SECOND = "Ferry to Skerrow", "stops for the winter"
TITLE = f"{FIRST} {SECOND}"
PARAGRAPHS = tuple(
    f"{which} The harbour board met on Friday and spoke of the ferry, of the money for its engine"
    " and of the families on the island, who were told by letter."
    for which in ("First came the news.", "Then came questions.", "Last came a vote.")
)
TEXT = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
HEADINGS = {
    "break": f"<h1>{FIRST}<br>{SECOND}</h1>",
    "breaks": f"<h1>{FIRST}<br/><br/>{SECOND}</h1>",
    "break in a link": f"<h1><a href=/x>{FIRST}<br>{SECOND}</a></h1>",
    "blocks": f"<h1><div>{FIRST}</div><div>{SECOND}</div></h1>",
    "paragraphs": f"<h1><p>{FIRST}</p><p>{SECOND}</p></h1>",
    "block behind text": f"<h1>{FIRST}<section>{SECOND}</section></h1>",
    "shown as blocks": (
        f"<h1><span style='display:block'>{FIRST}</span>"
        f"<span style='display:block'>{SECOND}</span></h1>"
    ),
    "picture behind": f"<h1>{TITLE}<svg><title>Share</title><text>X</text></svg></h1>",
    "picture before": f"<h1><svg><title>Flash</title></svg>{TITLE}</h1>",
    "script": f"<h1>{TITLE}<script>var a = '<h2>'</script></h1>",
    "style": f"<h1><style>.a {{}}</style>{TITLE}</h1>",
    "noscript": f"<h1>{TITLE}<noscript>Switch on scripts</noscript></h1>",
    "template": f"<h1>{TITLE}<template>Draft</template></h1>",
    "button": f"<h1>{TITLE}<button>Share</button></h1>",
    "hidden": f"<h1>{TITLE}<span style='display:none'>Unseen</span></h1>",
    "part of a word": f"<h1>Fer<b>ry</b> to Sker<wbr>row {SECOND}</h1>",
    "end of another level": f"<h1>{TITLE}</h2>",
    "end of another level in capitals": f"<h1 class=t>{TITLE}</H3 >",
    "end of another level before a block": f"<h1>{TITLE}</h2><div class=teaser></div>",
    "no end": f"<h1>{TITLE}<div class=body>",
}
PAGE_TITLES = {"same": f"{TITLE} — Gazette", "site": "Gazette", "other": "Island cut off — Gazette"}


def read(body: str, head: str) -> ArticleData:
    page = f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>"
    article = extract_article(page.encode(), "https://gazette.example/2026/11/23/ferry")
    assert isinstance(article, ArticleData)
    return article


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS)
@pytest.mark.parametrize("title", PAGE_TITLES.values(), ids=PAGE_TITLES)
def test_headline_is_what_its_reader_sees(heading: str, title: str) -> None:
    article = read(f"<article>{heading}{TEXT}</article>", f"<title>{title}</title>")
    assert article.title == TITLE
    assert article.text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "claim", ["Gazette", "Gazette — news of the islands", "Front page", "News of the day"]
)
@pytest.mark.parametrize("site", ["", "<meta property='og:site_name' content='Gazette'>"])
def test_claim_that_is_of_no_article_yields_to_headline_and_title(claim: str, site: str) -> None:
    head = f"<title>{TITLE} — Gazette</title><meta property='og:title' content='{claim}'>{site}"
    assert read(f"<article><h1>{TITLE}</h1>{TEXT}</article>", head).title == TITLE


@pytest.mark.parametrize(
    ("top", "title"),
    [
        ("<h1><a href=/><img src=l.png alt=Gazette></a></h1>", "Gazette — Gazette"),
        ("<h1><a href='https://gazette.example/'>The Gazette</a></h1>", "The Gazette"),
        ("<a href=/><img src=l.png alt='Island paper'></a>", "Island paper"),
        ("<div>Gazette</div>", "Gazette - Gazette"),
        ("<div>Gazette</div>", f"{TITLE} — Gazette of Skerrow"),
    ],
)
def test_second_heading_is_the_headline_where_the_first_is_the_outlets(
    top: str, title: str
) -> None:
    body = f"<header>{top}</header><article><h2>{TITLE}</h2>{TEXT}</article>"
    assert read(body, f"<title>{title}</title>").title == TITLE


def test_title_of_a_picture_is_no_title_of_the_page() -> None:
    body = f"<svg><title>Logo of the Gazette</title></svg><article>{TEXT}</article>"
    assert "Logo" not in read(body, "").title
