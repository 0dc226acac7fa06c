"""Which pages of a sitemap are new: those that were not listed before, whatever their dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from core.failures import FailureKind, FetchFailure
from core.source_polls import SourcePoll
from core.sources import Entry, EntryStatus, NextPoll, PollOutcome, SourceKind
from tests.integration.polled_site import MOST_NEW, Site
from tests.integration.polling import Watching, sandbox, site, watching
from tests.integration.storage.samples import NOON

__all__ = ["sandbox", "site", "watching"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AGO = datetime(2019, 5, 1, tzinfo=NOON.tzinfo)


def pages(*numbers: int) -> list[str]:
    return [f"/news/report-{number}.html" for number in numbers]


def old(*numbers: int) -> dict[str, datetime | None]:
    return {path: NOON - (10 + n) * DAY for n, path in enumerate(pages(*numbers))}


NEW_DATES: dict[str, datetime | None] = {
    "of three days ago": NOON - 3 * DAY,
    "of years ago": LONG_AGO,
    "none": None,
    "of tomorrow": NOON + DAY,
}


@pytest.mark.parametrize("dated", NEW_DATES)
def test_a_page_that_was_not_listed_before_is_new_whatever_its_date(
    site: Site, watching: Watching, dated: str
) -> None:
    before = old(*range(1, 30))
    site.put_sitemap("/map.xml", before)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    assert watch.poll() == set()
    assert watch.skipped == {"before_watch": 29}, "what is there at first is counted"
    site.put_sitemap("/map.xml", before | dict.fromkeys(pages(99), NEW_DATES[dated]))
    assert watch.poll(HOUR) == set(pages(99))
    assert watch.poll(HOUR) == set()


def test_a_page_whose_date_moves_is_not_new(site: Site, watching: Watching) -> None:
    site.put_sitemap("/map.xml", old(*range(1, 30)))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    site.put_sitemap("/map.xml", old(*range(1, 30)) | dict.fromkeys(pages(7), NOON + HOUR))
    assert watch.poll(HOUR) == set()


def test_a_page_that_goes_and_comes_back_is_not_new(site: Site, watching: Watching) -> None:
    site.put_sitemap("/map.xml", old(*range(1, 30)))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    site.put_sitemap("/map.xml", old(*range(5, 30)))
    watch.poll(HOUR)
    site.put_sitemap("/map.xml", old(*range(1, 31)))
    assert watch.poll(HOUR) == set(pages(30))
    site.put_sitemap("/map.xml", old(*range(1, 30)))
    watch.poll(HOUR)
    site.put_sitemap("/map.xml", old(*range(1, 31)))
    assert watch.poll(HOUR) == set()


def test_more_new_pages_than_a_poll_may_bring_are_counted_and_come_with_the_next(
    site: Site, watching: Watching
) -> None:
    site.put_sitemap("/map.xml", old(1, 2, 3))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    site.put_sitemap("/map.xml", old(*range(1, 504)))
    assert len(watch.poll(HOUR)) == MOST_NEW
    assert watch.skipped == {"beyond_newest": 300}
    assert len(watch.poll(HOUR)) == MOST_NEW
    assert len(watch.poll(HOUR)) == 100
    assert watch.poll(HOUR) == set()


def test_an_archive_that_is_put_up_at_once_is_counted_and_does_not_hide_what_is_new(
    site: Site, watching: Watching
) -> None:
    site.put_sitemap("/map.xml", old(1, 2, 3))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    archive = dict.fromkeys(pages(*range(1_000, 2_500)), LONG_AGO)
    site.put_sitemap("/map.xml", archive | dict.fromkeys(pages(4), NOON) | old(1, 2, 3))
    assert watch.poll(HOUR) == set(pages(4))
    assert watch.skipped == {"archive": 1_500}
    site.put_sitemap("/map.xml", archive | dict.fromkeys(pages(4, 5), LONG_AGO))
    assert watch.poll(HOUR) == set(pages(5))
    counts = watch.store.entry_counts("kloop")
    assert counts["kloop", EntryStatus.REJECTED, "published before the source was watched"] == 1_500


def test_what_was_recorded_before_pages_were_remembered_stays_known(
    site: Site, watching: Watching
) -> None:
    site.put_sitemap("/map.xml", dict.fromkeys(pages(1, 2, 3), NOON + HOUR))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    recorded = [f"{site.url}{path}" for path in pages(1, 2)]
    poll = SourcePoll(
        source="kloop",
        outcome=PollOutcome.OK,
        polled_at=NOON,
        next_poll=NextPoll(NOON + HOUR, "every hour"),
        entries=tuple(Entry(url=url) for url in recorded),
    )
    for tracked in watch.store.record_poll(poll, recorded).new:
        watch.store.fail_entry(tracked.id, FetchFailure(FailureKind.TIMEOUT, "too slow"), "slow")
    assert watch.poll(HOUR) == set(pages(3))


class Index:
    """An index whose parts hold pages by number, put up anew after every change."""

    def __init__(
        self,
        site: Site,
        parts: Sequence[Sequence[int]],
        *,
        part_date: datetime | None = None,
        page_date: datetime | None = LONG_AGO,
        name: str = "/map-{}.xml",
    ) -> None:
        self.site, self.parts = site, [list(part) for part in parts]
        self.part_date, self.page_date, self.name = part_date, page_date, name
        self.put()

    def put(self) -> None:
        names = [self.name.format(n) for n in range(1, len(self.parts) + 1)]
        self.site.put_index("/map.xml", dict.fromkeys(names, self.part_date))
        for name, part in zip(names, self.parts, strict=True):
            self.site.put_sitemap(name, dict.fromkeys(pages(*part), self.page_date))


def blocks(count: int, size: int = 5) -> list[list[int]]:
    return [list(range(1 + n * size, 1 + (n + 1) * size)) for n in range(count)]


@pytest.mark.parametrize("page_date", [None, LONG_AGO])
@pytest.mark.parametrize("part_date", [None, NOON - 400 * DAY, NOON + DAY])
@pytest.mark.parametrize("where", [0, 3, 5])
def test_a_new_page_is_found_in_whichever_part_of_an_index_it_appears(
    site: Site,
    watching: Watching,
    where: int,
    part_date: datetime | None,
    page_date: datetime | None,
) -> None:
    index = Index(site, blocks(6), part_date=part_date, page_date=page_date)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    assert watch.poll() == set()
    index.parts[where].insert(0, 777)
    index.put()
    assert watch.poll(HOUR) == set(pages(777))
    assert watch.poll(HOUR) == set()


def test_parts_of_a_large_index_have_their_turn_and_those_with_news_come_first(
    site: Site, watching: Watching
) -> None:
    index = Index(site, blocks(30), part_date=NOON)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    index.parts[0].append(777)
    index.put()
    polls = 0
    while not watch.poll(HOUR):
        polls += 1
        assert len(site.asked) <= 9, "a large index is not read whole"
        assert polls < 6
    for number in (778, 779, 780):
        index.parts[0].append(number)
        index.part_date = NOON + timedelta(minutes=number)
        index.put()
        assert watch.poll(HOUR) == set(pages(number))
        assert site.asked[1] == "/map-1.xml", "it was learnt where new pages appear"


def test_of_an_index_that_tells_what_changed_the_changed_part_is_read_and_few_others(
    site: Site, watching: Watching
) -> None:
    names = [f"/post-{n}.xml" for n in range(1, 41)]
    dates = {name: NOON - (41 - n) * 30 * DAY for n, name in enumerate(names)}
    site.put_index("/map.xml", dates)
    for n, name in enumerate(names):
        site.put_sitemap(name, dict.fromkeys(pages(*range(n * 400, n * 400 + 400)), dates[name]))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    site.put_sitemap("/post-7.xml", dict.fromkeys(pages(6 * 400, 99_999), LONG_AGO))
    site.put_index("/map.xml", dates | {"/post-7.xml": NOON})
    assert watch.poll(HOUR) == set(pages(99_999))
    assert len(site.asked) <= 7


def test_a_page_that_slides_from_part_to_part_is_not_new(site: Site, watching: Watching) -> None:
    numbers = list(range(60, 0, -1))

    def cut() -> list[list[int]]:
        return [numbers[n : n + 10] for n in range(0, len(numbers), 10)]

    index = Index(site, cut())
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    for number in range(61, 70):
        numbers.insert(0, number)
        index.parts = cut()
        index.put()
        assert watch.poll(HOUR) == set(pages(number))
    for gone in (55, 40, 12):  # what stands behind it moves forward
        numbers.remove(gone)
    index.parts = cut()
    index.put()
    assert watch.poll(HOUR) == set()


def test_a_part_that_the_index_begins_to_name_holds_nothing_but_news(
    site: Site, watching: Watching
) -> None:
    index = Index(site, blocks(5))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    index.parts.append([901, 902, 3])  # 3 slid
    index.put()
    assert watch.poll(HOUR) == set(pages(901, 902))


def test_parts_whose_addresses_change_at_every_reading_bring_nothing_old(
    site: Site, watching: Watching
) -> None:
    index = Index(site, blocks(5), name="/map-{}-a.xml")
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    for letter in "bcd":
        index.name = f"/map-{{}}-{letter}.xml"
        index.put()
        assert watch.poll(DAY) == set()
    index.parts[2].append(777)
    index.name = "/map-{}-e.xml"
    index.put()
    assert watch.poll(DAY) == set(pages(777))


def test_a_part_that_cannot_be_read_at_first_brings_nothing_old_when_it_can(
    site: Site, watching: Watching
) -> None:
    index = Index(site, blocks(5))
    site.put("/map-2.xml", "busy", status=503)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    assert watch.poll() == set()
    index.put()
    assert watch.poll(HOUR) == set()
    index.parts[1].append(777)
    index.put()
    assert watch.poll(HOUR) == set(pages(777))


def test_an_old_page_waits_until_all_parts_have_been_read_and_is_counted(
    site: Site, watching: Watching
) -> None:
    index = Index(site, blocks(5))
    site.put("/map-2.xml", "busy", status=503)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    index.parts[0].append(777)
    index.put()
    site.put("/map-2.xml", "busy", status=503)
    assert watch.poll(HOUR) == set()
    assert watch.skipped == {"may_have_moved": 1}
    index.put()
    assert watch.poll(HOUR) | watch.poll(HOUR) == set(pages(777))


def test_a_part_that_stays_broken_holds_up_nothing_for_long(site: Site, watching: Watching) -> None:
    index = Index(site, blocks(5))
    site.put("/map-2.xml", "gone", status=404)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    index.parts[0].append(777)
    index.put()
    site.put("/map-2.xml", "gone", status=404)
    brought = set[str]()
    for _ in range(4):
        brought |= watch.poll(HOUR)
    assert brought == set(pages(777))


def test_an_index_within_an_index_is_read_and_told_of_its_new_parts(
    site: Site, watching: Watching
) -> None:
    site.put_index("/map.xml", ["/inner.xml", "/other.xml"])
    site.put_index("/inner.xml", ["/a.xml"])
    site.put_sitemap("/a.xml", dict.fromkeys(pages(1, 2), LONG_AGO))
    site.put_sitemap("/other.xml", dict.fromkeys(pages(3), LONG_AGO))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    assert watch.poll() == set()
    site.put_index("/inner.xml", ["/b.xml", "/a.xml"])
    site.put_sitemap("/b.xml", dict.fromkeys(pages(5), LONG_AGO))
    site.put_sitemap("/a.xml", dict.fromkeys(pages(1, 2, 4), LONG_AGO))
    assert watch.poll(HOUR) == set(pages(4, 5))


def test_parts_that_stay_the_same_are_asked_for_and_not_sent(
    site: Site, watching: Watching
) -> None:
    Index(site, blocks(5), part_date=NOON)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    assert watch.poll(HOUR) == set()
    assert len(site.asked) == 6
    assert watch.state.empty_since is None
    kept = watch.store.sitemaps("kloop")
    assert [part.failures for part in kept] == [0] * 6


def test_a_sitemap_that_becomes_an_index_of_the_whole_archive_brings_nothing_old(
    site: Site, watching: Watching
) -> None:
    site.put_sitemap("/map.xml", dict.fromkeys(pages(1, 2, 3), LONG_AGO))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    index = Index(site, blocks(5, 50))
    assert watch.poll(HOUR) == set()
    index.parts[4].append(777)
    index.put()
    assert watch.poll(HOUR) == set(pages(777))


def test_a_site_whose_pages_all_get_a_final_slash_brings_nothing_old(
    site: Site, watching: Watching
) -> None:
    before = dict.fromkeys(pages(*range(1, 40)), LONG_AGO)
    site.put_sitemap("/map.xml", before)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    site.put_sitemap("/map.xml", {f"{path}/": at for path, at in before.items()})
    assert watch.poll(HOUR) == set()


def test_a_list_of_lines_without_dates_is_read_as_well(site: Site, watching: Watching) -> None:
    def put(*numbers: int) -> None:
        lines = "\n".join(site.url + path for path in pages(*numbers))
        site.put("/map.txt", lines, "text/plain")

    put(1, 2, 3)
    watch = watching(SourceKind.SITEMAP, "/map.txt")
    watch.poll()
    put(9, 1, 2, 3)
    assert watch.poll(HOUR) == set(pages(9))


def test_a_server_whose_sitemaps_all_fail_is_not_asked_for_each_of_them(
    site: Site, watching: Watching
) -> None:
    Index(site, blocks(30))
    for n in range(1, 31):
        site.put(f"/map-{n}.xml", "busy", status=503)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    watch.poll()
    assert len(site.asked) == 6
    assert watch.state.consecutive_failures == 1


def test_of_very_many_old_pages_without_dates_the_first_are_recorded_and_the_rest_counted(
    site: Site, watching: Watching
) -> None:
    site.put_sitemap("/map.xml", pages(*range(2_500)))
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    assert watch.poll() == set()
    assert watch.skipped == {"before_watch": 500}
    site.put_sitemap("/map.xml", pages(*range(2_501)))
    assert watch.poll(HOUR) == set(pages(2_500))


def put_years(site: Site, years: Sequence[int], *, news: Sequence[str] = ()) -> None:
    """Put an index of yearly indexes with one part each; `news` stands in the last."""
    site.put_index("/map.xml", [f"/{year}.xml" for year in years])
    for year in years:
        site.put_index(f"/{year}.xml", [f"/{year}-a.xml"])
        more = news if year == years[-1] else ()
        site.put_sitemap(f"/{year}-a.xml", [*(f"/news/{year}-{n}" for n in range(5)), *more])


def test_of_more_indexes_than_one_poll_reads_all_have_their_turn(
    site: Site, watching: Watching
) -> None:
    years = range(2017, 2027)
    put_years(site, years)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    assert watch.poll() == set()
    put_years(site, years, news=["/news/breaking"])
    assert watch.poll(HOUR) == {"/news/breaking"}
    site.put_index("/2017.xml", ["/2017-a.xml", "/2017-b.xml"])
    site.put_sitemap("/2017-b.xml", ["/news/found-late"])
    found: set[str] = set()
    for _ in range(8):
        found |= watch.poll(HOUR)
    assert found == {"/news/found-late"}


def test_an_index_that_cannot_be_read_at_first_brings_nothing_old_when_it_can(
    site: Site, watching: Watching
) -> None:
    years = range(2024, 2027)
    put_years(site, years)
    site.put("/2025.xml", "busy", status=503)
    watch = watching(SourceKind.SITEMAP, "/map.xml")
    assert watch.poll() == set()
    put_years(site, years)
    for _ in range(4):
        assert watch.poll(HOUR) == set()
