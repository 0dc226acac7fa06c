"""What is taken away from the desk: lists as files, whole texts, the pages they were read from."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from alerts.dispatch.deciders import DECIDERS
from core.clock import FixedClock
from core.errors import StorageError
from desk.context import Desk
from desk.marked_text import LONGEST_SHOWN
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON, alerted, data, judgement, page, source
from tests.integration.web.visitors import browser, desk_over, logged_in, text_of

LONG = "A text of a decree. " * (LONGEST_SHOWN // 20 + 5) + "The last words."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FixedClock(NOON)
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([source()])
        url = "https://kloop.example/decree"
        kept = store.record(data(url, LONG), page(b"<p>Decree</p>", url=url), key=url)
        store.commit_judgement([judgement(kept.version_id, "decrees")], DECIDERS)
        alerted(store)
        yield desk_over(store, clock)


def decree(desk: Desk) -> int:
    return desk.store.alerts(rule="decrees").items[0].article.id


async def test_the_stories_of_a_shelf_are_a_file_that_spreadsheets_read(desk: Desk) -> None:
    async with logged_in(desk) as client:
        as_csv = await client.get("/stories.csv")
        as_xlsx = await client.get("/stories.xlsx")
        as_lines = await client.get("/stories.jsonl")
    rows = list(csv.DictReader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    assert sorted(row["rules"] for row in rows) == ["decrees", "drafts"]
    assert 'filename="stories-' in as_csv.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(as_xlsx.content)) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == 3
    assert [json.loads(line)["state"] for line in as_lines.text.splitlines()] == ["open", "open"]


async def test_a_file_has_what_its_list_is_narrowed_to(desk: Desk) -> None:
    async with logged_in(desk) as client:
        listed = await client.get("/?rule=decrees")
        assert "/stories.csv?rule=decrees" in listed.text
        one = await client.get("/stories.jsonl?rule=decrees")
        none = await client.get("/stories.jsonl?shelf=taken")
        articles = await client.get("/articles.jsonl?source=kloop")
        others = await client.get("/articles.jsonl?source=ozodi")
    assert [json.loads(line)["rules"] for line in one.text.splitlines()] == ["decrees"]
    assert none.text == ""
    assert len(articles.text.splitlines()) == 2
    assert others.text == ""


async def test_a_text_too_long_for_a_page_says_how_much_is_left_and_is_whole_as_a_file(
    desk: Desk,
) -> None:
    async with logged_in(desk) as client:
        story = await client.get(f"/story/{decree(desk)}")
        article = await client.get(f"/article/{decree(desk)}")
        whole = await client.get(f"/article/{decree(desk)}/text?v=1")
    left = f"{len(LONG) - LONGEST_SHOWN} more characters are in the text as a file"
    for shown in (story, article):
        assert "The last words." not in shown.text
        assert left in text_of(shown)
        assert f"/article/{decree(desk)}/text?v=1" in shown.text
    assert whole.text.rstrip().endswith("The last words.")
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"


async def test_the_pages_of_a_story_are_saved_as_evidence(desk: Desk) -> None:
    async with logged_in(desk) as client:
        assert f"/story/{decree(desk)}/warc" in (await client.get(f"/story/{decree(desk)}")).text
        saved = [
            await client.get(f"/story/{decree(desk)}/warc"),
            await client.get(f"/article/{decree(desk)}/warc"),
        ]
    for answer in saved:
        assert answer.headers["content-type"] == "application/warc"
        kept = [
            record.content_stream().read()
            for record in ArchiveIterator(io.BytesIO(answer.content))
            if record.rec_type == "response"
        ]
        assert kept == [b"<p>Decree</p>"]


async def test_what_cannot_be_taken_away_is_said_plainly(desk: Desk) -> None:
    (other,) = desk.store.alerts(rule="drafts").items
    async with logged_in(desk) as client:
        for path in (
            "/stories.exe", "/articles.pdf", "/article/999/text", "/article/999/warc",
            "/story/999/warc", f"/article/{other.article.id}/warc",
            f"/story/{other.case_id}/warc", f"/article/{decree(desk)}/text?v=9",
        ):  # fmt: skip
            answer = await client.get(path)
            assert answer.status_code == 404, path
            assert "There is no" in answer.text


async def test_nothing_is_taken_away_without_login(desk: Desk) -> None:
    async with browser(desk) as client:
        for path in ("/stories.csv", "/articles.csv", f"/article/{decree(desk)}/text"):
            answer = await client.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/login")


async def test_the_numbers_of_a_chart_are_there_as_a_table(desk: Desk) -> None:
    async with logged_in(desk) as client:
        words = text_of(await client.get("/"))
    assert "as a table Day High Normal Low" in words
    assert "2 0 0" in words


async def test_one_list_at_a_time_is_made_into_a_file(desk: Desk) -> None:
    async with logged_in(desk) as client:
        with desk.trials.exporting:
            refused = await client.get("/stories.csv")
        given = await client.get("/stories.csv")
        again = await client.get("/articles.jsonl")
    assert refused.status_code == 503
    assert "Another list is being made into a file" in text_of(refused)
    assert (given.status_code, again.status_code) == (200, 200)


async def test_a_database_that_is_away_is_answered_before_a_file_begins(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with logged_in(desk) as client:
        with monkeypatch.context() as away:
            away.setattr(desk.store, "cases", gone)
            assert (await client.get("/stories.csv")).status_code == 503
        assert (await client.get("/stories.csv")).status_code == 200


def gone(*_: object, **__: object) -> None:
    raise StorageError("the database went away")
