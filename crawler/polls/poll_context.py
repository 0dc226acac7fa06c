"""What polls work with: how documents are read, and where what they learnt goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import Clock
from crawler.parse.document_reader import DocumentReader
from crawler.record.article_recording import ArticleRecording
from crawler.record.poll_recording import PollRecording


@dataclass(frozen=True, slots=True)
class PollContext:
    """Handed to each poll; all polls of a crawler share one."""

    documents: DocumentReader
    recording: PollRecording
    articles: ArticleRecording
    """Takes posts, which come with their words."""
    languages: Sequence[str]
    """Languages that a post may be in."""
    clock: Clock
