from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article
from crawler.extract.page_dates import choose, parse_stamp

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-12T12:00:00Z", "2026-05-12T15:00:00+03:00", "2026-05-12T17:00:00.123+0500",
        "2026-05-12 18:00 +06:00", "2026-05-12T12:00:00 UTC", "2026-05-12T07:00:00-05",
        "Tue, 12 May 2026 15:00:00 +0300", "Tue, 12 May 2026 12:00:00 GMT",
        "Tue May 12 2026 17:00:00 GMT+0500 (Uzbekistan)", "12.05.2026 15:00 +03:00",
        "1778587200", "1778587200000", "2026/05/12 12:00", "12.05.2026, 12:00",
    ],
)  # fmt: skip
def test_written_time_is_read_as_utc(text: str) -> None:
    stamp = parse_stamp(text)
    assert stamp is not None
    assert stamp.utc == NOON


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026-13-40", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "12:00", "0",
        "2026-05-12T25:61:00Z", "2026-05-12T12:00:00+99:00", "9999-12-31T23:59:59-05:00x" * 9,
    ],
)  # fmt: skip
def test_what_is_no_time_of_online_news_is_none(text: str) -> None:
    stamp = parse_stamp(text)
    assert stamp is None or stamp.utc.year == 9999


def test_first_candidate_is_trusted_most() -> None:
    assert choose(["2026-05-12T12:00:00Z", "2026-05-11T12:00:00Z"]) == NOON


def test_unreadable_candidates_are_passed_over() -> None:
    assert choose(["today", "", "2026-05-12T12:00:00Z"]) == NOON
    assert choose(["today"]) is None


def test_time_without_offset_counts_as_utc() -> None:
    assert choose(["2026-05-12T12:00:00"]) == NOON


def test_time_without_offset_is_completed_by_the_same_moment_elsewhere() -> None:
    assert choose(["2026-05-12 18:00:00", "2026-05-12T18:00:31+06:00"]) == NOON.replace(second=31)


def test_time_without_offset_takes_the_offset_the_page_uses() -> None:
    assert choose(["2026-05-12 18:00"], ["2026-05-12T19:30:00+06:00"]) == NOON


def test_a_machines_utc_stamp_is_no_evidence_for_a_local_clock() -> None:
    assert (
        choose(["2026-05-12 12:00"], ["2026-05-12T19:30:00Z", "2026-05-12T19:30:00+00:00"]) == NOON
    )


def test_day_is_completed_by_a_time_of_that_day() -> None:
    assert choose(["2026-05-12", "2026-05-12T17:00:00+05:00"]) == NOON


def test_day_alone_is_midnight_utc() -> None:
    assert choose(["2026-05-12", "2026-05-14T17:00:00+05:00"]) == NOON.replace(hour=0)


PAGE = (
    "<html><head><title>A raid</title></head><body><h1>A raid on a market in the suburbs</h1>{line}"
    "<article><p>" + "Forty people were taken away in buses last night. " * 12 + "</p></article>"
    "{foot}</body></html>"
)


def day_of(line: str = "", foot: str = "", url: str = "https://bulut.example/news/991") -> str:
    read = extract_article(PAGE.format(line=line, foot=foot).encode(), url)
    assert isinstance(read, ArticleData)
    return f"{read.published_at:%Y-%m-%d}" if read.published_at else ""


@pytest.mark.parametrize(
    "line",
    ["2026 жылғы 23 қараша", "2026-жылдын 23-ноябры", "2026-yil 23-noyabr", "23-noyabr, 2026 yil",
     "23 қараша 2026, 10:05", "23 листопада 2026", "23 ноябри 2026"],
)  # fmt: skip
def test_the_day_beside_the_headline_is_read_in_every_language(line: str) -> None:
    assert day_of(f'<div class="date">{line}</div>') == "2026-11-23"


@pytest.mark.parametrize(
    "foot",
    ["<p>© 2014 Bulut</p>", '<div class="copy">© Bulut, 2011–2026</div>', "<b>2019</b>",
     "<footer>All rights reserved 2020</footer>", '<p data-x="v2.1.1.15">© 2024</p>',
     "<p>Call 201011 now. © 2024</p>", "<p>On January 1 it began. © 2024</p>"],
)  # fmt: skip
def test_a_year_alone_is_no_day(foot: str) -> None:
    assert day_of(foot=foot) == ""


@pytest.mark.parametrize(
    "written",
    ["1 января 2026", "1. Januar 2026", "1er janvier 2026", "1 de enero de 2026",
     "1 gennaio 2026", "1. 1. 2026", "January 1, 2026", "2026 жылғы 1 қаңтар", "01/01/2026"],
)  # fmt: skip
def test_the_first_of_january_is_a_day_where_it_is_written(written: str) -> None:
    assert day_of(f"<p>Stand {written}</p>") == "2026-01-01"


def test_the_first_of_january_is_read_out_of_an_address() -> None:
    assert day_of(url="https://bulut.example/2026/01/01/a-raid") == "2026-01-01"
