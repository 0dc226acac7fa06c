"""Hostile article pages: shapes and sizes that parsers choke on."""

from __future__ import annotations

import json

from tests.hostile.sample import KEPT, PROSE, SENTENCES, Kind, Sample, page

MB = 2**20


def _nested(tag: str, depth: int, *, closed: bool = True) -> bytes:
    end = f"</{tag}>" * depth if closed else ""
    return page("", prose=f"<{tag}>" * depth + PROSE + end)


def _table(depth: int) -> bytes:
    return page("", prose="<table><tr><td>" * depth + PROSE + "</td></tr></table>" * depth)


def _linked_data(text: str) -> bytes:
    return page("", f'<script type="application/ld+json">{text}</script>')


def _graph_in_circles() -> str:
    nodes = [
        {"@id": f"#{n}", "@type": "NewsArticle", "author": {"@id": f"#{(n + 1) % 500}"},
         "isPartOf": {"@id": "#0"}}
        for n in range(500)
    ]  # fmt: skip
    return json.dumps({"@context": "https://schema.org", "@graph": nodes})


def _dates() -> bytes:
    written = "".join(
        f'<meta property="article:published_time" content="{date}"><time datetime="{date}">{date}'
        "</time>"
        for date in (
            "0000-00-00", "99999-01-01T00:00:00Z", "-2147483649", "9999-12-31T23:59:59-23:59",
            "0001-01-01T00:00:00+14:00", "1e308", "9" * 400, "2026-02-30", "٢٠٢٦-٠١-٠١",
            "Mon, 99 Foo 2026 99:99:99 +9999", "2026-01-01T00:00:00" + "+05:00" * 50_000,
        )
    )  # fmt: skip
    return page(written)


def _polyglot(magic: bytes) -> bytes:
    return magic + page("") + magic * 500


PAGES = (
    # -- nesting
    Sample("divs-1000-deep", Kind.PAGE, "nesting beyond the parser's 256 levels",
           lambda: _nested("div", 1_000), keeps=KEPT, quick=True),
    Sample("divs-100000-deep", Kind.PAGE, "recursion in every tool that walks a tree",
           lambda: _nested("div", 100_000)),
    Sample("spans-never-closed", Kind.PAGE, "nesting through missing end tags",
           lambda: _nested("span", 200_000, closed=False)),
    Sample("formatting-never-closed", Kind.PAGE, "formatting that is opened again in each block",
           lambda: page("", prose="<b><i><u><em>" * 5_000 + "<p>word</p>" * 5_000)),
    Sample("tables-800-deep", Kind.PAGE, "layout tables within layout tables",
           lambda: _table(800), quick=True),
    Sample("tables-40000-deep", Kind.PAGE, "layout tables beyond all limits",
           lambda: _table(40_000)),
    Sample("lists-100000-deep", Kind.PAGE, "lists within lists",
           lambda: page("", prose="<ul><li>" * 100_000 + PROSE)),
    Sample("quotes-100000-deep", Kind.PAGE, "quotations within quotations",
           lambda: _nested("blockquote", 100_000)),
    Sample("sections-1500-deep-with-headings", Kind.PAGE, "a heading at each level of a deep tree",
           lambda: page("", prose="<section><h2>Related stories</h2><p>a</p>" * 1_500 + PROSE)),
    Sample("links-100000-deep", Kind.PAGE, "links within links",
           lambda: page('<a href="/x">' * 100_000)),
    # -- tags
    Sample("attributes-100000", Kind.PAGE, "an attribute list that is searched from its start",
           lambda: page("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>"),
           keeps=KEPT, quick=True),
    Sample("attributes-with-less-than-signs", Kind.PAGE, "attributes that hide from a tag's count",
           lambda: page("<p " + " ".join(f'a{n}="<"' for n in range(100_000)) + ">x</p>"),
           keeps=KEPT, quick=True),
    Sample("attributes-never-closed", Kind.PAGE, "a tag of attributes without an end",
           lambda: page("<p " + " ".join(f"a{n}='>'" for n in range(100_000)))),
    Sample("attributes-250-in-each-tag", Kind.PAGE, "many attributes below every limit",
           lambda: page(("<p " + " ".join(f"a{n}" for n in range(250)) + ">x</p>") * 4_000)),
    Sample("attribute-of-7-mb", Kind.PAGE, "one attribute as large as a page may be",
           lambda: page(f'<p title="{"x" * 7 * MB}">x</p>'), keeps=KEPT),
    Sample("tag-name-of-4-mb", Kind.PAGE, "one tag name of megabytes",
           lambda: page(f"<{'x' * 4 * MB}>")),
    Sample("tags-1000000", Kind.PAGE, "a million elements",
           lambda: page("<b>a</b>" * 900_000), quick=True),
    Sample("tags-1000000-empty", Kind.PAGE, "millions of line breaks", lambda: page("<br>"
           * 2_000_000)),
    Sample("paragraphs-300000", Kind.PAGE, "300,000 paragraphs of a few words",
           lambda: page("<p>word of text</p>" * 300_000)),
    Sample("quotes-never-closed", Kind.PAGE, "an attribute that swallows the page",
           lambda: page('<p class="' + "<p>x</p>" * 500_000)),
    Sample("comment-never-closed", Kind.PAGE, "a comment that swallows the page",
           lambda: page("<!--" + "<!-- x " * 200_000), keeps=KEPT),
    Sample("comment-openers-1000000", Kind.PAGE, "a search for an end from a million starts",
           lambda: page("<!-" * 1_000_000 + "<!--" * 500_000)),
    Sample("cdata-never-closed", Kind.PAGE, "CDATA sections without end", lambda: page("<![CDATA["
           * 500_000)),
    Sample("scripts-never-closed", Kind.PAGE, "100,000 script tags, none of which ends",
           lambda: page("<script>" * 100_000)),
    Sample("less-than-signs-7000000", Kind.PAGE, "a tag that begins at every byte",
           lambda: page("<" * 7_000_000), quick=True),
    Sample("instructions-1000000", Kind.PAGE, "processing instructions without end",
           lambda: page("<?" * 3_000_000)),
    Sample("selects-never-closed", Kind.PAGE, "form controls that parsers move about",
           lambda: page("<select><option><table><form>" * 50_000)),
    # -- text
    Sample("prose-of-5-mb", Kind.PAGE, "as much honest prose as fits",
           lambda: page(f"<article>{PROSE * (5 * MB // len(PROSE))}</article>")),
    Sample("line-of-5-mb", Kind.PAGE, "one word of megabytes",
           lambda: page(f"<p>{'ы' * 2_500_000}</p>")),
    Sample("text-of-7-mb-in-one-node", Kind.PAGE, "one paragraph as large as a page may be",
           lambda: page(f"<p>{(SENTENCES[0] + ' ') * (7 * MB // 85)}</p>")),
    Sample("spaces-of-7-mb", Kind.PAGE, "white space that is folded again and again",
           lambda: page(f"<p>a{' ' * 7 * MB}b</p>"), keeps=KEPT),
    Sample("entities-1000000", Kind.PAGE, "a million entities, some of none",
           lambda: page(f"<p>{'&amp;&notit;&#x1F600;&#9999999999;&' * 200_000}</p>")),
    Sample("title-of-5-mb", Kind.PAGE, "a headline of megabytes",
           lambda: page("", f"<title>{'Breaking news ' * 370_000}</title>")),
    Sample("headlines-100000", Kind.PAGE, "100,000 first headings",
           lambda: page("<h1>Breaking | news - Herald</h1>" * 100_000)),
    Sample("title-of-separators", Kind.PAGE, "a headline that can be cut at 500,000 places",
           lambda: page("", f"<meta property='og:title' content='{'a - ' * 500_000}'>")),
    Sample("text-like-dates", Kind.PAGE, "patterns that look for dates",
           lambda: page(f"<p>{'2026-01-' * 200_000}</p><p>{'1.1.' * 200_000}</p>")),
    Sample("text-like-addresses", Kind.PAGE, "patterns that look for links and mail addresses",
           lambda: page(f"<p>{'a@' * 300_000}</p><p>{'http://' * 200_000}</p>{'www.' * 200_000}")),
    Sample("text-like-boilerplate", Kind.PAGE, "patterns that look for page boilerplate",
           lambda: page("<p>Share share share facebook twitter facebook | </p>" * 60_000)),
    Sample("byline-of-separators", Kind.PAGE, "a list of a million authors",
           lambda: page("", f"<meta name='author' content='{'By A and B, ' * 300_000}'>")),
    Sample("combining-marks", Kind.PAGE, "normalization of endless combining marks",
           lambda: page(f"<p>a{chr(0x301) * 1_000_000}{chr(0x316) * 1_000_000}</p>"), quick=True),
    Sample("zero-width-flood", Kind.PAGE, "text that is nothing but invisible characters",
           lambda: page(f"<p>{chr(0x200B) * 800_000}{chr(0x202E) * 800_000}</p>", prose=""),
           says="text|letters"),
    # -- head
    Sample("metas-200000", Kind.PAGE, "endless metadata",
           lambda: page("", '<meta property="article:tag" content="a, b, c">' * 150_000)),
    Sample("canonicals-100000", Kind.PAGE, "100,000 addresses that call themselves canonical",
           lambda: page("", "".join(f'<link rel="canonical" href="//h{n}.example/">'
                                    for n in range(100_000)))),
    Sample("canonical-tricks", Kind.PAGE, "canonical addresses that break URL parsers",
           lambda: page("", "".join(f'<link rel="canonical" href="{href}">' for href in (
               "http://[::1", "http://[v1.x]/", "//", "javascript:alert(1)", "http://a:999999/",
               "https://example.org:x/", "data:text/html,x", "\\\\evil.example\\x",
                   "http://%00/"))),
           keeps=KEPT),
    Sample("base-tricks", Kind.PAGE, "base addresses elsewhere",
           lambda: page("", '<base href="javascript:alert(1)"><base href="file:///etc/">'
                            '<base href="//evil.example/">'), keeps=KEPT),
    Sample("linked-data-deep", Kind.PAGE, "JSON nested beyond the recursion limit",
           lambda: _linked_data("[" * 1_000_000 + "]" * 1_000_000), keeps=KEPT, quick=True),
    Sample("linked-data-objects-deep", Kind.PAGE, "JSON objects just within the recursion limit",
           lambda: _linked_data('{"author":' * 900 + "1" + "}" * 900), keeps=KEPT),
    Sample("linked-data-wide", Kind.PAGE, "a list of two million nodes",
           lambda: _linked_data(f"[{'{},' * 2_000_000}{{}}]"), keeps=KEPT, quick=True),
    Sample("linked-data-lists", Kind.PAGE, "lists of lists of lists",
           lambda: _linked_data(f"[{'[{}],' * 1_000_000}[]]"), keeps=KEPT),
    Sample("linked-data-huge", Kind.PAGE, "an article body of megabytes",
           lambda: _linked_data(json.dumps({"@type": "NewsArticle", "articleBody": "word " * MB,
                                            "headline": "x" * MB}))),
    Sample("linked-data-names-deep", Kind.PAGE, "a name within a name within a name",
           lambda: _linked_data('{"@type":"Article","headline":' + '{"name":' * 900 + '"x"' + "}"
               * 901),
           keeps=KEPT),
    Sample("linked-data-circles", Kind.PAGE, "references that lead in circles",
           lambda: _linked_data(_graph_in_circles()), keeps=KEPT),
    Sample("linked-data-numbers", Kind.PAGE, "NaN, infinities and numbers of a million digits",
           lambda: _linked_data('{"@type":"NewsArticle","datePublished":NaN,"author":-Infinity,'
                                f'"headline":{"9" * 1_000_000},"dateModified":1e999999}}'),
           keeps=KEPT, quick=True),
    Sample("linked-data-blocks-100000", Kind.PAGE, "100,000 blocks of JSON",
           lambda: page("", '<script type="application/ld+json">{"@type":"A"}</script>' * 100_000)),
    Sample("linked-data-wrapping", Kind.PAGE, "a pattern that looks for the end of white space",
           lambda: _linked_data("{" + " " * MB + "x")),
    Sample("dates-of-no-time", Kind.PAGE, "year 0 and 99999, negative and endless time zones",
           _dates, keeps=KEPT, quick=True),
    # -- links
    Sample("link-farm-200000", Kind.PAGE, "200,000 links",
           lambda: page("".join(f'<a href="/n/{n}">story number {n}</a> '
               for n in range(160_000)))),
    Sample("bare-links-200000", Kind.PAGE, "200,000 links without blocks or text",
           lambda: page('<a href="/x">x</a>' * 200_000)),
    Sample("link-blocks-100000", Kind.PAGE, "100,000 menus",
           lambda: page('<div><a href="/x">x</a><a href="/y">y</a></div>' * 100_000)),
    Sample("comments-block-deep", Kind.PAGE, "headings that open every level of a block",
           lambda: page("<div><b>Comments</b><p>a</p>" * 10_000)),
    # -- not pages
    Sample("empty", Kind.PAGE, "nothing at all", lambda: b"", says="no text|empty", quick=True),
    Sample("one-byte", Kind.PAGE, "next to nothing", lambda: b"<", says="not a web page|no "),
    Sample("white-space", Kind.PAGE, "nothing but white space", lambda: b" \n\t\r" * MB,
           says="no text"),
    Sample("nul-bytes", Kind.PAGE, "nothing but NUL", lambda: b"\0" * 5 * MB, says="no text",
           quick=True),
    Sample("doctype-only", Kind.PAGE, "a declaration and no page", lambda: b"<!DOCTYPE html>" * 3,
           says="empty|no article"),
    Sample("shell-of-scripts", Kind.PAGE, "a page without text",
           lambda: b"<html><body><div id=app></div><script>1</script></body></html>",
           says="no article text"),
    Sample("pdf-as-html", Kind.PAGE, "a PDF that is a web page too",
           lambda: _polyglot(b"%PDF-1.7\n"),
           says="not a web page", quick=True),
    Sample("zip-as-html", Kind.PAGE, "an archive that is a web page too",
           lambda: _polyglot(b"PK\x03\x04"), says="not a web page"),
    Sample("png-as-html", Kind.PAGE, "a picture that is a web page too",
           lambda: _polyglot(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), says="not a web page"),
    Sample("elf-as-html", Kind.PAGE, "a program served as a page",
           lambda: b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4_000, says="not a web page"),
    Sample("html-in-gif", Kind.PAGE, "a picture with a page behind it",
           lambda: b"GIF89a/*" + page(""), says="not a web page"),
)  # fmt: skip
