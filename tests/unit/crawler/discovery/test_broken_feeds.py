"""Feeds with broken markup: what one item has wrong costs no other item."""

from __future__ import annotations

import time

import pytest

from core.sources import SkipKind
from crawler.discovery import FeedDocument, parse_feed
from crawler.discovery.feed_repair import opened_items, repaired

URL = "https://bulut.example/rss"
NUMBERS = tuple(range(1, 9))
HEAD = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    "<channel><title>Булут</title><link>https://bulut.example/</link><language>ru</language>"
)


def item(number: int, text: str = "Текст", *, title: str = "", more: str = "") -> str:
    return (
        f"<item><title>{title or f'Новость {number}'}</title>"
        f"<link>https://bulut.example/n/{number}</link>"
        f"<guid>https://bulut.example/n/{number}</guid><description>{text}</description>"
        "<category>Мир</category>"
        f"<pubDate>Mon, 23 Nov 2026 10:0{number}:00 +0600</pubDate>{more}</item>\n"
    )


def feed(third: str, *, between: str = "") -> str:
    """Return a feed of eight items, of which the third is given."""
    items = [item(number) for number in NUMBERS]
    items[2] = third
    return f"{HEAD}{''.join(items[:3])}{between}{''.join(items[3:])}</channel></rss>"


def without(closing: str) -> str:
    before, _, after = item(3).rpartition(closing)
    return f"{before}{after}"


def read(xml: str) -> FeedDocument:
    return parse_feed(xml.encode(), URL)


def numbers(document: FeedDocument) -> tuple[int, ...]:
    return tuple(int(entry.url.rpartition("/")[2]) for entry in document.entries)


TAGS = ("br", "img src='x.png'", "p", "b", "hr", "div class=x", 'a href="/x"', "center", "li")
LEAVES = ("description", "title", "guid", "category", "link", "pubDate", "item")
BROKEN = {
    **{f"<{tag}> in a description": feed(item(3, f"До <{tag}> после")) for tag in TAGS},
    **{f"<{tag}> in a title": feed(item(3, title=f"Новость <{tag}> 3")) for tag in TAGS},
    **{f"no </{leaf}>": feed(without(f"</{leaf}>")) for leaf in LEAVES},
    "-- in a comment": feed(item(3), between="<!-- ad -- block -->"),
    "-- in a comment of an item": feed(item(3, more="<!-- a -- b -->")),
    "a comment without end": feed(item(3), between="<!-- ad "),
    "a comment without end in an item": feed(item(3, more="<!-- ad ")),
    "CDATA without end": feed(item(3, "<![CDATA[Текст")),
    "CDATA without end before another": feed(
        item(3, "<![CDATA[Текст"), between=item(9, "<![CDATA[<b>Т</b>]]>")
    ),
    "a closing tag too many": feed(item(3, more="</p>")),
    "the wrong closing tag": feed(item(3, "а <b>б</i> в")),
    "an attribute without quotes": feed(item(3, more="<enclosure url=https://x.example/y.mp3>")),
    "an advertisement between items": feed(item(3), between="<p align=center><img src=x.png><br>"),
    "a script between items": feed(item(3), between="<script async>if(a<b&&c){x()}</script>"),
    "a page's markup in a description": feed(item(3, "<title>x</title><link rel=y> <br>")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_item_is_lost(name: str) -> None:
    document = read(BROKEN[name])
    found = [number for number in numbers(document) if number != 9]
    assert tuple(found) == NUMBERS
    assert document.language == "ru"
    assert document.title == "Булут"
    for entry in document.entries:
        if not entry.url.endswith("/3"):
            assert entry.title == f"Новость {entry.url.rpartition('/')[2]}"
            assert entry.published_at is not None
    third = next(entry for entry in document.entries if entry.url.endswith("/3"))
    assert third.title.startswith("Новость")


def test_several_broken_items_are_read_each_by_itself() -> None:
    items = [item(number, "а <br> б" if number % 2 else "а <b> б") for number in NUMBERS]
    assert numbers(read(f"{HEAD}{''.join(items)}</channel></rss>")) == NUMBERS


def test_atom_with_an_open_tag_keeps_its_entries() -> None:
    entries = [
        f'<entry><title>Новость {n}</title><link href="https://bulut.example/n/{n}">'
        f"<id>tag:{n}</id><updated>2026-11-23T10:0{n}:00Z</updated>"
        f'<content type="html">а {"<br>" if n == 3 else ""} б</content></entry>'
        for n in NUMBERS
    ]
    xml = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Б</title>{"".join(entries)}</feed>'
    assert numbers(read(xml)) == NUMBERS


def test_what_was_commented_out_stays_out() -> None:
    hidden = f"<!-- {item(9)} -->"
    document = read(feed(item(3, "а <br> б"), between=hidden))
    assert numbers(document) == NUMBERS
    assert numbers(read(feed(item(3), between=hidden))) == NUMBERS


def test_an_item_inside_a_text_is_no_item() -> None:
    document = read(feed(item(3, "<![CDATA[как <item> в <rss>]]>")))
    assert numbers(document) == NUMBERS
    assert not document.skipped


def test_what_no_reader_finds_is_on_record() -> None:
    xml = feed("<item></item>")
    document = read(xml.replace("<item></item>", "<item><title></title></item>" * 2))
    assert len(document.entries) == 7
    assert sum(skipped.count for skipped in document.skipped) >= 1
    kinds = {skipped.reason.kind for skipped in document.skipped}
    assert kinds <= {SkipKind.NO_LINK, SkipKind.BROKEN_MARKUP}


@pytest.mark.parametrize(
    "unit",
    ["<item>", "<item><description><![CDATA[x</item>", "<!--", "<![CDATA[", "<title>", "<!--x--",
     '<item a="', "</item>", '<link href="x">', "<item><description><link>"],
)  # fmt: skip
def test_the_work_grows_with_the_length_and_no_faster(unit: str) -> None:
    def spent(length: int) -> float:
        xml = f"{HEAD}<item>{unit * (length // len(unit))}"
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            opened_items(xml)
            repaired(xml)
            best = min(best, time.process_time() - began)
        return best

    short = spent(20_000)
    # Eight times as long: were it quadratic, 64 times as much.
    assert spent(160_000) < 30 * short + 0.05


@pytest.mark.parametrize(
    "link",
    ["N/A", "#", "null", "-", "https://bulut.example", "https://bulut.example/", "/", URL,
     "https://bulut.example/#news"],
)  # fmt: skip
def test_an_entry_whose_link_says_nothing_is_found_by_its_guid(link: str) -> None:
    items = "".join(
        f"<item><title>Новость {n}</title><link>{link}</link>"
        f"<guid>https://bulut.example/n/{n}</guid>"
        f"<pubDate>Mon, 23 Nov 2026 10:0{n}:00 +0600</pubDate></item>"
        for n in NUMBERS
    )
    assert numbers(read(f"{HEAD}{items}</channel></rss>")) == NUMBERS


def test_an_entry_with_a_placeholder_alone_is_on_record() -> None:
    items = item(1) + item(2).replace("https://bulut.example/n/2", "N/A")
    document = read(f"{HEAD}{items}</channel></rss>")
    assert numbers(document) == (1,)
    assert [skipped.reason.kind for skipped in document.skipped] == [SkipKind.NOT_A_WEB_ADDRESS]


def test_a_home_page_stays_the_link_of_an_entry_that_has_no_other() -> None:
    items = item(1).replace("https://bulut.example/n/1", "https://bulut.example/")
    (entry,) = read(f"{HEAD}{items}</channel></rss>").entries
    assert entry.url == "https://bulut.example/"


WELL_FORMED = {
    "an Atom entry that tells of another": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><id>urn:1</id>'
        '<title>A</title><source><title>Other</title><link href="https://other.example/s"/>'
        "</source></entry></feed>"
    ),
    "an item with a banner": (
        f"{HEAD}<item><title>A</title><image><link>https://ads.example/b</link></image></item>"
        "</channel></rss>"
    ),
}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_what_is_well_formed_is_never_repaired_into_entries(name: str) -> None:
    document = read(WELL_FORMED[name])
    assert document.entries == ()
    assert [skipped.reason.kind for skipped in document.skipped] == [SkipKind.NO_LINK]


def test_a_text_plants_no_entries() -> None:
    planted = (
        "<![CDATA[code: </item><item><title>X</title><link>https://evil.example/</link></item>"
        " <![CDATA[ z ]]>"
    )
    document = read(feed(item(3, planted)))
    assert numbers(document) == NUMBERS
    assert not document.skipped


def test_an_item_that_cdata_without_an_end_swallowed_is_read() -> None:
    items = [item(number) for number in NUMBERS]
    items[2] = item(3, "<![CDATA[<p>Текст")
    items[3] = item(4, "<![CDATA[Текст]]>")
    assert numbers(read(f"{HEAD}{''.join(items)}</channel></rss>")) == NUMBERS


def test_what_an_item_says_of_others_is_not_its_own() -> None:
    xml = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title>A</title>'
        '<link href="https://a.example/1"/><author><name>Ann Lee</name>'
        "<email>ann@x.example</email></author><summary>a <br> b</summary></entry>"
        '<entry><source><title>O</title><link href="https://o.example/"/></source>'
        "<media:group><media:title>M</media:title></media:group><title>B</title>"
        '<link href="https://a.example/2"/></entry></feed>'
    )
    first, second = parse_feed(xml.encode(), "https://a.example/feed").entries
    assert (first.title, first.url, first.authors) == ("A", "https://a.example/1", ("Ann Lee",))
    assert (second.title, second.url) == ("B", "https://a.example/2")


@pytest.mark.parametrize(
    ("link", "guid"),
    [
        ("https://strike2026.example/", "https://bulut.example/ids/123"),
        ("https://bulut.example/#/news/7", "https://bulut.example/guid/7"),
        ("https://bulut.example/", "https://ids.example/7"),
    ],
)
def test_a_link_that_may_be_an_articles_stays_whatever_the_guid_says(link: str, guid: str) -> None:
    items = (
        f'<item><title>A</title><link>{link}</link><guid isPermaLink="false">{guid}</guid></item>'
    )
    (entry,) = read(f"{HEAD}{items}</channel></rss>").entries
    assert entry.url == link
