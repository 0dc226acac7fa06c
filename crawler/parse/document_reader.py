"""Reads documents that announce articles: feeds, sitemaps, lists and channels, in the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.articles import FetchedPage
from core.errors import CrawlError, SandboxError
from core.failures import FailureKind, FetchFailure
from crawler.parse.article_reader import content_type_of
from crawler.parse.sandbox import Sandbox, SandboxClosed, SandboxCrashed

T = TypeVar("T")


class RefusedError(Exception):
    """The answer at an address is not what was looked for; `failure` says why."""

    def __init__(self, failure: FetchFailure) -> None:
        self.failure = failure
        super().__init__(str(failure))


class DocumentReader:
    """Turns fetched pages into documents, each by the parser for the kind that is looked for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def read(self, parse: Callable[..., T], page: FetchedPage, **options: object) -> T:
        """Return what `parse` makes of a page; raise RefusedError when it is not of that kind.

        Raises SandboxClosed when we stop: that says nothing about the document.
        """
        try:
            return await self._sandbox.run(
                parse, page.body, page.final_url, content_type=content_type_of(page), **options
            )
        except SandboxClosed:
            raise
        except SandboxCrashed as error:  # for want of memory, say: no fault of the document
            raise RefusedError(FetchFailure(FailureKind.INTERNAL, error.message)) from error
        except (CrawlError, SandboxError) as error:
            raise RefusedError(FetchFailure(FailureKind.DOCUMENT, error.message)) from error
