"""What a PDF is while it is read: pages of rows, and why a page could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.articles import ArticleData


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """How much of a document is read."""

    pages: int
    page_seconds: float
    """Seconds of the processor that one page may take."""
    seconds: float
    """Seconds that all of them together may take."""


class Unread(StrEnum):
    """Why a page is missing from an article."""

    PAGE_LIMIT = "page_limit"
    """It stands beyond the pages that are read."""
    TOO_LONG = "too_long"
    """It took longer than a page may, or the document's time was up."""
    FAILED = "failed"
    """It is broken, or needs more memory than there is."""
    SCAN = "scan"
    """It is an image, and there is nothing that could read it."""
    SCAN_LIMIT = "scan_limit"
    """It is an image beyond those that are read."""
    SCAN_FAILED = "scan_failed"
    """It is an image that could not be read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand beside each other on one line. Lengths are in points, from below."""

    text: str
    left: float
    right: float
    base: float
    size: float
    broken: bool = False
    """Whether the last word goes on in the next line, after a hyphen."""


Row = tuple[Piece, ...]
"""One line across the page; more than one piece where there are wide gaps."""


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page with a text layer."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page that shows something and has no words: to be read by its looks."""


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """A page that was read by its looks."""

    text: str


Page = TextPage | ScannedPage | RecognisedPage | Unread


@dataclass(frozen=True, slots=True)
class PdfDocument:
    """What was read of a document."""

    count: int
    """All its pages."""
    pages: tuple[Page, ...]
    info: Mapping[str, str]
    """What it says about itself: Title, Author, CreationDate."""

    def scans(self) -> list[int]:
        """List the pages that are still to be read by their looks, from 0."""
        return [n for n, page in enumerate(self.pages) if isinstance(page, ScannedPage)]

    def with_pages(self, read: Mapping[int, Page]) -> PdfDocument:
        """Return the same document with some pages read otherwise."""
        pages = tuple(read.get(n, page) for n, page in enumerate(self.pages))
        return PdfDocument(self.count, pages, self.info)

    def unread(self) -> Counter[Unread]:
        """Count the pages that are missing, by the reason."""
        missing = Counter(page for page in self.pages if isinstance(page, Unread))
        if beyond := self.count - len(self.pages):
            missing[Unread.PAGE_LIMIT] += beyond
        return missing


@dataclass(frozen=True, slots=True)
class PdfArticle:
    """An article, and how many of its pages are missing from it."""

    article: ArticleData
    count: int
    unread: Mapping[Unread, int]


def is_pdf(body: bytes, content_type: str | None = None) -> bool:
    """Tell a PDF by how its bytes begin. What is served as one may have some junk before them."""
    if body[:64].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").startswith(b"%PDF-"):
        return True
    served = (content_type or "").partition(";")[0].strip().lower() == "application/pdf"
    return served and b"%PDF-" in body[:1024]


def text_of(rows: Sequence[Row]) -> str:
    """Return the words of rows, without regard to their places."""
    return "\n".join(" ".join(piece.text for piece in row) for row in rows)
