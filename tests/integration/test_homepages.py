"""Which of a homepage's addresses is polled: judged by what it shows, and again every week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.passed_over import FeedFit
from core.sources import SourceKind
from crawler.polls.feed_candidates import MOST_NAMED
from tests.integration.polled_site import Site, Watch
from tests.integration.polling import Watching, sandbox, site, watching
from tests.integration.storage.samples import NOON

__all__ = ["sandbox", "site", "watching"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = '<link rel="alternate" type="application/rss+xml" href="{}">'
SOUND = '<enclosure url="https://cdn.example/{0}.mp3" type="audio/mpeg" length="9"/>'


def news(*numbers: int, folder: str = "news") -> list[str]:
    return [f"/{folder}/2026/report-number-{number}.html" for number in numbers]


def recent(paths: list[str], *, days: float = 0) -> dict[str, datetime]:
    return {path: NOON - days * DAY - n * HOUR for n, path in enumerate(paths)}


def home_with(site: Site, *feeds: str, paths: list[str] | None = None) -> None:
    site.put_home(
        paths or news(*range(12, 0, -1)), head="".join(FEED.format(path) for path in feeds)
    )


def found(watch: Watch) -> tuple[SourceKind, str]:
    chosen = watch.state.found
    assert chosen is not None
    return chosen.kind, chosen.url.removeprefix(watch.site.url)


OLD = news(*range(200, 210), folder="archive")
LESSER: dict[str, dict[str, Any]] = {
    "nothing new came for years": {"links": recent(OLD, days=2_000)},
    "nothing new came for weeks": {"links": recent(OLD, days=20)},
    "it holds nothing": {"links": {}},
    "its entries are another site's section": {"links": recent(news(*range(9), folder="sport"))},
    "it is of a section that the homepage shows a little of": {
        "links": recent([*news(3, 7), *news(*range(50, 58), folder="news")])
    },
    "it is of episodes": {
        "links": recent(news(*range(9), folder="episodes")), "inside": SOUND.format(1)
    },
    "it stopped three days ago": {"links": recent(news(*range(7, 0, -1)), days=3)},
    "its entries are comments on what the homepage shows": {
        "links": recent([f"{path}#comment-{n}" for n, path in enumerate(news(12, 11, 10, 9, 8, 7))])
    },
    "its entries are comments, several on one article": {
        "links": recent([f"{news(12)[0]}?from=feed&amp;x={n % 2}#c{n}" for n in range(8)])
    },
}  # fmt: skip
FITS = dict(
    zip(
        LESSER,
        (
            FeedFit.STALE, FeedFit.STALE, FeedFit.EMPTY, FeedFit.OTHER, FeedFit.SECTION,
            FeedFit.PODCAST, FeedFit.SECTION, FeedFit.COMMENTS, FeedFit.COMMENTS,
        ),
        strict=True,
    )
)  # fmt: skip


@pytest.mark.parametrize("kind", LESSER)
def test_a_feed_that_shows_not_what_the_homepage_shows_is_left_for_its_own_list(
    site: Site, watching: Watching, kind: str
) -> None:
    home_with(site, "/rss")
    site.put_feed("/rss", **LESSER[kind])
    watch = watching(SourceKind.HOMEPAGE, "/")
    assert watch.poll() == set(news(*range(1, 13)))
    assert found(watch) == (SourceKind.PAGE, "/")
    chosen = watch.state.found
    assert chosen is not None
    assert [one.fit for one in chosen.passed_over if one.url == f"{site.url}/rss"] == [FITS[kind]]
    home_with(site, "/rss", paths=news(*range(14, 2, -1)))
    assert watch.poll(HOUR) == set(news(13, 14))
    assert site.asked == ["/"]


SAME = {
    "the whole of it": news(*range(12, 0, -1)),
    "more than the homepage": news(*range(40, 0, -1)),
    "the five newest": news(12, 11, 10, 9, 8),
    "half of what it shows first": news(12, 10, 9, 8, 6, 30, 31, 32, 33, 34),
}


@pytest.mark.parametrize("kind", SAME)
def test_a_feed_that_has_what_the_homepage_shows_is_kept(
    site: Site, watching: Watching, kind: str
) -> None:
    home_with(site, "/rss")
    site.put_feed("/rss", recent(SAME[kind]))
    watch = watching(SourceKind.HOMEPAGE, "/")
    assert watch.poll() == set(SAME[kind])
    assert found(watch) == (SourceKind.FEED, "/rss")
    watch.poll(HOUR)
    assert site.asked == ["/rss"]


def test_an_old_feed_of_an_outlet_that_publishes_seldom_is_kept(
    site: Site, watching: Watching
) -> None:
    home_with(site, "/rss")
    site.put_feed("/rss", recent(news(*range(12, 0, -1)), days=90))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    assert found(watch) == (SourceKind.FEED, "/rss")


def test_of_several_feeds_the_one_with_most_of_the_homepage_is_kept(
    site: Site, watching: Watching
) -> None:
    mixed = [*news(12, 11, 10, 9), *news(8, 7, 6, 5, 4, 3, 2, 1)]
    home_with(site, "/first", "/comments", "/all", paths=mixed)
    site.put_feed("/first", recent(news(12, 11, 9, 50, 51, 52)))
    site.put_feed("/comments", [f"{path}#c{n}" for n, path in enumerate(mixed)])
    site.put_feed("/all", recent(mixed))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    assert found(watch) == (SourceKind.FEED, "/all")


def test_a_feed_whose_links_lead_by_another_host_is_known_by_its_headlines(
    site: Site, watching: Watching
) -> None:
    home_with(site, "/rss")
    site.put_feed("/rss", recent(news(*range(12, 0, -1))))
    status, kind, text = site.pages["/rss"]
    site.pages["/rss"] = (status, kind, text.replace(site.url, "https://click.example/r"))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    assert found(watch) == (SourceKind.FEED, "/rss")


def test_a_feed_that_dies_is_left_within_a_week_and_that_is_on_record(
    site: Site, watching: Watching
) -> None:
    home_with(site, "/rss")
    site.put_feed("/rss", recent(news(*range(12, 0, -1))))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    home_with(site, "/rss", paths=news(*range(40, 28, -1)))
    assert watch.poll(3 * DAY) == set(), "a homepage is not asked at every poll"
    assert watch.poll(5 * DAY) == set(news(*range(29, 41)))
    assert found(watch) == (SourceKind.PAGE, "/")
    comparison = watch.state.comparison
    assert comparison is not None
    assert comparison.changed_at == NOON + 8 * DAY
    assert f"feed {site.url}/rss (" in comparison.change
    assert "no longer filled" in comparison.change
    watch.poll(HOUR)
    assert site.asked == ["/"]


def test_a_feed_that_comes_to_life_takes_the_place_of_the_list(
    site: Site, watching: Watching
) -> None:
    home_with(site, "/rss")
    site.put_feed("/rss", {})
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    site.put_feed("/rss", recent(news(*range(13, 0, -1))))
    assert watch.poll(8 * DAY) == set(news(13))
    assert found(watch) == (SourceKind.FEED, "/rss")


def test_a_comparison_that_finds_the_same_changes_nothing(site: Site, watching: Watching) -> None:
    home_with(site, "/rss")
    site.put_feed("/rss", recent(news(*range(12, 0, -1))))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    before = watch.state.found
    assert watch.poll(8 * DAY) == set()
    comparison = watch.state.comparison
    assert (watch.state.found, watch.state.consecutive_failures) == (before, 0)
    assert comparison is not None
    assert (comparison.changed_at, comparison.next_at) == (None, NOON + 15 * DAY)


def test_a_homepage_that_is_away_keeps_no_feed_from_being_polled(
    site: Site, watching: Watching
) -> None:
    home_with(site, "/rss")
    site.put_feed("/rss", recent(news(*range(12, 0, -1))))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    site.put("/", "away", status=503)
    site.put_feed("/rss", recent(news(*range(13, 0, -1))))
    assert watch.poll(8 * DAY) == set(news(13))
    watch.poll(HOUR)
    assert site.asked == ["/rss"], "it is asked again a day later"


def test_a_sitemap_of_something_else_is_left_for_the_homepages_own_list(
    site: Site, watching: Watching
) -> None:
    home_with(site)
    site.put("/robots.txt", f"Sitemap: {site.url}/map.xml\n", "text/plain")
    site.put_sitemap("/map.xml", OLD)
    watch = watching(SourceKind.HOMEPAGE, "/")
    assert watch.poll() == set(news(*range(1, 13)))
    assert found(watch) == (SourceKind.PAGE, "/")


def test_a_sitemap_that_stops_is_left_within_a_week(site: Site, watching: Watching) -> None:
    home_with(site)
    site.put("/robots.txt", f"Sitemap: {site.url}/map.xml\n", "text/plain")
    site.put_sitemap("/map.xml", news(*range(12, 0, -1)))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    assert found(watch) == (SourceKind.SITEMAP, "/map.xml")
    home_with(site, paths=news(*range(30, 18, -1)))
    assert watch.poll(8 * DAY) == set(news(*range(19, 31)))
    assert found(watch) == (SourceKind.PAGE, "/")


def test_an_empty_feed_is_kept_for_want_of_better_and_compared_again_the_next_day(
    site: Site, watching: Watching
) -> None:
    site.put("/", f"<html><head>{FEED.format('/rss')}</head><body><p>Soon.</p></body></html>")
    site.put_feed("/rss", {})
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    assert found(watch) == (SourceKind.FEED, "/rss")
    assert watch.state.empty_since == NOON
    home_with(site, "/rss")
    assert watch.poll(1.1 * DAY) == set(news(*range(1, 13)))
    assert found(watch) == (SourceKind.PAGE, "/")
    assert watch.state.empty_since is None


@pytest.mark.parametrize("lesser", ["podcast", "comments"])
def test_where_a_homepage_lists_nothing_a_feed_of_another_kind_comes_last(
    site: Site, watching: Watching, lesser: str
) -> None:
    head = FEED.format("/lesser") + FEED.format("/rss")
    site.put("/", f"<html><head>{head}</head><body><p>Scripts needed.</p></body></html>")
    links = news(*range(5), folder="x")
    if lesser == "comments":
        site.put_feed("/lesser", [f"{path}#c{n}" for n, path in enumerate(links)])
    else:
        site.put_feed("/lesser", links, inside=SOUND.format(1))
    site.put_feed("/rss", recent(news(3, 2, 1)))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    assert found(watch) == (SourceKind.FEED, "/rss")


def test_a_feed_that_nobody_names_is_found_where_the_named_one_is_dead(
    site: Site, watching: Watching
) -> None:
    home_with(site, "/old.xml")
    site.put_feed("/old.xml", recent(OLD, days=400))
    site.put_feed("/feed/", recent(news(*range(12, 0, -1))))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    assert found(watch) == (SourceKind.FEED, "/feed/")


def test_a_sitemap_that_has_stopped_is_not_begun_with(site: Site, watching: Watching) -> None:
    home_with(site)
    site.put("/robots.txt", f"Sitemap: {site.url}/map.xml\n", "text/plain")
    site.put_sitemap("/map.xml", news(*range(7, 0, -1)))
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    assert found(watch) == (SourceKind.PAGE, "/")
    chosen = watch.state.found
    assert chosen is not None
    assert [(one.fit, one.url) for one in chosen.passed_over if "map" in one.url] == [
        (FeedFit.UNREAD, f"{site.url}/map.xml")
    ]


def test_feeds_that_are_not_even_read_are_on_record(site: Site, watching: Watching) -> None:
    feeds = [f"/rss/{number}" for number in range(MOST_NAMED + 3)]
    home_with(site, *feeds)
    for path in feeds:
        site.put_feed(path, {})
    watch = watching(SourceKind.HOMEPAGE, "/")
    watch.poll()
    chosen = watch.state.found
    assert chosen is not None
    unasked = [one.url for one in chosen.passed_over if one.fit is FeedFit.UNASKED]
    assert unasked == [f"{site.url}{path}" for path in feeds[MOST_NAMED:]]
    assert not set(site.asked) & set(feeds[MOST_NAMED:])
