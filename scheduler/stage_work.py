"""What the stages do, one function each: look at what is due, commit what comes of it, say so.

What asks storage takes its time and may raise StorageError; what was committed before stands. The
daemon runs these by its table of stages, a pass by hand once each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from alerts.dispatch.dispatcher import dispatch, escalate_and_remind, readdress
from alerts.judging.flatlines import raise_flatlines
from core.errors import StorageError
from scheduler.assembly import Assembly
from scheduler.health_alerts import update_receiver_health, update_source_health
from scheduler.heartbeat import CRAWLED, HEARTBEAT, RUNNING, STARTED
from scheduler.loss_alarms import report_losses
from scheduler.mending import mend
from scheduler.schedule_alerts import update_schedule_health
from scheduler.systemd import notify

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What the work of a stage came upon."""

    more: bool = False
    """Whether there is something to do for what the stage wakes."""
    alerts: int = 0
    """Alerts that the stage made."""


NOTHING = Found()
Work = Callable[[Assembly], Found]


def nothing_to_look_at(_parts: Assembly) -> Found:
    """Wake the part in any case: it knows best what is due."""
    return Found(more=True)


def dispatch_groups(parts: Assembly) -> Found:
    """Make messages of the groups of alerts that are due."""
    return Found(more=dispatch(parts.store, parts.live.config, parts.clock()).messages > 0)


def follow_with_words(parts: Assembly) -> Found:
    """Bring one batch of new versions into the index of words, or put a part of it in order."""
    live = parts.live
    if not parts.indexing.follow(live.rules, live.config):
        parts.store.tend_index()
    return NOTHING


def catch_up_with_words(parts: Assembly) -> None:
    """Bring all new versions into the index of words. What fails there is for the next run."""
    try:
        parts.indexing.catch_up(parts.live.rules, parts.live.config)
    except StorageError as error:
        log.error("the index of words could not follow", error=str(error))


def do_due_work(parts: Assembly) -> Found:
    """Escalate, remind of what was snoozed until now, and readdress what receivers left behind.

    In this order: an escalation may name somebody who has left.
    """
    store, config, now = parts.store, parts.live.config, parts.clock()
    done = escalate_and_remind(store, config, now)
    if done.escalated or done.reminded:
        log.info("work_due", escalated=done.escalated, reminded=done.reminded)
    left = readdress(store, config, now)
    if left.found:
        log.warning("receivers_left_work", found=left.found, moved=left.moved, lost=left.lost)
    return Found(more=bool(done.escalated or done.reminded or left.found))


def look_for_changed_files(parts: Assembly) -> Found:
    """Look whether files of the configuration have changed, and are at rest by now."""
    return Found(more=parts.files.changed_and_at_rest(parts.live))


def give_sign_of_life(parts: Assembly) -> Found:
    """Write down that the daemon is alive, and when it last came to something."""
    now = parts.clock()
    if not parts.alive:
        parts.store.heartbeat(STARTED, now)
    parts.store.heartbeat(HEARTBEAT, now, RUNNING)
    parts.alive = True
    if parts.has_crawled():
        parts.store.heartbeat(CRAWLED, now)
    return NOTHING


def look_whether_all_goes_on(parts: Assembly) -> Found:
    """Look whether a heartbeat to a watchman outside is due, and whether it would be true."""
    return Found(more=parts.outside_watch.may_send(parts.store, parts.live.config))


def feed_watchdog(_parts: Assembly) -> Found:
    """Tell the service manager that the loop turns; a database that is away is no hang."""
    notify("WATCHDOG=1")
    return NOTHING


def look_at_the_clock(parts: Assembly) -> Found:
    """Mend the schedule when the clock was set back: it holds times that are far away now."""
    watch = parts.clock_watch
    step = watch.look()
    if step:
        log.warning("the clock was set", by_seconds=round(step.total_seconds()))
    if not watch.to_be_mended():
        return NOTHING
    mended = _mend(parts, set_back=True)
    watch.mended()
    parts.alive = False  # what became due counts from now on
    return Found(more=mended > 0)


def _mend(parts: Assembly, *, set_back: bool = False) -> int:
    mended = mend(parts.store, parts.live.config, parts.clock(), set_back=set_back)
    if mended:
        log.warning("the schedule lay too far ahead and was mended", count=mended)
    return mended


def look_for_flatlines(parts: Assembly) -> Found:
    """Alert about rules whose matches have stopped coming."""
    alerts = raise_flatlines(parts.store, parts.live.config, parts.clock())
    return Found(more=alerts > 0, alerts=alerts)


def update_health(parts: Assembly) -> Found:
    """Alert about sources and receivers that turned bad, or well again, and about schedules."""
    config, now = parts.live.config, parts.clock()
    alerts = update_source_health(parts.store, config, now)
    alerts += update_receiver_health(parts.store, config, now)
    alerts += update_schedule_health(parts.store, config, now)
    alerts += report_losses(parts.store, config, now)
    return Found(more=alerts > 0, alerts=alerts)


def clean_up(parts: Assembly) -> Found:
    """Mend what a clock that ran ahead wrote, and drop raw pages that are too old."""
    _mend(parts)
    keep = parts.live.config.retention.raw_pages
    if keep is not None:
        removed = parts.store.prune_raw_pages(parts.clock() - keep)
        if removed:
            log.info("old raw pages removed", count=removed)
    return NOTHING
