"""Puts the whole schedule in order after a clock that ran ahead was set right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from alerts.dispatch.schedule_limits import limits_for
from core.config.watch import WatchConfig
from core.deciding.mending import CLOCKS_DIFFER
from scheduler.schedule_limits import crawl_limits, judging_limits
from storage import Store

WATCHED = timedelta(seconds=1)
"""What stands for the difference of clocks when this process saw its own being set back."""


def mend(store: Store, config: WatchConfig, now: datetime, *, set_back: bool = False) -> int:
    """Make due what lies farther ahead than a right clock can have put it; return how many.

    `set_back` says that the clock was just seen to be. Otherwise a sign of life, or a poll, that
    lies in the future tells. Raises StorageError.
    """
    differ = WATCHED if set_back else CLOCKS_DIFFER
    # Asked before anything is mended: the marks that tell are mended, too.
    ran_ahead = set_back or store.ran_ahead(now + differ)
    limits = replace(limits_for(config), clocks_differ=differ)
    crawl = crawl_limits(config, differ)
    return (
        store.mend_polls(now, crawl)
        + store.mend_pages(now, crawl, ran_ahead=ran_ahead)
        + store.mend_judging(now, judging_limits(differ))
        + store.mend_snoozes(now, limits)
        + store.mend_silences(now, limits)
        + store.mend_schedule(now, limits, ran_ahead=ran_ahead)
    )
