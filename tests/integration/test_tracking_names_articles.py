"""Entries that differ in a tracking parameter alone: each is told, though their texts are alike."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from desk.addresses import history_of
from tests.integration.jumping_clock import (
    HOUR,
    START,
    Answer,
    crawl,
    entries,
    rss,
    serving,
    status,
    stored,
    watch,
)
from tests.month.press import SharedClock

TOWNS = ("osh", "naryn", "talas")


def title_of(town: str) -> str:
    return f"Drivers of {town} are called up"


def page(town: str, base: str) -> bytes:
    """Return one of the pages that an outlet fills in from a table, under one canonical address."""
    text = (
        f"The draft office of {town} asks drivers of lorries to come to the square on Monday at "
        "nine with their papers, said its head; those who study may bring a paper of their dean. "
        "Buses leave from the station every hour and go back in the evening."
    )
    title = title_of(town)
    return (
        f'<html><head><title>{title}</title><link rel="canonical" href="{base}/card"></head>'
        f"<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    ).encode()


def test_articles_told_apart_by_a_tracking_parameter_are_all_stored_and_explained(
    tmp_path: Path,
) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, _now: datetime) -> Answer:
        if path == "/feed":
            link = f"{base}/card?utm_source="
            return rss(*((town, title_of(town), link + town, "") for town in TOWNS))
        _, _, town = path.partition("?utm_source=")
        return status(200, page(town, base)) if town in TOWNS else status(404)

    with serving(clock, answer) as (base, _asked):
        watch(tmp_path, {"cards": f"{base}/feed"}, every="20m")
        crawl(tmp_path, START + 30 * HOUR)
    with stored(tmp_path) as store:
        titles = sorted(article.data.title for article in store.articles().items)
        assert titles == sorted(map(title_of, TOWNS))
        found = [history_of(store, f"{base}/card?utm_source={town}") for town in TOWNS]
        assert [len(history.versions) for history in found] == [1, 1, 1]
        assert len({history.article_id for history in found}) == 3
    assert {entry.status.value for entry in entries(tmp_path)} == {"stored"}
