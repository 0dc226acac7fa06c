"""Pages that list articles, in the layouts that outlets use, made here."""

from __future__ import annotations

import pickle
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import ListingDocument, NotAListing, check_selector, parse_listing
from crawler.discovery.listing_addresses import address_form, article_likeness
from tests.cpu import times_the_work

URL = "https://outlet.example/"
MENU = (
    '<header><div class="main-menu"><ul>'
    + "".join(
        f'<li><a href="/{name}/">Международная {name} и общество</a></li>'
        for name in ("politics", "economy", "sport", "culture", "society", "world", "tech")
    )
    + "</ul></div></header>"
)
TAGS = '<div class="cloud">' + "".join(
    f'<a href="/tag/word-{number}">Отношения между странами {number}</a> ' for number in range(40)
) + "</div>"  # fmt: skip
CALENDAR = "<table>" + "".join(
    f'<td><a href="/2026/11/{day:02}">{day}</a></td>' for day in range(1, 31)
) + "</table>"  # fmt: skip
FOOTER = "<footer>" + "".join(
    f'<p><a href="/docs/{number + 10}">Правила и условия пользования сайтом {number}</a></p>'
    for number in range(12)
) + "</footer>"  # fmt: skip


def headline(number: int) -> str:
    return f"Правительство приняло новый закон о труде, часть {number}"


def card(number: int, time_of: str | None = None) -> str:
    address = f"/news/{number + 1000}"
    moment = f'<time datetime="{time_of}">сегодня</time>' if time_of else ""
    return (
        f'<article class="post post-{number}"><a href="{address}"><img src="x.jpg" alt="Фото"></a>'
        f'<div><a href="/category/politics/">Политика</a><h3><a href="{address}">'
        f'{headline(number)}</a></h3>{moment}<a href="{address}#comments">12</a></div></article>'
    )


def cards(count: int = 20) -> str:
    return f'<main><div class="news-list">{"".join(map(card, range(count)))}</div></main>'


def rows(count: int, address: str, classes: str = "row") -> str:
    return "".join(
        f'<div class="{classes}"><a href="{address.format(number + 1000)}">{headline(number)}</a>'
        "</div>"
        for number in range(count)
    )


def read(page: str, url: str = URL, links: str | None = None) -> ListingDocument:
    return parse_listing(page.encode(), url, links=links)


def addresses(document: ListingDocument) -> list[str]:
    return [entry.url for entry in document.entries]


def test_the_list_is_found_among_menus_tags_calendars_and_footers() -> None:
    document = read(MENU + TAGS + cards() + CALENDAR + FOOTER)
    assert addresses(document) == [
        f"https://outlet.example/news/{number + 1000}" for number in range(20)
    ]
    assert [entry.title for entry in document.entries] == [headline(n) for n in range(20)]
    assert document.how == (
        "20 links in `article.post > div > h3 > a`: 100% with a headline's text,"
        " 100% with an article's address"
    )
    assert 0.8 < document.confidence <= 1
    assert document.skipped == ()


def test_menus_tags_calendars_and_footers_alone_are_no_list() -> None:
    with pytest.raises(NotAListing, match="nothing on the page looks like a list") as caught:
        read(MENU + TAGS + CALENDAR + FOOTER)
    assert caught.value.url == URL


def test_five_links_make_a_list_and_four_do_not() -> None:
    assert len(read(cards(5)).entries) == 5
    with pytest.raises(
        NotAListing, match=r"the closest is 4 links in `article\.post > div > h3 > a`"
    ):
        read(cards(4))


def test_a_short_list_is_less_sure_than_a_long_one() -> None:
    assert read(cards(5)).confidence < read(cards(20)).confidence


def test_the_main_list_wins_over_most_read_and_the_lead_story_joins_it() -> None:
    lead = f'<div class="lead"><h2><a href="/news/999">{headline(999)}</a></h2></div>'
    popular = f'<div class="most-read">{rows(30, "/news/{}1")}</div>'
    document = read(lead + popular + cards(8))
    assert addresses(document)[0] == "https://outlet.example/news/999"
    assert addresses(document)[1:] == [f"https://outlet.example/news/{n + 1000}" for n in range(8)]
    assert "and 1 link elsewhere to addresses of the same form" in document.how


def test_most_read_is_taken_when_there_is_nothing_better_but_is_less_sure() -> None:
    document = read(f'<div class="most-read">{rows(30, "/news/{}1")}</div>')
    assert len(document.entries) == 30
    assert document.confidence < read(rows(30, "/news/{}1")).confidence


@pytest.mark.parametrize("landmark", ["nav", "footer", "aside"])
def test_lists_in_navigation_footers_and_asides_are_not_taken(landmark: str) -> None:
    with pytest.raises(NotAListing):
        read(f"<{landmark}>{cards()}</{landmark}>")


@pytest.mark.parametrize(
    "address",
    [
        "?id={}",
        "/index.php?newsid={}",
        "/новости/очень-важная-новость-{}",
        "/2026/11/01/zakon-prinyat-{}/",
        "/a/31{}.html",
        "/ru/news/{}",
        "/politika-i-obschestvo-{}",
        "//outlet.example/story/{}",
    ],
)
def test_addresses_of_many_shapes_are_articles(address: str) -> None:
    assert len(read(MENU + rows(10, address), "https://outlet.example/news").entries) == 10


def test_relative_links_start_from_the_base_the_page_names() -> None:
    page = f'<base href="https://outlet.example/ru/">{rows(6, "news/{}")}'
    assert addresses(read(page))[0] == "https://outlet.example/ru/news/1000"


def test_links_away_from_the_site_are_skipped_with_the_reason() -> None:
    document = read(
        rows(6, "/news/{}") + rows(1, "https://elsewhere.org/news/{}") + rows(1, "javascript:{}")
    )
    assert len(document.entries) == 6
    assert [(skipped.reason.words, skipped.detail) for skipped in document.skipped] == [
        ("another site's page", "https://elsewhere.org/news/1000"),
        ("link is not a web address", "javascript:1000"),
    ]


def test_sections_within_the_list_are_skipped_with_the_reason() -> None:
    document = read(rows(10, "/news/{}") + rows(1, "/tag/{}"))
    assert len(document.entries) == 10
    assert [skipped.reason.words for skipped in document.skipped] == [
        "address of a section, an archive or a file"
    ]


def test_a_title_beside_the_only_link_of_its_card_is_used() -> None:
    page = "".join(
        f'<div class="card"><h3>{headline(n)}</h3><a href="/news/{n + 1000}">Читать</a></div>'
        for n in range(8)
    )
    assert [entry.title for entry in read(page).entries] == [headline(n) for n in range(8)]


def test_the_heading_in_a_link_that_wraps_its_card_is_the_title() -> None:
    page = "".join(
        f'<a class="card" href="/news/{n + 1000}"><time>12:30</time><h3>{headline(n)}</h3>'
        f"<p>Длинный рассказ о том, что произошло сегодня в стране.</p></a>"
        for n in range(8)
    )
    assert [entry.title for entry in read(page).entries] == [headline(n) for n in range(8)]


def test_the_clock_before_a_headline_is_not_part_of_it() -> None:
    page = "".join(
        f'<li><a href="/news/{n + 1000}"><span>12:3{n}</span><span>{headline(n)}</span></a></li>'
        for n in range(8)
    )
    assert read(page).entries[3].title == headline(3)


def test_the_longest_text_of_links_to_one_article_is_its_title() -> None:
    page = "".join(
        f'<li><a href="/news/{n + 1000}"><img alt=""></a><a href="/news/{n + 1000}">{headline(n)}'
        f'</a><a href="/news/{n + 1000}">Подробнее тут</a></li>'
        for n in range(8)
    )
    document = read(page)
    assert [entry.title for entry in document.entries] == [headline(n) for n in range(8)]


def test_a_time_belongs_to_the_article_of_its_card() -> None:
    page = "".join(card(n, f"2026-05-0{n + 1}T15:00:00+05:00") for n in range(6))
    assert [entry.published_at for entry in read(page).entries] == [
        datetime(2026, 5, n + 1, 10, tzinfo=UTC) for n in range(6)
    ]


@pytest.mark.parametrize(
    "times",
    [
        '<time datetime="2026-05-01T10:00Z"></time><time datetime="2026-05-02T10:00Z"></time>',
        '<time datetime="PT5M"></time>',
        "<time>12:30</time>",
    ],
)
def test_an_ambiguous_or_incomplete_time_is_none(times: str) -> None:
    page = "".join(f"<li>{card(n)}{times}</li>" for n in range(6))
    assert {entry.published_at for entry in read(page).entries} == {None}


def test_a_time_above_the_list_is_nobodys() -> None:
    page = f'<div><time datetime="2026-05-01T10:00Z"></time>{rows(6, "/news/{}")}</div>'
    assert {entry.published_at for entry in read(page).entries} == {None}


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<link rel="next" href="/page/2/">', "/page/2/"),
        ('<a rel="next" href="/more">…</a>', "/more"),
        ('<a href="/p2">Следующая »</a>', "/p2"),
        ('<a href="/p2">← Older posts</a>', "/p2"),
        ('<a href="/?page=2">»</a>', "/?page=2"),
        ('<a href="/?page=1">1</a><a href="/?page=2">2</a><a href="/?page=3">3</a>', "/?page=2"),
        ('<li class="next"><a href="/page/2"></a></li>', "/page/2"),
        ('<nav><a href="/?page=2">Показать ещё</a></nav>', "/?page=2"),
    ],
)
def test_the_next_page_is_found(markup: str, address: str) -> None:
    assert read(markup + rows(6, "/news/{}")).next_page == "https://outlet.example" + address


def test_the_next_page_of_a_later_page_has_the_next_number() -> None:
    numbers = "".join(f'<a href="/?page={n}">{n}</a>' for n in (1, 2, 3, 4))
    document = read(numbers + rows(6, "/news/{}"), "https://outlet.example/?page=3")
    assert document.next_page == "https://outlet.example/?page=4"


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="/news/5">Далее</a>',
        '<a href="#">Next</a>',
        '<a href="https://elsewhere.org/" rel="next">Next</a>',
        '<a href="/about">2</a>',
    ],
)
def test_what_only_looks_like_a_next_page_is_none(markup: str) -> None:
    assert read(markup + rows(6, "/news/{}")).next_page is None


@pytest.mark.parametrize(
    "links",
    ["h3 a", "h3", "article", ".news-list", "//h3/a", "(//h3)/a", ".//h3/a/@href", "article.post"],
)
def test_a_selector_may_pick_links_or_what_contains_them(links: str) -> None:
    document = read(MENU + cards(3), links=links)
    assert addresses(document) == [f"https://outlet.example/news/{n + 1000}" for n in range(3)]
    assert document.entries[0].title == headline(0)
    assert document.how == f"3 links picked by `{links}`"
    assert document.confidence == 1


def test_a_selector_may_pick_what_stands_inside_links_and_in_navigation() -> None:
    page = '<nav><a href="/x/1"><span class="t">A</span></a></nav>'
    document = read(page, links="span.t")
    assert [(entry.url, entry.title) for entry in document.entries] == [
        ("https://outlet.example/x/1", "A")
    ]


def test_a_selector_that_picks_nothing_or_nothing_usable_says_so() -> None:
    with pytest.raises(NotAListing, match=r"nothing on the page is picked by `\.news`"):
        read(cards(), links=".news")
    with pytest.raises(NotAListing, match="another site's page"):
        read('<a class="x" href="https://elsewhere.org/">x</a>', links=".x")


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("", "is empty"),
        ("h3[", "is not a CSS selector that picks links"),
        ("a::text", "is not a CSS selector"),
        ("//a[", "is not an XPath expression that picks links"),
        ("//x:a", "Undefined namespace prefix"),
        ("(count(//a))", "gives a value instead of elements"),
        ("//a[nope()]", "is not an XPath expression"),
        ("a" * 1001, "longer than 1000 characters"),
        ("(" * 900, "is not an XPath expression"),
        (":not(" * 190, "is not a CSS selector"),
    ],
)
def test_bad_selectors_are_refused_with_a_reason(selector: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_selector(selector)
    with pytest.raises(ValueError, match=message):
        read("", links=selector)


@pytest.mark.parametrize("selector", ["h3 > a", " a.title ", "//a", "./body//a", "(//a)[1]"])
def test_good_selectors_pass(selector: str) -> None:
    check_selector(selector)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer was empty"),
        (b"<!-- x -->", "the answer was empty"),
        (b"<p>Hello</p>", "the page has no links"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "the page has no links"),
    ],
)
def test_pages_without_links_are_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(NotAListing, match=reason):
        parse_listing(body, URL)


def test_a_page_at_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(NotAListing, match="its own address"):
        read(cards(), "file:///etc/passwd")


def test_the_refusal_survives_the_way_out_of_the_sandbox() -> None:
    error = pickle.loads(pickle.dumps(NotAListing("no", url=URL)))  # noqa: S301 - our own bytes
    assert (error.message, error.url) == ("no", URL)


def test_windows_1251_pages_keep_their_titles() -> None:
    body = ('<meta charset="windows-1251">' + cards()).encode("cp1251")
    assert parse_listing(body, URL).entries[0].title == headline(0)


def test_a_link_farm_is_read_in_linear_time_up_to_its_bound() -> None:
    farm, tenth = rows(20_001, "/news/{}"), rows(2_000, "/news/{}")
    # Ten times the links cost ten times the work; 100 times it, were a step quadratic.
    documents: list[ListingDocument] = []
    assert times_the_work(lambda: documents.append(read(farm)), lambda: read(tenth)) < 40
    (document,) = documents
    assert len(document.entries) == 20_000
    assert [skipped.reason.words for skipped in document.skipped] == [
        "beyond the first 20,000 links"
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + cards(),
        "<a href=/news/1>" * 30_000 + "<i>" * 100_000,
        "<div><a href=/news/1000>" * 1_000 + "<i></i>" * 100_000,
        "<div " + " ".join(f"a{number}=x" for number in range(100_000)) + ">" + cards(),
        "<div x='<' " + " ".join(f"a{number}" for number in range(100_000)) + ">" + cards(),
        "<a '" * 500_000,
        "<script" * 500_000,
        "<div>" * 500 + '<time datetime="2026-01-01"></time>' * 30_000,
        f"<a href=/1>{'x' * 3_000_000}</a>",
        f'<div class="{"most-read " * 300_000}">{cards()}',
    ],
    ids=[
        "nesting", "nested links", "nested links around much", "attributes", "bare attributes",
        "open quotes", "open scripts", "times", "long text", "classes",
    ],
)  # fmt: skip
def test_hostile_pages_cost_no_more_than_honest_ones(page: str) -> None:
    honest = rows(1_000, "/news/{}")

    def done_with() -> None:
        with suppress(NotAListing):
            read(page)

    assert (
        times_the_work(done_with, lambda: read(honest)) < 40
    )  # 5 at most, for five times the bytes


def test_a_tag_with_too_many_attributes_does_not_hide_the_list() -> None:
    attributes = " ".join(f"a{number}='>'" for number in range(50_000))
    assert len(read(f"<div {attributes}>{cards()}</div>").entries) == 20


@given(
    st.binary(max_size=300)
    | st.text("<>a href='\"/1-?#=h3time.next ", max_size=300).map(str.encode)
    | st.binary(max_size=100).map(lambda body: cards(5).encode() + body)
)
def test_any_bytes_give_a_document_or_a_reason(body: bytes) -> None:
    with suppress(NotAListing):
        document = parse_listing(body, URL)
        assert 0 < document.confidence <= 1
        assert all(entry.url.startswith("https://outlet.example/") for entry in document.entries)


@pytest.mark.parametrize(
    "path",
    [
        "/news/12345", "/2026/11/01/zakon", "/zakon-o-trude-prinyat", "/a/29384.html", "/?p=123",
        "/category/politics/2026/zakon-o-trude", "/index.php?newsid=7", "/новость-дня-о-главном",
        "/ru/articles/6543f1a2-77aa-4bcd-9f00-0123456789ab", "/news/201211",
    ],
)  # fmt: skip
def test_addresses_of_articles_look_like_them(path: str) -> None:
    assert article_likeness("https://outlet.example" + path) >= 0.8


@pytest.mark.parametrize(
    "path",
    [
        "/", "/2026/11/01", "/ru/2026/11", "/archive/2026-11-01", "/2026", "/tag/zakon-o",
        "/category/politics/", "/author/ivan-ivanovich-ivanov", "/news/?page=2", "/page/2",
        "/photo-of-the-day.jpg", "/report-of-the-year.pdf", "/?s=zakon", "/topics/war-and-peace-1",
    ],
)  # fmt: skip
def test_addresses_of_sections_archives_and_files_do_not(path: str) -> None:
    assert article_likeness("https://outlet.example" + path) == 0


@pytest.mark.parametrize(
    "path",
    ["/politics", "/about", "/ru/sport", "/politics/economy", "/news/20261101", "/news/2026"],
)
def test_addresses_that_may_be_either_are_in_between(path: str) -> None:
    assert 0 < article_likeness("https://outlet.example" + path) < 0.5


def test_the_form_of_an_address_is_what_its_kind_shares() -> None:
    assert address_form("https://x.example/news/123/zakon-o-trude.html?id=1") == "/news/#/*.html?id"
