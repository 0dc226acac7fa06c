"""The commands of `wirewatch` as a user types them: what they print and how they end."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.main import app
from tests.integration.children import (
    WIREWATCH,
    Finished,
    child_environment,
    feed_sources,
    run_command,
    wirewatch,
    write_config,
)
from tests.integration.desk import STUB, Desk

COMMANDS = {
    (): ("run", "check", "match", "deliveries"),
    ("init",): ("DIRECTORY",),
    ("check",): ("CONFIG", "--config", "WIREWATCH_CONFIG", "--format"),
    ("run",): ("--config", "--once", "--log-format", "--log-level"),
    ("today",): ("--since", "--config", "--format"),
    ("stats",): ("--by", "--since", "--config", "--format"),
    ("demo",): ("--for",),
    ("poll",): ("SOURCE", "--config", "--dry-run", "--format"),
    ("match",): ("FILES", "--config", "--explain", "--format"),
    ("backtest",): ("--config", "--rule", "--since", "--against", "--show", "--format"),
    ("entities", "suggest"): ("NAME", "--format"),
    ("extract",): ("FILE", "--url", "--content-type"),
    ("links",): ("FILE", "--url", "--content-type"),
    ("explain",): ("URL", "--config", "--rule", "--format"),
    ("doctor",): ("--config", "--format"),
    ("healthcheck",): ("--config", "--max-age"),
    ("schema",): (),
    ("test-receiver",): ("NAME", "--config", "--preview"),
    ("db", "upgrade"): ("--config",),
    ("web", "login"): ("--name", "--role", "--config"),
    ("web", "token"): ("--name", "--role", "--for", "--config"),
    ("web", "people", "list"): ("--config", "--format"),
    ("web", "people", "set"): ("NAME", "--role", "--config"),
    ("web", "people", "forget"): ("NAME", "--config"),
    ("web", "tokens"): ("--config", "--format"),
    ("web", "revoke"): ("ID", "--config"),
    ("db", "reindex"): ("--config",),
    ("telegram", "login"): ("--config",),
    ("search",): ("QUERY", "--saved", "--since", "--source", "--lang", "--versions", "--format"),
    ("sources", "import"): ("FILE", "--output", "--force"),
    ("sources", "export"): ("--config", "--output", "--force"),
    ("sources", "list"): ("--config", "--format"),
    ("sources", "show"): ("NAME", "--config", "--format"),
    ("sources", "health"): ("--config", "--format"),
    ("sources", "add"): ("URL", "--name", "--config", "--format"),
    ("sources", "disable"): ("NAME", "--config"),
    ("sources", "enable"): ("NAME", "--config"),
    ("sources", "funnel"): ("[NAME]", "--since", "--config", "--format"),
    ("sources", "discover"): ("URL", "--config", "--format"),
    ("articles", "list"): ("--source", "--text", "--since", "--lang", "--limit", "--after"),
    ("articles", "show"): ("ID", "--version", "--format"),
    ("articles", "diff"): ("ID", "--from", "--to", "--format"),
    ("articles", "evidence"): ("ID", "--version", "--output"),
    ("articles", "export"): ("--format", "--source", "--lang", "--since", "--output"),
    ("articles", "raw"): ("ID", "--version"),
    ("alerts", "list"): ("--rule", "--limit", "--after", "--format"),
    ("alerts", "show"): ("ID", "--format"),
    ("alerts", "export"): ("--format", "--rule", "--state", "--level", "--since", "--output"),
    ("alerts", "ack"): ("ID", "--by", "--note"),
    ("alerts", "note"): ("--by",),
    ("alerts", "snooze"): ("ID", "--for", "--by", "--note"),
    ("alerts", "dismiss"): ("ID", "--reason", "--by"),
    ("alerts", "reopen"): ("ID", "--by", "--note"),
    ("alerts", "history"): ("ID", "--format"),
    ("silences", "add"): ("--rule", "--story-of", "--for", "--reason", "--by"),
    ("silences", "list"): ("--all", "--format"),
    ("silences", "end"): ("ID", "--config"),
    ("deliveries", "list"): ("--status", "--receiver", "--limit", "--after", "--format"),
    ("deliveries", "show"): ("ID", "--format"),
    ("deliveries", "retry"): ("[ID]...", "--receiver", "--all", "--to", "--dead"),
    ("deliveries", "log"): ("--receiver", "--rule", "--alert", "--text", "--since", "--limit"),
    ("deliveries", "export"): ("--format", "--receiver", "--rule", "--alert", "--since"),
    ("rules", "list"): ("--config", "--format"),
    ("rules", "show"): ("RULE", "--config", "--format"),
    ("rules", "report"): ("--since", "--format"),
    ("names", "fetch"): ("FOLDER",),
    ("routes", "test"): ("--rule", "--level", "--source", "--at", "--format"),
    ("preview",): ("--receiver", "--alert", "--html"),
}

_EACH = """
import contextlib, io, json, sys
from cli.main import main
told = []
for words in json.load(sys.stdin):
    sys.argv = ["wirewatch", *words]
    out, err, status = io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            status = end.code
    told.append([status, out.getvalue(), err.getvalue()])
json.dump(told, sys.stdout)
"""


def wirewatch_each(commands: Iterable[tuple[str, ...]], cwd: Path) -> list[Finished]:
    """Run several commands that end early, one after the other in one process."""
    asked = json.dumps([list(words) for words in commands]).encode()
    done = run_command([sys.executable, "-c", _EACH], cwd=cwd, stdin=asked)
    assert done.status == 0, done.err
    return [Finished(*printed) for printed in done.json()]


def test_every_command_explains_itself_and_its_options(tmp_path: Path) -> None:
    printed = wirewatch_each([(*words, "--help") for words in COMMANDS], tmp_path)
    for (words, options), done in zip(COMMANDS.items(), printed, strict=True):
        assert done.status == 0, words
        for option in options:
            assert option.lower() in done.out.lower(), (words, option)


def test_every_command_is_there() -> None:
    def names(command: Any) -> Iterator[tuple[str, ...]]:
        for name, part in getattr(command, "commands", {"": None}).items():
            yield from ((name, *rest) for rest in names(part)) if part else [()]

    assert set(names(typer.main.get_command(app))) == COMMANDS.keys() - {()}


def test_the_command_line_loads_nothing_heavy_before_it_is_needed(tmp_path: Path) -> None:
    heavy = ("scrapy", "twisted", "trafilatura", "lxml", "sqlalchemy", "sqlmodel", "httpx",
             "lark", "uvicorn", "jinja2")  # fmt: skip
    code = f"import sys, cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    done = run_command([sys.executable, "-c", code], cwd=tmp_path)
    assert done.out.strip() == "[]"


# -- before anything runs


def test_init_writes_what_check_accepts_and_overwrites_nothing(tmp_path: Path) -> None:
    first = wirewatch("init", "desk", cwd=tmp_path)
    assert first.status == 0
    config = tmp_path / "desk" / "watch.yaml"
    assert json.loads((tmp_path / "desk" / "watch.schema.json").read_text("utf-8"))["properties"]
    checked = wirewatch("check", "desk/watch.yaml", cwd=tmp_path)
    assert checked.status == 0
    assert checked.err.count("warning:") == 1
    assert "this contact is an example" in checked.err  # the one thing that only its owner knows
    config.write_text("mine: 1\n", encoding="utf-8")
    again = wirewatch("init", "desk", cwd=tmp_path)
    assert again.status == 1
    assert "is left as it is" in again.err
    assert config.read_text(encoding="utf-8") == "mine: 1\n"


def test_init_leaves_a_schema_that_stands_without_a_configuration(tmp_path: Path) -> None:
    schema = tmp_path / "watch.schema.json"
    schema.write_text("mine", encoding="utf-8")
    done = wirewatch("init", cwd=tmp_path)
    assert done.status == 1
    assert schema.read_text(encoding="utf-8") == "mine"


def test_check_reports_every_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "watch.yaml").write_text(
        "sources:\n- {name: a, fed: x}\nrules:\n- {id: r, when: a AND}\n", encoding="utf-8"
    )
    done = wirewatch("check", cwd=tmp_path)
    assert done.status == 78
    assert "watch.yaml:2:13: error: " in done.err
    assert "did you mean 'feed'?" in done.err
    assert "watch.yaml:4:" in done.err
    printed = wirewatch("check", "--format", "json", cwd=tmp_path)
    assert printed.status == 78
    assert printed.json()["ok"] is False
    assert {problem["mark"]["line"] for problem in printed.json()["problems"]} == {2, 4}


def test_check_runs_the_rules_own_tests(tmp_path: Path) -> None:
    rule = {"id": "r", "any": ["zeppelin"], "tests": [{"text": "A balloon", "match": True}]}
    config = write_config(tmp_path, rules=[rule])
    done = wirewatch("check", str(config), cwd=tmp_path)
    assert done.status == 1
    assert "0 of 1 rule tests pass" in done.out
    assert "r" in done.err
    printed = wirewatch("check", str(config), "--format", "json", cwd=tmp_path)
    assert printed.status == 1
    assert len(printed.json()["failed_tests"]) == 1


def test_a_missing_configuration_is_a_configuration_error(tmp_path: Path) -> None:
    commands = [
        ("check",),
        ("run",),
        ("run", "--once"),
        ("poll", "a"),
        ("match",),
        ("articles", "list"),
        ("healthcheck",),
        ("db", "upgrade"),
        ("test-receiver", "a"),
    ]
    for words, done in zip(commands, wirewatch_each(commands, tmp_path), strict=True):
        assert done.status == 78, words
        assert "watch.yaml does not exist; `wirewatch init` writes one" in done.err
        assert done.out == ""


def test_a_mistyped_command_is_a_usage_error(tmp_path: Path) -> None:
    commands = [
        ("frobnicate",),
        ("run", "--frobnicate"),
        ("run", "--log-level", "loud"),
        ("articles", "list", "--limit", "0"),
        ("deliveries", "retry"),
        ("extract", "-"),
        ("extract", "-", "--url", "file:///etc/passwd"),
        ("links", "-", "--url", "nonsense"),
    ]
    for words, done in zip(commands, wirewatch_each(commands, tmp_path), strict=True):
        assert done.status == 2, words
        assert done.out == ""
        assert "Usage: wirewatch" in done.err


def test_schema_prints_the_json_schema(tmp_path: Path) -> None:
    done = wirewatch("schema", cwd=tmp_path)
    assert done.status == 0
    assert {"sources", "rules", "receivers"} <= done.json()["properties"].keys()


# -- one stage by itself


@pytest.fixture
def zeppelins(tmp_path: Path) -> Path:
    return write_config(tmp_path, rules=[{"id": "air", "any": ["zeppelin"]}])


def test_match_answers_every_line_and_reports_those_it_cannot_read(
    tmp_path: Path, zeppelins: Path
) -> None:
    lines = [
        '{"title": "A zeppelin", "text": "flew", "url": "https://a.example/1"}',
        "not json",
        "",
        '{"text": "a balloon", "url": "https://a.example/2", "language": null}',
        '["a list"]',
        '{"title": 5}',
        '{"url": "https://a.example/3"}',
        "[" * 100_000,
        '{"title": "\\ud800 \\u001b[31m zeppelin", "text": "", "url": "https://a.example/4"}',
    ]
    done = wirewatch("match", cwd=tmp_path, stdin="\n".join(lines).encode() + b"\n\xff\xfe\n")
    found = {
        line["url"]: [match["rule"] for match in line["matches"]] for line in done.json_lines()
    }
    assert found == {
        "https://a.example/1": ["air"],
        "https://a.example/2": [],
        "https://a.example/4": ["air"],
    }
    assert done.status == 1
    for number in (2, 5, 6, 7, 8, 10):
        assert f"stdin:{number}: error: " in done.err
    assert "6 could not be read" in done.err
    assert "Traceback" not in done.err
    assert zeppelins.exists()


def test_match_reads_texts_and_pages_and_explains(tmp_path: Path, zeppelins: Path) -> None:
    (tmp_path / "a.txt").write_text("A zeppelin\nIt flew.\n", encoding="utf-8")
    paragraphs = "".join(f"<p>The balloon number {n} rose over the town.</p>" for n in range(20))
    page = f"<html><body><article><h1>Up</h1>{paragraphs}</article></body></html>"
    (tmp_path / "b.html").write_text(page, encoding="utf-8")
    (tmp_path / "c.html").write_bytes(STUB)
    done = wirewatch("match", "-c", str(zeppelins), "--explain", "a.txt", "b.html", "c.html",
                     cwd=tmp_path)  # fmt: skip
    text, html = done.json_lines()
    assert [match["rule"] for match in text["matches"]] == ["air"]
    assert html["matches"] == []
    assert html["explain"][0]["fired"] is False
    assert html["explain"][0]["reason"]
    assert done.status == 1  # the stub is no article
    assert "c.html: error: not an article" in done.err


def test_extract_prints_the_article_or_why_there_is_none(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>The balloon number {n} rose over the town.</p>" for n in range(20))
    page = f"<html lang=en><body><article><h1>Up \x1b[31m</h1>{paragraphs}</article></body></html>"
    done = wirewatch("extract", "-", "--url", "https://a.example/1", cwd=tmp_path,
                     stdin=page.encode())  # fmt: skip
    assert done.status == 0
    article = done.json()
    assert article["url"] == "https://a.example/1"
    assert "number 7 rose" in article["text"]
    assert article["language"] == "en"
    assert "\x1b" not in done.out
    refused = wirewatch("extract", "-", "--url", "https://a.example/1", cwd=tmp_path, stdin=STUB)
    assert refused.status == 1
    assert refused.json()["rejected"] == "stub"
    missing = wirewatch("extract", "nowhere.html", "--url", "https://a.example/1", cwd=tmp_path)
    assert missing.status == 1
    assert "nowhere.html cannot be read" in missing.err


def test_links_prints_the_entries_of_a_feed_and_the_feeds_of_a_homepage(tmp_path: Path) -> None:
    items = "<item><title>Up</title><link>/1</link></item><item><link>javascript:x</link></item>"
    feed = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
    done = wirewatch("links", "-", "--url", "https://a.example/feed", cwd=tmp_path,
                     stdin=feed.encode())  # fmt: skip
    assert [(line["url"], line["title"]) for line in done.json_lines()] == [
        ("https://a.example/1", "Up")
    ]
    assert "skipped: " in done.err
    home = b'<html><link rel=alternate type="application/rss+xml" href="/news.xml"></html>'
    done = wirewatch("links", "-", "--url", "https://a.example/", cwd=tmp_path, stdin=home)
    best = done.json_lines()[0]
    assert (best["kind"], best["url"]) == ("feed", "https://a.example/news.xml")


def test_links_reads_sitemaps_channels_and_lists(tmp_path: Path) -> None:
    def urls(body: str, *options: str) -> list[str]:
        done = wirewatch("links", "-", "--url", "https://a.example/news", *options, cwd=tmp_path,
                         stdin=body.encode())  # fmt: skip
        return [line["url"] for line in done.json_lines() if line.get("how") != "guess"]

    sitemap = "<urlset><url><loc>https://a.example/1</loc></url></urlset>"
    index = "<sitemapindex><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>"
    post = (
        '<html><div class="tgme_widget_message" data-post="desk/7">'
        '<div class="tgme_widget_message_text">The bridge is open.</div></div></html>'
    )
    page = "<html><body><p><a href='/news/first-report-of-may'>First report</a></p></body></html>"
    assert urls(sitemap) == ["https://a.example/1"]
    assert urls(index) == ["https://a.example/s.xml"]
    assert urls(post) == ["https://t.me/desk/7"]
    assert urls(page) == [], "one link is no list"
    assert urls(page, "--links", "p a") == ["https://a.example/news/first-report-of-may"]


def test_links_refuses_a_selector_that_cannot_be_read(tmp_path: Path) -> None:
    done = wirewatch("links", "-", "--url", "https://a.example/", "--links", "a[[", cwd=tmp_path,
                     stdin=b"<html></html>")  # fmt: skip
    assert done.status == 2
    assert "--links" in done.err


# -- what is stored


LISTS = [
    ("sources", "list"),
    ("sources", "show", "hostile"),
    ("articles", "list"),
    ("alerts", "list"),
    ("deliveries", "list"),
]


@pytest.mark.parametrize("words", LISTS)
def test_what_outlets_write_cannot_drive_the_terminal(desk: Desk, words: tuple[str, ...]) -> None:
    for more in ((), ("--format", "json")):
        done = desk.run(*words, *more)
        assert done.status == 0
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(done.out)
        if more:
            done.json()


def test_an_article_is_shown_with_its_proof(desk: Desk) -> None:
    (item,) = desk.run("articles", "list", "--source", "hostile", "--format", "json").json()[
        "items"
    ]
    shown = desk.run("articles", "show", str(item["id"]))
    assert shown.status == 0
    assert "zeppelin rose above the market" in shown.out
    assert "SHA-256" in shown.out
    assert "\x1b" not in shown.out
    raw = desk.run("articles", "raw", str(item["id"]))
    assert raw.status == 0
    assert raw.out.lstrip().lower().startswith("<!doctype html")
    for words in (("show", "999"), ("raw", "999"), ("show", str(item["id"]), "--version", "9")):
        missing = desk.run("articles", *words)
        assert missing.status == 1
        assert missing.out == ""


def test_lists_are_paged(desk: Desk) -> None:
    seen: list[int] = []
    after: tuple[str, ...] = ()
    while True:
        page = desk.run("articles", "list", "--limit", "2", "--format", "json", *after).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = ("--after", page["next"])
    assert len(seen) == len(set(seen)) == 6, "five pages, and what a feed says of one"
    table = desk.run("articles", "list", "--limit", "2")
    assert "more: --after " in table.err
    broken = desk.run("articles", "list", "--after", "nonsense")
    assert broken.status == 1
    assert "not a cursor" in broken.err


def test_an_alert_shows_who_was_told_and_how_it_went(desk: Desk) -> None:
    listed = desk.run("alerts", "list", "--rule", "air", "--format", "json").json()
    (alert,) = listed["items"]
    shown = desk.run("alerts", "show", alert["id"])
    assert shown.status == 0
    for words in ("Things that fly", "desk", "delivered", "gone", "dead", "deaf", "pending"):
        assert words in shown.out
    printed = desk.run("alerts", "show", alert["id"], "--format", "json").json()
    assert {delivery["receiver"]: delivery["status"] for delivery in printed["deliveries"]} == {
        "desk": "delivered",
        "gone": "dead",
        "deaf": "pending",
    }
    assert desk.run("alerts", "show", "alt_none").status == 1


def test_a_dead_delivery_shows_its_attempts_and_can_be_revived(desk: Desk) -> None:
    listed = desk.run("deliveries", "list", "--status", "dead", "--format", "json").json()
    (dead,) = listed["items"]
    assert dead["receiver"] == "gone"
    shown = desk.run("deliveries", "show", dead["id"])
    assert shown.status == 0
    assert "410" in shown.out
    assert desk.run("deliveries", "show", "dlv_none").status == 1
    assert desk.run("deliveries", "list", "--status", "lost").status == 2
    revived = desk.run("deliveries", "retry", dead["id"])
    assert revived.status == 0
    assert "1 delivery is due now" in revived.out
    assert desk.run("deliveries", "retry", "--receiver", "desk").status == 1
    heard = desk.run("alerts", "list", "--rule", "receiver-health", "--format", "json").json()
    (alarm,) = heard["items"]
    assert "1 message could not be delivered to gone: " in alarm["article"]["data"]["title"]
    desk.run("run", "--once")  # which buries it again, for the other tests
    assert len(desk.inbox.posts("/gone")) == 2


def test_the_delivery_log_is_written_for_spreadsheets_and_programs(desk: Desk) -> None:
    table = list(csv.DictReader(io.StringIO(desk.run("deliveries", "export").out)))
    assert {row["receiver"] for row in table} == {"desk", "gone", "deaf"}
    lines = desk.run("deliveries", "export", "--format", "jsonl", "--receiver", "gone").out
    objects = [json.loads(line) for line in lines.splitlines()]
    assert {attempt["status_code"] for attempt in objects} == {410}
    assert {attempt["answer"] for attempt in objects} == {
        row["answer"] for row in table if row["receiver"] == "gone"
    }
    assert desk.run("deliveries", "export", "--since", "soon").status == 2
    found = desk.run(
        "deliveries", "log", "--rule", "air", "--text", "ZEPPELIN", "--receiver", "desk"
    )
    assert "delivered" in found.out
    assert "gone" not in found.out
    (gone,) = desk.run(
        "deliveries", "log", "--receiver", "gone", "--limit", "1", "--format", "json"
    ).json()
    assert gone["answer"] == objects[-1]["answer"]
    assert "delivered" not in desk.run("deliveries", "log", "--text", "no such words").out


def test_explain_tells_the_way_of_a_stored_a_rejected_and_an_unknown_address(desk: Desk) -> None:
    stored = desk.run("explain", desk.newsroom.story_url("hostile", "airship"))
    assert stored.status == 0
    for words in (
        "discovered", "entry       stored", "SHA-256", "version 1", "matched     air",
        " to desk: delivered", "air fires: found: zeppelin", "+ zeppelin   “",
    ):  # fmt: skip
        assert words in stored.out
    rejected = desk.run("explain", f"{desk.newsroom.urls['plain']}/news/31404/story-4.html")
    assert rejected.status == 0
    assert "entry       pending (stub, attempt 1) after 1 fetch" in rejected.out
    assert "; from the feed only; judged" in " ".join(rejected.out.split())
    printed = desk.run("explain", f"{desk.newsroom.urls['plain']}/news/31404/story-4.html",
                    "--format", "json").json()  # fmt: skip
    assert printed["known"] is True
    unknown = desk.run("explain", "https://a.example/never")
    assert unknown.status == 1
    assert "never seen" in unknown.out
    nonsense = desk.run("explain", "nonsense")
    assert nonsense.status == 1
    assert "Traceback" not in nonsense.err


def test_poll_shows_every_stage_and_names_what_was_meant(desk: Desk) -> None:
    desk.newsroom.forget_requests()
    dry = desk.run("poll", "plain", "--dry-run")
    assert dry.status == 0
    assert "stored     4 new" in dry.out
    assert "rejected   1 stub" in dry.out
    assert "this was a dry run" in dry.out
    printed = desk.run("poll", "plain", "--format", "json")
    assert printed.status == 0
    assert printed.json()["counts"]["not_modified"] == 1
    wrong = desk.run("poll", "plian")
    assert wrong.status == 2
    assert "did you mean 'plain'?" in wrong.err


def test_alerts_on_the_console_stay_out_of_the_json_of_a_poll(desk: Desk, tmp_path: Path) -> None:
    write_config(
        tmp_path,
        network={"allow": list(desk.newsroom.allow)},
        sources=feed_sources(desk.newsroom),
        rules=[{"id": "air", "any": ["zeppelin"]}],
        receivers=[{"name": "terminal", "console": {}}],
    )
    polled = wirewatch("poll", "hostile", "--format", "json", cwd=tmp_path)
    assert len(polled.json()["alerts"]) == polled.json()["delivered"] == 1
    assert "NORMAL air" in polled.err


def test_a_receiver_is_tried_over_the_real_path(desk: Desk) -> None:
    before = len(desk.inbox.posts("/webhook"))
    sent = desk.run("test-receiver", "desk")
    assert (sent.status, sent.out.split()[0]) == (0, "desk")
    assert "delivered (200)" in sent.out
    assert len(desk.inbox.posts("/webhook")) == before + 1
    deaf = desk.run("test-receiver", "deaf")
    assert deaf.status == 1
    assert "transient" in deaf.out
    wrong = desk.run("test-receiver", "deks")
    assert wrong.status == 2
    assert "did you mean 'desk'?" in wrong.err
    preview = desk.run("test-receiver", "desk", "--preview")
    assert preview.status == 0
    assert len(desk.inbox.posts("/webhook")) == before + 1


def test_upkeep_commands_answer_and_tell_by_their_status(desk: Desk, tmp_path: Path) -> None:
    sound = desk.run("doctor", "--format", "json")
    assert (sound.status, sound.json()["ok"]) == (0, True)
    never = desk.run("healthcheck")
    assert (never.status, never.out.strip()) == (
        1,
        "not alive: the daemon has never run on this database",
    )
    upgraded = desk.run("db", "upgrade")
    assert upgraded.status == 0
    assert "up to date" in upgraded.out
    bare = write_config(tmp_path, crawl={"contact": None})
    ill = wirewatch("doctor", "-c", str(bare), cwd=tmp_path)
    assert ill.status == 1
    assert "FAIL  contact" in ill.out
    assert "FAIL  receivers" in ill.out


def test_the_doctor_warns_of_a_database_that_others_may_read_or_that_has_two_names(
    tmp_path: Path,
) -> None:
    config = write_config(tmp_path, receivers=[{"name": "desk", "console": {}}])
    wirewatch("db", "upgrade", "-c", str(config), cwd=tmp_path)
    file = tmp_path / "wirewatch.db"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    warned = wirewatch("doctor", "-c", str(config), cwd=tmp_path)
    assert warned.status == 0, warned.out
    assert "warn  file" in warned.out
    assert f"chmod 600 {file}" in warned.out
    (tmp_path / "second.db").hardlink_to(file)
    failed = wirewatch("doctor", "-c", str(config), cwd=tmp_path)
    assert failed.status == 1
    assert "1 more name (hard links)" in failed.out


@pytest.mark.parametrize("words", [("articles", "list", "--format", "json"), ("schema",)])
def test_a_reader_that_leaves_early_hears_no_complaint(desk: Desk, words: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [*WIREWATCH, *words],
        cwd=desk.config.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=child_environment({"WIREWATCH_CONFIG": str(desk.config)}),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr as errors:
        assert errors.read() == b""
    assert process.wait(30) in (0, 1)


def test_a_terminal_without_cyrillic_is_served_too(desk: Desk) -> None:
    done = desk.run("articles", "list", env={"PYTHONIOENCODING": "ascii"})
    assert done.status == 0
    assert "\\u04" in done.out
