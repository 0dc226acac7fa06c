"""A process that is killed while it writes leaves each of its commits whole, or no trace of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, text

from storage import Store
from tests.integration.storage.samples import source

ROOT = Path(__file__).parents[3]

WRITER = """
import sys
from core.clock import FixedClock
from storage import open_store
from tests.integration.storage.samples import *
start = int(sys.argv[2])
with open_store(sys.argv[1], clock=FixedClock(NOON)) as store:
    for number in range(start, start + 1000):
        keys = [f"https://k/{number}/{part}" for part in "abc"]
        for entry in store.record_poll(poll(*keys), keys).new:
            body = entry.key.encode() * 500
            store.record(data(entry.key), page(body), key=entry.key, entry_id=entry.id)
        store.commit_judgement([
            judgement(article.version_id, "drafts", receivers=("desk", "editors"))
            for article in store.unjudged(10)
        ], DECIDERS)
        for claimed in claim(store, "desk", "editors"):
            store.record_attempt(claimed.lease_token, attempt(claimed), DELIVERED, DECIDERS)
        print(number, flush=True)
"""

ROUNDS = 4
"""Children killed one after the other, each after one cycle more than the one before."""

BROKEN = {
    "a poll without all of its entries": """
        SELECT count(*) FROM source WHERE polls * 3 <> (SELECT count(*) FROM entry)""",
    "a stored entry without its article, version, evidence or page": """
        SELECT count(*) FROM entry e WHERE status = 'stored' AND NOT EXISTS (
            SELECT 1 FROM article a
            JOIN article_version v ON v.article_id = a.id AND v.number = a.latest_version
            JOIN evidence p ON p.id = v.evidence_id
            JOIN raw_page r ON r.sha256 = p.sha256
            WHERE a.id = e.article_id)""",
    "an article whose entry is not stored": """
        SELECT count(*) FROM article a WHERE NOT EXISTS (
            SELECT 1 FROM entry e WHERE e.article_id = a.id AND e.status = 'stored')""",
    "a version judged without its deliveries, or the reverse": """
        SELECT count(*) FROM article_version v
        WHERE (CASE WHEN judged_at IS NULL THEN 0 ELSE 2 END) <> (
            SELECT count(*) FROM delivery d
            JOIN alert a ON a.id = d.alert_id
            JOIN rule_match m ON m.id = a.match_id
            WHERE m.version_id = v.id)""",
    "a delivery done without its attempt, or the reverse": """
        SELECT count(*) FROM delivery d WHERE (status = 'delivered') <> EXISTS (
            SELECT 1 FROM delivery_attempt t WHERE t.delivery_id = d.id AND t.accepted)""",
}


def write_until_killed(url: str, start: int, cycles: int) -> None:
    """Let a child write, and kill it while it works on what comes after `cycles` cycles."""
    child = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", WRITER, url, str(start)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    with child.stdout:
        done = [child.stdout.readline() for _ in range(cycles)]
        child.kill()
        child.wait(timeout=30)
    assert done == [f"{start + number}\n" for number in range(cycles)]


def test_every_commit_is_whole_after_a_kill(store: Store, migrated_url: str) -> None:
    store.sync_sources([source()])
    engine = create_engine(migrated_url)
    for number in range(ROUNDS):
        write_until_killed(migrated_url, number * 1000, cycles=number + 1)
        for what, query in BROKEN.items():
            with engine.connect() as connection:  # one statement each: one state of the database
                assert connection.execute(text(query)).scalar_one() == 0, what
    if store.dialect == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    engine.dispose()
    acknowledged = [n * 1000 + cycle for n in range(ROUNDS) for cycle in range(n + 1)]
    for cycle in acknowledged:
        for part in "abc":
            history = store.url_history(f"https://k/{cycle}/{part}")
            assert [delivery.attempts for delivery, _ in history.deliveries] == [1, 1]
