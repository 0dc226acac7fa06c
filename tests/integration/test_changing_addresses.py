"""An outlet whose addresses change at every poll, for days: what is new is told once, the rest
never again, and the source's health says what goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.sources import Health
from scheduler.health import judge
from scheduler.health_alerts import facts_of
from tests.integration.jumping_clock import (
    HOUR,
    START,
    Answer,
    crawl,
    entries,
    of_type,
    page,
    serving,
    status,
    stored,
    watch,
)
from tests.month.press import SharedClock

DAYS = 1
EVERY = 2 * HOUR
AT_FIRST = 40
FIRST = 1_000
"""Number of the newest article at the first poll; another follows every four hours."""


def item(name: str, link: str, at: datetime | None) -> str:
    dated = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate>" if at else ""
    title = f"The council hears case {name} behind open doors"
    return f"<item><title>{title}</title><link>{link}</link>{dated}</item>"


@pytest.mark.timeout(400)
@pytest.mark.parametrize("form", ["query-dated", "path"])
def test_old_articles_at_new_addresses_are_known_and_new_ones_are_told_once(
    tmp_path: Path, form: str
) -> None:
    clock = SharedClock(tmp_path / "clock", START)
    polls = [0]

    def listed(now: datetime) -> bytes:
        polls[0] += 1
        newest = FIRST + int((now - START) / (4 * HOUR))
        items = []
        for number in range(newest, newest - AT_FIRST, -1):
            session = f"{polls[0]:04x}{number:04x}f00d"
            path = f"/{session}/a/{number}" if form == "path" else f"/a/{number}?s={session}"
            at = START + (number - FIRST) * 4 * HOUR if form == "query-dated" else None
            items.append(item(str(number), base + path, at))
        return (
            f'<rss version="2.0"><channel><title>N</title>{"".join(items)}</channel></rss>'.encode()
        )

    def answer(path: str, now: datetime) -> Answer:
        # It knows no pages: whoever asks for an older one is shown the same, at other addresses.
        if path.partition("?")[0] == "/feed":
            return of_type("application/rss+xml", listed(now))
        name = path.partition("?")[0].rpartition("/a/")[2]
        return status(200, page(name)) if "/a/" in path else status(404)

    with serving(clock, answer) as (base, _):
        watch(tmp_path, {"s": f"{base}/feed"}, every="2h")
        crawl(tmp_path, START + timedelta(days=DAYS))
    new = range(FIRST + 1, FIRST + DAYS * 6)
    with stored(tmp_path) as store:
        titles = [alert.article.data.title for alert in store.alerts(limit=500).items]
        told = [title for title in titles if "behind open doors" in title]
        (state,) = store.source_states()
        (facts,) = facts_of(store, clock())
        verdict = judge(facts)
        left_out = store.skipped_entries().get("s", ())
    assert len(told) == len(set(told))
    assert {f"The council hears case {number} behind open doors" for number in new} <= set(told)
    known = len(entries(tmp_path))
    assert known <= 2 * AT_FIRST + len(new) + 1, "it is learnt at the third poll at the latest"
    assert left_out == ()
    assert state.changing_parts == (("path:0",) if form == "path" else ("query:s",))
    assert verdict.health is Health.DEGRADED
    assert "its addresses change at every poll" in verdict.reason
