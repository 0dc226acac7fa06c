"""What people may call messages, silences and articles by: all that the screens show of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.alerting.deliveries import Delivery
from desk.errors import AmbiguousError, NotThereError
from desk.names import (
    named_address,
    named_alert,
    named_article,
    named_delivery,
    named_silence,
    short,
)
from tests.integration.empty_database import empty_database
from tests.integration.screens.small_newsroom import COURIER, Newsroom, small_newsroom

URL = f"https://{COURIER}.example/1"


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    database = empty_database(tmp_path_factory.mktemp("names") / "names.db")
    with small_newsroom(database) as filled:
        yield filled


@pytest.fixture
def message(newsroom: Newsroom) -> Delivery:
    return newsroom.store.deliveries(receiver="editor-in-chief").items[0]


def test_a_message_goes_by_its_id_and_by_its_beginning(
    newsroom: Newsroom, message: Delivery
) -> None:
    for name in (message.id, message.id.removeprefix("dlv_"), short(message.id), message.id[:10]):
        assert named_delivery(newsroom.store, name) == message.id
        assert named_alert(newsroom.store, name) == message.alert_id


def test_a_message_goes_by_its_alert_where_there_is_only_one(newsroom: Newsroom) -> None:
    store = newsroom.store
    alert = next(
        alert
        for alert in store.alerts().items
        if len(store.deliveries(alert_id=alert.id).items) == 1
    )
    (only,) = store.deliveries(alert_id=alert.id).items
    assert named_delivery(store, short(alert.id)) == only.id


def test_several_messages_about_one_alert_are_told_apart_by_their_receivers(
    newsroom: Newsroom,
) -> None:
    with pytest.raises(
        AmbiguousError, match=r"'c4' may be any of [0-9a-f]{8} to [a-z-]+, [0-9a-f]{8} to "
    ):
        named_delivery(newsroom.store, "c4")


def test_a_silence_goes_by_its_id_and_by_its_beginning(newsroom: Newsroom) -> None:
    for silence in newsroom.silences():
        for name in (silence.id, silence.name, silence.name[:7]):
            assert named_silence(newsroom.store, name) == silence.id


def test_an_article_goes_by_its_number_its_address_its_case_and_its_alert(
    newsroom: Newsroom,
) -> None:
    store = newsroom.store
    number = newsroom.articles[COURIER].article_id
    alert = next(alert for alert in store.alerts().items if alert.article.id == number)
    for name in (str(number), f"{URL}?utm_source=x#top", f"c{number}", alert.id, short(alert.id)):
        assert named_article(store, name) == number
        address = named_address(store, name)
        assert address == (name if "://" in name else URL)


@pytest.mark.parametrize("name", ["", "nowhere", "dead", "dlv_nowhere", "%", "c999", "alt_"])
def test_what_names_nothing_is_said_so(newsroom: Newsroom, name: str) -> None:
    for named in (named_alert, named_delivery, named_silence):
        with pytest.raises(NotThereError):
            named(newsroom.store, name)
    with pytest.raises(NotThereError):
        named_address(newsroom.store, name)


def test_beginnings_that_several_share_show_as_much_as_tells_them_apart() -> None:
    class Several:
        def delivery(self, wanted: str) -> None: ...

        def delivery_ids(self, prefix: str, limit: int) -> list[str]:
            return [f"{prefix}{'0' * 8}{number}{'f' * 20}" for number in range(3)][:limit]

    with pytest.raises(
        AmbiguousError, match=r"any of beef000000000, beef000000001, beef000000002$"
    ):
        named_delivery(Several(), "beef")  # type: ignore[arg-type]


def test_cursors_are_short_and_rows_that_come_meanwhile_disturb_nothing(
    newsroom: Newsroom,
) -> None:
    store = newsroom.store
    for listed in (store.deliveries, store.alerts, store.articles, store.cases):
        everything = listed(limit=100).items
        seen: list[Any] = []
        page = listed(limit=4)
        while True:
            seen += page.items
            if page.next is None:
                break
            assert len(str(page.next)) <= 25
            page = listed(limit=4, after=type(page.next).parse(str(page.next)))
        assert seen == list(everything)
