"""Proxies: only those that a source names.

Scrapy also takes proxies from the environment, where one set for another program would silently
carry every request of ours.
"""

from __future__ import annotations

from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware


class SourceProxyMiddleware(HttpProxyMiddleware):
    """Scrapy's proxy support without the environment's proxies."""

    def __init__(self, auth_encoding: str | None = "latin-1") -> None:
        super().__init__(auth_encoding)
        self.proxies = {}
