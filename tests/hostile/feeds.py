"""Hostile feeds: XML, JSON and what neither parser is ready for."""

from __future__ import annotations

import json

from tests.hostile.sample import Bait, Kind, Sample, item, rss

MB = 2**20
DATED = "<pubDate>Mon, 02 Nov 2026 10:00:00 +0600</pubDate>"
HONEST = item(7, title="The bridge stays closed", more=DATED)
KEPT = "The bridge stays closed"


def _laughs(*, levels: int = 10) -> str:
    """Return the DTD whose last entity is 10**levels times the first."""
    entities = ['<!ENTITY l0 "ha">'] + [
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels)
    ]
    return f"<!DOCTYPE rss [{''.join(entities)}]>"


def xxe(bait: Bait) -> tuple[Sample, ...]:
    """Return the feeds that try to read a file and to call home."""
    prologs = {
        "file": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{bait.file}">]>',
        "http": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{bait.url}/entity">]>',
        "parameter": f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{bait.url}/parameter"> %p;'
        f'<!ENTITY x "y">]>',
        "dtd": f'<!DOCTYPE rss SYSTEM "{bait.url}/external.dtd">',
        "public": f'<!DOCTYPE rss PUBLIC "-//A//B//EN" "{bait.url}/public.dtd">',
        "comment": f'<!-- > --><!DOCTYPE rss [<!-- ]> --><!ENTITY x SYSTEM "{bait.file}">]>',
        "stylesheet": f'<?xml-stylesheet type="text/xsl" href="{bait.url}/style.xsl"?>',
        "utf-7": f'<?xml version="1.0" encoding="utf-7"?>'
        f'+ADwAIQ-DOCTYPE rss [+ADw-!ENTITY x SYSTEM "{bait.file}"+AD4-]+AD4-',
    }
    reading = item(1, title="&x; Headline", more=f"<description>&x;{DATED}</description>")
    included = (
        f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{bait.file}" parse="text"/>'
    )
    return (
        *(
            Sample(f"xxe-{name}", Kind.FEED, f"an external entity: {name}",
                   lambda prolog=prolog: rss(reading + HONEST, prolog=prolog),  # type: ignore[misc]
                   quick=name in ("file", "http"))
            for name, prolog in prologs.items()
        ),
        Sample("xxe-xinclude", Kind.FEED, "a file named for inclusion",
               lambda: rss(item(1, more=f"<description>{included}</description>") + HONEST),
           keeps=KEPT, quick=True),
        Sample("xxe-sitemap", Kind.SITEMAP, "an external entity in a sitemap",
               lambda: (f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{bait.file}">]><urlset><url><loc>'
                        "https://example.org/&x;</loc></url></urlset>").encode(), quick=True),
        Sample("xxe-page", Kind.PAGE, "external entities and inclusions in a page",
               lambda: (f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "{bait.file}">]>'
                        f'<html><head><link rel="stylesheet" href="{bait.url}/css"/></head><body>'
                        f'<p>&x;</p>{included}<iframe src="{bait.url}/frame"></iframe>'
                        f'<object data="{bait.file}"></object></body></html>').encode()),
        Sample("xxe-front", Kind.FRONT, "external entities in a front page",
               lambda: (f'<!DOCTYPE html [<!ENTITY x SYSTEM "{bait.file}">]><html><a href="/rss">'
                        f"&x;</a>{included}</html>").encode()),
    )  # fmt: skip


def _json_feed(**more: object) -> bytes:
    honest = {"id": "1", "url": "https://example.org/a", "title": KEPT}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "H",
                       "items": [honest], **more}).encode()  # fmt: skip


def _links() -> bytes:
    hostile = (
        "javascript:alert(1)", "data:text/html,&lt;script&gt;", "file:///etc/passwd", "//",
        "http://[::1", "https://10.0.0.1/" + "a" * 70_000, "http://10.0.0.1:99999/", "mailto:a@b",
            " ",
        "https://user:pw@10.0.0.1/", "\\\\evil\\x", "http://10.0.0.1/%00", "ht\ntp://10.0.0.1/x",
        "http://127.0.0.1:22/", "http://169.254.169.254/latest/meta-data/", "vbscript:x",
    )  # fmt: skip
    return rss("".join(item(n, link=link) for n, link in enumerate(hostile)) + HONEST)


FEEDS = (
    Sample("billion-laughs", Kind.FEED, "entities that double ten times over",
           lambda: rss(item(1, title="&l9;") + HONEST, prolog=_laughs()), keeps=KEPT, quick=True),
    Sample("quadratic-blowup", Kind.FEED, "one large entity, named 50,000 times",
           lambda: rss(item(1, title="&a;" * 50_000) + HONEST,
                       prolog=f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'), keeps=KEPT),
    Sample("entity-of-itself", Kind.FEED, "an entity that names itself",
           lambda: rss(item(1, title="&a;") + HONEST,
                       prolog='<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>'), keeps=KEPT),
    Sample("dtd-flood", Kind.FEED, "200,000 declarations",
           lambda: rss(HONEST, prolog="<!DOCTYPE rss [" + "".join(
               f'<!ENTITY e{n} "v">' for n in range(150_000)) + "]>"), keeps=KEPT),
    Sample("dtd-never-closed", Kind.FEED, "a DOCTYPE without end",
           lambda: b"<!DOCTYPE rss [" + b"<!ENTITY a '" * 300_000),
    Sample("doctype-of-quotes", Kind.FEED, "a DOCTYPE that can be read in many ways",
           lambda: b"<!DOCTYPE rss \"'\"'" + b"\"'" * 500_000 + b"<rss/>"),
    Sample("comments-before-root", Kind.FEED, "a million comments before anything else",
           lambda: b"<!---->" * 700_000 + rss(HONEST)),
    Sample("comment-openers-before-root", Kind.FEED, "comments that never end, before the root",
           lambda: b"<!-- " * 900_000),
    Sample("feed-elements-deep", Kind.FEED, "elements within elements",
           lambda: rss("<item>" + "<a>" * 300_000 + "</a>" * 300_000 + "</item>")),
    Sample("feed-items-nested", Kind.FEED, "items within items",
           lambda: rss("<item><title>t</title>" * 50_000)),
    Sample("feed-prefixes-100000", Kind.FEED, "100,000 namespaces",
           lambda: rss("".join(f'<n{n}:a xmlns:n{n}="u{n}"/>' for n in range(100_000)) + HONEST)),
    Sample("feed-attributes-100000", Kind.FEED, "an element of 100,000 attributes",
           lambda: rss("<item " + " ".join(f'a{n}="1"' for n in range(100_000))
                       + "><title>t</title></item>" + HONEST), quick=True),
    Sample("feed-namespaces-in-one-tag", Kind.FEED, "100,000 namespaces of one element",
           lambda: rss("<item " + " ".join(f'xmlns:a{n}="u"' for n in range(100_000)) + "/>")),
    Sample("feed-items-20000", Kind.FEED, "20,000 items",
           lambda: rss("".join(item(n, more=DATED) for n in range(20_000)))),
    Sample("feed-items-20000-carefully", Kind.FEED, "20,000 items for the slow parser",
           lambda: rss("".join(item(n, title="<b>a</b> c") for n in range(20_000)))),
    Sample("feed-items-100000-empty", Kind.FEED, "100,000 empty items",
           lambda: rss("<item/>" * 300_000)),
    Sample("feed-same-item-20000", Kind.FEED, "one item, 20,000 times",
           lambda: rss(HONEST * 20_000), keeps=KEPT),
    Sample("feed-cyrillic-links-20000", Kind.FEED, "20,000 addresses to encode",
           lambda: rss("".join(item(n, link=f"https://example.org/новости/{n}/мост?id={n}&amp;б=в",
                                    more=DATED) for n in range(20_000)))),
    Sample("feed-categories-100000", Kind.FEED, "an item of 100,000 categories",
           lambda: rss(item(1, title=KEPT, more="<category>c</category>" * 100_000)), keeps=KEPT),
    Sample("feed-authors-100000", Kind.FEED, "an item of 100,000 authors",
           lambda: rss(item(1, title=KEPT, more="<author>a@b.org (A B)</author>" * 100_000))),
    Sample("feed-title-of-4-mb", Kind.FEED, "a title of megabytes",
           lambda: rss(item(1, title="word " * 900_000, more=DATED) + HONEST), keeps=KEPT),
    Sample("feed-title-of-tags", Kind.FEED, "a title of a million tags",
           lambda: rss(item(1, title="&lt;b&gt;" * 400_000, more=DATED) + HONEST), keeps=KEPT),
    Sample("feed-title-of-openers", Kind.FEED, "a title of tags that never end",
           lambda: rss("".join(item(n, title="&lt;a " * 800, more=DATED) for n in range(700)))),
    Sample("feed-title-of-quotes", Kind.FEED, "titles whose quotes can be read in many ways",
           lambda: rss("".join(item(n, title="&lt;a'\"" * 570, more=DATED) for n in range(400)))),
    Sample("feed-escaped-often", Kind.FEED, "markup escaped ten times over",
           lambda: rss(item(1, title="&amp;" + "amp;" * 9 + "lt;script&gt;alert(1)", more=DATED)
               + HONEST)),
    Sample("feed-script-titles", Kind.FEED, "scripts as headlines",
           lambda: rss(item(1, title="&lt;script&gt;alert(1)&lt;/script&gt;News", more=DATED)
                       + item(2, title="<![CDATA[<img src=x onerror=alert(1)>News]]>", more=DATED)),
           quick=True),
    Sample("feed-summary-of-script", Kind.FEED, "summaries of scripts that never end",
           lambda: rss("".join(item(n,
               more=f"<description>{'&lt;script&gt;' * 3_000}</description>{DATED}")
                               for n in range(100)))),
    Sample("feed-hostile-links", Kind.FEED, "links that are no web addresses", _links, keeps=KEPT,
           quick=True),
    Sample("feed-cdata-never-closed", Kind.FEED, "CDATA sections that never end",
           lambda: rss("<item><title><![CDATA[" * 200_000)),
    Sample("feed-ampersands-4000000", Kind.FEED, "four million ampersands",
           lambda: rss(item(1, title="&" * 4_000_000))),
    Sample("feed-entities-500000", Kind.FEED, "half a million entities of HTML",
           lambda: rss(item(1, title="&nbsp;&ouml;&zzz;" * 250_000, more=DATED))),
    Sample("feed-entity-names", Kind.FEED, "ampersands before endless names",
           lambda: rss(item(1, title=("&" + "a" * 31) * 150_000))),
    Sample("feed-shadowing-tags", Kind.FEED, "patterns that look for tags, from 800,000 starts",
           lambda: rss("<item>" + "<title " * 700_000)),
    Sample("feed-dates-of-no-time", Kind.FEED, "years 0 and 99999, endless time zones",
           lambda: rss("".join(item(n, more=f"<pubDate>{date}</pubDate>") for n, date in enumerate((
               "Mon, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 99999 23:59:59 +9999", "-1",
               "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1e400", "9" * 5_000,
               "Mon, 02 Nov 2026 10:00:00 " + "(" * 50_000, "Mon, 02 Nov 2026 " + "+0600 " * 50_000,
               "2026-11-02T10:00:00" + "Z" * 100_000, "1" + " " * 100_000 + "x"))) + HONEST),
           quick=True),
    Sample("feed-dates-of-blanks", Kind.FEED, "20,000 dates that patterns read slowly",
           lambda: rss("".join(item(n, more=f"<pubDate>{'1 - ' * 20}</pubDate>")
               for n in range(20_000)))),
    Sample("feed-ttl-endless", Kind.FEED, "a wish to be left alone for 2,000 years",
           lambda: rss(HONEST, channel=f"<ttl>{'9' * 100_000}</ttl>"), keeps=KEPT),
    Sample("feed-base-tricks", Kind.FEED, "base addresses elsewhere",
           lambda: rss('<item xml:base="javascript:alert(1)"><title>t</title><link>x</link></item>'
                       '<item xml:base="file:///etc/"><title>u</title><link>passwd</link></item>')),
    Sample("feed-in-a-page", Kind.FEED, "a feed behind 2 MB of web page",
           lambda: b"<html>" + b"<p>warning</p>" * 150_000 + rss(HONEST)),
    Sample("feed-is-a-page", Kind.FEED, "a web page at a feed's address",
           lambda: b"<!DOCTYPE html><html><body>moved</body></html>", says="web page", quick=True),
    Sample("feed-empty", Kind.FEED, "nothing at all", lambda: b"", says="empty", quick=True),
    Sample("feed-white-space", Kind.FEED, "nothing but white space", lambda: b" \r\n" * MB,
           says="empty"),
    Sample("feed-one-byte", Kind.FEED, "next to nothing", lambda: b"<", says="not a feed"),
    Sample("feed-nul", Kind.FEED, "nothing but NUL", lambda: b"\0" * 5 * MB, says="empty"),
    Sample("feed-of-nul-letters", Kind.FEED, "NUL between all letters",
           lambda: b"\0".join(bytes([byte]) for byte in rss(HONEST))),
    Sample("feed-elf", Kind.FEED, "a program", lambda: b"\x7fELF" + bytes(range(256)) * 4_000,
           says="not a feed"),
    Sample("feed-utf-16-lies", Kind.FEED, "UTF-16 that says it is UTF-8",
           lambda: rss(HONEST).decode().encode("utf-16-le"), keeps=KEPT),
    Sample("feed-line-of-5-mb", Kind.FEED, "one line of letters", lambda: b"x" * 5 * MB,
           says="not a feed"),
    Sample("feed-root-name-of-5-mb", Kind.FEED, "an element name of megabytes",
           lambda: b"<" + b"x" * 5 * MB + b">", says="another kind"),
    Sample("json-deep", Kind.FEED, "arrays nested beyond the recursion limit",
           lambda: b"[" * 5 * MB, says="cannot be read as JSON", quick=True),
    Sample("json-objects-deep", Kind.FEED, "objects nested beyond the recursion limit",
           lambda: b'{"a":' * MB, says="cannot be read as JSON"),
    Sample("json-numbers", Kind.FEED, "numbers of a million digits, NaN and infinities",
           lambda: b'{"items":[{"id":' + b"9" * 1_000_000 + b',"url":NaN,"title":-Infinity}]}',
           quick=True),
    Sample("json-types", Kind.FEED, "values of every wrong type",
           lambda: _json_feed(title=[1], language={"a": 1}, items=[
               None, 1, [], {"url": 5, "authors": {"name": 1}, "tags": 7, "date_published": []},
               {"url": "https://example.org/a", "title": KEPT, "tags": [None, {}], "authors": [1]},
           ]), keeps=KEPT, quick=True),
    Sample("json-items-300000", Kind.FEED, "300,000 items",
           lambda: b'{"items":[' + b'{"id":"a"},' * 300_000 + b"{}]}"),
    Sample("json-keys-500000", Kind.FEED, "an object of 400,000 keys",
           lambda: _json_feed(extra={f"k{n}": n for n in range(250_000)}), keeps=KEPT),
    Sample("json-surrogates", Kind.FEED, "halves of characters",
           lambda: _json_feed(title="\ud800 a \udfff\0"), keeps=KEPT),
)  # fmt: skip
