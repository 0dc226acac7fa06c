from __future__ import annotations

import pytest

from core.urls import publisher_of, twin_name


@pytest.mark.parametrize(
    "twin",
    [
        "http://outlet.example/news/a",
        "https://www.outlet.example/news/a/",
        "https://m.outlet.example/news/a",
        "https://www.m.outlet.example/news/a",
        "https://amp.outlet.example/news/a",
        "https://outlet.example/news/a/amp/",
        "https://outlet.example/amp/news/a",
        "https://outlet.example/news/a?amp=1",
        "https://outlet.example/news/a?outputType=amp",
        "https://outlet.example/news/a?utm_source=rss",
        "https://www.google.com/amp/s/outlet.example/news/a",
        "https://outlet-example.cdn.ampproject.org/c/s/outlet.example/news/a",
    ],
)
def test_twins_share_a_name(twin: str) -> None:
    assert twin_name(twin) == twin_name("https://outlet.example/news/a")


@pytest.mark.parametrize(
    "other",
    [
        "https://outlet.example/news/b",
        "https://ru.outlet.example/news/a",
        "https://outlet.example/news/a?id=2",
        "https://m.example/news/a",
        "https://outlet.example/amplifier/news/a",
    ],
)
def test_different_pages_have_different_names(other: str) -> None:
    assert twin_name(other) != twin_name("https://outlet.example/news/a")


def test_a_host_that_is_a_mirrors_name_alone_is_kept() -> None:
    assert twin_name("https://m.kg/a") != twin_name("https://kg/a")


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://m.gazeta.uz/ru/1", "gazeta.uz"),
        ("https://t.me/agentstvonews/15", "t.me/agentstvonews"),
        ("https://t.me/s/AgentstvoNews", "t.me/agentstvonews"),
        ("https://t.me/", "t.me"),
    ],
)
def test_on_a_platform_the_channel_is_the_publisher(url: str, publisher: str) -> None:
    assert publisher_of(url) == publisher
