"""How pages are fetched, what may be reached, and how long things are kept, in watch.yaml."""

from __future__ import annotations

from datetime import timedelta

from pydantic import (
    Field,
)

from core.config.fields import (
    Duration,
    LanguageCode,
    Network,
    Section,
    SomeTime,
)

LANGUAGES = ("ru", "en", "uk", "kk", "ky", "uz", "tg")
"""The languages of the first beat: what detection chooses from unless configured otherwise."""


REVISIT = tuple(timedelta(hours=hours) for hours in (0.5, 2, 6, 24, 72, 168))
"""Newsrooms edit most in the first hours; corrections come within days."""


MAX_AGE = timedelta(days=3)
"""A long weekend: feeds that are filled on working days are news on the next."""


class PdfSection(Section):
    """How much of a PDF is read, whose text becomes an article."""

    max_mb: int = Field(
        16,
        ge=1,
        le=256,
        description="Largest PDF that is fetched, in MiB, where the address ends in `.pdf`; what "
        "else leads to one may have 8.",
    )
    pages: int = Field(
        50,
        ge=1,
        le=1000,
        description="Pages that are read. `[…]` stands in the article for those that are not.",
    )
    page_timeout: SomeTime = Field(
        timedelta(seconds=0.5),
        description="Longest time of the processor for the text of one page, which usually takes "
        "5 ms; a page that takes longer is left out.",
    )
    timeout: SomeTime = Field(
        timedelta(seconds=20),
        description="Longest time for the text of one PDF; what was read by then is kept.",
    )
    ocr: bool = Field(
        True,
        description="Read scans with tesseract, where it is installed, in those of `languages` "
        "whose packs are there.",
    )
    ocr_pages: int = Field(
        20,
        ge=1,
        le=1000,
        description="Scanned pages of one PDF that are read; each takes about "
        "half a second of the processor.",
    )
    ocr_timeout: SomeTime = Field(
        timedelta(seconds=20),
        description="Longest time for drawing one scanned page, and for recognising it.",
    )


class CrawlSection(Section):
    """How pages are fetched."""

    contact: str | None = Field(
        None,
        description="Address that site owners can write to, sent in the User-Agent: "
        "`mailto:desk@example.org` or a web page.",
    )
    concurrency: int = Field(16, ge=1, le=256, description="Pages fetched at once, over all hosts.")
    per_host_concurrency: int = Field(
        2, ge=1, le=16, description="Pages fetched at once from one host."
    )
    per_host_delay: Duration = Field(
        timedelta(seconds=1), description="Shortest pause between two requests to one host."
    )
    timeout: SomeTime = Field(timedelta(seconds=30), description="Longest time for one page.")
    every: SomeTime | None = Field(
        None,
        description="Fixed polling interval of sources that name none. Left out, each source is "
        "polled by its own rhythm: between every 2 minutes and once a day.",
    )
    browser: str | None = Field(
        None,
        min_length=1,
        description="Path of the Chromium that loads the pages of sources with `render`. Left "
        "out, the one that `playwright install chromium` brings.",
    )
    revisit: tuple[SomeTime, ...] = Field(
        REVISIT,
        description="Ages, counted from its last change, at which an article is looked at again "
        "for edits and removal. `[]` looks at none again.",
    )
    languages: tuple[LanguageCode, ...] = Field(
        LANGUAGES, min_length=1, description="Languages that detection chooses from."
    )
    parser_processes: int = Field(
        2, ge=1, le=64, description="Sandboxed processes that parse what came from the internet."
    )
    parser_timeout: SomeTime = Field(
        timedelta(seconds=5),
        description="Longest time of a processor for parsing one page or feed.",
    )
    parser_memory_mb: int = Field(
        768, ge=256, le=16384, description="Memory limit of one parser process, in MiB."
    )
    pdf: PdfSection = Field(PdfSection(), description="How PDFs are read.")
    max_age: SomeTime = Field(
        MAX_AGE,
        description="How old an article may be, by its time of publication, when its source first "
        "shows it, for anybody to be told. What is older is stored and matched, and told to "
        "nobody. What was published after the source was last read is never too old, however "
        "long ago that was.",
    )
    max_entries_per_poll: int = Field(
        200,
        ge=1,
        le=10_000,
        description="New entries taken from one poll of one source; the newest are taken first "
        "and the rest are counted as left out.",
    )


class NetworkSection(Section):
    """What may be connected to besides the public internet."""

    allow: tuple[Network, ...] = Field(
        (),
        description="Private networks that crawler and receivers may reach, as `CIDR` or "
        "`CIDR:port`, for example `127.0.0.1/32:8080`. Everything private is refused unless it is "
        "listed.",
    )


class RetentionSection(Section):
    """How long things are kept. Articles, matches and alerts are kept for good."""

    raw_pages: Duration | None = Field(
        timedelta(days=90),
        description="How long the bytes of fetched pages are kept; their hash, headers and time "
        "stay. `null` keeps them for good.",
    )
