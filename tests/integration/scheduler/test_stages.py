"""The stages of the daemon, each by itself, and the table they stand in."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from structlog.testing import capture_logs

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState
from core.alerting.notifications import Recipient
from core.config.sections.health import HEALTH_RULE
from core.failures import FailureKind
from core.source_polls import SourcePoll
from core.sources import (
    NextPoll,
    PollOutcome,
)
from crawler.counts import CrawlCounts
from scheduler.assembly import Assembly
from scheduler.heartbeat import HEARTBEAT, RUNNING
from scheduler.judging_step import JudgingStep
from scheduler.running_config import load_running_config
from scheduler.stage_work import NOTHING, Found
from scheduler.stages import DISPATCH, Part, Stage, stage_table
from scheduler.status import DaemonStatus, begin, read_status
from storage import Store
from tests.integration.children import ROOT
from tests.integration.scheduler.workshop import Workshop
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    alerted,
    data,
    judgement,
    page,
    poll,
    recorded,
    tracked,
)

Opened = Callable[..., Workshop]
SECOND = timedelta(seconds=1)


def shown(parts: Assembly) -> Found:
    status(parts)
    return NOTHING


def status(parts: Assembly) -> DaemonStatus:
    beginning = begin(parts.store, NOON)
    return read_status(
        parts.store, beginning, sources=1, in_flight=2, counts=CrawlCounts(), alerts=3
    )


TABLE = stage_table(watchdog=15.0, show=shown)
ASKING_STORAGE = [stage.name for stage in TABLE if stage.fault is not None]


def named(name: str) -> Stage:
    (stage,) = (stage for stage in TABLE if stage.name == name)
    return stage


def told(store: Store, *rules: str) -> None:
    """Alert the desk by a group that is due at once."""
    made = judgement(recorded(store).version_id, *(rules or ("drafts",)), receivers=())
    alerts = tuple(
        replace(alert, recipients=(Recipient(receiver="desk", group=alert.match.rule_id),))
        for alert in made.alerts
    )
    store.commit_judgement([replace(made, alerts=alerts)], DECIDERS)


def refused(store: Store) -> None:
    """Let three polls in a row be refused."""
    for _ in range(3):
        check = SourcePoll(
            source="kloop",
            outcome=PollOutcome.FAILED,
            polled_at=NOON,
            next_poll=NextPoll(NOON + HOUR, "every hour"),
            error="http: HTTP 403",
            failure=FailureKind.HTTP,
            status_code=403,
        )
        store.record_poll(check, [])


def read(shop: Workshop) -> None:
    """Let every source be read now."""
    for name in shop.parts.live.sources:
        now = shop.clock()
        poll = SourcePoll(
            source=name,
            outcome=PollOutcome.OK,
            polled_at=now,
            next_poll=NextPoll(now + HOUR, "every hour"),
        )
        shop.store.record_poll(poll, [])


# -- the table


def test_the_table_is_the_one_that_is_documented() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.split("### The stages of the daemon")[1].split("\n#")[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|.*\| ([^|]+) \|$", section, re.MULTILINE)
    documented = [(name, period.strip(), wakes.strip()) for name, period, wakes in rows]
    assert documented == [(stage.name, every(stage), woken_by(stage)) for stage in TABLE]


def every(stage: Stage) -> str:
    if stage.name == "watchdog":
        return "as systemd asks"
    return "1 h" if stage.period == 3600 else f"{stage.period:.0f} s"


def woken_by(stage: Stage) -> str:
    if stage.wakes is None:
        return "–"
    return f"`{stage.wakes.name}`" if isinstance(stage.wakes, Stage) else stage.wakes.value


def test_every_stage_stands_in_the_table_once() -> None:
    names = [stage.name for stage in TABLE]
    assert len(names) == len(set(names)) == 15


def test_nobody_is_shown_anything_and_no_watchdog_is_fed_where_none_is() -> None:
    assert {stage.name for stage in TABLE} - {stage.name for stage in stage_table()} == {
        "watchdog", "status"
    }  # fmt: skip


def test_what_asks_storage_or_disks_keeps_off_the_loop() -> None:
    on_the_loop = {stage.name for stage in TABLE if not stage.in_thread}
    assert on_the_loop == {"crawl", "judge", "deliver", "watchdog"}


# -- how stages are run


@pytest.mark.parametrize("name", ASKING_STORAGE)
async def test_a_stage_whose_database_is_away_says_so_and_works_at_its_next_run(
    workshop: Opened, name: str
) -> None:
    flatline = {"id": "raids", "when": "raid", "over_time": {"flatline": {"within": "6h"}}}
    heartbeat = {"url": "http://127.0.0.1:9/ping"}
    shop, stage = workshop(away=True, rules=[flatline], heartbeat=heartbeat), named(name)
    # The first heartbeat is due one pause after the start, or when the clock is set back.
    shop.parts.outside_watch.may_send(shop.store, shop.parts.live.config)
    shop.clock.advance(-HOUR)  # which is to be mended
    with capture_logs() as logs:
        await shop.stages.run(stage)
    errors = [line for line in logs if line["log_level"] == "error"]
    assert [line["event"] for line in errors] == [stage.fault]
    assert "no such table" in errors[0]["error"]
    shop.come_back()
    with capture_logs() as logs:
        await shop.stages.run(stage)
    assert not [line for line in logs if line["log_level"] == "error"]


@pytest.mark.parametrize("in_thread", [True, False])
async def test_work_that_takes_its_time_is_done_in_a_thread(
    workshop: Opened, in_thread: bool
) -> None:
    threads: list[threading.Thread] = []

    def work(_parts: Assembly) -> Found:
        threads.append(threading.current_thread())
        return NOTHING

    await workshop().stages.run(Stage(name="w", period=1.0, work=work, in_thread=in_thread))
    assert (threads[0] is not threading.current_thread()) is in_thread


async def test_an_error_that_is_not_storages_is_not_hidden(workshop: Opened) -> None:
    def broken(_parts: Assembly) -> Found:
        raise ValueError("a mistake in the program")

    with pytest.raises(ValueError, match="mistake"):
        await workshop().stages.run(Stage(name="b", period=1.0, work=broken, fault="away"))


# -- the stages


@pytest.mark.parametrize(
    ("name", "part"),
    [("crawl", Part.CRAWL), ("judge", Part.JUDGING), ("deliver", Part.DELIVERY)],
)
async def test_parts_that_know_what_is_due_are_woken_each_time(
    workshop: Opened, name: str, part: Part
) -> None:
    shop = workshop()
    await shop.stages.run(named(name))
    await shop.stages.run(named(name))
    assert shop.woken == [part, part]


async def test_dispatching_wakes_the_delivery_only_when_it_made_messages(workshop: Opened) -> None:
    shop = workshop()
    shop.store.sync_sources(list(shop.parts.live.sources.values()))
    await shop.stages.run(DISPATCH)
    assert shop.woken == []
    told(shop.store)
    await shop.stages.run(DISPATCH)
    assert shop.woken == [Part.DELIVERY]
    assert shop.store.next_delivery_at(["desk"]) is not None
    await shop.stages.run(DISPATCH)
    assert shop.woken == [Part.DELIVERY]


async def test_a_reminder_wakes_the_delivery_and_is_logged(workshop: Opened) -> None:
    shop = workshop()
    shop.store.sync_sources(list(shop.parts.live.sources.values()))
    alerted(shop.store)
    await shop.stages.run(named("work"))
    assert shop.woken == []
    shop.store.change_alert(
        shop.store.alerts().items[0].id,
        AlertState.SNOOZED,
        DECIDERS,
        by="a",
        at=NOON,
        until=NOON + HOUR,
    )
    shop.clock.advance(HOUR + SECOND)
    with capture_logs() as logs:
        await shop.stages.run(named("work"))
    assert shop.woken == [Part.DELIVERY]
    assert logs == [{"event": "work_due", "log_level": "info", "escalated": 0, "reminded": 1}]


async def test_a_changed_file_is_reloaded_and_an_unchanged_one_is_not(
    workshop: Opened, tmp_path: Path
) -> None:
    shop, file = workshop(), tmp_path / "watch.yaml"
    file.write_text("rules: [{id: raids, when: raid}]\n", encoding="utf-8")
    shop.parts.live = load_running_config(file)
    await shop.stages.run(named("configuration"))
    assert shop.woken == []
    file.write_text("rules: [{id: raids, when: raid OR search}]\n", encoding="utf-8")
    await shop.stages.run(named("configuration"))
    assert shop.woken == [], "who writes it may not have finished"
    await shop.stages.run(named("configuration"))
    assert shop.woken == [Part.RELOAD]


async def test_a_file_that_is_still_being_written_is_left_until_it_is_at_rest(
    workshop: Opened, tmp_path: Path
) -> None:
    shop, file = workshop(), tmp_path / "watch.yaml"
    file.write_text("rules: []\n", encoding="utf-8")
    shop.parts.live = load_running_config(file)
    with file.open("a", encoding="utf-8") as growing:
        for number in range(4):
            growing.write(f"# {number}\n")
            growing.flush()
            await shop.stages.run(named("configuration"))
    assert shop.woken == []
    await shop.stages.run(named("configuration"))
    assert shop.woken == [Part.RELOAD]


async def test_a_clock_that_is_set_right_while_we_run_is_mended_at_once(workshop: Opened) -> None:
    shop = workshop()
    shop.store.sync_sources(list(shop.parts.live.sources.values()))
    shop.clock.advance(3 * MINUTE)
    with capture_logs() as logs:
        await shop.stages.run(named("clock"))
        shop.store.record_poll(poll(at=shop.clock()), [])
        await shop.stages.run(named("clock"))
        assert shop.woken == []
        shop.clock.advance(-3 * MINUTE)
        await shop.stages.run(named("clock"))
        await shop.stages.run(named("clock"))
    assert shop.woken == [Part.CRAWL]
    assert shop.store.due_sources(shop.clock(), 10)
    said = [(line["event"], line.get("by_seconds")) for line in logs]
    # The clock of the test stands still: on a busy machine time goes on beside it.
    assert [(event, by) for event, by in said if by is None or abs(by) > 60] == [
        ("the clock was set", 180),
        ("the clock was set", -180),
        ("the schedule lay too far ahead and was mended", None),
    ]


async def test_the_sign_of_life_is_what_healthcheck_reads(workshop: Opened) -> None:
    shop = workshop()
    shop.clock.advance(MINUTE)
    await shop.stages.run(named("heartbeat"))
    assert shop.store.last_heartbeat(HEARTBEAT) == (NOON + MINUTE, RUNNING)


async def test_the_service_managers_watchdog_is_fed(
    workshop: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        path = str(Path(folder) / "notify")
        end.bind(path)
        end.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        await workshop().stages.run(named("watchdog"))
        assert end.recv(100) == b"WATCHDOG=1"
    assert named("watchdog").period == 15.0


async def test_a_flatline_is_notified_at_once(workshop: Opened) -> None:
    shop = workshop(
        rules=[{"id": "drafts", "when": "text", "over_time": {"flatline": {"within": "6h"}}}],
        routes=[{"to": ["desk"], "group_by": "none"}],
    )
    shop.store.sync_sources(list(shop.parts.live.sources.values()))
    await shop.stages.run(named("flatlines"))  # from now on the rule is watched
    recorded(shop.store)
    assert JudgingStep(shop.parts).judge_batch().matched == 1
    for _ in range(7):
        shop.clock.advance(HOUR)
        read(shop)
        await shop.stages.run(named("flatlines"))
    assert (shop.stages.alerts, shop.woken) == (1, [Part.DELIVERY])
    await shop.stages.run(named("flatlines"))
    assert (shop.stages.alerts, shop.woken) == (1, [Part.DELIVERY])


async def test_a_source_that_turned_bad_is_told_at_once_and_once(workshop: Opened) -> None:
    shop = workshop(routes=[{"when": {"rules": [HEALTH_RULE]}, "to": ["desk"], "group_by": "none"}])
    shop.store.sync_sources(list(shop.parts.live.sources.values()))
    await shop.stages.run(named("health"))
    assert (shop.stages.alerts, shop.woken) == (0, [])
    refused(shop.store)
    await shop.stages.run(named("health"))
    await shop.stages.run(named("health"))
    assert (shop.stages.alerts, shop.woken) == (1, [Part.DELIVERY])


async def test_cleaning_up_drops_raw_pages_that_are_older_than_they_are_kept(
    workshop: Opened,
) -> None:
    shop = workshop(retention={"raw_pages": "90d"})
    (entry,) = tracked(shop.store, "https://kloop.example/1")
    shop.store.record(data(), page(), key=entry.key, entry_id=entry.id)
    await shop.stages.run(named("clean up"))
    shop.clock.advance(timedelta(days=91))
    with capture_logs() as logs:
        await shop.stages.run(named("clean up"))
        await shop.stages.run(named("clean up"))
    assert logs == [{"event": "old raw pages removed", "log_level": "info", "count": 1}]


async def test_raw_pages_that_are_kept_for_good_are_not_cleaned_up(workshop: Opened) -> None:
    shop = workshop(retention={"raw_pages": None})
    (entry,) = tracked(shop.store, "https://kloop.example/1")
    shop.store.record(data(), page(), key=entry.key, entry_id=entry.id)
    shop.clock.advance(timedelta(days=9000))
    await shop.stages.run(named("clean up"))
    assert shop.store.prune_raw_pages(shop.clock()) == 1


async def test_cleaning_up_mends_what_a_clock_that_ran_ahead_had_put_off(workshop: Opened) -> None:
    shop = workshop()
    shop.clock.advance(timedelta(days=400))
    alerted(shop.store)
    shop.clock.advance(timedelta(days=-400))
    with capture_logs() as logs:
        await shop.stages.run(named("clean up"))
    assert logs == [
        {
            "event": "the schedule lay too far ahead and was mended",
            "log_level": "warning",
            "count": 1,
        }
    ]
    assert shop.store.next_delivery_at(["desk"]) == NOON


async def test_the_status_holds_what_the_process_and_what_storage_know(workshop: Opened) -> None:
    shop = workshop()
    alerted(shop.store)
    found = status(shop.parts)
    assert (found.sources, found.in_flight, found.alerts) == (1, 2, 3)
    assert (found.waiting, found.delivered, found.next_poll_at) == (1, 0, None)
