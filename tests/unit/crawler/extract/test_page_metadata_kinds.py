"""Kinds of pages whose title, day or authors are easily misread; five small pages of each kind."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.extract.bylines import people
from crawler.extract.dated_page import DATED_PAGE, dated_page, guess_date
from crawler.extract.markup import parse
from crawler.extract.metadata import PageMetadata, read_metadata
from crawler.extract.page_dates import completed

URL = "https://www.talvik-bote.example/land/bruecke-42"
NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
LEAD = "<p>The mill at the lower ford will be sold, its owner told the parish on Sunday.</p>"


def read(head: str, body: str = LEAD, url: str = URL) -> PageMetadata:
    tree = parse(f"<html><head>{head}</head><body>{body}</body></html>".encode())
    assert tree is not None
    return read_metadata(tree, url)


def guessed(body: str, url: str = URL) -> date | None:
    tree = parse(f"<html><head><title>Mill</title></head><body>{body}</body></html>".encode())
    assert tree is not None
    moment = guess_date(dated_page(tree), url, ())
    return moment.date() if moment else None


def linked(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


@pytest.mark.parametrize(
    "name",
    [
        'property="article:published:time"', 'property="Article:Published_Time"',
        'name="article.publishedTime"', 'name="og-article-published-time"',
        'name="DCTERMS.Issued"', 'name="Publish_Date"', 'name="pub-date"',
        'itemprop="DatePublished"', 'name="parsely.pub_date"', 'name="news:publication-date"',
    ],
)  # fmt: skip
def test_a_date_is_found_however_its_meta_tag_is_spelled(name: str) -> None:
    assert read(f'<meta {name} content="2026-05-12T12:00:00Z">').published_at == NOON


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Mill sold</h1>{LEAD}<aside><time datetime='2026-04-01'>1 April</time></aside>",
        f"<article><h1>Mill sold</h1>{LEAD}</article>"
        "<article><h2>Ford</h2><time datetime='2026-04-01'></time></article>",
        f"<h1>Mill sold</h1>{LEAD}<div class='readalso'><time datetime='2026-04-01'></time></div>",
        f"<main><h1>Mill sold</h1>{LEAD}</main><div id='more-stories'><span><meta "
        "itemprop='datePublished' content='2026-04-01'></span></div>",
        f"<h1>Mill sold</h1>{LEAD}<a href='/f'><h3>Ford</h3>"
        "<time datetime='2026-04-01'></time></a>",
    ],
)
def test_the_date_of_another_story_is_not_the_page_s(body: str) -> None:
    assert read("", body).published_at is None


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Mill sold</h1><p class='stamp'>12 May 2026</p>{LEAD}"
        "<div class='teaser'><span class='date'>01.04.2026</span></div>",
        f"<div><span>12.05.2026</span><h1>Mill sold</h1></div>{LEAD}"
        "<a href='/f'><h2>Ford</h2><span class='date'>01.04.2026</span></a>",
        f"<h1>Мельница продана</h1><div>12 мая 2026, 12:00</div>{LEAD}"
        "<ul class='related'><li><span class='date'>01.04.2026</span></li></ul>",
        f"<h1>Mill sold</h1>{LEAD}<ul><li><b>Published</b> 2026-05-12</li></ul>"
        "<nav><span class='date'>2026-04-01</span></nav>",
        f"<h1>Mill sold</h1><div>By Ida Holm | May 12, 2026</div>{LEAD}"
        "<section class='most-read'><time class='date'>April 1, 2026</time></section>",
    ],
)
def test_a_date_beside_the_headline_is_the_page_s(body: str) -> None:
    assert guessed(body) == NOON.date()


@pytest.mark.parametrize(
    "filler",
    [
        f"<section><p>{'y' * DATED_PAGE}</p></section>",
        f"<script>var a='{'y' * DATED_PAGE}'</script>",
        f"<aside><p>{'y' * DATED_PAGE}</p></aside>",
        f"<div>{'<p>Ford</p>' * 200_000}</div>",
        f"<style>{'.y{}' * 600_000}</style>",
    ],
)
def test_a_huge_page_is_dated_by_its_head_and_what_stands_around_the_headline(filler: str) -> None:
    assert guessed(f"<main><h1>Mill sold</h1><i>on 12 May 2026</i>{LEAD}</main>{filler}") == (
        NOON.date()
    )


OTHER = '{"@type":"NewsArticle","headline":"Snow on the pass","url":"/snow","author":"Bo Ek",%s}'
OWN = '{"@type":"NewsArticle","headline":"Mill by the ford sold",%s}'
WHEN, EARLIER = '"datePublished":"2026-05-12T12:00:00Z"', '"datePublished":"2026-04-01T12:00:00Z"'


@pytest.mark.parametrize(
    "blocks",
    [
        linked(f"[{OTHER % EARLIER},{OWN % WHEN}]"),
        linked(OTHER % EARLIER) + linked(OWN % WHEN),
        linked('{"@type":"ItemList","itemListElement":[%s]}' % (OTHER % EARLIER))
        + linked(OWN % WHEN),
        linked(OTHER % EARLIER)
        + linked(f'{{"@type":"Article","url":"{URL}","headline":"Sold!",{WHEN}}}'),
        linked(OTHER % EARLIER) + f'<meta name="date" content="{NOON.isoformat()}">',
        linked((OTHER % EARLIER).replace('"url":"/snow"', '"@id":"https://talvik.example/snow"'))
        + f'<meta name="date" content="{NOON.isoformat()}">',
    ],
)
def test_json_ld_of_another_story_is_not_the_page_s(blocks: str) -> None:
    found = read(
        f"{blocks}<title>Mill by the ford sold</title>", f"<h1>Mill by the ford sold</h1>{LEAD}"
    )
    assert found.published_at == NOON
    assert found.title in ("Mill by the ford sold", "Sold!")
    assert found.authors == ()


OG = '<meta property="og:title" content="%s"><meta property="og:site_name" content="Talvik Bote">'


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (OG % "Mill sale: what the parish must know", "<h1>Old mill goes to a stranger</h1>",
         "Old mill goes to a stranger"),
        (OG % "Mill sale explained: parish, price, buyer", "<h1>Stranger buys the parish mill</h1>",
         "Stranger buys the parish mill"),
        (linked('{"@type":"Article","headline":"Mill sold Talvik 2026"}'),
         "<h1>Mill finds a buyer at last</h1>", "Mill finds a buyer at last"),
        (OG % "Мельница Тальвик продажа цена", "<h1>Мельницу купил приезжий</h1>",
         "Мельницу купил приезжий"),
        (OG % "Mill sold to a stranger" + "<title>Mill sale Talvik</title>",
         "<h1>Mill sold to a stranger</h1>", "Mill sold to a stranger"),
        (OG % "Talvik Bote — the valley's news" + "<title>Talvik Bote — the valley's news</title>",
         "<h1><svg><title>Flash</title></svg>Parish sells its oldest mill</h1>",
         "Parish sells its oldest mill"),
    ],
)  # fmt: skip
def test_the_headline_that_is_shown_beats_the_one_for_search_engines(
    head: str, body: str, title: str
) -> None:
    assert read(head, body + LEAD).title == title


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Talvik Bote</h1>",
        '<header><h1 class="logo"><a href="/">News from the valley mill</a></h1></header>',
        '<h1 style="display: none">Mill for search engines</h1>',
        "<h1>Country life</h1>",
        '<nav class="breadcrumbs"><h1>Mill sale overview</h1></nav><h2>Mill sold at last</h2>',
    ],
)
def test_an_h1_that_is_no_headline_is_passed_over(body: str) -> None:
    assert read(OG % "Mill sold at last", body + LEAD).title == "Mill sold at last"


@pytest.mark.parametrize(
    "h1",
    [
        '<h1><span class="kicker">Lower ford</span> Mill sold at last</h1>',
        '<h1><span class="dachzeile">Talvik</span><span>Mill sold at last</span></h1>',
        '<h1><small class="eyebrow">Parish</small><br>Mill sold at last</h1>',
        '<h1><span>Ford</span><i aria-hidden="true"> - </i><b>Mill sold at last</b></h1>',
        '<h1><em class="overline-x">Ford:</em><b>Mill sold at last</b></h1>',
    ],
)
def test_a_kicker_is_no_part_of_the_headline(h1: str) -> None:
    assert read("", h1 + LEAD).title == "Mill sold at last"


@pytest.mark.parametrize(
    ("title", "site"),
    [
        ("Mill sold at last | Country | Talvik Bote", "Talvik Bote"),
        ("Mill sold at last - Bote Online", "Bote"),
        ("Talvik Bote: Mill sold at last", "Talvik Bote"),
        ("Mill sold at last – talvik-bote.example", ""),
        ("Mill sold at last | Talvik-Bote", "Tälvik"),
    ],
)
def test_the_outlet_s_name_is_cut_off_the_title(title: str, site: str) -> None:
    head = f'<title>{title}</title><meta property="og:site_name" content="{site}">'
    body = "<h1>Mill sold at last</h1>" if "Country" in title else "<h1>Menu</h1><h1>Ads</h1>"
    assert read(head, body + LEAD).title == "Mill sold at last"


@pytest.mark.parametrize(
    "name",
    ["Talvik Bote", "talvik-bote.example", "Redaktion Talvik", "Bote Newsroom", "Редакция"],
)
def test_an_outlet_or_its_newsroom_is_no_author(name: str) -> None:
    head = '<meta property="og:site_name" content="Talvik Bote">' + linked(
        f'{{"@type":"Article","headline":"H","author":{{"@type":"Person","name":"{name}"}}}}'
    )
    assert read(head).authors == ()
    assert read(head, f"<p class='byline'>Von Ida Holm</p>{LEAD}").authors == ("Ida Holm",)


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("von Ida Holm", ("Ida Holm",)), ("Par Inès Roy", ("Inès Roy",)),
        ("Автор: Нина Ким", ("Нина Ким",)), ("Written by Ida Holm", ("Ida Holm",)),
        ("Ursula von der Ahe", ("Ursula von der Ahe",)),
        ("Von Ida Holm und Jo Berg", ("Ida Holm", "Jo Berg")),
        ("Ida Holm, Jo Berg and Uwe Kai", ("Ida Holm", "Jo Berg", "Uwe Kai")),
        ("Inès Roy et Luc Blé", ("Inès Roy", "Luc Blé")),
        ("Ida Holm & Jo Berg", ("Ida Holm", "Jo Berg")),
        ("José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("Нина Ким и Олег Цой", ("Нина Ким", "Олег Цой")),
        ("Ida Holm, Political correspondent", ("Ida Holm",)),
        ("Ida Holm Redakteurin", ("Ida Holm",)),
        ("Нина Ким, корреспондент", ("Нина Ким",)),
        ("Ida Holm, Travel Editor", ("Ida Holm",)),
        ("Jo Berg, Talvik University", ("Jo Berg",)),
        ("(Image: Nordfoto/Ek)", ()), ("Foto: Jo Berg", ()), ("© Jo Berg", ()),
        ("Фото: Нина Ким", ()), ("Photo by Jo Berg", ()),
        ("105092", ()), ("ida.holm", ()), ("@idaholm", ()), ("ida@talvik.example", ()),
        ("Ida Holm (ida@talvik.example)", ("Ida Holm",)),
        ("Ida Holm 12.05.2026, 15:23", ("Ida Holm",)), ("Holm, Ida", ("Ida Holm",)),
        ("AFP", ("AFP",)), ("Ida Holm, dpa", ("Ida Holm", "dpa")),
    ],
)  # fmt: skip
def test_a_byline_gives_the_names_of_people(raw: str, names: tuple[str, ...]) -> None:
    assert people([raw]) == names


def test_a_name_in_capitals_is_the_one_written_as_usual() -> None:
    assert people(["IDA HOLM", "Ida Holm", "JO BERG"]) == ("Ida Holm", "JO BERG")


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Mill sold</h1><p>von <a href='/p/1'>Dr. Ida Holm</a></p>",
        "<h1>Mill sold</h1><ul class='metaAuthorList'><li>Dr. Ida Holm</li></ul>",
        "<h1>Mill sold</h1><ul><li><strong>Author</strong> Dr. Ida Holm</li></ul>",
        "<h1>Mill sold</h1><dl><dt>Autor:</dt><dd>Dr. Ida Holm</dd></dl>",
        "<div class='related'><i class='author'>Bo Ek</i></div><h1>Mill sold</h1>"
        "<span class='authorname'>Dr. Ida Holm</span>",
    ],
)
def test_a_byline_is_found_where_the_page_shows_it(body: str) -> None:
    assert read("", body + LEAD).authors == ("Dr. Ida Holm",)


@pytest.mark.parametrize(
    ("announced", "stated", "expected"),
    [
        (datetime(2026, 5, 12, tzinfo=UTC), NOON, NOON),
        (datetime(2026, 5, 13, tzinfo=UTC), NOON, NOON),  # a day further east
        (datetime(2026, 5, 9, tzinfo=UTC), NOON, datetime(2026, 5, 9, tzinfo=UTC)),
        (datetime(2026, 5, 12, 8, tzinfo=UTC), NOON, datetime(2026, 5, 12, 8, tzinfo=UTC)),
        (None, NOON, NOON),
    ],
)
def test_a_feed_s_day_is_completed_by_the_page_s_time(
    announced: datetime | None, stated: datetime, expected: datetime
) -> None:
    assert completed(announced, stated) == expected
