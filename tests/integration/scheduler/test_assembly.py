"""What every process gets, however it holds its database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from core.config.watch import WatchConfig
from demo.inbox import Inbox
from desk.receivers import trial_message
from scheduler.assembly import Assembly, Hold, assembled
from scheduler.instance_lock import AlreadyRunningError
from scheduler.running_config import RunningConfig, live_of
from storage import Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.scheduler.workshop import RECEIVERS, SOURCES
from tests.integration.storage.samples import NOON, alerted, claim, poll

WEB = {"url": "https://watch.example.org", "secret": "not-a-secret-but-long-enough"}
CONFIGURED = [Hold.ALONE, Hold.SHARED]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as opened:
        yield opened


@pytest.fixture
def database(tmp_path: Path) -> str:
    return empty_database(tmp_path / "wirewatch.db")


def configured(database: str, **sections: Any) -> RunningConfig:
    config = {"database": database, "sources": SOURCES, "receivers": RECEIVERS, **sections}
    return live_of(WatchConfig.model_validate(config))


def opened(database: str, at: FixedClock | None = None) -> Store:
    return open_store(database, clock=at or FixedClock(NOON), migrate=False)


@pytest.mark.parametrize("hold", CONFIGURED)
def test_what_a_clock_that_ran_ahead_had_put_off_is_due_again(database: str, hold: Hold) -> None:
    with opened(database, FixedClock(NOON + timedelta(days=400))) as ahead:
        alerted(ahead)
    with assembled(configured(database), hold=hold, clock=FixedClock(NOON)) as parts:
        assert parts.store.next_delivery_at(["desk"]) == NOON


@pytest.mark.parametrize("hold", CONFIGURED)
@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=2)])
def test_a_source_that_a_clock_polled_in_the_future_is_polled_after_a_restart(
    database: str, hold: Hold, ahead: timedelta
) -> None:
    live = configured(database)
    with opened(database, FixedClock(NOON + ahead)) as store:
        store.sync_sources(list(live.sources.values()))
        store.record_poll(poll(at=NOON + ahead), [])
    with assembled(live, hold=hold, clock=FixedClock(NOON)) as parts:
        assert [state.name for state in parts.store.due_sources(NOON, 10)] == ["kloop"]


@pytest.mark.parametrize("hold", list(Hold))
def test_the_configured_sources_are_known(database: str, hold: Hold) -> None:
    with assembled(configured(database), hold=hold, clock=FixedClock(NOON)) as parts:
        assert [state.name for state in parts.store.source_states()] == ["kloop"]


def test_whoever_is_alone_takes_over_what_a_dead_process_had_leased(database: str) -> None:
    with opened(database) as before:
        alerted(before)
        assert claim(before, owner="daemon-that-was-killed")
    with assembled(configured(database), hold=Hold.ALONE, clock=FixedClock(NOON)) as parts:
        assert claim(parts.store)


def test_whoever_shares_leaves_the_leases_of_others(database: str) -> None:
    with opened(database) as daemon:
        alerted(daemon)
        assert claim(daemon, owner="daemon-that-runs")
        with assembled(configured(database), hold=Hold.SHARED, clock=FixedClock(NOON)) as parts:
            assert claim(parts.store) == []


def test_only_one_is_alone_and_others_may_share(database: str) -> None:
    live = configured(database)
    with assembled(live, hold=Hold.ALONE):
        with assembled(live, hold=Hold.SHARED) as beside:
            assert beside.store.alerts().items == ()
        with ExitStack() as stack, pytest.raises(AlreadyRunningError):
            stack.enter_context(assembled(live, hold=Hold.ALONE))
    with assembled(live, hold=Hold.ALONE) as again:
        assert again.store.alerts().items == ()


def test_a_throwaway_database_leaves_nothing_behind(tmp_path: Path) -> None:
    with assembled(configured(f"sqlite:///{tmp_path}/w.db"), hold=Hold.THROWAWAY) as parts:
        used = Path(parts.store.url_without_secrets.removeprefix("sqlite:///"))
        assert used.exists()
    assert not used.exists()
    assert list(tmp_path.iterdir()) == []


async def test_messages_speak_the_language_of_their_receiver(database: str, inbox: Inbox) -> None:
    def receiver(name: str, **more: str) -> dict[str, Any]:
        return {"name": name, "slack": {"url": f"{inbox.url}/slack"}, **more}

    live = configured(
        database,
        web=WEB,
        language="ru",
        receivers=[receiver("desk"), receiver("abroad", language="en")],
        network={"allow": ["127.0.0.0/8"]},
    )
    with assembled(live, hold=Hold.SHARED, clock=FixedClock(NOON)) as parts:
        alerted(parts.store, "desk", "abroad")
        delivery = parts.delivery_loop("test")
        await delivery.drain()
        await delivery.close()
    posts = [json.dumps(post.json(), ensure_ascii=False) for post in inbox.posts("/slack")]
    said = sorted(posts, key=lambda text: "Правило: " in text)
    assert ["Rule: " in text for text in said] == [True, False]
    assert ["I take this on" in text for text in said] == [True, False]
    assert ["Беру на себя" in text for text in said] == [False, True]


def test_a_trial_speaks_the_language_of_its_receiver(database: str) -> None:
    names = [{"name": "desk", "console": {}}, {"name": "abroad", "console": {}, "language": "en"}]
    live = configured(database, web=WEB, language="ru", receivers=names)
    shown = [trial_message(live, name, NOON) for name in ("desk", "abroad")]
    titles = [message.alert.match.rule_title for message in shown]
    assert titles == ["Проверка этого получателя", "Test of this receiver"]
    assert [message.links[0].label for message in shown] == ["Беру на себя", "I take this on"]


async def test_messages_carry_links_and_the_outlets_name(database: str, inbox: Inbox) -> None:
    live = configured(
        database,
        web=WEB,
        receivers=[{"name": "desk", "slack": {"url": f"{inbox.url}/slack"}}],
        network={"allow": ["127.0.0.0/8"]},
    )
    with assembled(live, hold=Hold.SHARED, clock=FixedClock(NOON)) as parts:
        alerted(parts.store)
        delivery = parts.delivery_loop("test")
        await delivery.drain()
        await delivery.close()
    (post,) = inbox.posts("/slack")
    assert "I take this on" in post.body.decode()
    assert f"{WEB['url']}/alert/" in post.body.decode()
    assert "Kloop" in post.body.decode()


def test_links_lead_to_the_pages_of_the_start_after_a_reload(database: str) -> None:
    with assembled(
        configured(database, web=WEB), hold=Hold.SHARED, clock=FixedClock(NOON)
    ) as parts:
        alerted(parts.store)
        (claimed,) = claim(parts.store)
        before = parts.links_of(claimed)
        parts.live = configured(database, web={**WEB, "url": "https://elsewhere.example.org"})
        assert before
        assert parts.links_of(claimed) == before


def test_what_is_built_reads_the_configuration_of_the_moment(database: str) -> None:
    slack = {"token": "xoxb-not-a-token", "channel": "C1"}
    with assembled(configured(database), hold=Hold.SHARED, clock=FixedClock(NOON)) as parts:
        assert set(parts.revising()) == set()
        parts.live = configured(database, receivers=[{"name": "chat", "slack": slack}])
        assert set(parts.revising()) == {"chat"}
        assert isinstance(parts, Assembly)


@pytest.mark.parametrize(("web", "labels"), [(None, 0), (WEB, 4)])
def test_a_trial_looks_as_complete_as_a_message(
    database: str, web: dict[str, str] | None, labels: int
) -> None:
    message = trial_message(configured(database, web=web), "desk", NOON)
    assert message.test
    assert len(message.links) == labels
    assert all("/alert/preview-" in link.url for link in message.links)
