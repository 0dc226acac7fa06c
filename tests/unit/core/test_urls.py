from __future__ import annotations

import socket
from urllib.parse import quote, quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import urls
from core.errors import WirewatchError
from core.urls import (
    MAX_URL_LENGTH,
    UrlError,
    absolute_http_url,
    canonical_url,
    host_of,
    is_front_page,
    registered_domain,
)


@pytest.mark.parametrize(
    ("announced", "key"),
    [
        ("HTTPS://News.Example.ORG/Story", "https://news.example.org/Story"),
        ("http://example.org", "http://example.org/"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?&", "https://example.org/a"),
        ("https://example.org/a#comments", "https://example.org/a"),
        ("https://example.org/#!/news/5", "https://example.org/#!/news/5"),
        ("https://example.org/#/news/5", "https://example.org/#/news/5"),
        ("  «https://example.org/a»,\n", "https://example.org/a"),
        ('"https://example.org/a"', "https://example.org/a"),
        ("https://example.org/a%2C", "https://example.org/a"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org//a///b", "https://example.org/a/b"),
        (
            "https://archive.example/web/https://example.org/a",
            "https://archive.example/web/https://example.org/a",
        ),
        (
            "https://пример.рф/новость",
            "https://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C",
        ),
        ("https://xn--e1afmkfd.xn--p1ai/%d0%bd", "https://xn--e1afmkfd.xn--p1ai/%D0%BD"),
        ("https://example.org/?b=2&a=1", "https://example.org/?a=1&b=2"),
        ("https://example.org/?q=a%20b", "https://example.org/?q=a+b"),
        ("https://example.org/?id=1&amp;utm_source=rss", "https://example.org/?id=1"),
        ("https://example.org/a;jsessionid=0F3A?id=1", "https://example.org/a?id=1"),
        ("https://[::1]:80/a", "https://[::1]:80/a"),
        ("http://[0:0::1]:80/a", "http://[::1]/a"),
    ],
)
def test_spellings_of_one_address_have_one_key(announced: str, key: str) -> None:
    assert canonical_url(announced) == key


@pytest.mark.parametrize(
    "parameter",
    [
        "utm_source=rss", "UTM_Medium=feed", "fbclid=Iw1", "gclid=x", "yclid=1", "ysclid=lx",
        "_openstat=cnNz", "mc_cid=1", "mc_eid=2", "at_medium=RSS", "at_custom1=x", "source=rss",
        "ref=telegram", "from=twitter", "PHPSESSID=9", "utm_source", "xtor=RSS-1",
    ],
)  # fmt: skip
def test_tracking_parameters_are_removed(parameter: str) -> None:
    assert canonical_url(f"https://example.org/a?id=7&{parameter}") == "https://example.org/a?id=7"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://example.org/?id=1", "https://example.org/?id=2"),
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/?cid=1", "https://example.org/?cid=2"),
        ("https://example.org/?eid=1", "https://example.org/?eid=2"),
        ("https://example.org/?page=1", "https://example.org/?page=2"),
        ("https://example.org/?source=tass", "https://example.org/?source=interfax"),
        ("https://example.org/?ref=1001", "https://example.org/?ref=1002"),
        ("https://example.org/?id=1&id=2", "https://example.org/?id=2&id=1"),
        ("https://example.org/?1001", "https://example.org/?1002"),
        ("https://example.org/?a", "https://example.org/?a="),
        ("https://example.org/a", "https://example.org/a/"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a%3Fb", "https://example.org/a?b"),
        ("https://example.org/U.S", "https://example.org/U.S."),
        ("https://example.org/?q=%CF", "https://example.org/?q=%D0"),
        ("https://example.org/?a=1%26b=2", "https://example.org/?a=1&b=2"),
        ("https://example.org/#!/1", "https://example.org/#!/2"),
        ("https://example.org/a", "https://www.example.org/a"),
    ],
)
def test_addresses_that_may_be_two_articles_stay_apart(first: str, second: str) -> None:
    assert canonical_url(first) != canonical_url(second)


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org/a", "mailto:a@example.org", "javascript:alert(1)", "file:///etc/passwd",
        "ftp://example.org/", "http://", "http:///a", "http://a b/", "http://example.org:99999/",
        "http://example.org:0/", "http://[zz]/", "http://example.org/\x00", "http://example..org/",
        "http://example.org/\ud800", "http://example.org/" + "a" * 3 * MAX_URL_LENGTH,
    ],
)  # fmt: skip
def test_what_is_not_a_web_address_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(UrlError, match="not the address of a web page"):
        canonical_url(url)
    assert issubclass(UrlError, WirewatchError)
    assert issubclass(UrlError, ValueError)


def test_the_error_can_be_printed_whatever_the_url_was() -> None:
    with pytest.raises(UrlError) as caught:
        canonical_url("gopher://\ud800" + "x" * 1000)
    assert len(str(caught.value).encode()) < 400


_PART = st.text("abcXYZ0189-_", min_size=1, max_size=8)


@given(st.text() | st.builds("http://example.org/{}".format, st.text()))
def test_canonical_is_idempotent_and_raises_nothing_but_url_error(url: str) -> None:
    try:
        key = canonical_url(url)
    except UrlError:
        return
    assert canonical_url(key) == key
    assert key.isascii()


@given(st.text(alphabet="/.%2FfCc,;:'\"?&=+# aAя", max_size=30))
def test_awkward_paths_and_queries_have_a_stable_key(rest: str) -> None:
    key = canonical_url(f"http://example.org/{rest}")
    assert canonical_url(key) == key


@given(st.lists(_PART, max_size=3), st.lists(_PART, max_size=3))
def test_different_paths_stay_different(first: list[str], second: list[str]) -> None:
    keys = {canonical_url("https://example.org/" + "/".join(parts)) for parts in (first, second)}
    assert len(keys) == (1 if first == second else 2)


@given(st.dictionaries(st.sampled_from(["id", "p", "page", "story"]), _PART), _PART, _PART)
def test_different_parameters_stay_different(
    shared: dict[str, str], value: str, other: str
) -> None:
    query = "".join(f"&{name}={given}" for name, given in shared.items())
    keys = {canonical_url(f"https://example.org/?key={item}{query}") for item in (value, other)}
    assert len(keys) == (1 if value == other else 2)


@pytest.mark.parametrize(
    ("href", "absolute"),
    [
        ("story", "https://example.org/news/story"),
        ("/story", "https://example.org/story"),
        ("?id=1", "https://example.org/news/?id=1"),
        ("//cdn.example.org/a", "https://cdn.example.org/a"),
        (" \n https://example.com/a\n", "https://example.com/a"),
        ("https://example.com/a\n/b", "https://example.com/a/b"),
        ("www.example.com/a", "http://www.example.com/a"),
        ("/a?x=1&amp;y=2", "https://example.org/a?x=1&y=2"),
        ("/новость", "https://example.org/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C"),
        ("https://trusted.example@evil.example/", "https://evil.example/"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("mailto:a@example.org", None),
        ("tel:+996", None),
        ("/a\x00b", None),
        ("/a\x1bb", None),
        ("", None),
        ("   ", None),
        ("http://", None),
        ("http://[", None),
        ("/" + "a" * MAX_URL_LENGTH, None),
        ("/" + "я" * (MAX_URL_LENGTH // 2), None),
    ],
)
def test_links_become_absolute_web_addresses_or_nothing(href: str, absolute: str | None) -> None:
    assert absolute_http_url("https://example.org/news/", href) == absolute


@given(st.text(), st.text())
def test_absolute_never_raises(base: str, href: str) -> None:
    url = absolute_http_url(base, href)
    assert url is None or url.startswith(("http://", "https://"))


def test_host_is_lower_case_punycode_without_port() -> None:
    assert host_of("https://Новости.Example.org:8080/a") == "xn--b1amnebsh.example.org"
    with pytest.raises(UrlError):
        host_of("/a")


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://m.gazeta.uz/ru/", "gazeta.uz"),
        ("https://www.bbc.co.uk/", "bbc.co.uk"),
        ("https://outlet.blogspot.com/", "outlet.blogspot.com"),
        ("https://новости.пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::1]/", "[::1]"),
        ("http://localhost/", "localhost"),
        ("https://www.kg/", "www.kg"),
    ],
)
def test_registered_domain_is_found_without_the_network(
    url: str, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the public suffix list must not be fetched")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert registered_domain(url) == domain


@given(
    st.text("abZ09._-/", max_size=30)
    | st.binary(max_size=12).map(quote_from_bytes)
    | st.text("абвёүғ/ -", max_size=12).map(quote),
    st.lists(
        st.tuples(st.text("abxпя0_=.-", max_size=4), st.text("abп9&%", max_size=4)), max_size=4
    ),
)
def test_the_short_cut_for_common_addresses_changes_no_key(
    path: str, parameters: list[tuple[str, str]]
) -> None:
    url = f"https://example.org/{path}"
    if parameters:
        url += "?" + "&".join(f"{quote(name)}={quote(value)}" for name, value in parameters)
    if key := urls._common_form(url):
        assert urls._canonical_once(key, original=key) == key
        assert urls._canonical_once(url, original=url) == key


@given(st.text("abZ09._~+-/?&=%2Cжёғ한é \u0301»", max_size=30))
def test_the_short_cut_for_whole_addresses_changes_none(rest: str) -> None:
    href = f"https://example.org/{rest}".rstrip()
    if urls._WHOLE.fullmatch(href):
        assert absolute_http_url("https://other.example/", href) == urls._resolved("", href)


@pytest.mark.parametrize(
    ("url", "front", "edition"),
    [
        ("https://kloop.kg", True, True),
        ("https://kloop.kg/", True, True),
        ("https://kloop.kg//", True, True),
        ("https://kloop.kg/?utm_source=feed", True, True),
        ("https://kloop.kg/#top", True, True),
        ("https://kloop.kg/index.php", True, True),
        ("https://kloop.kg/home", True, True),
        ("https://kloop.kg/ky", False, True),
        ("https://kloop.kg/ky/", False, True),
        ("https://kloop.kg/ky/index.html", False, True),
        ("https://kloop.kg/?p=7", False, False),
        ("https://kloop.kg/#/news/7", False, False),
        ("https://kloop.kg/#!7", False, False),
        ("https://kloop.kg/news", False, False),
        ("https://kloop.kg/kyindex.html", False, False),
        ("https://[kloop", False, False),
    ],
)
def test_a_front_page_is_told_from_what_has_an_address_of_its_own(
    url: str, front: bool, edition: bool
) -> None:
    assert is_front_page(url, editions=False) is front
    assert is_front_page(url) is edition
