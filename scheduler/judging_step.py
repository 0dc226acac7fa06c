"""The judging step at work: article versions that nobody has judged become alerts.

It holds the index of stories, and nothing else that storage does not hold: a batch whose judgement
was not committed is judged again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import monotonic

import structlog

from alerts.dispatch.dispatcher import dispatch
from alerts.judging import judging_again
from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import JudgingReport, judge_versions
from core.errors import WirewatchError
from scheduler.assembly import Assembly
from scheduler.heartbeat import RULES

log = structlog.get_logger(__name__)


class JudgingStep:
    """Judges what came in: batch by batch for a pass, until it is stopped for the daemon."""

    def __init__(self, parts: Assembly, on_messages: Callable[[], None] = lambda: None) -> None:
        """Prepare; `on_messages` is called on the loop when somebody may have a message."""
        self._parts = parts
        self._on_messages = on_messages
        self._grouping = Grouping()
        self._awake = asyncio.Event()
        self._in_force = ""
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
        live, began = parts.live, monotonic()
        naming = live.naming()
        self._put_in_force(live.rules.fingerprint, now)
        report = judge_versions(
            parts.store,
            live.rules,
            live.config,
            now=now,
            grouping=self._grouping,
            naming=naming,
        )
        if naming is not None:
            parts.meters.named(naming.outcomes)
        self.alerts += report.alerts
        parts.meters.judged(
            report.judged,
            monotonic() - began,
            now,
            matches=report.levels,
            alerts=report.alerts,
            broken=report.failed,
        )
        return report

    def _put_in_force(self, ruleset: str, now: datetime) -> None:
        """Note which rules judge from now on; judge again what short-lived ones have judged.

        Here and not at the reload: between batches nobody judges by the rules before.
        """
        if ruleset == self._in_force:
            return
        store = self._parts.store
        last = store.last_heartbeat(RULES)  # perhaps of the daemon before this one
        if last is None or last[1] != ruleset:
            if last is not None and judging_again.lived_shortly(last[0], now):
                again = store.judge_again(last[1], since=last[0])
                log.info("rules that lived shortly are replaced", judged_again=again)
            store.heartbeat(RULES, now, ruleset)
        self._in_force = ruleset

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
