from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import DocumentKind, FeedHint, NotAFeed, discover_links, find_feeds

URL = "https://outlet.example/"


def feeds(page: str, url: str = URL) -> list[str]:
    return [found.url for found in find_feeds(page.encode(), url) if found.how != FeedHint.GUESS]


def test_the_feed_a_page_names_comes_before_those_it_links_to_and_guesses() -> None:
    page = (
        '<html><head><link rel="alternate" type="application/rss+xml" title="Вестник" href="/main">'
        '</head><body><a href="/rss.xml">RSS</a></body></html>'
    )
    found = find_feeds(page.encode(), URL)
    assert [(item.url, item.title, item.how) for item in found[:2]] == [
        ("https://outlet.example/main", "Вестник", FeedHint.LINK),
        ("https://outlet.example/rss.xml", "RSS", FeedHint.ANCHOR),
    ]
    assert {item.how for item in found[2:]} == {FeedHint.GUESS}
    assert all(item.confidence < found[1].confidence for item in found[2:])


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" href="/feed">',
        "<LINK REL=Alternate TYPE='application/atom+xml; charset=utf-8' HREF=/feed>",
        '<link rel="alternate" type="application/feed+json" href="/feed">',
        '<link rel="feed" type="text/xml" href="/feed">',
        '<link rel="alternate" type="application/json" href="/feed">',
        '<link rel="alternate" href="/feed">',
        '<base href="https://outlet.example/x/"><link rel="feed" type="text/xml" href="../feed">',
        '<a href="/feed">Подписаться</a>',
    ],
)
def test_links_to_feeds_are_seen_in_their_variants(link: str) -> None:
    assert feeds(link) == ["https://outlet.example/feed"]


@pytest.mark.parametrize(
    "address",
    [
        "/rss", "/rss.xml", "/rss/all.xml", "/feed.atom", "/news/feed/", "/?feed=rss2", "/rss.php",
        "/index.php?format=feed", "/api/zrqiteuuir", "/feeds/posts/default", "/ru/rss/news",
        "https://feeds.feedburner.com/outlet",
    ],
)  # fmt: skip
def test_addresses_that_look_like_feeds(address: str) -> None:
    assert len(feeds(f'<a href="{address}">x</a>')) == 1


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/json+oembed" href="/wp-json/oembed?url=x">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" hreflang="en" href="/en/">',
        '<link rel="stylesheet" type="text/css" href="/rss.css">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<a href="/news/press-conference">Press</a>',
        '<a href="/feedback">Feedback</a>',
        '<a href="/news/rss-turns-25-today.html">RSS</a>',
    ],
)
def test_other_links_are_not_taken_for_feeds(link: str) -> None:
    assert feeds(link) == []


def test_feeds_of_comments_sections_and_other_languages_rank_lower() -> None:
    page = """<html lang="ru"><head>
        <link rel="alternate" type="application/rss+xml" title="Комментарии" href="/comments/feed/">
        <link rel="alternate" type="application/rss+xml" href="/category/sport/feed/">
        <link rel="alternate" type="application/rss+xml" href="/en/feed/">
        <link rel="alternate" type="application/rss+xml" href="https://elsewhere.example/feed/">
        <link rel="alternate" type="application/rss+xml" href="/feed/"></head>"""
    assert feeds(page) == [
        "https://outlet.example/feed/",
        "https://elsewhere.example/feed/",
        "https://outlet.example/en/feed/",
        "https://outlet.example/category/sport/feed/",
        "https://outlet.example/comments/feed/",
    ]


def test_a_page_without_links_still_gets_the_usual_addresses() -> None:
    found = [item.url for item in find_feeds(b"<p>Welcome</p>", "https://outlet.example/ky/")]
    assert found[:2] == ["https://outlet.example/ky/feed/", "https://outlet.example/feed/"]
    assert "https://outlet.example/?feed=rss2" in found


def test_each_address_is_offered_once_and_the_page_itself_never() -> None:
    page = '<a href="/feed/">a</a><a href="/feed/#x">b</a><a href="/rss">c</a>'
    found = [item.url for item in find_feeds(page.encode(), "https://outlet.example/rss")]
    assert found.count("https://outlet.example/feed/") == 1
    assert "https://outlet.example/rss" not in found


def test_windows_1251_pages_keep_their_titles() -> None:
    page = (
        '<meta charset="windows-1251"><link rel="alternate" type="application/rss+xml" '
        'title="Новости" href="/f">'
    )
    assert find_feeds(page.encode("cp1251"), URL)[0].title == "Новости"


@given(st.binary(max_size=200) | st.text("<>alink href='\"/rss=&", max_size=200).map(str.encode))
def test_any_bytes_give_candidates(body: bytes) -> None:
    assert all(0 < found.confidence <= 1 for found in find_feeds(body, URL))


def test_links_of_a_feed_are_its_entries() -> None:
    body = b"<rss><channel><item><title>T</title><link>/1</link></item></channel></rss>"
    found = discover_links(body, URL)
    assert found.kind is DocumentKind.FEED
    assert [entry.url for entry in found.entries] == ["https://outlet.example/1"]


def test_links_of_a_page_are_its_feeds() -> None:
    found = discover_links(b"<html><a href='/rss'>RSS</a></html>", URL)
    assert found.kind is DocumentKind.HOMEPAGE
    assert found.entries == ()
    assert found.candidates[0].url == "https://outlet.example/rss"


@pytest.mark.parametrize("body", [b"", b"plain words", b"<urlset/>", b"{}"])
def test_what_is_neither_feed_nor_page_is_refused(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        discover_links(body, URL)
