"""Reads hostile documents in the real sandbox, as the daemon does, and measures what it takes."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.articles import ArticleData, Rejection
from core.errors import WirewatchError
from crawler.discovery import find_feeds, parse_feed, parse_listing, parse_sitemap, parse_telegram
from crawler.extract import extract_article
from crawler.parse.sandbox import Sandbox
from crawler.pdf.pdf_article import article_of, read_pdf
from crawler.pdf.values import PdfLimits, is_pdf
from tests.hostile.sample import CANARY, Kind, Sample

DEADLINE = 5.0
"""Seconds that one parse may take: the configuration's default."""
MEMORY_MB = 768
"""MiB that a parser process may take beyond its libraries: the configuration's default."""
WATCHED_EVERY = 0.02
_SCRIPT = re.compile(r"""url=['"](?!https?://)|title=(['"])(?:(?!\1).)*<script""")
"""An address that is none of the web, or a script in a headline."""

PDF_LIMITS = PdfLimits(pages=50, page_seconds=0.3, seconds=0.8 * DEADLINE)


def read_document(
    body: bytes, url: str, *, content_type: str | None = None
) -> ArticleData | Rejection:
    """Read a PDF as the daemon does, without text recognition."""
    assert is_pdf(body, content_type)
    document = read_pdf(body, PDF_LIMITS)
    if isinstance(document, Rejection):
        return document
    found = article_of(document, url)
    return found if isinstance(found, Rejection) else found.article


PARSERS: dict[Kind, tuple[Callable[..., Any], str]] = {
    Kind.PAGE: (extract_article, "https://example.org/news/1/story"),
    Kind.PDF: (read_document, "https://example.org/decrees/1.pdf"),
    Kind.FRONT: (find_feeds, "https://example.org/"),
    Kind.FEED: (parse_feed, "https://example.org/feed"),
    Kind.SITEMAP: (parse_sitemap, "https://example.org/sitemap.xml"),
    Kind.LISTING: (parse_listing, "https://example.org/news"),
    Kind.TELEGRAM: (parse_telegram, "https://t.me/s/herald"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a document."""

    name: str
    outcome: str
    """Type of the result, or of the error."""
    seconds: float
    peak_mb: float
    """The most memory that the worker held at once, its libraries included."""
    reason: str
    """Why it could not be read; empty when it was."""
    result: str
    """What was read, for a search in it."""
    is_answer: bool
    """Whether a result came back, or an error that is meant for people."""

    def __str__(self) -> str:
        return (
            f"{self.name:<36} {self.outcome:<20} {self.seconds:6.2f} {self.peak_mb:5.0f}"
            f"  {self.reason[:90]}"
        )

    def complaints(self, sample: Sample, grace: float) -> list[str]:
        """Return what should not have happened; `grace` are seconds beyond the deadline."""
        found = {
            "it took too long": self.seconds > DEADLINE + grace,
            "it took too much memory": self.peak_mb > MEMORY_MB,
            "it raised what nobody expects": not self.is_answer,
            "the reason says nothing": not self.result and len(self.reason.split()) < 3,
            "the reason is not fit to print": not self.reason.isprintable(),
            "honest text was lost": sample.keeps not in self.result,
            "the reason is another": re.search(sample.says, self.reason) is None,
            "a secret was read": CANARY in self.result,
            "a script came through": _SCRIPT.search(self.result) is not None,
        }
        return [complaint for complaint, is_so in found.items() if is_so]


async def read(sandbox: Sandbox, sample: Sample) -> Reading:
    """Read `sample` in `sandbox`, which must have one worker, and watch that worker."""
    parser, url = PARSERS[sample.kind]
    body = sample.make()
    worker = Path(f"/proc/{await sandbox.run(os.getpid)}")
    (worker / "clear_refs").write_text("5", encoding="ascii")  # the peak is counted from here
    peak = 0.0
    began = time.monotonic()
    call = asyncio.ensure_future(sandbox.run(parser, body, url, content_type=sample.content_type))
    while True:
        done, _ = await asyncio.wait({call}, timeout=WATCHED_EVERY)
        peak = max(peak, _peak_mb(worker))
        if done:
            break
    seconds = time.monotonic() - began
    error = call.exception()
    if error is not None:
        is_ours = isinstance(error, WirewatchError)
        reason = error.message if isinstance(error, WirewatchError) else repr(error)
        return Reading(sample.name, type(error).__name__, seconds, peak, reason, "", is_ours)
    result = call.result()
    reason = f"{result.reason}: {result.detail}" if isinstance(result, Rejection) else ""
    return Reading(sample.name, type(result).__name__, seconds, peak, reason, repr(result), True)


def _peak_mb(worker: Path) -> float:
    """Return the worker's peak resident set; 0 when it is gone."""
    try:
        status = (worker / "status").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
