"""Which links of a feed are articles of their own whatever their keys say, and which are new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.sources import Entry, KnownEntry
from core.url_parts import key_with, left_out_of_key
from crawler.decide.announcements import (
    article_key,
    candidates,
    is_announced_anew,
    told_apart,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = "https://outlet.example/n"


def entry(rest: str, title: str, *, guid: str = "", at: datetime | None = None) -> Entry:
    return Entry(url=KEY + rest, title=title, guid=guid, published_at=at)


def before(rest: str, title: str, *, guid: str = "", at: datetime | None = None) -> KnownEntry:
    return KnownEntry(source="outlet", url=KEY + rest, title=title, guid=guid, published_at=at)


def rests(entries: list[Entry], known: dict[str, KnownEntry] | None = None) -> list[str]:
    """Return what is left of the keys beside the usual one, which all entries share."""
    stored = {KEY + rest: found for rest, found in (known or {}).items()}
    return [key.removeprefix(KEY) for _, key in told_apart([(e, KEY) for e in entries], stored)]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([entry("#a", "А"), entry("#b", "Б")], ["#a", "#b"], id="fragments"),
        pytest.param(
            [entry("?icid=1", "А"), entry("?icid=2", "Б")], ["?icid=1", "?icid=2"], id="a-parameter"
        ),
        pytest.param([entry("", "А"), entry("#b", "Б")], ["", "#b"], id="one-without"),
        pytest.param(
            [entry("?utm_term=1#a", "А"), entry("?utm_term=2#b", "Б")], ["#a", "#b"],
            id="the-fragment-first",
        ),
        pytest.param(
            [entry("?utm_source=x&icid=1", "А"), entry("?utm_source=x&icid=2", "Б")],
            ["?icid=1", "?icid=2"],
            id="only-what-differs",
        ),
        pytest.param(
            [entry("?utm_term=1", "А"), entry("?utm_term=2", "А")], ["", ""], id="one-headline"
        ),
        pytest.param(
            [entry("?utm_source=a", "А"), entry("?utm_source=a", "Б")], ["", ""], id="no-difference"
        ),
        pytest.param([entry("#a", ""), entry("#b", "")], ["", ""], id="no-headlines"),
        pytest.param([entry("#a", "А")], [""], id="alone"),
        pytest.param(
            [entry("?UTM_term=1&icid=1", "А"), entry("?UTM_term=2&icid=2", "Б")],
            ["?icid=1", "?icid=2"],
            id="what-is-no-campaign-first",
        ),
        pytest.param(
            [entry("?yclid=1&icid=1", "А"), entry("?yclid=2&icid=2", "Б")],
            ["?icid=1", "?icid=2"],
            id="of-two-the-first-by-name",
        ),
    ],
)  # fmt: skip
def test_headlines_show_that_a_part_of_an_address_names_an_article(
    entries: list[Entry], expected: list[str]
) -> None:
    assert rests(entries) == expected


@pytest.mark.parametrize(
    ("known", "announced", "expected"),
    [
        pytest.param({"": before("#a", "А")}, entry("#b", "Б"), "#b", id="another-headline"),
        pytest.param({"": before("#a", "А")}, entry("#b", "А"), "", id="the-same-headline"),
        pytest.param(
            {"": before("?utm_term=1", "А", guid="7")},
            entry("?utm_term=2", "Б", guid="7"),
            "",
            id="the-same-guid",
        ),
        pytest.param(
            {"": before("?utm_term=1", "А", at=NOON)},
            entry("?utm_term=2", "Б", at=NOON),
            "",
            id="the-same-time",
        ),
        pytest.param(
            {"": before("?icid=1", "А", guid="7", at=NOON)},
            entry("?icid=2", "Б", guid="8", at=NOON),
            "?icid=2",
            id="another-guid",
        ),
        pytest.param(
            {"#b": before("#b", "Б")}, entry("#b", "Б с новым заголовком"), "#b", id="known-apart"
        ),
        pytest.param(
            {"": before("?utm_term=1", "А", at=NOON)},
            entry("?utm_term=1", "Б", at=NOON + HOUR),
            "",
            id="the-same-address",
        ),
        pytest.param(
            {"": before("?icid=1", "А", at=NOON)},
            entry("?icid=2", "Б", guid="8", at=NOON),
            "",
            id="the-same-time-and-a-guid-that-is-new",
        ),
        pytest.param(
            {"": before("#a", "Два слова")}, entry("#b", "ДВА  слова"), "", id="spaces-and-case"
        ),
        pytest.param({"": before("#a", "А")}, entry("#b", ""), "", id="without-a-headline"),
    ],
)
def test_what_was_announced_before_tells_it_as_well(
    known: dict[str, KnownEntry], announced: Entry, expected: str
) -> None:
    assert rests([announced], known) == [expected]


def test_an_address_without_such_parts_keeps_no_other_from_being_told_apart() -> None:
    other = Entry(url="https://outlet.example/plain", title="В")
    entries = [(other, "https://outlet.example/plain")]
    entries += [(each, KEY) for each in (entry("#a", "А"), entry("#b", "Б"))]
    assert [key for _, key in told_apart(entries, {})] == [
        "https://outlet.example/plain",
        f"{KEY}#a",
        f"{KEY}#b",
    ]


def test_only_what_may_have_been_kept_apart_is_looked_up() -> None:
    known = {KEY: before("?utm_term=1", "А")}
    assert candidates([(entry("?utm_term=2", "А"), KEY)], known) == []
    assert candidates([(entry("?utm_term=2#x", "Б"), KEY)], known) == [
        f"{KEY}#x",
        f"{KEY}?utm_term=2",
    ]
    assert candidates([(entry("?page=2", "Б"), KEY)], {}) == []


@pytest.mark.parametrize(
    ("known", "announced", "anew"),
    [
        (before("", "А", guid="1"), entry("", "Б", guid="2"), True),
        (before("", "А", at=NOON), entry("", "Б", at=NOON + HOUR), True),
        (before("", "А", guid="1", at=NOON), entry("", "Б", guid="1", at=NOON), False),
        (before("", "А", at=NOON), entry("", "Б", at=NOON - HOUR), False),
        (before("", "А", guid="1"), entry("", "А", guid="2", at=NOON), False),
        (before("", "А"), entry("", "Б"), False),
        (before("", "А", guid="1"), entry("", "", guid="2"), False),
        (before("", "А"), entry("", "Б", guid="2", at=NOON), False),
        (before("", "А", at=NOON), entry("", "", at=NOON + HOUR), False),
    ],
)
def test_a_known_link_is_new_with_another_headline_and_another_guid_or_a_later_time(
    known: KnownEntry, announced: Entry, anew: bool
) -> None:
    assert is_announced_anew(known, announced) is anew


@pytest.mark.parametrize(
    ("of_entry", "usual", "key"),
    [
        (KEY + "?icid=1", KEY, KEY + "?icid=1"),
        (KEY + "?id=1&icid=1", KEY + "?id=1", KEY + "?id=1&icid=1"),
        (KEY + "#a", KEY, KEY),
        (KEY, KEY, KEY),
        (KEY + "?icid=1", "https://outlet.example/moved", "https://outlet.example/moved"),
        (KEY + "/2", KEY, KEY),
    ],
)
def test_an_article_keeps_the_parameter_that_tells_its_entry_apart(
    of_entry: str, usual: str, key: str
) -> None:
    assert article_key(of_entry, usual) == key


def test_routes_and_parameters_that_name_articles_are_never_left_out() -> None:
    assert left_out_of_key(KEY + "?id=1#!/news/1") == {}
    assert left_out_of_key(KEY + "?id=1&from=rss&utm_term=2#x") == {
        "#": "x",
        "from": "rss",
        "utm_term": "2",
    }
    assert key_with(KEY + "?id=1", "icid", "2") == KEY + "?id=1&icid=2"
