"""From which vantages a source could be read and from which it could not, committed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from core.clock import Clock
from core.sources import Source, SourceState
from core.vantages import TurnedAway, differing, is_over
from storage import Store

log = structlog.get_logger(__name__)


class VantageRecording:
    """Takes where pages were read from, and commits what that says of their source."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def page_read(
        self,
        source: Source,
        url: str,
        tried: Sequence[TurnedAway],
        opened: int,
        state: SourceState | None = None,
    ) -> None:
        """Commit that a page was read from a vantage, after others had been turned away.

        With the state of its source, also that vantages which differed do so no more.
        """
        seen = differing(url, tried, opened, self._clock())
        if seen is not None:
            log.info(
                "vantages differ",
                source=source.name,
                url=url,
                closed=seen.closed.number,
                answer=seen.closed.answer.value,
                opened=opened,
            )
            await asyncio.to_thread(self._store.vantages_differ, source.name, seen)
        elif (
            not tried
            and state is not None
            and state.vantages is not None
            and is_over(state.vantages, url, opened, len(source.proxies))
        ):
            await asyncio.to_thread(self._store.vantages_agree, source.name)
