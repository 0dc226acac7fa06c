"""Which of the entries that are due are handed out: further looks are held to their hosts' budgets.

Asked when a look is due and not when it is planned, since only then is known what the looks at
others of its host came to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

import structlog

from core.looks import InVain
from core.sources import TrackedEntry
from core.urls import UrlError, host_of
from crawler.decide.look_budget import LookDecision, LookTurn, counts, decide_look, room
from storage import Store
from storage.crawl.held_entries import PlanPageVisit

log = structlog.get_logger(__name__)


def due_entries(
    store: Store,
    source: str,
    now: datetime,
    limit: int,
    in_flight: Collection[int],
    plan_visit: PlanPageVisit,
) -> list[TrackedEntry]:
    """Return entries of a source that may be fetched now, the oldest first.

    Those in flight are among them, as they are still pending. Looks that their host's budget has no
    room for are put off here, or ended; `plan_visit` says when the page of an article that is made
    of its feed's words is asked for then.
    """
    window = limit
    while True:
        pending = store.pending_entries(now, window, source=source)
        looks = [entry for entry in pending if counts(entry)]
        if not looks:
            return pending
        turns = _turns(looks, store.looks_in_vain(source), now, in_flight)
        have_turns = sum(decision.turn is LookTurn.NOW for decision in turns.values())
        if have_turns == len(turns):
            return pending
        _commit(store, source, turns, plan_visit)
        # What is behind those that were put off is looked at too, and not at the next tick: new
        # entries may be among it.
        window = limit + have_turns


def host_of_entry(entry: TrackedEntry) -> str:
    """Return the host that an entry's looks are counted for."""
    try:
        return host_of(entry.entry.url)
    except UrlError:
        return ""


def _turns(
    looks: Sequence[TrackedEntry],
    in_vain: dict[str, InVain],
    now: datetime,
    in_flight: Collection[int],
) -> dict[int, LookDecision]:
    left: Counter[str] = Counter()
    for host in {host_of_entry(entry) for entry in looks}:
        left[host] = room(in_vain.get(host), now)
    for entry in looks:
        if entry.id in in_flight:
            left[host_of_entry(entry)] -= 1
    turns: dict[int, LookDecision] = {}
    for entry in looks:
        if entry.id in in_flight:
            continue
        host = host_of_entry(entry)
        turns[entry.id] = decide_look(entry, left[host], now)
        if turns[entry.id].turn is LookTurn.NOW:
            left[host] -= 1
    return turns


def _commit(
    store: Store, source: str, turns: dict[int, LookDecision], plan_visit: PlanPageVisit
) -> None:
    later = {
        entry_id: decision.at for entry_id, decision in turns.items() if decision.at is not None
    }
    ended = [
        entry_id for entry_id, decision in turns.items() if decision.turn is LookTurn.SPOKEN_FOR
    ]
    if later:
        store.put_off_looks(later, "another look waits: too many at its host were in vain")
    if ended:
        store.end_looks(
            ended, "not looked at again: too many looks at its host were in vain", plan_visit
        )
        log.info("entries given up with others of their host", source=source, count=len(ended))
