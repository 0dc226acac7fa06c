"""The newsroom's pure parts: conditional requests, feeds, texts, the desk's timetable."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
import yaml

from alerts.rules.ruleset import RuleSet, rule_problems
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.sections.crawl import LANGUAGES
from core.config.watch import WatchConfig
from demo.catalogue import built_in_outlets
from demo.conditional import document, is_unmodified
from demo.config import demo_config
from demo.desk import Desk, NewsroomError
from demo.feeds import FeedItem, render_feed
from demo.library import LibraryError, library
from demo.outlets import FeedFormat, Layout, Outlet, Scheduled, Story
from demo.pages import Pages
from demo.synthetic import synthetic_outlet

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def story(slug: str = "first", **changes: object) -> Story:
    plain = Story(slug=slug, title="A title", paragraphs=("One.", "Two."), language="en")
    return replace(plain, **changes)  # type: ignore[arg-type]


def outlet(**changes: object) -> Outlet:
    plain = Outlet(slug="gazette", name="Gazette", language="en", page_bytes=40_000)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_headers", "unmodified"),
    [
        ({}, False),
        ({"if-none-match": '"abc"'}, True),
        ({"if-none-match": 'W/"abc"'}, True),
        ({"if-none-match": '"x", "abc"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"x"'}, False),
        ({"if-modified-since": "Sun, 01 Mar 2026 12:00:00 GMT"}, True),
        ({"if-modified-since": "Sun, 01 Mar 2026 11:59:59 GMT"}, False),
        ({"if-modified-since": "last week"}, False),
        # The tag decides when both are there.
        (
            {"if-none-match": '"x"', "if-modified-since": "Sun, 01 Mar 2026 12:00:00 GMT"},
            False,
        ),
    ],
)
def test_conditional_request_is_judged_by_tag_first(
    request_headers: dict[str, str], unmodified: bool
) -> None:
    moment = NOON + timedelta(microseconds=900_000)
    assert is_unmodified(request_headers, etag='"abc"', last_modified=moment) is unmodified


def test_document_without_validators_is_never_unmodified() -> None:
    standing = document(b"body", "text/plain", validators=False)
    assert standing.answer({"if-none-match": "*"}).status_code == 200


def test_compressed_form_is_sent_to_those_who_accept_it() -> None:
    standing = document(b"body " * 100, "text/plain", compress=True)
    assert standing.answer({}).headers.get("content-encoding") is None
    zipped = standing.answer({"accept-encoding": "br, gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["etag"] == f"W/{standing.etag}"


def item() -> FeedItem:
    return FeedItem(
        url="http://127.0.0.1/a?b=1&c=2",
        title="Salt & <pepper>",
        summary="Ends ]]> here",
        published=NOON,
        modified=NOON,
        authors=("A & B",),
        tags=('"quoted"',),
    )


@pytest.mark.parametrize("feed_format", [FeedFormat.RSS, FeedFormat.ATOM, FeedFormat.RDF])
def test_xml_feeds_are_well_formed_whatever_the_title(feed_format: FeedFormat) -> None:
    feed = render_feed(outlet(feed_format=feed_format), "http://127.0.0.1", [item()])
    text = "".join(ET.fromstring(feed).itertext())  # noqa: S314 - our own bytes
    assert "Salt &" in text
    assert "A & B" in text


def test_json_feed_carries_the_same_item() -> None:
    feed = render_feed(outlet(feed_format=FeedFormat.JSON), "http://127.0.0.1", [item()])
    (only,) = json.loads(feed)["items"]
    assert (only["title"], only["url"]) == ("Salt & <pepper>", "http://127.0.0.1/a?b=1&c=2")


def test_feed_in_windows_1251_keeps_letters_that_are_not_in_it() -> None:
    kazakh = replace(item(), title="Қазақстан жаңалықтары")
    feed = render_feed(outlet(charset="windows-1251"), "http://127.0.0.1", [kazakh])
    assert b"windows-1251" in feed[:60]
    root = ET.fromstring(feed)  # noqa: S314 - our own bytes
    assert root.findtext("channel/item/title") == "Қазақстан жаңалықтары"


def test_story_appears_when_its_time_comes() -> None:
    clock = FixedClock(NOON)
    planned = (
        Scheduled(timedelta(seconds=3), story("later")),
        Scheduled(-timedelta(hours=1), story("old")),
    )
    desk = Desk(outlet(stories=planned), "http://127.0.0.1", clock, pace=1.0)
    assert [page.title for page in desk.newest()] == ["A title"]
    assert desk.story("old").published == NOON - timedelta(hours=1)
    with pytest.raises(NewsroomError, match="has not published 'later'"):
        desk.story("later")
    clock.advance(timedelta(seconds=3))
    assert desk.story("later").published == NOON + timedelta(seconds=3)


def test_pace_zero_publishes_everything_at_once() -> None:
    planned = (Scheduled(timedelta(hours=5), story()),)
    desk = Desk(outlet(stories=planned), "http://127.0.0.1", FixedClock(NOON), pace=0.0)
    assert desk.story("first").published == NOON


def test_story_cannot_be_published_twice() -> None:
    desk = Desk(outlet(), "http://127.0.0.1", FixedClock(NOON), pace=1.0)
    desk.publish(story())
    with pytest.raises(NewsroomError, match="has published 'first' before"):
        desk.publish(story())


def test_edit_changes_text_and_modification_time_only() -> None:
    clock = FixedClock(NOON)
    desk = Desk(outlet(), "http://127.0.0.1", clock, pace=1.0)
    before = desk.publish(story())
    clock.advance(timedelta(minutes=5))
    after = desk.edit("first", paragraphs=("Corrected.",))
    assert after.paragraphs == ("Corrected.",)
    assert (after.url, after.title, after.published) == (before.url, before.title, NOON)
    assert after.modified == NOON + timedelta(minutes=5)


def test_related_links_do_not_change_while_others_publish() -> None:
    clock = FixedClock(NOON)
    desk = Desk(outlet(), "http://127.0.0.1", clock, pace=1.0)
    desk.publish(story("one"))
    clock.advance(timedelta(seconds=1))
    two = desk.publish(story("two"))
    before = desk.before(two, 6)
    clock.advance(timedelta(seconds=1))
    desk.publish(story("three"))
    assert desk.before(two, 6) == before == [desk.story("one")]


@pytest.mark.parametrize("layout", Layout)
def test_page_holds_every_paragraph_and_escapes_markup(layout: Layout) -> None:
    site = outlet(layout=layout)
    desk = Desk(site, "http://127.0.0.1", FixedClock(NOON), pace=1.0)
    hostile = story(title="<script>alert(1)</script>", paragraphs=("One </script> & two.", "Three"))
    page = Pages(site, "http://127.0.0.1").article(desk.publish(hostile), []).decode()
    assert "One &lt;/script&gt; &amp; two." in page
    assert "Three" in page
    assert "<script>alert(1)" not in page
    assert "One </script>" not in page


@pytest.mark.parametrize("layout", Layout)
def test_page_is_about_as_large_as_asked(layout: Layout) -> None:
    site = outlet(layout=layout, page_bytes=100_000)
    desk = Desk(site, "http://127.0.0.1", FixedClock(NOON), pace=1.0)
    page = Pages(site, "http://127.0.0.1").article(desk.publish(story()), [])
    assert 85_000 < len(page) < 115_000


def test_page_is_the_same_at_every_run() -> None:
    desk = Desk(outlet(), "http://127.0.0.1", FixedClock(NOON), pace=1.0)
    page = desk.publish(story())
    first, second = (Pages(outlet(), "http://127.0.0.1").article(page, []) for _ in range(2))
    assert first == second


def test_built_in_outlets_speak_seven_languages_in_nine_layouts() -> None:
    outlets = built_in_outlets()
    assert {outlet.language for outlet in outlets} == set(LANGUAGES)
    assert {outlet.layout for outlet in outlets} == set(Layout)
    assert {outlet.feed_format for outlet in outlets} == set(FeedFormat)
    assert all(len(outlet.stories) >= 6 for outlet in outlets)


def test_two_stories_on_the_beat_appear_within_four_seconds() -> None:
    soon = [
        (outlet.language, scheduled.story.text)
        for outlet in built_in_outlets()
        for scheduled in outlet.stories
        if timedelta(seconds=2) <= scheduled.after <= timedelta(seconds=4)
    ]
    texts = dict(soon)
    assert set(texts) == {"en", "ru"}
    assert all(name in texts["en"] for name in ("Alexander Bastrykin", "Dmitry Peskov", "Bishkek"))
    assert all(name in texts["ru"] for name in ("Александр Бастрыкин", "Дмитрий Песков", "Бишкек"))


def test_language_without_texts_is_named() -> None:
    with pytest.raises(LibraryError, match="no texts in 'xx'"):
        library("xx")


def test_synthetic_articles_are_distinct_and_long_enough() -> None:
    made = synthetic_outlet("scale", "ru", 40, words=300)
    texts = [scheduled.story.text for scheduled in made.stories]
    assert len(set(texts)) == 40
    assert all(300 <= len(text.split()) < 450 for text in texts)
    runs = [
        {tuple(words[n : n + 4]) for n in range(len(words) - 3)}
        for words in (text.split() for text in texts)
    ]
    shared = max(len(runs[0] & other) / len(runs[0]) for other in runs[1:])
    assert shared < 0.1, "near-duplicate detection would take them for copies"


def test_synthetic_outlet_is_the_same_at_every_run() -> None:
    once, again = (synthetic_outlet("scale", "ky", 3, words=50) for _ in range(2))
    assert once == again


def test_synthetic_stories_can_all_open_with_a_matching_passage() -> None:
    made = synthetic_outlet("scale", "en", 5, words=50, opening="Migrants face mobilization.")
    openings = {scheduled.story.paragraphs[0] for scheduled in made.stories}
    assert openings == {"Migrants face mobilization."}


def test_demo_config_is_a_valid_watch_file() -> None:
    urls = {
        outlet.slug: f"http://127.0.0.{number}:8080"
        for number, outlet in enumerate(built_in_outlets(), start=1)
    }
    config = WatchConfig.model_validate(
        yaml.safe_load(demo_config({**urls, "other": "http://127.0.0.1:99"}, "sqlite:///it's.db"))
    )
    assert config.database.get_secret_value() == "sqlite:///it's.db"
    assert [source.name for source in config.sources] == [*urls, "other"]
    assert {source.feed is None for source in config.sources} == {True, False}
    assert "127.0.0.3/32:8080" in config.network.allow
    assert "naturalized-migrants-mobilization" in {rule.id for rule in config.rules}
    assert len(config.rules) >= 3
    assert [receiver.kind for receiver in config.receivers] == ["console"]


def test_rules_of_the_demo_pass_their_own_tests_and_tell_beat_from_noise() -> None:
    text = demo_config({"gazette": "http://127.0.0.1:8080"}, "sqlite:///x.db")
    config = WatchConfig.model_validate(yaml.safe_load(text))
    assert rule_problems(config) == ()
    rules = RuleSet.compile(config)
    assert rules.run_tests() == ()
    alerting = [
        (outlet.slug, scheduled.story.slug)
        for outlet in built_in_outlets()
        for scheduled in outlet.stories
        if rules.match(
            ArticleData(
                url="http://127.0.0.1/", title=scheduled.story.title, text=scheduled.story.text
            )
        )
    ]
    assert {slug for slug, _ in alerting} == {outlet.slug for outlet in built_in_outlets()}
    assert len(alerting) == 15
    assert ("vestnik-peremen", "sammit-povestka-dnya") not in alerting


@pytest.mark.parametrize("language", LANGUAGES)
def test_built_in_stories_do_not_look_like_copies_of_each_other(language: str) -> None:
    words = [
        scheduled.story.text.split()
        for outlet in built_in_outlets()
        if outlet.language == language
        for scheduled in outlet.stories
    ]
    runs = [{tuple(w[n : n + 4]) for n in range(len(w) - 3)} for w in words]
    # Near-duplicate detection takes texts that share half of their word runs for copies.
    shared = [
        len(run & other) / min(len(run), len(other))
        for number, run in enumerate(runs)
        for other in runs[:number]
    ]
    assert max(shared) < 0.35
