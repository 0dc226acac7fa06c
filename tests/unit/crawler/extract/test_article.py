from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.articles import ArticleData, Rejection, RejectReason
from core.sources import Entry
from crawler.extract import extract_article
from crawler.extract.dated_page import DATED_PAGE
from crawler.extract.markup import MAX_TAGS

URL = "https://news.example.org/a/1"
SENTENCE = "The council voted on Tuesday to repair the old bridge before the winter comes. "
PAGES = Path(__file__).parent / "pages"


def html(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def article(body: bytes, entry: Entry | None = None, url: str = URL) -> ArticleData:
    result = extract_article(body, url, entry=entry)
    assert isinstance(result, ArticleData), result
    return result


def rejection(body: bytes, content_type: str | None = None) -> Rejection:
    result = extract_article(body, URL, content_type=content_type)
    assert isinstance(result, Rejection), result
    return result


def test_time_of_the_feed_wins_over_the_pages() -> None:
    said = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
    page = html(
        f"<p>{SENTENCE * 3}</p>",
        '<meta property="article:published_time" content="2026-05-11T00:00:00Z">',
    )
    assert article(page, Entry(url=URL, published_at=said)).published_at == said
    assert article(page, Entry(url=URL)).published_at == datetime(2026, 5, 11, tzinfo=UTC)


def test_feed_stands_in_for_what_the_page_lacks() -> None:
    entry = Entry(url=URL, title="From the feed", authors=("Ann Lee",), tags=("bridge",))
    found = article(html(f"<p>{SENTENCE * 3}</p>"), entry)
    assert (found.title, found.authors, found.tags) == ("From the feed", ("Ann Lee",), ("bridge",))


def test_feed_does_not_replace_what_the_page_says() -> None:
    entry = Entry(url=URL, title="From the feed", authors=("Ann Lee",), tags=("bridge",))
    head = (
        '<meta property="og:title" content="From the page"><meta name="author" content="Tom Roe">'
        '<meta name="keywords" content="council">'
    )
    found = article(html(f"<p>{SENTENCE * 3}</p>", head), entry)
    assert (found.title, found.authors, found.tags) == ("From the page", ("Tom Roe",), ("council",))


def test_page_without_any_title_gets_its_first_words() -> None:
    assert article(html(f"<p>{SENTENCE * 3}</p>")).title.startswith("The council voted on Tuesday")


def test_date_is_guessed_only_when_nobody_names_one() -> None:
    found = article(
        html(f"<p>{SENTENCE * 3}</p>"), url="https://news.example.org/2026/05/12/bridge"
    )
    assert found.published_at == datetime(2026, 5, 12, tzinfo=UTC)


def test_headline_is_not_repeated_in_the_text() -> None:
    found = article(html(f"<article><h1>Bridge</h1><p>{SENTENCE * 3}</p></article>"))
    assert (found.title, found.text) == ("Bridge", (SENTENCE * 3).strip())


def test_cells_of_a_table_read_as_text() -> None:
    rows = "<tr><td>Osh</td><td>12</td></tr><tr><td>Batken</td><td>7</td></tr>"
    found = article(html(f"<article><p>{SENTENCE * 3}</p><table>{rows}</table></article>"))
    assert found.text.splitlines()[1:] == ["Osh | 12", "Batken | 7"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"html": "<p>hello</p>"}', "application/json"),
        (b"%PDF-1.7\n<p>1 0 obj", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", None),
        (b"GIF89a<p>", None),
        (b"PK\x03\x04 docx <p>", None),
        (
            b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>',
            None,
        ),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title></feed>", "text/html"),
        (b"just plain words and nothing else", "text/plain"),
    ],
)
def test_what_is_no_web_page_is_rejected_as_such(body: bytes, content_type: str | None) -> None:
    assert rejection(body, content_type).reason is RejectReason.NOT_HTML


@pytest.mark.parametrize("body", [b"", b" \n ", b"\xef\xbb\xbf", b"<html></html>", b"<p>OK</p>"])
def test_page_without_text_is_rejected_with_a_reason(body: bytes) -> None:
    rejected = rejection(body)
    assert rejected.reason is RejectReason.EMPTY
    assert rejected.detail


def test_many_attributes_in_one_tag_do_not_stop_the_parser() -> None:
    for attributes in (
        " ".join(f'a{n}="x"' for n in range(100_000)),
        " ".join(f"a{n}" for n in range(100_000)),
        "".join(f'a{n}="x"' for n in range(100_000)),
    ):
        assert article(html(f"<p {attributes}>{SENTENCE * 3}</p>")).text == (SENTENCE * 3).strip()


def test_large_inline_image_is_not_taken_for_attributes() -> None:
    image = f'<article class="post" data-cover="data:image/png;base64,{"iVBOR w0KGgo" * 5_000}">'
    assert article(html(f"{image}<p>{SENTENCE * 3}</p></article>")).text == (SENTENCE * 3).strip()


def test_deeply_nested_text_is_found() -> None:
    assert article(html("<div>" * 1_000 + f"<p>{SENTENCE * 3}</p>")).text == (SENTENCE * 3).strip()


def test_hopelessly_nested_page_is_rejected_with_a_reason() -> None:
    assert rejection(html("<div>" * 50_000 + SENTENCE * 3)).reason is RejectReason.EMPTY


def test_megabytes_of_prose_come_out_whole() -> None:
    text = "".join(f"<p>{SENTENCE * 6}{n}</p>" for n in range(2_000))
    assert len(article(html(f"<article>{text}</article>")).text) > 900_000


def test_same_bytes_give_the_same_article() -> None:
    body = (PAGES / "en_blog_engine.html").read_bytes()
    assert extract_article(body, URL) == extract_article(body, URL)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_damaged_pages_never_raise(page: Path) -> None:
    source = random.Random(page.name)  # noqa: S311 -- a fixed sequence, not a secret
    body = page.read_bytes()
    for _ in range(12):
        damaged = bytearray(body[: source.randrange(1, len(body))])
        for _ in range(source.randrange(40)):
            damaged[source.randrange(len(damaged))] = source.choice(b"<>\"'=&;/\x00\xff{[ a")
        assert isinstance(extract_article(bytes(damaged), URL), ArticleData | Rejection)


def test_a_page_of_too_many_tags_is_refused_with_their_number() -> None:
    refused = rejection(html(f"<p>{SENTENCE * 3}</p>" + "<b>a</b>" * MAX_TAGS))
    assert refused.reason is RejectReason.SANDBOX
    assert "tags, more than the 250,000 that are read" in refused.detail


def test_a_page_nested_too_deeply_for_the_extractor_is_refused_in_words() -> None:
    refused = rejection(html("<ul><li>" * 100_000 + f"<p>{SENTENCE * 3}</p>"))
    assert "nested too deeply" in refused.detail


def test_the_date_of_a_huge_page_is_looked_for_around_its_headline() -> None:
    rest = f"<section><p>{'x' * DATED_PAGE}</p></section>"
    by_address = html(f"<p>{SENTENCE * 3}</p>{rest}")
    url = "https://news.example.org/2026/03/04/bridge"
    assert article(by_address, url=url).published_at == datetime(2026, 3, 4, tzinfo=UTC)
    by_class = (
        f"<main><h1>Bridge</h1><p class='date'>posted on the 04/03/2026 at noon</p>"
        f"<p>{SENTENCE * 3}</p></main>{rest}"
    )
    assert article(html(by_class)).published_at == datetime(2026, 3, 4, tzinfo=UTC)
