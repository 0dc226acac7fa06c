"""Which sources speak for which outlets."""

from __future__ import annotations

import pytest

from core.claims import UNASKED, Bringer, Claims, ClaimsNow, Standing, is_of
from core.sources import Source, SourceKind
from core.urls import outlet_of


def feed(name: str, url: str, *hosts: str) -> Source:
    return Source(name=name, kind=SourceKind.FEED, url=url, hosts=hosts)


def channel(name: str, url: str) -> Source:
    return Source(name=name, kind=SourceKind.TELEGRAM, url=url)


def claims() -> Claims:
    return Claims(
        [
            feed("kloop", "https://feeds.kloop.kg/rss"),
            feed("kabar", "https://kabar.kg/ru/rss"),
            feed("kabar-uz", "https://kabar.kg/uz/rss"),
            feed("relay", "https://feedrelay.example/akipress", "akipress.kg"),
            feed("blog", "https://anna.livejournal.com/data/rss"),
            feed("local", "http://127.0.0.2/rss"),
            feed("six", "http://[::1]:81/rss"),
            feed("seven", "http://[::1]:82/rss"),
            feed("burnt", "https://feeds.feedburner.com/Kaktus"),
            feed("named", "http://outlet.test/rss"),
            channel("agents", "https://t.me/s/agentstvonews"),
            channel("mirrored", "https://mirror.example/s/astra"),
        ]
    )


OWN, UNCLAIMED, FOREIGN = Standing.OWN, Standing.UNCLAIMED, Standing.FOREIGN


@pytest.mark.parametrize(
    ("source", "url", "standing"),
    [
        ("kloop", "https://kloop.kg/news/1", OWN),
        ("kloop", "http://m.kloop.kg/news/1", OWN),
        ("kloop", "https://kloop.kg:8443/news/1", OWN),
        ("kloop", "https://kabar.kg/ru/1", FOREIGN),
        ("kloop", "https://KABAR.kg./ru/1", FOREIGN),
        ("kloop", "https://kabar.kg@kloop.kg/1", OWN),
        ("kloop", "https://kloop.kg@kabar.kg/1", FOREIGN),
        ("kloop", "https://kloop.kg.evil.example/1", UNCLAIMED),
        ("kloop", "https://nobody.example/1", UNCLAIMED),
        ("local", "http://127.0.0.2/1", OWN),
        ("local", "http://127.0.0.2:8080/1", UNCLAIMED),
        ("six", "http://[0:0::1]:81/1", OWN),
        ("six", "http://[::1]:82/1", FOREIGN),
        ("burnt", "http://feeds.feedburner.com/~r/kaktus/~3/1", OWN),
        ("burnt", "http://feeds.feedburner.com/~r/other/~3/1", UNCLAIMED),
        ("local", "http://127.0.0.3/1", UNCLAIMED),
        ("named", "http://www.outlet.test/1", OWN),
        ("named", "http://other.outlet.test/1", UNCLAIMED),
        ("kabar-uz", "https://kabar.kg/ru/1", OWN),
        ("relay", "https://akipress.kg/1", OWN),
        ("kloop", "https://akipress.kg/1", FOREIGN),
        ("relay", "https://www.akipress.kg/1", OWN),
        ("blog", "https://anna.livejournal.com/1.html", OWN),
        ("blog", "https://boris.livejournal.com/1.html", UNCLAIMED),
        ("agents", "https://t.me/agentstvonews/5", OWN),
        ("agents", "https://t.me/s/AgentstvoNews/5", OWN),
        ("agents", "https://telegram.me/agentstvonews/5", OWN),
        ("agents", "https://t.me/astra/5", FOREIGN),
        ("mirrored", "https://t.me/astra/5", OWN),
        ("agents", "https://t.me/nobody/5", UNCLAIMED),
        ("kloop", "https://www.google.com/amp/s/kabar.kg/ru/1", FOREIGN),
        ("kabar", "https://kabar-kg.cdn.ampproject.org/c/s/kabar.kg/ru/1", OWN),
        ("gone", "https://kabar.kg/ru/1", FOREIGN),
        ("kloop", "not an address", UNCLAIMED),
        ("kloop", "ftp://kabar.kg/1", UNCLAIMED),
    ],
)
def test_a_source_speaks_for_the_outlets_that_it_claims(
    source: str, url: str, standing: Standing
) -> None:
    assert claims().standing(source, url) is standing


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://kloop.kg/1", "kloop"),
        ("https://kabar.kg/uz/1", "kabar-uz"),
        ("https://kabar.kg/ru/1", "kabar"),
        ("https://kabar.kg/1", "kabar"),
        ("https://t.me/agentstvonews/5", "agents"),
    ],
)
def test_what_is_found_belongs_to_the_nearest_of_those_who_claim_it(url: str, owner: str) -> None:
    found = claims().owner(url)
    assert found is not None
    assert found.name == owner


def test_what_nobody_claims_belongs_to_nobody() -> None:
    assert claims().owner("https://nobody.example/1") is None
    assert claims().owners("https://nobody.example/1") == ()


def test_a_host_of_its_own_comes_before_the_domain_alone() -> None:
    claims = Claims([feed("all", "https://example.org/rss"), feed("uz", "https://uz.example.org/")])
    owner = claims.owner("https://uz.example.org/1")
    assert owner is not None
    assert owner.name == "uz"


def test_of_sections_the_deeper_one_owns_what_stands_in_it() -> None:
    sections = [
        feed("all", "https://example.org/news/rss.xml"),
        feed("kk", "https://example.org/news/kk/rss.xml"),
        feed("kk-sport", "https://example.org/news/kk/sport/rss.xml"),
    ]
    owned = {"kk/sport/1": "kk-sport", "kk/1": "kk", "kk/culture/1": "kk"}
    for order in (sections, sections[::-1]):
        found = {path: Claims(order).owner(f"https://example.org/news/{path}") for path in owned}
        assert {path: owner.name for path, owner in found.items() if owner} == owned


def test_where_no_source_is_watched_nobody_speaks_for_anybody() -> None:
    assert ClaimsNow(dict)().standing("kloop", "https://kloop.kg/1") is UNCLAIMED


def test_two_addresses_are_of_one_outlet_or_not() -> None:
    assert is_of("https://feeds.kloop.kg/rss", "https://kloop.kg/1")
    assert not is_of("https://feeds.kloop.kg/rss", "https://kabar.kg/1")
    assert not is_of("nonsense", "nonsense")


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.medium.com/a", "medium.com"),
        ("https://deep.anna.medium.com/a", "anna.medium.com"),
        ("https://medium.com/a", "medium.com"),
        ("https://telegram.me/Astra/5", "t.me/astra"),
        ("https://t.me/s/astra", "t.me/astra"),
    ],
)
def test_where_everybody_has_a_name_the_name_is_the_outlet(url: str, outlet: str) -> None:
    assert outlet_of(url) == outlet


@pytest.mark.parametrize(
    ("bringer", "source", "by_own_outlet", "corrects"),
    [
        (UNASKED, "any", True, False),
        (UNASKED, "any", False, True),
        (Bringer("kloop", OWN, frozenset({"kloop"})), "kloop", True, False),
        (Bringer("kloop", OWN, frozenset({"kloop", "twin"})), "twin", True, False),
        (Bringer("kloop", OWN, frozenset({"kloop"})), "thief", True, True),
        (Bringer("kloop", OWN, frozenset({"kloop"})), "kloop", False, True),
        (Bringer("thief", FOREIGN, frozenset({"kloop"})), "thief", False, False),
        (Bringer("thief", UNCLAIMED), "other", False, False),
    ],
)
def test_only_its_own_outlet_corrects_an_article(
    bringer: Bringer, source: str, by_own_outlet: bool, corrects: bool
) -> None:
    assert bringer.corrects(source, by_own_outlet=by_own_outlet) is corrects


def test_claims_follow_the_sources_that_are_watched() -> None:
    watched = {"kloop": feed("kloop", "https://kloop.kg/rss")}
    now = ClaimsNow(lambda: watched)
    first = now()
    assert now() is first
    assert first.standing("new", "https://new.example/1") is UNCLAIMED
    watched["new"] = feed("new", "https://new.example/rss")
    assert now().standing("new", "https://new.example/1") is OWN
