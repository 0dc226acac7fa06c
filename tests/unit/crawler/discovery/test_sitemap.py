"""Small sitemaps, one for each form and each way in which real ones go wrong."""

from __future__ import annotations

import gzip
import pickle
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.urls import absolute_http_url, canonical_url
from crawler.discovery import (
    NotASitemap,
    SitemapDocument,
    SitemapReference,
    likeliest_children,
    newest_children,
    parse_sitemap,
)
from crawler.discovery.sitemap import is_plain
from tests.cpu import times_the_work

URL = "https://outlet.example/sitemap.xml"
TEN = datetime(2026, 5, 1, 10, tzinfo=UTC)


def urlset(*pages: str, attributes: str = "") -> str:
    return f'<?xml version="1.0"?><urlset{attributes}>{"".join(pages)}</urlset>'


def page(location: str, rest: str = "") -> str:
    return f"<url><loc>{location}</loc>{rest}</url>"


def read(text: str | bytes, url: str = URL) -> SitemapDocument:
    return parse_sitemap(text if isinstance(text, bytes) else text.encode(), url)


def addresses(text: str | bytes, url: str = URL) -> list[str]:
    return [found.entry.url for found in read(text, url).entries]


def reasons(document: SitemapDocument) -> list[tuple[str, str]]:
    return [(skipped.reason.words, skipped.detail) for skipped in document.skipped]


def test_pages_come_in_order_with_the_time_of_their_last_change() -> None:
    document = read(
        urlset(
            page("https://outlet.example/b", "<lastmod> 2026-05-01T15:00:00+05:00 </lastmod>"),
            page("https://outlet.example/a", "<priority>0.5</priority>"),
        )
    )
    assert [(found.entry.url, found.last_modified) for found in document.entries] == [
        ("https://outlet.example/b", TEN),
        ("https://outlet.example/a", None),
    ]
    assert document.skipped == ()


def test_the_last_change_is_never_taken_for_publication() -> None:
    document = read(urlset(page("/a", "<lastmod>2026-05-01T10:00:00Z</lastmod>")))
    assert document.entries[0].entry.published_at is None


@pytest.mark.parametrize("declares", [True, False])
@pytest.mark.parametrize("prefix", ["news", "n"])
def test_the_news_extension_gives_title_time_language_and_keywords(
    prefix: str, *, declares: bool
) -> None:
    namespace = f' xmlns:{prefix}="http://www.google.com/schemas/sitemap-news/0.9"'
    news = (
        "<X:news><X:publication><X:name>Вестник</X:name><X:language>ru-RU</X:language>"
        "</X:publication><X:publication_date>2026-05-01T15:00+05:00</X:publication_date>"
        "<X:title>Закон &amp; порядок</X:title><X:keywords>труд, закон,, труд</X:keywords></X:news>"
    ).replace("X:", f"{prefix}:")
    document = read(urlset(page("/a", news), attributes=namespace if declares else ""))
    entry = document.entries[0].entry
    assert document.title == "Вестник"
    assert (entry.title, entry.published_at, entry.language, entry.tags) == (
        "Закон & порядок", TEN, "ru", ("труд", "закон"),
    )  # fmt: skip


def test_addresses_and_titles_of_images_and_videos_are_not_those_of_the_page() -> None:
    extra = (
        "<image:image><image:loc>/photo.jpg</image:loc><image:title>Photo</image:title>"
        "</image:image><video:video><video:title>Video</video:title></video:video>"
    )
    document = read(urlset(f"<url>{extra}<loc>/a</loc></url>"))
    assert [found.entry.url for found in document.entries] == ["https://outlet.example/a"]
    assert document.entries[0].entry.title == ""


def test_any_namespace_prefix_and_letter_case_is_read() -> None:
    assert addresses(
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<s:url><s:loc>/a</s:loc></s:url></s:urlset>"
    ) == ["https://outlet.example/a"]
    assert addresses("<URLSET><URL><LOC>/a</LOC></URL></URLSET>") == ["https://outlet.example/a"]


def test_an_index_gives_the_sitemaps_it_names() -> None:
    document = read(
        "<sitemapindex><sitemap><loc>/news.xml</loc><lastmod>2026-05-01T10:00:00Z</lastmod>"
        "</sitemap><sitemap>https://outlet.example/bare.xml</sitemap></sitemapindex>"
    )
    assert document.children == (
        SitemapReference(url="https://outlet.example/news.xml", last_modified=TEN),
        SitemapReference(url="https://outlet.example/bare.xml"),
    )
    assert document.entries == ()


def test_plain_text_gives_one_page_a_line() -> None:
    document = read(
        "\ufeffhttps://outlet.example/a\r\n\r\n  https://outlet.example/b\n# note\n/relative"
    )
    assert [found.entry.url for found in document.entries] == [
        "https://outlet.example/a",
        "https://outlet.example/b",
    ]
    assert reasons(document) == [
        ("link is not a web address", "# note"),
        ("link is not a web address", "/relative"),
    ]


def test_what_cannot_be_this_sites_page_is_left_out_with_the_reason() -> None:
    document = read(
        urlset(
            page("https://m.example.com/a"),
            page("https://elsewhere.example/a"),
            page("https://example.com.evil.example/a"),
            page("javascript:alert(1)"),
            page(""),
            page("https://m.example.com/a?utm_source=x"),
        ),
        "https://www.example.com/sitemap.xml",
    )
    assert [found.entry.url for found in document.entries] == ["https://m.example.com/a"]
    assert reasons(document) == [
        ("another site's page", "https://elsewhere.example/a"),
        ("another site's page", "https://example.com.evil.example/a"),
        ("link is not a web address", "javascript:alert(1)"),
        ("no link", ""),
        ("same link as an earlier entry", "https://m.example.com/a?utm_source=x"),
    ]


def test_an_index_cannot_send_to_another_site() -> None:
    document = read(
        "<sitemapindex><sitemap><loc>http://169.254.169.254/latest/</loc></sitemap></sitemapindex>"
    )
    assert document.children == ()
    assert [skipped.reason.words for skipped in document.skipped] == ["another site's page"]


@pytest.mark.parametrize(
    "body",
    [
        urlset(page("/a?x=1&y=2")),
        urlset(page("/a?x=1&amp;y=2")),
        urlset(page("<![CDATA[/a?x=1&y=2]]>")),
        urlset(page("\n  /a?x=1&amp;y=2\n")),
        "<br /><b>Warning</b>: mysql in index.php<br />" + urlset(page("/a?x=1&y=2")),
        "\x00\n <!-- made by hand -->" + urlset(page("/a?x=1&y=2")),
        "<urlset><url><loc>/a?x=1&y=2</loc><lastmod>2026</url></urlset>",
        "<urlset><url><loc>/a?x=1&y=2</loc></url><url><lo",
        urlset(page("/a?x=1&y=2")) + "<!-- page generated in 0.3 s --></html>",
    ],
)
def test_ill_formed_sitemaps_keep_their_pages(body: str) -> None:
    assert addresses(body) == ["https://outlet.example/a?x=1&y=2"]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "utf-16", "utf-16-le"])
def test_a_wrongly_declared_charset_does_not_matter(charset: str) -> None:
    news = "<news:news><news:title>Новый закон о труде</news:title></news:news>"
    body = urlset(page("/a", news)).replace("?>", ' encoding="utf-8"?>').encode(charset)
    assert read(body).entries[0].entry.title == "Новый закон о труде"


def test_entities_and_doctypes_are_inert() -> None:
    body = (
        '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "yyyy">]>'
        "<urlset><url><loc>/a</loc><news:news><news:title>&x;&y;&nbsp;t</news:title></news:news>"
        "</url></urlset>"
    )
    assert read(body).entries[0].entry.title == "&x;&y; t"


def test_gzip_is_undone_even_twice_and_even_when_cut_or_followed_by_garbage() -> None:
    body = urlset(page("/a"), *(page(f"/{number * 7919}") for number in range(3000))).encode()
    packed = gzip.compress(body, mtime=0)
    assert len(addresses(packed)) == 3001
    assert len(addresses(gzip.compress(packed, mtime=0))) == 3001
    assert len(addresses(packed + b"garbage")) == 3001
    assert addresses(packed[: len(packed) // 2])[0] == "https://outlet.example/a"


def test_a_compressed_bomb_is_refused_without_unpacking_it_all() -> None:
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=1, mtime=0)
    tracemalloc.start()
    try:
        with pytest.raises(NotASitemap, match="unpacks to more than 20 MiB"):
            read(bomb)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 64 * 2**20


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer was empty"),
        (b"\xef\xbb\xbf  \n", "the answer was empty"),
        (gzip.compress(b"", mtime=0), "the answer was empty"),
        (b"\x1f\x8b\x08\x00garbage", "compressed with gzip and damaged"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "this is a web page"),
        (b"<rss><channel></channel></rss>", "this is a feed"),
        (b"<note>x</note>", r"a document of another kind \(<note>\)"),
        (b"User-agent: *\nDisallow: /", "text that begins with 'User-agent: "),
        (b"\x89PNG\r\n\x1a\n\x00\x01\xff", "binary data, not a sitemap"),
        (b"x" * (20 * 2**20 + 1), "larger than 20 MiB"),
    ],
)
def test_what_is_not_a_sitemap_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(NotASitemap, match=reason) as caught:
        read(body)
    assert caught.value.url == URL


def test_a_sitemap_at_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(NotASitemap, match="its own address"):
        read(urlset(page("/a")), "file:///etc/passwd")


def test_the_refusal_survives_the_way_out_of_the_sandbox() -> None:
    error = pickle.loads(pickle.dumps(NotASitemap("no", url=URL)))  # noqa: S301 - our own bytes
    assert (error.message, error.url) == ("no", URL)


def test_an_empty_sitemap_is_a_sitemap() -> None:
    assert read("<urlset/>") == SitemapDocument()


def many_pages(count: int) -> str:
    return urlset(
        *(
            page(
                f"https://outlet.example/2026/05/story-number-{number}.html",
                f"<lastmod>2026-05-01T10:{number % 60:02}:{number // 60 % 60:02}Z</lastmod>",
            )
            for number in range(count)
        )
    )


def test_fifty_thousand_pages_are_read_in_linear_time_and_no_more() -> None:
    most, tenth = many_pages(50_001), many_pages(5_000)
    # Ten times the pages cost 10 to 15 times the work; 100 times it, were a step quadratic.
    documents: list[SitemapDocument] = []
    assert times_the_work(lambda: documents.append(read(most)), lambda: read(tenth)) < 40
    (document,) = documents
    assert len(document.entries) == 50_000
    assert reasons(document) == [("beyond the first 50,000 addresses", "")]


def work_of_refusing(body: bytes) -> float:
    """Return how many times the work of an honest sitemap (300 KB) is spent on `body`."""
    honest = many_pages(2_500)

    def done_with() -> None:
        with suppress(NotASitemap):
            read(body)

    return times_the_work(done_with, lambda: read(honest))


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<a>" * 1_000_000,
        b"<urlset>" + b"<url><loc>/x" * 200_000,
        b"<urlset " + b" ".join(b"a%d='x'" % number for number in range(100_000)) + b"/>",
        b"<urlset>" + b"&" * 2_000_000,
        b"<urlset>" + b"<url><news>" * 300_000,
        b"<urlset><url><loc><![CDATA[" + b"<" * 2_000_000,
    ],
    ids=["nesting", "nested pages", "attributes", "ampersands", "nested news", "endless CDATA"],
)
def test_hostile_sitemaps_cost_no_more_than_honest_ones(body: bytes) -> None:
    assert work_of_refusing(body) < 40  # 6 at most, for seven times the bytes


@pytest.mark.parametrize("body", [b"<!--" * 1_000_000, b"<!DOCTYPE x [" + b"]" * 1_000_000])
def test_an_endless_prolog_is_refused_with_little_work(body: bytes) -> None:
    with pytest.raises(NotASitemap):
        read(body)
    assert work_of_refusing(body) < 20  # less than one


@given(
    st.binary(max_size=300)
    | st.text("<>/urlsetoc&;:![]-'\"= \nhttp.x", max_size=300).map(str.encode)
    | st.binary(max_size=200).map(lambda body: b"<urlset><url><loc>" + body)
)
def test_any_bytes_give_a_document_or_a_reason(body: bytes) -> None:
    with suppress(NotASitemap):
        document = read(body)
        assert all(
            found.entry.url.startswith(("http://", "https://")) for found in document.entries
        )


@given(st.from_regex(r"https?://[a-z0-9.-]{1,20}[/A-Za-z0-9_.~%;-]{0,40}", fullmatch=True))
def test_plain_addresses_are_their_own_absolute_form_and_key(url: str) -> None:
    if is_plain(url):
        assert absolute_http_url(URL, url) == url
        assert canonical_url(url) == url


def children(*names: str, modified: datetime | None = None) -> SitemapDocument:
    return SitemapDocument(
        children=tuple(
            SitemapReference(url=f"https://outlet.example/{name}", last_modified=modified)
            for name in names
        )
    )


def order(document: SitemapDocument, limit: int = 100) -> list[str]:
    chosen = newest_children(document, None, limit)
    return [child.url.removeprefix("https://outlet.example/") for child in chosen]


def test_sitemaps_of_news_come_first_and_static_ones_last() -> None:
    document = children(
        "page-sitemap.xml", "category-sitemap.xml", "misc.xml", "post-sitemap.xml",
        "post_tag-sitemap.xml", "google-news.xml", "image-sitemap-2026-11.xml",
    )  # fmt: skip
    assert order(document) == [
        "google-news.xml", "post-sitemap.xml", "misc.xml", "image-sitemap-2026-11.xml",
        "page-sitemap.xml", "category-sitemap.xml", "post_tag-sitemap.xml",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "newest_first",
    [
        ("sitemap-2026-11.xml", "sitemap-2026-9.xml", "sitemap-2025-12.xml"),
        ("post-sitemap42.xml", "post-sitemap5.xml", "post-sitemap.xml"),
        ("s/202611.xml.gz", "s/202610.xml.gz", "s/201912.xml.gz"),
        ("s/20261120.xml", "s/20261119.xml", "s/20251231.xml"),
        ("sitemap/2026/11/2.xml", "sitemap/2026/11/1.xml", "sitemap/2026/2/28.xml"),
        ("s.xml?yyyy=2026&mm=11&dd=26", "s.xml?yyyy=2026&mm=11&dd=02"),
        ("sitemap.xml?page=10", "sitemap.xml?page=9", "sitemap.xml?page=1"),
        ("part-9999.xml", "part-2100.xml", "part-2026.xml", "part-3.xml"),
        ("part-202640.xml", "part-202611.xml"),
        ("sitemap-pt-post-p2-2026-11.xml", "sitemap-pt-post-p1-2026-11.xml"),
    ],
)
def test_the_newest_date_or_highest_number_in_a_name_comes_first(
    newest_first: tuple[str, ...],
) -> None:
    assert tuple(order(children(*reversed(newest_first)))) == newest_first
    assert tuple(order(children(*newest_first))) == newest_first


def test_sitemaps_that_did_not_change_since_are_left_out_and_unknown_ones_kept() -> None:
    document = SitemapDocument(
        children=(
            SitemapReference(url="https://outlet.example/old", last_modified=TEN.replace(hour=9)),
            SitemapReference(url="https://outlet.example/same", last_modified=TEN),
            SitemapReference(url="https://outlet.example/unknown"),
        )
    )
    assert [child.url[-4:] for child in newest_children(document, TEN, 10)] == ["same", "nown"]


def test_no_more_sitemaps_than_asked_for_are_chosen() -> None:
    document = children("a1.xml", "a2.xml", "a3.xml")
    assert order(document, 2) == ["a3.xml", "a2.xml"]
    assert order(document, 0) == []


def test_among_equal_names_the_latest_change_comes_first() -> None:
    document = SitemapDocument(
        children=(
            SitemapReference(url="https://outlet.example/a.xml", last_modified=TEN),
            SitemapReference(
                url="https://outlet.example/b.xml", last_modified=TEN.replace(hour=11)
            ),
        )
    )
    assert order(document) == ["b.xml", "a.xml"]


def parts(names: list[str]) -> list[SitemapReference]:
    return [SitemapReference(url=f"https://outlet.example/{name}.xml") for name in names]


def names_of(children: tuple[SitemapReference, ...]) -> list[str]:
    return [child.url.rpartition("/")[2].removesuffix(".xml") for child in children]


def test_of_too_many_sitemaps_the_newest_are_taken_wherever_they_stand() -> None:
    numbered = parts([f"part-{number}" for number in range(1, 101)])
    for listed in (numbered, numbered[::-1]):
        assert {"part-100", "part-99", "part-98"} <= set(names_of(likeliest_children(listed, 6)))


def test_of_too_many_sitemaps_whose_names_say_nothing_both_ends_are_taken() -> None:
    letters = [f"{first}{second}" for first in "abcdef" for second in "uvwxyz"]
    assert names_of(likeliest_children(parts(letters), 8)) == [
        *("au", "av", "aw", "ax", "ay", "az"),
        *("fy", "fz"),
    ]


def test_sitemaps_that_are_not_too_many_are_all_taken_once_and_in_order() -> None:
    assert names_of(likeliest_children(parts(["b", "a", "b"]), 2)) == ["b", "a"]
    assert likeliest_children(parts(["b", "a", "c"]), 0) == ()
