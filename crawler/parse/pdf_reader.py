"""Reads PDFs as articles: the parse in the sandbox, scans by a program beside it."""

from __future__ import annotations

from core.articles import Rejection
from core.config.sections.crawl import CrawlSection
from core.sources import Entry
from crawler.parse.sandbox import Sandbox
from crawler.pdf.ocr import NotReady, Ready, Recogniser
from crawler.pdf.pdf_article import article_of, read_pdf, render_page
from crawler.pdf.values import Page, PdfArticle, PdfDocument, PdfLimits, RecognisedPage, Unread

GRACE = 5.0
"""Seconds more than a PDF may take: it must end by itself, or what was read is lost."""
MOST_FAILED = 3
"""Scans of one PDF that may fail before the rest is left: each may cost its whole deadline."""


class PdfReader:
    """Turns the bytes of PDFs into articles."""

    def __init__(self, sandbox: Sandbox, crawl: CrawlSection) -> None:
        self._sandbox = sandbox
        self._languages = crawl.languages
        self._ocr_pages = crawl.pdf.ocr_pages
        self._limits = PdfLimits(
            pages=crawl.pdf.pages,
            page_seconds=crawl.pdf.page_timeout.total_seconds(),
            seconds=crawl.pdf.timeout.total_seconds(),
        )
        self._ocr_seconds = crawl.pdf.ocr_timeout.total_seconds()
        self._recogniser = Recogniser(crawl.languages, self._ocr_seconds) if crawl.pdf.ocr else None

    async def read(
        self,
        body: bytes,
        url: str,
        *,
        entry: Entry | None = None,
        source: str = "",
        language_hint: str | None = None,
    ) -> PdfArticle | Rejection:
        """Return the article of a PDF, or why it is none; `entry` is what was announced of it.

        Raises SandboxError when it was not read to an end.
        """
        within = self._limits.seconds + GRACE
        document = await self._sandbox.run_within(within, read_pdf, body, self._limits)
        if isinstance(document, Rejection):
            return document
        because = "needs OCR, which is switched off"
        if document.scans() and (recogniser := self._recogniser):
            ready = await recogniser.ready(language_hint or (entry.language if entry else None))
            if isinstance(ready, NotReady):
                because = ready.why
            else:
                document = await self._recognised(body, document, recogniser, ready)
        return await self._sandbox.run(
            article_of,
            document,
            url,
            entry=entry,
            source=source,
            languages=self._languages,
            language_hint=language_hint,
            scans_because=because,
        )

    async def _recognised(
        self, body: bytes, document: PdfDocument, recogniser: Recogniser, ready: Ready
    ) -> PdfDocument:
        read: dict[int, Page] = {}
        failed = 0
        for index in document.scans():
            if len(read) >= self._ocr_pages:
                read[index] = Unread.SCAN_LIMIT
                continue
            text = (
                await self._scan(body, index, recogniser, ready) if failed < MOST_FAILED else None
            )
            failed += text is None
            read[index] = Unread.SCAN_FAILED if text is None else RecognisedPage(text)
        return document.with_pages(read)

    async def _scan(
        self, body: bytes, index: int, recogniser: Recogniser, ready: Ready
    ) -> str | None:
        within = self._ocr_seconds + GRACE
        drawn = await self._sandbox.run_within(within, render_page, body, index, self._ocr_seconds)
        return None if drawn is None else await recogniser.read(ready, drawn.png, drawn.dpi)
