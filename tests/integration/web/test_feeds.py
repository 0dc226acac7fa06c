"""Feeds for readers of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.people import Role
from desk.context import Desk
from desk.people import give_token
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON, alerted, source
from tests.integration.web.visitors import CONFIG, HOST, browser, desk_over


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FixedClock(NOON)
    rules = [{"id": "drafts", "title": "Drafts & <raids>", "any": ["draft"]}]
    config = WatchConfig.model_validate({**CONFIG, "rules": rules})
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([source()])
        alerted(store)
        yield desk_over(store, clock, config)


async def test_a_rule_is_followed_by_a_reader_of_feeds(desk: Desk) -> None:
    _token, secret = give_token(desk.store, "reader", Role.READ, desk.now(), timedelta(days=1))
    async with browser(desk) as client:
        answer = await client.get(f"/feeds/rules/drafts.atom?token={secret}")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.title == "Drafts & <raids> · Wirewatch"
    (entry,) = feed.entries
    alert = desk.store.alerts().items[0]
    assert entry.title == alert.article.data.title
    assert entry.link == f"{HOST}/story/{alert.case_id}"


@pytest.mark.parametrize("token", ["", "nonsense"])
async def test_a_feed_needs_a_token(desk: Desk, token: str) -> None:
    async with browser(desk) as client:
        answer = await client.get(f"/feeds/rules/drafts.atom?token={token}")
    assert answer.status_code == 401
    assert b"<" not in answer.content


async def test_a_rule_that_is_not_there_has_no_feed(desk: Desk) -> None:
    _token, secret = give_token(desk.store, "reader", Role.READ, desk.now(), timedelta(days=1))
    async with browser(desk) as client:
        assert (await client.get(f"/feeds/rules/no.atom?token={secret}")).status_code == 404
