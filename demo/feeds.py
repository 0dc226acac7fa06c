"""Feeds in the four formats outlets use. Pure: stories in, bytes out.

Written by hand on purpose: the quirks (CDATA here, escaped markup there, a charset declared in
the prolog) are what a feed reader has to cope with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from demo.outlets import FeedFormat, Outlet

_CONTENT_TYPES = {
    FeedFormat.RSS: "application/rss+xml",
    FeedFormat.ATOM: "application/atom+xml",
    FeedFormat.RDF: "application/rdf+xml",
    FeedFormat.JSON: "application/feed+json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One story as a feed announces it."""

    url: str
    title: str
    summary: str
    published: datetime
    """In the outlet's own time zone."""
    modified: datetime
    authors: tuple[str, ...]
    tags: tuple[str, ...]


def content_type(outlet: Outlet) -> str:
    """Return the Content-Type of the outlet's feed."""
    kind = _CONTENT_TYPES[outlet.feed_format]
    return kind if outlet.feed_format is FeedFormat.JSON else f"{kind}; charset={outlet.charset}"


def render_feed(outlet: Outlet, base_url: str, items: list[FeedItem]) -> bytes:
    """Return the outlet's feed with `items`, newest first, in its format and charset."""
    if outlet.feed_format is FeedFormat.JSON:
        return _json_feed(outlet, base_url, items)
    body = {
        FeedFormat.RSS: _rss,
        FeedFormat.ATOM: _atom,
        FeedFormat.RDF: _rdf,
    }[outlet.feed_format](outlet, base_url, items)
    prolog = f'<?xml version="1.0" encoding="{outlet.charset}"?>\n'
    return (prolog + body).encode(outlet.charset, errors="xmlcharrefreplace")


def _rss(outlet: Outlet, base_url: str, items: list[FeedItem]) -> str:
    entries = "".join(
        f"""  <item>
    <title>{escape(item.title)}</title>
    <link>{escape(item.url)}</link>
    <guid isPermaLink="true">{escape(item.url)}</guid>
    <pubDate>{format_datetime(item.published)}</pubDate>
{_each("    <dc:creator>{}</dc:creator>", item.authors)}\
{_each("    <category>{}</category>", item.tags)}\
    <description><![CDATA[<p>{_cdata(item.summary)}</p>]]></description>
  </item>
"""
        for item in items
    )
    return f"""\
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>{escape(outlet.name)}</title>
  <link>{escape(base_url)}/</link>
  <description>{escape(outlet.tagline)}</description>
  <language>{outlet.language}</language>
  <atom:link href={quoteattr(base_url + outlet.feed_path)} rel="self" type="application/rss+xml"/>
{entries}</channel>
</rss>
"""


def _atom(outlet: Outlet, base_url: str, items: list[FeedItem]) -> str:
    entries = "".join(
        f"""  <entry>
    <id>{escape(item.url)}</id>
    <title type="html">{escape(escape(item.title))}</title>
    <link rel="alternate" type="text/html" href={quoteattr(item.url)}/>
    <published>{item.published.isoformat(timespec="seconds")}</published>
    <updated>{item.modified.isoformat(timespec="seconds")}</updated>
{_each("    <author><name>{}</name></author>", item.authors)}\
{_each('    <category term="{}"/>', item.tags)}\
    <summary type="html">{escape(f"<p>{escape(item.summary)}</p>")}</summary>
  </entry>
"""
        for item in items
    )
    updated = max((item.modified for item in items), default=None)
    when = updated.isoformat(timespec="seconds") if updated else "1970-01-01T00:00:00+00:00"
    return f"""\
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">
  <id>{escape(base_url)}/</id>
  <title>{escape(outlet.name)}</title>
  <subtitle>{escape(outlet.tagline)}</subtitle>
  <updated>{when}</updated>
  <link rel="self" href={quoteattr(base_url + outlet.feed_path)}/>
  <link rel="alternate" type="text/html" href={quoteattr(base_url + "/")}/>
{entries}</feed>
"""


def _rdf(outlet: Outlet, base_url: str, items: list[FeedItem]) -> str:
    listed = _each('      <rdf:li rdf:resource="{}"/>', [item.url for item in items])
    entries = "".join(
        f"""<item rdf:about={quoteattr(item.url)}>
  <title>{escape(item.title)}</title>
  <link>{escape(item.url)}</link>
  <description>{escape(item.summary)}</description>
  <dc:date>{item.published.isoformat(timespec="seconds")}</dc:date>
{_each("  <dc:creator>{}</dc:creator>", item.authors)}\
{_each("  <dc:subject>{}</dc:subject>", item.tags)}\
</item>
"""
        for item in items
    )
    return f"""\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" \
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about={quoteattr(base_url + outlet.feed_path)}>
  <title>{escape(outlet.name)}</title>
  <link>{escape(base_url)}/</link>
  <description>{escape(outlet.tagline)}</description>
  <dc:language>{outlet.language}</dc:language>
  <items>
    <rdf:Seq>
{listed}    </rdf:Seq>
  </items>
</channel>
{entries}</rdf:RDF>
"""


def _json_feed(outlet: Outlet, base_url: str, items: list[FeedItem]) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.tagline,
        "home_page_url": f"{base_url}/",
        "feed_url": base_url + outlet.feed_path,
        "language": outlet.language,
        "items": [
            {
                "id": item.url,
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                "content_html": f"<p>{escape(item.summary)}</p>",
                "date_published": item.published.isoformat(timespec="seconds"),
                "date_modified": item.modified.isoformat(timespec="seconds"),
                "authors": [{"name": name} for name in item.authors],
                "tags": list(item.tags),
            }
            for item in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _each(element: str, values: Sequence[str]) -> str:
    return "".join(element.format(escape(value, {'"': "&quot;"})) + "\n" for value in values)


def _cdata(text: str) -> str:
    return escape(text).replace("]]>", "]]]]><![CDATA[>")
