"""The account as a way to pages: what a poll of a channel asks, answered by its messages.

A page has the form that `crawler.discovery.account_page` reads, so that all the rest of a poll is
that of a preview. Telegram counts requests by account: one is asked at a time, with a pause, and
when it says "wait", nothing is asked for any channel until then.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import structlog

from core.articles import FetchedPage
from core.clock import Clock
from core.failures import FailureKind, FetchFailure
from crawler.account.channel_client import AccountError, ChannelClient, OpenClient
from crawler.discovery.account_page import CONTENT_TYPE, written_page

log = structlog.get_logger(__name__)

PAUSE = 1.0
"""Seconds between two requests; Telegram names no number, and limits accounts that ask quickly."""


class AccountPages:
    """Answers the addresses of previews with pages made of messages."""

    def __init__(
        self, open_client: OpenClient, clock: Clock, timeout: timedelta, pause: float = PAUSE
    ) -> None:
        self._open = open_client
        self._clock = clock
        self._timeout = timeout.total_seconds()
        self._pause = pause
        self._client: ChannelClient | None = None
        self._wait_until: datetime | None = None
        self._turn = asyncio.Lock()

    async def answer(self, url: str) -> FetchedPage | FetchFailure:
        """Return what stands at an address of a channel's preview, or why that is not known."""
        async with self._turn:
            failure = self._still_waiting()
            if failure is not None:
                return failure
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._asked(url)
            except AccountError as error:
                self._note(error.failure)
                return error.failure
            except TimeoutError:
                await self._leave()
                said = f"Telegram did not answer within {self._timeout:.0f} s"
                return FetchFailure(FailureKind.TIMEOUT, said)
            finally:
                await asyncio.sleep(self._pause)

    async def close(self) -> None:
        """Leave Telegram."""
        await self._leave()

    async def _asked(self, url: str) -> FetchedPage:
        if self._client is None:
            self._client = await self._open()
        name, before = _asked_for(url)
        try:
            found = await self._client.messages(name, before)
        except AccountError as error:
            if error.failure.kind is not FailureKind.HTTP:
                await self._leave()  # a new login, or a better line, is found by connecting anew
            raise
        return FetchedPage(
            url=url,
            final_url=url,
            status=200,
            headers=(("content-type", CONTENT_TYPE),),
            body=written_page(found),
            fetched_at=self._clock(),
        )

    def _still_waiting(self) -> FetchFailure | None:
        if self._wait_until is None:
            return None
        left = (self._wait_until - self._clock()).total_seconds()
        if left <= 0:
            self._wait_until = None
            return None
        return asked_to_wait(left)

    def _note(self, failure: FetchFailure) -> None:
        if failure.retry_after is not None:
            self._wait_until = self._clock() + timedelta(seconds=failure.retry_after)
            log.warning("telegram asks the account to wait", seconds=failure.retry_after)

    async def _leave(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()


def asked_to_wait(seconds: float) -> FetchFailure:
    """Return the failure that Telegram's "flood wait" is: the account is to ask later."""
    said = f"Telegram asks this account to wait {seconds:.0f} s"
    return FetchFailure(FailureKind.HTTP, said, status=429, retry_after=seconds)


def _asked_for(url: str) -> tuple[str, int | None]:
    """Return the channel and the number that the address of a preview page names."""
    parts = urlsplit(url)
    before = parse_qs(parts.query).get("before", [""])[0]
    return parts.path.removeprefix("/s/").strip("/"), int(before) if before else None
