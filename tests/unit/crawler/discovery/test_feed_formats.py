"""Small feeds, one for each format and each way in which real feeds go wrong."""

from __future__ import annotations

import json
import pickle
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sources import Entry
from crawler.discovery import FeedDocument, NotAFeed, parse_feed

URL = "https://outlet.example/feeds/main.xml"
TEN = datetime(2026, 5, 1, 10, tzinfo=UTC)
RFC822 = "<pubDate>Fri, 01 May 2026 10:00:00 GMT</pubDate>"


def rss(*items: str, head: str = "", attributes: str = "", prolog: str = "") -> str:
    return (
        f'{prolog}<rss version="2.0"{attributes}><channel><title>Вестник</title>'
        f"<link>https://outlet.example/</link>{head}{''.join(items)}</channel></rss>"
    )


def item(title: str = "Новость", link: str = "https://outlet.example/1", rest: str = RFC822) -> str:
    return f"<item><title>{title}</title><link>{link}</link>{rest}</item>"


def atom(*entries: str, attributes: str = "") -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>Herald</title>'
        f"{''.join(entries)}</feed>"
    )


@dataclass(frozen=True)
class Case:
    name: str
    body: str | bytes
    url: str = "https://outlet.example/1"
    title: str = "Новость"
    content_type: str | None = None


CASES = (
    Case("rss 2.0", rss(item())),
    Case("rss 0.91 with doctype", rss(
        item(rest=""), prolog='<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://x.example/d">')),
    Case("rss without channel", '<rss version="0.92"><item><title>Новость</title>'
         "<link>https://outlet.example/1</link></item></rss>"),
    Case("rdf 1.0", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
         'xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>Вестник</title></channel>'
         '<item rdf:about="https://outlet.example/1"><title>Новость</title>'
         "<link>https://outlet.example/1</link></item></rdf:RDF>"),
    Case("rdf 0.90", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
         'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>В</title></channel>'
         "<item><title>Новость</title><link>https://outlet.example/1</link></item></rdf:RDF>"),
    Case("atom 1.0", atom('<entry><title>Новость</title><link href="https://outlet.example/1"/>'
                          "<id>urn:1</id><updated>2026-05-01T10:00:00Z</updated></entry>")),
    Case("atom 0.3", '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>H</title><entry>'
         '<title>Новость</title><link rel="alternate" href="https://outlet.example/1"/>'
         "<issued>2026-05-01T10:00:00Z</issued></entry></feed>"),
    Case("prefixed atom", '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>H</a:title>'
         '<a:entry><a:title>Новость</a:title><a:link href="https://outlet.example/1"/></a:entry>'
         "</a:feed>"),
    Case("one atom entry", '<entry xmlns="http://www.w3.org/2005/Atom"><title>Новость</title>'
         '<link href="https://outlet.example/1"/></entry>'),
    Case("atom self link first", atom(
        '<entry><link rel="self" href="https://outlet.example/1.atom"/><title>Новость</title>'
        '<link rel="enclosure" href="https://outlet.example/1.mp3"/>'
        '<link href="https://outlet.example/1"/><updated>2026-05-01T10:00:00Z</updated></entry>')),
    Case("xhtml title", atom(
        '<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Но<b>вость</b></div>'
        '</title><link href="https://outlet.example/1"/></entry>')),
    Case("xml:base", atom('<entry xml:base="https://outlet.example/"><title>Новость</title>'
                          '<link href="1"/></entry>')),
    Case("relative link", rss(item(link="/1"))),
    Case("link in CDATA and lines", rss(item(link="\n<![CDATA[ https://outlet.example/1 ]]>\n"))),
    Case("permalink guid", rss(f"<item><title>Новость</title>{RFC822}"
                               "<guid>https://outlet.example/1</guid></item>")),
    Case("atom:link before link", rss(
        '<item><title>Новость</title><a:link rel="self" href="https://outlet.example/self"/>'
        f"<link>https://outlet.example/1</link><guid>https://outlet.example/?p=9</guid>{RFC822}</item>",
        attributes=' xmlns:a="http://www.w3.org/2005/Atom"')),
    Case("media:title before title", rss(
        "<item><m:title>Фото</m:title><title>Новость</title>"
        f"<link>https://outlet.example/1</link>{RFC822}</item>",
        attributes=' xmlns:m="http://search.yahoo.com/mrss/"')),
    Case("feed proxy", rss(
        item(link="https://proxy.example/~r/1", rest=RFC822
             + "<fb:origLink>https://outlet.example/1</fb:origLink>"),
        attributes=' xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"')),
    Case("undeclared entity", rss(item("Но&nbsp;вость&nbsp;дня")), title="Но вость дня"),
    Case("bare ampersand", rss(item("Q & A", "https://outlet.example/?a=1&b=2")),
         "https://outlet.example/?a=1&b=2", "Q & A"),
    Case("escaped markup", rss(item("&lt;b&gt;Но&lt;/b&gt;вость")), title="Новость"),
    Case("twice escaped markup", rss(item("&amp;lt;i&amp;gt;Новость&amp;lt;/i&amp;gt;"))),
    Case("script in title", rss(item("Новость&lt;script&gt;alert(1)&lt;/script&gt;"))),
    Case("markup not escaped", rss(item("Но<b>вость</b> <i>дня</i>")), title="Новость дня"),
    Case("comparison in title", rss(item("Цена &lt; 5, рост &gt; 3")), title="Цена < 5, рост > 3"),
    Case("control characters", rss(item("Но\x08вость\x00"))),
    Case("numeric control reference", rss(item("Но&#8;вость&#0;")), title="Новость\ufffd"),
    Case("windows-1252 reference", rss(item("&#147;Новость&#148;")), title="“Новость”"),
    Case("cut short", rss(item(), item(link="https://outlet.example/2"))[:-60]),
    Case("wrong nesting", rss(item(rest="<description><p>a<b></p></description>"))),
    Case("after a warning", "<br />\n<b>Warning</b>: x in <b>y.php</b><br />\n" + rss(item())),
    Case("after blank lines", "\n\n  <?xml version='1.0'?>" + rss(item())),
    Case("feed inside a page", "<html><body>" + atom(
        '<entry><title>Новость</title><link href="https://outlet.example/1"/></entry>')),
    Case("declared windows-1251",
         rss(item(), prolog='<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251")),
    Case("undeclared windows-1251", rss(item("Новость дня в городе")).encode("cp1251"),
         title="Новость дня в городе"),
    Case("declared utf-8, is windows-1251",
         rss(item("Новость дня"), prolog='<?xml version="1.0" encoding="utf-8"?>').encode("cp1251"),
         title="Новость дня"),
    Case("declared windows-1251, is utf-8",
         rss(item(), prolog='<?xml version="1.0" encoding="windows-1251"?>').encode()),
    Case("undeclared koi8-r", rss(item("Новость дня в городе")).encode("koi8-r"),
         title="Новость дня в городе"),
    Case("koi8-r in the header", rss(item()).encode("koi8-r"),
         content_type="text/xml; charset=koi8-r"),
    Case("header lies", rss(item()).encode(), content_type="text/xml; charset=windows-1251"),
    Case("unknown charset", rss(item(), prolog='<?xml version="1.0" encoding="bogus"?>').encode()),
    Case("utf-16 with mark",
         rss(item(), prolog='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16")),
    Case("utf-16 without mark", rss(item()).encode("utf-16-le")),
    Case("utf-8 with mark", b"\xef\xbb\xbf" + rss(item()).encode()),
    Case("one broken byte", rss(item("Новость дня")).encode() + b"\xff", title="Новость дня"),
    Case("json feed 1.1", json.dumps({
        "version": "https://jsonfeed.org/version/1.1", "title": "В",
        "items": [{"id": "1", "url": "https://outlet.example/1", "title": "Новость"}]})),
    Case("json feed with mark and odd values", "\ufeff" + json.dumps({
        "items": [3, None, {"id": "https://outlet.example/1", "title": "Новость", "url": None,
                            "authors": {"name": "x"}, "tags": "y", "date_published": 5}]})),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_entry_is_read_whole(case: Case) -> None:
    body = case.body.encode() if isinstance(case.body, str) else case.body
    first = parse_feed(body, URL, content_type=case.content_type).entries[0]
    assert (first.url, first.title) == (case.url, case.title)


def only(body: str) -> Entry:
    feed = parse_feed(body.encode(), URL)
    (entry,) = feed.entries
    return entry


def test_everything_a_feed_says_of_an_article_is_kept() -> None:
    entry = only(
        rss(
            "<item><title>Новость</title><link>https://outlet.example/1</link>"
            "<description><![CDATA[<p>Первый&nbsp;абзац.</p><p>Второй.</p><script>x()</script>]]>"
            "</description><category>Общество</category><category>Граница</category>"
            "<category>Общество</category>"
            f"<author>a@outlet.example (Айгуль С.)</author>{RFC822}</item>"
        )
    )
    assert entry == Entry(
        url="https://outlet.example/1",
        title="Новость",
        published_at=TEN,
        authors=("Айгуль С.",),
        tags=("Общество", "Граница"),
        summary="Первый абзац. Второй.",
    )


def test_all_authors_and_the_language_of_an_entry_are_kept() -> None:
    entry = only(
        atom(
            '<entry xml:lang="kk-KZ"><title>T</title><link href="/1"/>'
            "<author><name>A</name></author>"
            "<author><name>B &lt;b@x.example&gt;</name></author></entry>"
        )
    )
    assert entry.authors == ("A", "B")
    assert entry.language == "kk"


def test_the_feed_tells_its_title_language_and_pace() -> None:
    feed = parse_feed(rss(item(), head="<language>ru-RU</language><ttl>45</ttl>").encode(), URL)
    assert (feed.title, feed.language, feed.ttl) == ("Вестник", "ru", timedelta(minutes=45))
    assert feed.parser == "fastfeedparser"


@pytest.mark.parametrize(
    ("head", "language", "ttl"),
    [
        ("<language>kg</language>", "ky", None),
        ("<language><![CDATA[uzb]]></language>", "uz", None),
        ("<language>Русский</language>", None, None),
        ("<ttl>0</ttl>", None, None),
        ("<ttl>soon</ttl>", None, None),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
            None,
            timedelta(minutes=30),
        ),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", None, timedelta(days=1)),
    ],
)
def test_language_and_pace_in_their_variants(
    head: str, language: str | None, ttl: timedelta | None
) -> None:
    feed = parse_feed(rss(item(), head=head, attributes=' xmlns:sy="s"').encode(), URL)
    assert (feed.language, feed.ttl) == (language, ttl)


@pytest.mark.parametrize(
    "rest",
    [
        "<guid isPermaLink='false'>100500</guid>",
        "<pubDate>10:30</pubDate>",
        "<pubDate>yesterday</pubDate>",
        "<pubDate></pubDate><guid isPermaLink='false'>2026-05-01</guid>",
        "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>",
    ],
)
def test_a_date_is_never_made_up(rest: str) -> None:
    assert only(rss(item(rest=rest))).published_at is None


def test_a_date_of_change_stands_in_for_a_missing_publication() -> None:
    entry = only(
        atom('<entry><link href="/1"/><updated>2026-05-01T15:00:00+05:00</updated></entry>')
    )
    assert entry.published_at == TEN


def test_entries_without_a_usable_link_are_counted() -> None:
    feed = parse_feed(
        rss(
            item("A", "javascript:alert(1)"),
            item("B", ""),
            item("C", "https://outlet.example/c?utm_source=rss"),
            item("D", "https://outlet.example/c?utm_source=rss"),
        ).encode(),
        URL,
    )
    assert [entry.title for entry in feed.entries] == ["C"]
    assert [(skipped.reason.words, skipped.detail) for skipped in feed.skipped] == [
        ("link is not a web address", "javascript:alert(1)"),
        ("no link", "B"),
        ("same link as an earlier entry", "https://outlet.example/c?utm_source=rss"),
    ]


def test_an_attachment_is_not_taken_for_the_article() -> None:
    feed = parse_feed(
        atom(
            "<entry><title>T</title><id>urn:1</id><updated>2026-05-01T10:00:00Z</updated>"
            '<link rel="enclosure" href="https://outlet.example/1.mp3"/></entry>'
        ).encode(),
        URL,
    )
    assert [skipped.reason.words for skipped in feed.skipped] == ["no link"]


def test_titles_and_summaries_are_bounded() -> None:
    long = "слово " * 5000
    entry = only(rss(item(long, rest=f"<description>{long}</description>")))
    assert len(entry.title) <= 500
    assert len(entry.summary) <= 10_000


def test_an_empty_feed_is_a_feed() -> None:
    feed = parse_feed(rss().encode(), URL)
    assert feed.entries == ()
    assert feed.title == "Вестник"


def test_entities_neither_expand_nor_read_files() -> None:
    bomb = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
    entry = only(
        rss(
            item("&e11;&file;"),
            prolog=f"<!DOCTYPE rss [<!ENTITY e0 'ha'>{bomb}<!ENTITY file SYSTEM 'file:///etc/passwd'>]>",
        )
    )
    assert entry.title == "&e11;&file;"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer was empty"),
        (b" \n\x00", "the answer was empty"),
        (b"<!doctype html><html><head></head></html>", "this is a web page, not a feed"),
        (b"<HTML><body>x", "this is a web page, not a feed"),
        (b"<urlset></urlset>", "this is a sitemap, not a feed"),
        (b"<opml version='2.0'/>", "this is a list of feeds (OPML), not a feed"),
        (b"<note/>", "this is a document of another kind (<note>), not a feed"),
        (b"Just a moment...", "this is not a feed but text that begins with 'Just a moment...'"),
        (b'{"a": 1}', "this is JSON, but not a JSON Feed: it has no list of items"),
        (b"[1, 2", "this looks like JSON but cannot be read as JSON"),
        (b'{"a":' * 100_000, "this looks like JSON but cannot be read as JSON"),
    ],
)  # fmt: skip
def test_what_is_not_a_feed_is_said_in_words(body: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed) as caught:
        parse_feed(body, URL)
    assert caught.value.message == reason
    assert caught.value.url == URL


def test_results_and_refusals_cross_process_boundaries() -> None:
    feed = parse_feed(rss(item()).encode(), URL)
    assert pickle.loads(pickle.dumps(feed)) == feed  # noqa: S301 - made in this line
    refusal = pickle.loads(pickle.dumps(NotAFeed("no", url=URL)))  # noqa: S301 - made in this line
    assert (str(refusal), refusal.url) == (f"no (url {URL})", URL)


@given(st.binary(max_size=300), st.none() | st.text(max_size=30))
def test_no_bytes_raise_anything_but_not_a_feed(body: bytes, content_type: str | None) -> None:
    parse_or_refuse(body, content_type)


_PIECES = st.sampled_from(
    [
        "<rss>", "</rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>",
        "</link>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<id>",
        "<link href='/a'/>", "<![CDATA[", "]]>", "<!--", "-->", "<?xml ", "?>", "&", "&nbsp;",
        "&#0;", "<!DOCTYPE rss [", "]>", "<pubDate>", "2026-05-01", "\x00", "\ud800", "я", '"', "'",
        "http://a/", "xml:base='b'", "<rdf:RDF>", "{", '"items":[', "]", "}",
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=25).map("".join))
def test_no_arrangement_of_feed_pieces_raises_anything_but_not_a_feed(text: str) -> None:
    parse_or_refuse(text.encode("utf-8", "surrogatepass"), None)


def parse_or_refuse(body: bytes, content_type: str | None) -> None:
    try:
        feed = parse_feed(body, URL, content_type=content_type)
    except NotAFeed:
        return
    assert isinstance(feed, FeedDocument)
    assert all(entry.url.startswith(("http://", "https://")) for entry in feed.entries)


def test_a_long_feed_is_read_to_a_limit_that_is_told() -> None:
    items = "".join(
        f"<item><title>Story <b>{n}</b></title><link>https://e.example/{n}</link></item>"
        for n in range(3_100)
    )
    body = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()
    feed = parse_feed(body, "https://e.example/feed")
    assert feed.parser == "feedparser"
    ends = [*range(1_500), *range(1_600, 3_100)]  # the newest may stand at either
    assert [entry.url for entry in feed.entries] == [f"https://e.example/{n}" for n in ends]
    (skipped,) = feed.skipped
    assert (skipped.reason.words, skipped.detail) == (
        "beyond the entries that are read",
        "100 entries",
    )


@pytest.mark.parametrize(
    ("head", "older"),
    [
        ('<atom:link rel="prev-archive" href="/2026-04.xml"/>', "https://outlet.example/2026-04.xml"),
        ("<link href='?page=2&amp;n=9' rel='next'/>", f"{URL}?page=2&n=9"),
        ('<atom:link rel="self" href="/a"/><atom:link rel="next" href="/b"/>',
         "https://outlet.example/b"),
        ('<atom:link rel="next-archive" href="/newer.xml"/>', None),
        ('<atom:link rel="next" href="javascript:alert(1)"/>', None),
        ("", None),
    ],
)  # fmt: skip
def test_the_page_with_older_entries_is_the_one_that_the_feed_names(
    head: str, older: str | None
) -> None:
    assert parse_feed(rss(item(), head=head).encode(), URL).older == older


def test_json_feeds_name_the_page_with_older_entries_too() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [],
            "next_url": "/older.json"}  # fmt: skip
    document = parse_feed(json.dumps(feed).encode(), URL)
    assert document.older == "https://outlet.example/older.json"


PASTED = ("Военкомат ждёт водителей во вторник", "Мост через реку закрыт до пятницы")


@pytest.mark.parametrize("declared", ["utf-8", "windows-1251"])
@pytest.mark.parametrize("pasted_in", ["cp1251", "koi8-r"])
@pytest.mark.parametrize("many", [1, 9], ids=["mostly-utf-8", "mostly-another"])
def test_an_item_in_another_charset_spoils_no_title(
    declared: str, pasted_in: str, many: int
) -> None:
    ours, theirs = PASTED
    foreign = [item(f"{theirs} {n}", link=f"{URL}/{n}") for n in range(many)]
    prolog = f'<?xml version="1.0" encoding="{declared}"?>'
    whole = rss(item(ours), *foreign, prolog=prolog)
    body = b"".join(
        line.encode(pasted_in if theirs[:5] in line else "utf-8")
        for line in re.split(r"(?<=>)|(?=<)", whole)
    )
    titles = [entry.title for entry in parse_feed(body, URL).entries]
    assert titles == [ours, *(f"{theirs} {n}" for n in range(many))]
