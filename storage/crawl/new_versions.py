"""What is to become a version of an article."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from core.articles import ArticleData, ArticleEvent
from core.version_events import Said
from storage.crawl.raw_pages import PackedPage
from storage.database.columns import clean


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What is to become a version."""

    data: ArticleData
    content: str
    page: PackedPage | None
    said: Said
    event: ArticleEvent = ArticleEvent.PUBLISHED
    note: str = ""
    new_since: datetime | None = None

    @classmethod
    def found(cls, data: ArticleData, page: PackedPage | None) -> NewVersion:
        """Return what was found, with the signs of its words: made before anything is locked."""
        return cls(data, content_sha256(data), page, Said.of(data.title, data.text))


def content_sha256(data: ArticleData) -> str:
    """Return the hash that tells one version of an article from the next: of its title and text.

    Other fields do not count: a new tag or a corrected byline is no new text to be alerted about.
    """
    return hashlib.sha256(clean(f"{data.title}\n{data.text}").encode()).hexdigest()
