"""From the bytes of a PDF to its article, or to the reason why it is none. Runs in the sandbox.

The pages are read one by one in a child of the worker, so that one that hangs or crashes the parser
costs itself and not the document. What could not be read is marked in the text and counted.
"""

from __future__ import annotations

import time
import unicodedata
from functools import partial
from itertools import islice

from core.articles import ArticleData, Rejection, RejectReason
from core.config.sections.crawl import LANGUAGES
from core.sources import Entry
from crawler.extract.language import detect_language
from crawler.extract.titles import tidy
from crawler.pdf.apart import EndedEarly, EndKind, apart
from crawler.pdf.claims import authors_of, published_of, title_of
from crawler.pdf.layout import MISSING, paragraphs
from crawler.pdf.pdfium import FailedPage, Opened, Rendered, Unopened, read_steps, render_steps
from crawler.pdf.values import (
    Page,
    PdfArticle,
    PdfDocument,
    PdfLimits,
    ScannedPage,
    TextPage,
    Unread,
)

MIN_LETTERS = 40
"""As of a web page: fewer letters are no article."""
OPENING = 4
"""Times what a page may take, for opening a document: all its objects are looked at."""
MOST_ENDED = 5
"""Pages that may hang or crash before the rest is left: each costs its whole deadline."""
MOST_CHARACTERS = 2_000_000
"""Of one article; 50 full pages of small print have 500,000."""
_UNOPENED = {
    Unopened.ENCRYPTED: Rejection(
        RejectReason.PDF_ENCRYPTED, "the PDF is encrypted and asks for a password"
    ),
    Unopened.BROKEN: Rejection(RejectReason.PDF_BROKEN, "the PDF is broken and cannot be opened"),
}


def read_pdf(body: bytes, limits: PdfLimits) -> PdfDocument | Rejection:
    """Read the pages of a PDF, as far as the limits allow. Takes at most `limits.seconds`."""
    until = time.monotonic() + limits.seconds
    opened: Opened | None = None
    pages: list[Page] = []
    ended = 0
    while True:
        steps = partial(read_steps, body, len(pages), limits.pages)
        try:
            for step in apart(
                steps, first=OPENING * limits.page_seconds, step=limits.page_seconds, until=until
            ):
                if isinstance(step, Unopened):
                    return _UNOPENED[step]
                if isinstance(step, Opened):
                    opened = step
                elif isinstance(step, TextPage | ScannedPage):
                    pages.append(step)
                elif isinstance(step, FailedPage):
                    pages.append(Unread.FAILED)
            break
        except EndedEarly as error:
            if opened is None:
                return _not_opened(error.kind)
            ended += 1
            pages.append(Unread.FAILED if error.kind is EndKind.CRASH else Unread.TOO_LONG)
            rest = min(opened.count, limits.pages) - len(pages)
            if error.kind is EndKind.ALL or ended >= MOST_ENDED or rest <= 0:
                pages += [Unread.TOO_LONG] * rest
                break
    if opened is None or opened.count < 1:
        return Rejection(RejectReason.PDF_BROKEN, "the PDF is broken: it has no pages")
    return PdfDocument(opened.count, tuple(pages), opened.info)


def render_page(body: bytes, index: int, seconds: float) -> Rendered | None:
    """Draw one page for text recognition; None when it cannot be drawn in time."""
    steps = apart(
        partial(render_steps, body, index),
        first=seconds,
        step=seconds,
        until=time.monotonic() + seconds,
    )
    try:
        found = next((step for step in steps if isinstance(step, Rendered)), None)
        steps.close()
    except EndedEarly:
        return None
    return found


def article_of(
    document: PdfDocument,
    url: str,
    *,
    entry: Entry | None = None,
    source: str = "",
    languages: tuple[str, ...] = LANGUAGES,
    language_hint: str | None = None,
    scans_because: str = "needs OCR, which is not installed",
) -> PdfArticle | Rejection:
    """Make the article of a document that was read; `entry` is what the feed announced.

    The feed's publication time wins over the document's; its title and authors stand in where the
    document has none. `scans_because` says why pages that are images were not read.
    """
    scans = len(document.scans())
    document = document.with_pages(dict.fromkeys(document.scans(), Unread.SCAN))
    found = paragraphs(document.pages)
    text = _text([paragraph.text for paragraph in found])
    unread = document.unread()
    if not _has_text(text):
        return _no_text(document, scans, scans_because)
    if document.count > len(document.pages) and not text.endswith(MISSING):
        text = f"{text}\n{MISSING}"
    title = title_of(document.info.get("Title", ""), entry.title if entry else "", found)
    published_at = entry.published_at if entry else None
    if published_at is None:
        published_at = published_of(found, document.info.get("CreationDate", ""))
    prior = language_hint or (entry.language if entry else None)
    article = ArticleData(
        url=url,
        title=unicodedata.normalize("NFC", title),
        text=_without_title(text, title),
        source=source,
        authors=authors_of(document.info.get("Author", ""), entry.authors if entry else ()),
        published_at=published_at,
        # A document states no day of publication: it was found in its text, or is the file's.
        date_is_guess=published_at is not None and (entry is None or entry.published_at is None),
        language=detect_language(f"{title}\n{text}", languages, prior),
        tags=tuple(filter(None, map(tidy, entry.tags if entry else ()))),
    )
    return PdfArticle(article, document.count, unread)


def _text(found: list[str]) -> str:
    text = unicodedata.normalize("NFC", "\n".join(found))
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}\n{MISSING}"


def _has_text(text: str) -> bool:
    return sum(1 for _ in islice(filter(str.isalpha, text), MIN_LETTERS)) >= MIN_LETTERS


def _without_title(text: str, title: str) -> str:
    """Drop the headline from the top of the text: it is a field. Unless it is all there is."""
    first, _, rest = text.partition("\n")
    return rest if first.casefold() == title.casefold() and _has_text(rest) else text


def _not_opened(kind: EndKind) -> Rejection:
    if kind is EndKind.CRASH:
        return Rejection(RejectReason.PDF_BROKEN, "the PDF is broken: its parser failed on it")
    return Rejection(RejectReason.SANDBOX, "opening the PDF took longer than allowed")


def _no_text(document: PdfDocument, scans: int, scans_because: str) -> Rejection:
    unread = document.unread()
    if scans:
        return Rejection(RejectReason.PDF_SCANNED, f"scanned: {scans_because} ({_pages(scans)})")
    if failed := unread[Unread.SCAN_FAILED]:
        said = f"scanned: OCR failed or took too long ({_pages(failed)})"
        return Rejection(RejectReason.PDF_SCANNED, said)
    if late := unread[Unread.TOO_LONG]:
        said = f"reading the PDF took longer than allowed ({_pages(late)})"
        return Rejection(RejectReason.SANDBOX, said)
    if failed := unread[Unread.FAILED]:
        said = f"the PDF is broken: {_pages(failed)} cannot be read"
        return Rejection(RejectReason.PDF_BROKEN, said)
    said = f"the PDF has no text on {_pages(len(document.pages))}"
    return Rejection(RejectReason.PDF_NO_TEXT, said)


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"
