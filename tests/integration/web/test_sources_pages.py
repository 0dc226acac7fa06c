"""The sources, the worst first, and all about one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.articles import Rejection, RejectReason
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.people import Role
from core.sources import Entry, PollOutcome
from core.vantages import TurnedAway, VantageAnswer, VantagesDiffer
from desk import source_rows
from desk.context import Desk
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import (
    HOUR,
    NOON,
    data,
    http,
    judgement,
    page,
    poll,
    source,
)  # fmt: skip
from tests.integration.web.hostile import TITLES, dangers
from tests.integration.web.visitors import CONFIG, desk_over, logged_in, text_of

SOURCES = [
    {"name": "kloop", "title": "Клооп", "feed": "https://kloop.example/feed", "language": "ru",
     "tags": ["independent"]},
    {"name": "ozodi", "title": "Озоди", "feed": "https://ozodi.example/feed", "language": "tg"},
    {"name": "shut", "title": "Shut", "feed": "https://shut.example/feed",
     "headers": {"X-Token": "hidden-value"}, "proxy": "http://me:hidden-word@proxy.example:8080"},
]  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    config = WatchConfig.model_validate({**CONFIG, "sources": SOURCES})
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([one.to_source() for one in config.sources])
        yield desk_over(store, clock, config)


def refused(desk: Desk, name: str, times: int = 5) -> None:
    for _ in range(times):
        failed = poll(source=name, outcome=PollOutcome.FAILED, failure=http(403), error="HTTP 403")
        desk.store.record_poll(failed, ())


async def test_the_source_that_refuses_us_comes_first_with_its_reason(desk: Desk) -> None:
    desk.store.record_poll(poll("https://kloop.example/1"), ["https://kloop.example/1"])
    refused(desk, "shut")
    async with logged_in(desk) as client:
        page_ = await client.get("/sources")
    text = text_of(page_)
    assert "All 3 Blind 0 Refused 1 Slow 0 From some places only 0 Fine 2" in text
    assert text.index("Shut") < text.index("Клооп") < text.index("Озоди")
    assert "5 polls in a row failed: HTTP 403" in text
    assert "every hour" in text


async def test_tabs_tags_and_languages_narrow_the_list(desk: Desk) -> None:
    refused(desk, "shut")
    async with logged_in(desk) as client:
        shown = {}
        for query in ("show=refused", "show=fine", "tag=independent", "lang=tg", "show=blind"):
            answer = await client.get(f"/sources?{query}")
            names = ("Клооп", "Озоди", "Shut")
            shown[query] = [name for name in names if f">{name}</a>" in answer.text]
        nothing = await client.get("/sources?tag=independent&lang=tg")
    assert shown == {
        "show=refused": ["Shut"],
        "show=fine": ["Клооп", "Озоди"],
        "tag=independent": ["Клооп"],
        "lang=tg": ["Озоди"],
        "show=blind": [],
    }
    assert "No source is like that. Drop the filters" in text_of(nothing)


async def test_many_sources_come_in_pages(tmp_path: Path, clock: FixedClock) -> None:
    many = [{"name": f"s{n:03}", "feed": f"https://s{n}.example/feed"} for n in range(70)]
    config = WatchConfig.model_validate({**CONFIG, "sources": many})
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([one.to_source() for one in config.sources])
        async with logged_in(desk_over(store, clock, config)) as client:
            first = (await client.get("/sources")).text
            second = (await client.get("/sources?before=s049")).text
    assert "/sources/s049" in first
    assert 'rel="next" href="/sources?before=s049"' in first
    assert "/sources/s050" not in first
    assert "/sources/s050" in second
    assert 'rel="next"' not in second


async def test_polling_now_lets_the_daemon_read_it_next(desk: Desk) -> None:
    desk.store.record_poll(poll(), ())
    async with logged_in(desk) as client:
        answer = await client.post("/sources/poll", data={"source": "kloop"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sources/kloop?asked=")
        state = next(one for one in desk.store.source_states() if one.name == "kloop")
        assert state.next_poll_at == NOON
        assert state.next_poll_reason == "asked for at the desk"
        assert not state.next_poll_full
        await client.post("/sources/poll", data={"source": "kloop", "full": "yes"})
    assert next(one for one in desk.store.source_states() if one.name == "kloop").next_poll_full


async def test_a_poll_is_watched_line_by_line_until_it_is_done(
    desk: Desk, clock: FixedClock
) -> None:
    desk.store.record_poll(poll(), ())
    async with logged_in(desk) as client:
        answer = await client.post("/sources/poll", data={"source": "kloop"})
        asked = answer.headers["location"].replace("/kloop?", "/kloop/poll?").partition("#")[0]
        page_ = await client.get(answer.headers["location"].partition("#")[0])
        assert "12:00 asked for Look again" in text_of(page_)
        assert "hx-trigger" in page_.text
        clock.advance(timedelta(seconds=2))
        urls = [f"https://kloop.example/{number}" for number in range(2)]
        at = clock()
        entries = desk.store.record_poll(poll(*urls, at=at), urls).new
        found = await client.get(asked)
        assert "read: 2 new entries" in found.text
        assert "0 of 2 pages fetched" in found.text
        assert "hx-trigger" in found.text
        recorded = desk.store.record(data(urls[0]), None, key=urls[0], entry_id=entries[0].id)
        stub = Rejection(RejectReason.EMPTY, detail="no text was found")
        desk.store.reject_entry(entries[1].id, stub, page())
        assert "1 with a text" in (await client.get(asked)).text
        desk.store.commit_judgement([judgement(recorded.version_id, "drafts")], DECIDERS)
        last = await client.get(asked)
    assert "2 of 2 pages fetched, 1 with a text" in last.text
    assert "1 judged, 1 alerted" in last.text
    assert "Done." in last.text
    assert "hx-trigger" not in last.text


async def test_a_poll_that_fails_says_what_was_answered(desk: Desk) -> None:
    desk.store.record_poll(poll(), ())
    async with logged_in(desk) as client:
        await client.post("/sources/poll", data={"source": "kloop"})
        refused(desk, "kloop", 1)
        shown = await client.get(f"/sources/kloop/poll?asked={NOON - HOUR:%Y-%m-%dT%H:%M:%S}Z")
    assert "could not be read: HTTP 403</li>" in shown.text
    assert "Done." not in shown.text
    assert "hx-trigger" not in shown.text


async def test_a_poll_that_nobody_does_is_not_waited_for(desk: Desk, clock: FixedClock) -> None:
    desk.store.record_poll(poll(), ())
    async with logged_in(desk) as client:
        answer = await client.post("/sources/poll", data={"source": "kloop"})
        clock.advance(timedelta(minutes=3))
        shown = await client.get(answer.headers["location"].partition("#")[0])
        nonsense = await client.get("/sources/kloop/poll?asked=yesterday")
    assert "is the daemon running?" in shown.text
    assert "hx-trigger" not in shown.text
    assert nonsense.status_code == 404


async def test_who_only_reads_polls_nothing(desk: Desk) -> None:
    desk.store.record_poll(poll(), ())
    async with logged_in(desk, role=Role.READ) as client:
        assert (await client.post("/sources/poll", data={"source": "kloop"})).status_code == 403
    state = next(one for one in desk.store.source_states() if one.name == "kloop")
    assert state.next_poll_at == NOON + HOUR


@pytest.mark.parametrize("name", ["nobody", "no/body", "%2e%2e", "a%00b"])
async def test_a_source_that_is_not_there_is_not_found(desk: Desk, name: str) -> None:
    async with logged_in(desk) as client:
        assert (await client.get(f"/sources/{name}")).status_code == 404
        assert (await client.post("/sources/poll", data={"source": name})).status_code == 404


async def test_the_funnel_says_what_was_left_out_and_why(desk: Desk) -> None:
    urls = [f"https://kloop.example/{number}" for number in range(5)]
    entries = desk.store.record_poll(poll(*urls), urls).new
    for entry in entries[:2]:
        desk.store.record(data(entry.key), None, key=entry.key, entry_id=entry.id)
    stub = Rejection(RejectReason.EMPTY, detail="no text was found")
    desk.store.reject_entry(entries[2].id, stub, page())
    desk.store.fail_entry(entries[3].id, http(410), "HTTP 410")
    async with logged_in(desk) as client:
        text = text_of(await client.get("/sources/kloop"))
    assert "announced 5 fetched 3 text found 2 judged 0 matched 0 told 0" in text
    assert "not judged 2 the rules will look at it" in text
    assert "not fetched 1 HTTP 410" in text
    assert "no article 1 no text found" in text
    assert "waits 1 not asked for yet" in text


async def test_a_failed_poll_shows_its_raw_answer(desk: Desk) -> None:
    refused(desk, "shut", times=2)
    async with logged_in(desk) as client:
        answer = await client.get("/sources/shut")
    assert "2 polls in a row failed: HTTP 403" in text_of(answer)
    assert ">HTTP 403</pre>" in answer.text


@pytest.mark.parametrize(
    ("language", "tab", "advice"),
    [
        (
            "en",
            "From some places only 1",
            "it can be read from some places only: number 2 of its `proxy` reads it, number 1 is"
            " refused (HTTP 451); put number 2 first, or leave number 1 out",
        ),
        (
            "ru",
            "Не отовсюду 1",
            "читается не отовсюду: номер 2 из его `proxy` читает сайт, номер 1 получает отказ (HTTP"
            " 451); поставьте номер 2 первым или уберите номер 1",
        ),
    ],
)
async def test_a_source_that_is_read_from_some_places_only_says_what_to_do(
    desk: Desk, language: str, tab: str, advice: str
) -> None:
    desk.store.record_poll(poll("https://kloop.example/1"), ["https://kloop.example/1"])
    closed = TurnedAway(1, VantageAnswer.REFUSED, 451)
    desk.store.vantages_differ(
        "kloop", VantagesDiffer(url="https://kloop.example/feed", closed=closed, opened=2, at=NOON)
    )
    async with logged_in(desk) as client:
        spoken = {"Accept-Language": language}
        listed = text_of(await client.get("/sources?show=geo", headers=spoken))
        text = text_of(await client.get("/sources/kloop", headers=spoken))
    assert tab in listed
    assert advice in listed
    assert advice in text


async def test_the_configuration_of_a_source_is_shown_without_its_secrets(desk: Desk) -> None:
    async with logged_in(desk) as client:
        answer = await client.get("/sources/shut")
    assert "name: shut" in answer.text
    assert "hidden-" not in answer.text


async def test_bars_count_what_was_announced_on_the_viewers_days(
    desk: Desk, clock: FixedClock
) -> None:
    desk.store.record_poll(poll("https://kloop.example/1"), ["https://kloop.example/1"])
    clock.advance(timedelta(days=1))
    desk.store.record_poll(poll("https://kloop.example/2"), ["https://kloop.example/2"])
    async with logged_in(desk) as client:
        answer = await client.get("/sources/kloop")
    assert "2 in two weeks" in text_of(answer)


def test_hours_and_days_are_what_the_clock_of_the_viewer_shows(
    desk: Desk, clock: FixedClock
) -> None:
    kyiv, url = ZoneInfo("Europe/Kyiv"), "https://kloop.example/{}"
    # Nine in the morning before the clock is put forward on 29 March, and after it.
    for number, day in enumerate((28, 30)):
        clock.advance(datetime(2026, 3, day, 9, tzinfo=kyiv) - clock())
        desk.store.record_poll(poll(url.format(number), at=clock()), [url.format(number)])
    clock.advance(datetime(2026, 3, 31, 0, 10, tzinfo=kyiv) - clock())
    desk.store.record_poll(poll(url.format(9), at=clock()), [url.format(9)])
    page = source_rows.page(desk, "kloop", kyiv)
    assert page.days.counts[-4:] == (1, 0, 1, 1)
    assert {hour: count for hour, count in enumerate(page.hours.counts) if count} == {0: 1, 9: 2}
    listed = source_rows.rows(desk, kyiv, source_rows.listed(desk))
    assert next(row for row in listed if row.name == "kloop").days.counts == page.days.counts


async def test_hostile_names_and_titles_are_only_words(tmp_path: Path, clock: FixedClock) -> None:
    listed = [
        {"name": f"s{number}", "title": title[:200], "feed": "https://s.example/feed"}
        for number, title in enumerate(TITLES)
        if title.isprintable()
    ]
    config = WatchConfig.model_validate({**CONFIG, "sources": listed})
    # What stands in the database came by other ways, too.
    named = [source(title, url="https://odd.example/feed") for title in TITLES]
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([*(one.to_source() for one in config.sources), *named])
        for number, title in enumerate(TITLES):
            url = f"https://odd.example/{number}"
            announced = poll(source="s0")
            announced = type(announced)(
                source="s0", outcome=PollOutcome.OK, polled_at=NOON,
                next_poll=announced.next_poll, entries=(Entry(url=url, title=title),),
            )  # fmt: skip
            store.record_poll(announced, [url])
        names = [state.name for state in store.source_states()]
        async with logged_in(desk_over(store, clock, config)) as client:
            pages = [await client.get("/sources"), await client.get("/sources/s0")]
            pages += [await client.get(f"/sources/{quote(name, safe='')}") for name in names]
    assert [page_.status_code for page_ in pages] == [200] * len(pages)
    assert [danger for page_ in pages for danger in dangers(page_)] == []
