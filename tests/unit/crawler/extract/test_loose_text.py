"""Text that stands bare in a block: read whole and in order, whatever stands between its parts."""

from __future__ import annotations

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article

TITLE = "Ferry to Skerrow stops for the winter"
TEXT = (
    "The ferry to Skerrow stops on Monday, the harbour board said, and will not run before March.",
    "Forty families on the island were told by letter that food would come by air once a week.",
    "The board has bought a second engine, but the yard that was to build it in is closed.",
    "Its chairman said on Friday that nobody would be left without medicine or post this winter.",
)
ONE, TWO, THREE, FOUR = TEXT
BODIES = {
    "breaks": "<br>".join(TEXT),
    "double breaks": "<br/>&nbsp;<br/>".join(TEXT),
    "before a paragraph": f"{ONE}<p>{TWO}</p>{THREE}<p>{FOUR}</p>",
    "behind a picture": f"<p>{ONE}</p><img src=a.jpg>{TWO}<p>{THREE}</p>{FOUR}",
    "a bold lead": f"<strong>{ONE}</strong><br><br>{TWO}<br><br>{THREE}<br><br>{FOUR}",
    "behind a quote": f"<p>{ONE}</p><blockquote>{TWO}</blockquote>{THREE}<br>{FOUR}",
    "behind a list": f"{ONE}<ul><li>{TWO}</li></ul>{THREE}<br>{FOUR}",
    "between headings": (
        f"<h2>What is known</h2>{ONE}<br>{TWO}<h2>What is next</h2>{THREE}<br>{FOUR}"
    ),
    "behind a table": (
        f"{ONE}<table><tr><td>Year</td><td>2026</td></tr></table>{TWO}<br>{THREE}<div>{FOUR}"
        "</div>"
    ),
    "between figures": (
        f"{ONE}<figure><img src=a.jpg></figure>{TWO}<div class=slot></div>{THREE}<br>{FOUR}"
    ),
    "in a span": f"<span>{ONE}<br><br>{TWO}</span><br>{THREE}<br><span>{FOUR}</span>",
    "a list of terms": f"{ONE}<dl><dt>When</dt><dd>{TWO}</dd></dl>{THREE}<br>{FOUR}",
    "blocks of one line": "".join(f"<div>{line}</div>" for line in TEXT),
}  # fmt: skip
HOLDERS = {
    "div": "<div>{}</div>",
    "named": "<div class=news-detail>{}</div>",
    "section": "<section>{}</section>",
    "article": "<article>{}</article>",
    "center and font": "<center><font size=2>{}</font></center>",
    "cell": "<table><tr><td>{}</td></tr></table>",
    "form": "<form method=post action=/page>{}</form>",
    "own element": "<news-text>{}</news-text>",
    "open paragraph": "<div><p><font>{}</font></p></div>",
    "body": "{}",
}
PLACES = {"above": "<h1>{title}</h1>{holder}", "within": "{holder}"}


def read(body: str) -> str:
    page = (
        f"<!doctype html><html lang=en><head><title>{TITLE} — Gazette</title></head><body>"
        "<header><nav><a href=/>Front page</a> <a href=/news>News</a></nav></header>"
        f"{body}<footer>Gazette, 2026</footer></body></html>"
    )
    article = extract_article(page.encode(), "https://gazette.example/2026/11/23/ferry")
    assert isinstance(article, ArticleData)
    assert article.title == TITLE
    return article.text


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
@pytest.mark.parametrize("inside", [False, True], ids=["headline above", "headline within"])
def test_all_of_a_text_is_read_in_its_order(holder: str, body: str, inside: bool) -> None:
    headline = f"<h1>{TITLE}</h1>"
    text = read(holder.format(headline + body) if inside else headline + holder.format(body))
    found = [text.find(line) for line in TEXT]
    assert -1 not in found
    assert found == sorted(found)
    assert all(text.count(line) == 1 for line in TEXT)
    assert "Front page" not in text


def test_line_with_bold_words_and_links_stays_one_line() -> None:
    line = f"<b>Skerrow.</b> {ONE} <a href=/board>The board</a> meets <i>on Tuesday</i> again."
    text = read(f"<div><h1>{TITLE}</h1>{line}<br>{TWO}<p>{THREE}</p>{FOUR}</div>")
    assert f"Skerrow. {ONE} The board meets on Tuesday again." in text.split("\n")


def test_note_that_opens_over_a_word_does_not_cut_its_line() -> None:
    note = "<span><a href=#1>1</a><div class=note></div></span>"
    paragraphs = "".join(f"<p>{line[:-1]} ({note}).</p>" for line in TEXT)
    assert f"{ONE[:-1]} (1)." in read(f"<article><h1>{TITLE}</h1>{paragraphs}</article>")


def test_captions_and_prompts_beside_paragraphs_are_not_made_paragraphs() -> None:
    paragraphs = "".join(f"<p>{line} {line[::-1]}</p>" for line in TEXT)
    prompt = "Would you like to have the news of the island each morning by letter and by post?"
    text = read(f"<h1>{TITLE}</h1><main>{paragraphs}</main><div><div>{prompt}</div></div>")
    assert prompt not in text
