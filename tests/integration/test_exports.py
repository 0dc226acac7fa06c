"""Stories and articles as files: what a row says, and that none is missed or comes twice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState, DismissReason
from core.clock import FixedClock
from core.errors import WirewatchError
from desk import alerts as work
from desk.alerts import Signature
from desk.exports import (
    ArticlesAsked,
    StoriesAsked,
    article_lines,
    on_shelf,
    story_lines,
)
from desk.stories import Asked, Shelf
from storage import Judgement, PlannedAlert, Store, open_store
from tests.integration.children import wirewatch_here, write_config
from tests.integration.empty_database import empty_database
from tests.integration.statements import statements
from tests.integration.storage.samples import (
    HOUR,
    MINUTE,
    NOON,
    alerted,
    data,
    match,
    recorded,
    source,
)

BY = Signature(by="aigul", at=NOON)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "wirewatch.db"), clock=clock) as store:
        store.sync_sources([source()])
        yield store


def stories(store: Store, **asked: Any) -> list[Any]:
    return list(
        story_lines(store, StoriesAsked(**asked), store._clock(), lambda name: f"the {name}")
    )


def articles(store: Store, **asked: Any) -> list[Any]:
    return list(article_lines(store, ArticlesAsked(**asked), lambda name: f"the {name}"))


def test_a_row_says_what_a_story_is_and_what_was_done(store: Store) -> None:
    alert = alerted(store)
    work.acknowledge(store, alert, BY)
    store.add_note(alert, "called the\nministry", by="aigul", at=NOON)
    store.add_note(alert, "no answer", by="azamat", at=NOON + HOUR)
    (line,) = stories(store)
    assert line == {
        "date": NOON,
        "outlet": "the kloop",
        "title": "A title",
        "snippet": "A text.",
        "rules": "drafts",
        "state": "acknowledged",
        "owner": "aigul",
        "note": "aigul: called the ministry; azamat: no answer",
        "link": line["link"],
        "level": "high",
        "story": line["story"],
    }
    assert line["link"].startswith("https://kloop.example/article/")
    assert store.case(int(line["story"][1:])) is not None


def test_a_story_is_one_row_however_many_rules_fired(store: Store) -> None:
    version = recorded(store).version_id
    low = replace(match("borders"), level=match().level.LOW)
    alerts = tuple(PlannedAlert(found, ("desk",)) for found in (match("drafts"), low))
    store.commit_judgement([Judgement(version, "ruleset-1", alerts)], DECIDERS)
    (line,) = stories(store)
    assert line["rules"] == "drafts; borders"


def test_what_was_set_aside_as_a_mistake_of_a_rule_is_not_among_its_rules(store: Store) -> None:
    version = recorded(store).version_id
    alerts = tuple(PlannedAlert(match(rule), ("desk",)) for rule in ("drafts", "borders"))
    store.commit_judgement([Judgement(version, "ruleset-1", alerts)], DECIDERS)
    wrong = next(found for found in store.alerts(rule="drafts").items)
    work.dismiss(store, wrong.id, BY, DismissReason.WRONG_SENSE, only_rule=True)
    (line,) = stories(store)
    assert (line["rules"], line["state"]) == ("borders", "open")


def test_only_what_is_asked_for_is_written(store: Store, clock: FixedClock) -> None:
    old = alerted(store)
    work.acknowledge(store, old, BY)
    clock.advance(HOUR)
    alerted(store, rule="borders")
    assert [line["rules"] for line in stories(store)] == ["borders", "drafts"]
    assert [line["rules"] for line in stories(store, rule="drafts")] == ["drafts"]
    assert [line["rules"] for line in stories(store, since=NOON + MINUTE)] == ["borders"]
    taken = stories(store, states=(AlertState.ACKNOWLEDGED,))
    assert [line["rules"] for line in taken] == ["drafts"]
    assert stories(store, source="azattyk") == []


def test_a_shelf_of_the_desk_is_exported_as_it_is_shown(store: Store, clock: FixedClock) -> None:
    work.acknowledge(store, alerted(store), BY)
    alerted(store, rule="borders")
    for shelf, rules in ((Shelf.OPEN, ["borders"]), (Shelf.TAKEN, ["drafts"]), (Shelf.LATER, [])):
        asked = on_shelf(Asked(shelf=shelf, level=match().level, source="kloop"))
        lines = story_lines(store, asked, clock(), str)
        assert [line["rules"] for line in lines] == rules


def test_every_story_is_written_once_though_more_come_meanwhile(
    store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.exports._PORTION", 3)
    first = alerted(store)
    for _ in range(9):
        clock.advance(MINUTE)
        alerted(store)
    lines = story_lines(store, StoriesAsked(), clock(), str)
    read = [next(lines)["story"]]
    clock.advance(MINUTE)
    again = store.alert(first)
    assert again is not None
    version = store.versions(again.article.id)[0].version_id
    store.commit_judgement(  # the oldest story becomes the newest
        [Judgement(version, "ruleset-2", (PlannedAlert(match("more"), ("desk",)),))], DECIDERS
    )
    alerted(store)
    read += [line["story"] for line in lines]
    assert len(read) == len(set(read)) == 10


def test_an_article_has_its_rules_and_what_was_done_about_its_story(
    store: Store, clock: FixedClock
) -> None:
    plain = recorded(store, text="Nothing of interest. " * 40)
    clock.advance(MINUTE)
    alert = alerted(store)
    work.acknowledge(store, alert, BY)
    with_alert, without = articles(store)
    assert (with_alert["rules"], with_alert["state"], with_alert["owner"]) == (
        "drafts", "acknowledged", "aigul"
    )  # fmt: skip
    assert with_alert["snippet"] == "A text."
    assert (without["rules"], without["state"], without["owner"]) == ("", "", "")
    assert without["article"] == plain.article_id
    assert without["snippet"].startswith("Nothing of interest.")
    assert len(without["snippet"]) <= 300


def test_every_article_is_written_once(
    store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.exports._PORTION", 3)
    for number in range(10):
        clock.advance(MINUTE)
        language = "ru" if number % 2 else "ky"
        url = f"https://kloop.example/{number}"
        store.record(replace(data(url), language=language), None, key=url)
    assert len({line["article"] for line in articles(store)}) == 10
    assert len(articles(store, language="ru")) == 5
    assert len(articles(store, since=NOON + 8 * MINUTE)) == 3


def test_articles_in_another_language_are_not_read_for_an_export(store: Store) -> None:
    for number in range(3):
        url = f"https://kloop.example/{number}"
        store.record(replace(data(url), language="ru"), None, key=url)
    with statements() as asked:
        assert articles(store, language="ky") == []
    (articles_asked,) = (said for said in asked if "FROM article" in said)
    assert "language =" in articles_asked


# -- the commands


@pytest.fixture
def config(store: Store, tmp_path: Path) -> Path:
    alerted(store)
    recorded(store)
    sources = [{"name": "kloop", "title": "Kloop", "feed": "https://kloop.example/f"}]
    return write_config(tmp_path, sources=sources, timezone="Asia/Bishkek")


@pytest.mark.parametrize(("words", "rows"), [("alerts", 1), ("articles", 2)])
def test_the_commands_write_each_format(config: Path, words: str, rows: int) -> None:
    text = wirewatch_here(words, "export", cwd=config.parent).out
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(table) == rows
    assert {row["outlet"] for row in table} == {"Kloop"}
    assert {row["date"] for row in table} == {"2026-03-01T18:00:00+06:00"}
    lines = wirewatch_here(words, "export", "--format", "jsonl", cwd=config.parent).json_lines()
    assert [line["link"] for line in lines] == [row["link"] for row in table]
    as_book = ("export", "--format", "xlsx", "-o", "list.xlsx")
    assert wirewatch_here(words, *as_book, cwd=config.parent).status == 0
    file = config.parent / "list.xlsx"
    assert file.read_bytes().startswith(b"PK")
    assert file.stat().st_mode & 0o777 == 0o600
    again = wirewatch_here(words, *as_book, cwd=config.parent)
    assert again.status == 1
    assert "cannot write list.xlsx" in again.err


def test_filters_reach_the_commands(config: Path) -> None:
    for words in (("--state", "dismissed"), ("--level", "low"), ("--rule", "x"), ("--lang", "ru")):
        done = wirewatch_here("alerts", "export", "--format", "jsonl", *words, cwd=config.parent)
        assert (done.status, done.out) == (0, "")
    found = wirewatch_here(
        "articles", "export", "--format", "jsonl", "--source", "kloop", cwd=config.parent
    )
    assert len(found.out.splitlines()) == 2
    assert all(json.loads(line)["outlet"] == "Kloop" for line in found.out.splitlines())
    assert wirewatch_here("alerts", "export", "--since", "soon", cwd=config.parent).status == 2


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (("alerts", "export", "--rule", "draft"), "there is no rule 'draft'"),
        (
            ("alerts", "list", "--source", "klop"),
            "there is no source 'klop' (did you mean 'kloop'?)",
        ),
        (("articles", "export", "--source", "klop"), "there is no source 'klop' (did you mean"),
        (("articles", "list", "--source", "klop"), "there is no source 'klop' (did you mean"),
        (("articles", "list", "--text", "x", "--source", "klop"), "there is no source 'klop'"),
        (("search", "x", "--source", "klop"), "there is no source 'klop' (did you mean 'kloop'?)"),
        (("deliveries", "list", "--receiver", "dsk"), "there is no receiver 'dsk'"),
        (("deliveries", "log", "--rule", "draft"), "there is no rule 'draft'"),
        (("deliveries", "export", "--receiver", "dsk"), "there is no receiver 'dsk'"),
    ],
)
def test_a_filter_by_a_name_that_nothing_has_is_warned_of(
    config: Path, command: tuple[str, ...], hint: str
) -> None:
    done = wirewatch_here(*command, cwd=config.parent)
    assert done.status == 0
    assert f"warning: {hint}" in " ".join(done.err.split())


@pytest.mark.parametrize(
    "command",
    [
        ("alerts", "export", "--rule", "drafts"),  # of old alerts, and no longer configured
        ("alerts", "list", "--rule", "source-health"),
        ("alerts", "list", "--source", ".wirewatch"),
        ("articles", "export", "--source", "kloop"),
        ("deliveries", "list", "--receiver", "desk"),
    ],
)
def test_a_filter_by_what_is_configured_or_stored_is_not(
    config: Path, command: tuple[str, ...]
) -> None:
    assert wirewatch_here(*command, cwd=config.parent).err == ""


def test_a_file_has_its_name_when_it_is_whole(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = config.parent / "out"
    folder.mkdir()
    seen: list[list[str]] = []

    def broken(*_: object, **__: object) -> Iterator[bytes]:
        yield b"half of it"
        seen.append([file.name for file in folder.iterdir()])
        raise WirewatchError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr("desk.spreadsheets.written", broken)
        done = wirewatch_here("alerts", "export", "-o", "out/list.csv", cwd=config.parent)
    assert done.status == 1
    ((part,),) = seen
    assert part.startswith(".list.csv.")
    assert list(folder.iterdir()) == []
    assert wirewatch_here("alerts", "export", "-o", "out/list.csv", cwd=config.parent).status == 0
    assert [file.name for file in folder.iterdir()] == ["list.csv"]
