"""The judging step at work: article versions that nobody has judged become alerts.

It holds the index of stories, and nothing else that storage does not hold: a batch whose judgement
was not committed is judged again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from alerts.dispatch.dispatcher import dispatch
from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import JudgingReport, judge_versions
from core.errors import WirewatchError
from scheduler.assembly import Assembly

log = structlog.get_logger(__name__)


class JudgingStep:
    """Judges what came in: batch by batch for a pass, until it is stopped for the daemon."""

    def __init__(self, parts: Assembly, on_messages: Callable[[], None] = lambda: None) -> None:
        """Prepare; `on_messages` is called on the loop when somebody may have a message."""
        self._parts = parts
        self._on_messages = on_messages
        self._grouping = Grouping()
        self._awake = asyncio.Event()
        self.alerts = 0
        """Made since the start."""

    def wake(self) -> None:
        """Look for unjudged versions now."""
        self._awake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Judge whatever comes in until `stop` is set; whoever sets it wakes this, too."""
        self._grouping = Grouping()  # one that broke off in the middle of a batch is not trusted
        while not stop.is_set():
            self._awake.clear()
            try:
                while not stop.is_set() and await self._judge_and_dispatch():
                    pass
            except WirewatchError as error:
                # Nothing was judged, so nothing is lost; the tick tries again.
                log.error("judging failed", error=str(error))
            await self._awake.wait()

    def judge_batch(self) -> JudgingReport:
        """Judge one batch and commit it. Raises WirewatchError; then nothing was judged.

        Takes its time: call it off the loop, and not twice at once.
        """
        parts = self._parts
        now = parts.clock()
        self._grouping.fill(parts.store, now)
        live = parts.live
        report = judge_versions(
            parts.store, live.rules, live.config, now=now, grouping=self._grouping
        )
        self.alerts += report.alerts
        return report

    async def _judge_and_dispatch(self) -> int:
        report = await asyncio.to_thread(self._judge_batch_and_dispatch)
        if report.deliveries:
            self._on_messages()
        return report.judged

    def _judge_batch_and_dispatch(self) -> JudgingReport:
        report = self.judge_batch()
        if report.deliveries:
            parts = self._parts
            dispatch(parts.store, parts.live.config, parts.clock())
        return report
