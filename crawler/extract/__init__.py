"""HTML bytes to articles. Pure: no network, storage or clock."""

from crawler.extract.article import extract_article, preload

__all__ = ["extract_article", "preload"]
