"""The page of the archive: what is found, understood, and said of a query that cannot be read."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
import pytest

from core.articles import ArticleData
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.people import Role
from desk.context import Desk
from desk.people import give_token
from scheduler.search_indexing import SearchIndexing
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON, source
from tests.integration.web.visitors import CONFIG, browser, desk_over, logged_in, text_of

HOSTILE = "<script>alert(1)</script> \u202eрейд"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FixedClock(NOON)
    config = WatchConfig.model_validate(
        {**CONFIG, "searches": [{"name": "raids", "title": "Raids", "query": "рейд"}]}
    )
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([source()])
        for number, title in enumerate(("Рейды на рынке", "Погода на завтра", HOSTILE)):
            url = f"https://plain.example/{number}"
            data = ArticleData(
                url=url, title=title, text=f"{title}. Мигрантов задержали.", source="plain",
                language="ru",
            )  # fmt: skip
            store.record(data, None, key=url)
        desk = desk_over(store, clock, config)
        live = desk.running()
        SearchIndexing(store).catch_up(live.rules, live.config)
        yield desk


async def test_words_are_found_in_all_their_forms(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"q": "рейд"})
    words = text_of(page)
    assert page.status_code == 200
    assert "2 versions found" in words
    assert "Рейды на рынке" in words
    assert "Погода" not in words
    assert "рейд (" in words, "what was understood"


async def test_hostile_titles_are_shown_as_text(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"q": "рейд", "since": "all"})
    shown = page.text.partition("<main")[2]
    assert "<script>alert" not in shown
    assert "\u202e" not in shown


async def test_a_query_that_cannot_be_read_stays_with_its_mistake_marked(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"q": "мигрант (рейд"})
    assert page.status_code == 400
    assert 'value="мигрант (рейд"' in page.text
    assert "<mark>" in page.text


async def test_nothing_found_leads_to_everything(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"q": "наводнение"})
    assert "Nothing found. Search everything" in text_of(page)


async def test_a_saved_search_is_asked_by_its_name(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"saved": "raids"})
    assert "2 versions found" in text_of(page)
    assert 'value="рейд"' in page.text


@pytest.mark.parametrize("query", ["q=%D1%80&before=nonsense", "q=a&since=never", "saved=no", ""])
async def test_whatever_an_address_says_is_answered(desk: Desk, query: str) -> None:
    async with logged_in(desk) as client:
        assert (await client.get(f"/search?{query}")).status_code == 200


async def test_a_saved_search_is_followed_by_a_reader_of_feeds(desk: Desk) -> None:
    _token, secret = give_token(desk.store, "reader", Role.READ, desk.now(), timedelta(days=1))
    async with browser(desk) as client:
        answer = await client.get(f"/feeds/searches/raids.atom?token={secret}")
        missing = await client.get(f"/feeds/searches/no.atom?token={secret}")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert len(feed.entries) == 2
    assert missing.status_code == 404


async def test_a_saved_search_says_what_is_new_since_one_looked(desk: Desk) -> None:
    before = text_of(await shown(desk))
    assert "new Each" not in before
    desk.store.visit("aigul", NOON - timedelta(days=2))
    desk.store.visit("aigul", NOON - timedelta(days=1))
    assert desk.store.person("aigul").looked_at == NOON - timedelta(days=2)
    assert "Raids 2 new New since" in text_of(await shown(desk))


async def shown(desk: Desk) -> httpx.Response:
    async with logged_in(desk) as client:
        return await client.get("/search")


async def test_a_query_that_is_too_long_is_not_cut_but_refused(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"q": "рейд OR " * 400 + "рейд"})
    assert page.status_code == 400
    assert "A query has 2,000 characters at most; this one has 3,204." in text_of(page)


async def test_words_with_nothing_between_them_are_all_wanted(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"q": "мигрант рынок"})
    assert page.status_code == 200
    assert "1 version found" in text_of(page)
    assert " and рынок (" in text_of(page).lower()


async def test_a_plural_alone_leads_to_the_word_that_finds_all_forms(desk: Desk) -> None:
    async with logged_in(desk) as client:
        plural = await client.get("/search", params={"q": "raids AND рейд"})
        assert "raid finds all its forms" in text_of(plural)
        assert 'href="/search?q=raid+AND+' in plural.text
        assert "finds all its forms" not in text_of(await client.get("/search?q=raid"))


@pytest.mark.parametrize("query", ["мигрант or рынок", "мигрант and рынок", "мигрант Not рынок"])
async def test_an_operator_in_small_letters_is_asked_back_and_taken_for_no_word(
    desk: Desk, query: str
) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"q": query})
    assert page.status_code == 400
    assert "<mark>" in page.text


async def test_what_is_found_is_a_file_too(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/search", params={"q": "рейд", "since": "all"})
        (address,) = re.findall(r'href="(/search\.csv[^"]*)"', page.text)
        as_csv = await client.get(html.unescape(address))
        as_lines = await client.get("/search.jsonl", params={"saved": "raids", "since": "all"})
        mistaken = await client.get("/search.csv", params={"q": "рейд AND"})
        nothing = await client.get("/search.pdf", params={"q": "рейд"})
    rows = list(csv.DictReader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    assert [row["outlet"] for row in rows] == ["plain", "plain"]
    assert "Рейды на рынке" in {row["title"] for row in rows}
    assert [json.loads(line)["still_there"] for line in as_lines.text.splitlines()] == ["yes"] * 2
    assert (mistaken.status_code, nothing.status_code) == (400, 404)
    assert "рейд" in mistaken.text
