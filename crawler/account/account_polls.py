"""Polls of channels by an account, beside the spider: their answers come by another way."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from contextlib import suppress

from core.failures import FetchFailure
from core.sources import Validators
from crawler.account.account_pages import AccountPages
from crawler.parse.document_reader import RefusedError
from crawler.polls.poll import Ask, Poll

_LEAVING = 1.0
"""Seconds that Telegram has to say goodbye."""


class AccountPolls:
    """Runs polls, one after the other as the account allows, until it is closed."""

    def __init__(self, pages: AccountPages) -> None:
        self._pages = pages
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, settling: Coroutine[object, object, None]) -> None:
        """Run what polls and settles beside everything else."""
        task = asyncio.ensure_future(settling)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def run(self, poll: Poll) -> None:
        """Take a poll from its first page to what is committed."""
        ask: Ask | None = poll.begin()
        try:
            while ask is not None:
                answer = await self._pages.answer(ask.url)
                if isinstance(answer, FetchFailure):
                    ask = await poll.failed(answer)
                else:
                    digest = hashlib.sha256(answer.body).hexdigest()
                    ask = await poll.answered(answer, Validators(body_sha256=digest))
        except RefusedError as error:
            poll.give_up(error.failure)
        if poll.failure is not None:  # there is no other way to the account's server
            await poll.context.recording.poll_failed(poll.work, poll.failure)

    async def close(self) -> None:
        """Drop what is running, which stays due, and leave Telegram."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING):
                await self._pages.close()
