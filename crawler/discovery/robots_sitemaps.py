"""The sitemaps that a robots.txt names. Pure."""

from __future__ import annotations

import re

from core.urls import UrlError, absolute_http_url, registered_domain

_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_NEWS = re.compile(r"news|latest|recent", re.IGNORECASE)
_READ = 512_000
"""Bytes that are read; RFC 9309 asks crawlers for at least 500 KiB."""
_MOST = 10


def sitemaps_in_robots(body: bytes, url: str) -> tuple[str, ...]:
    """Return the sitemaps that the robots.txt at `url` names, those of news first, at most ten.

    Only those of the same registered domain: a robots.txt speaks for its own site.
    """
    text = body[:_READ].decode("utf-8", "replace")
    found: dict[str, None] = {}
    for line in _LINE.finditer(text):
        address = absolute_http_url(url, line[1])
        if address is not None and _same_site(address, url):
            found.setdefault(address)
    return tuple(sorted(found, key=lambda address: _NEWS.search(address) is None)[:_MOST])


def _same_site(address: str, url: str) -> bool:
    try:
        return registered_domain(address) == registered_domain(url)
    except UrlError:
        return False
