"""Reads PDFs as articles: the parse in the sandbox, scans by a program beside it."""

from __future__ import annotations

from core.articles import Rejection
from core.config.sections.crawl import CrawlSection
from core.sources import Entry
from crawler.parse.sandbox import Sandbox
from crawler.pdf.ocr import NotReady, Ready, Recogniser
from crawler.pdf.pdf_article import article_of, read_pdf, render_page
from crawler.pdf.values import Page, PdfArticle, PdfDocument, PdfLimits, RecognisedPage, Unread

SHARE = 0.8
"""Of the sandbox's deadline: reading must end by itself, or what was read is lost."""


class PdfReader:
    """Turns the bytes of PDFs into articles."""

    def __init__(self, sandbox: Sandbox, crawl: CrawlSection) -> None:
        self._sandbox = sandbox
        self._languages = crawl.languages
        self._ocr_pages = crawl.pdf.ocr_pages
        self._limits = PdfLimits(
            pages=crawl.pdf.pages,
            page_seconds=crawl.pdf.page_timeout.total_seconds(),
            seconds=SHARE * crawl.parser_timeout.total_seconds(),
        )
        ocr_timeout = crawl.pdf.ocr_timeout.total_seconds()
        self._recogniser = Recogniser(crawl.languages, ocr_timeout) if crawl.pdf.ocr else None

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
        document = await self._sandbox.run(read_pdf, body, self._limits)
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
        for index in document.scans():
            if len(read) >= self._ocr_pages:
                read[index] = Unread.SCAN_LIMIT
                continue
            drawn = await self._sandbox.run(render_page, body, index, self._limits)
            text = await recogniser.read(ready, drawn.png, drawn.dpi) if drawn else None
            read[index] = Unread.SCAN_FAILED if text is None else RecognisedPage(text)
        return document.with_pages(read)
