from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extract.bylines import people
from crawler.extract.markup import parse
from crawler.extract.metadata import PageMetadata, read_metadata

URL = "https://news.example.org/2026/a-story?utm_source=feed"


def metadata(head: str, body: str = "", url: str = URL) -> PageMetadata:
    tree = parse(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>".encode())
    assert tree is not None
    return read_metadata(tree, url)


def linked(json: str) -> str:
    return f'<script type="application/ld+json">{json}</script>'


def test_article_node_is_found_inside_a_graph_and_its_references_are_followed() -> None:
    read = metadata(
        linked(
            '{"@graph":[{"@type":"WebSite"},{"@type":"Person","@id":"#p","name":"Ann Lee"},'
            '{"@type":["NewsArticle","Article"],"headline":"H","author":[{"@id":"#p"}],'
            '"publisher":{"name":"Outlet"},"datePublished":"2026-05-12T12:00:00Z"}]}'
        )
    )
    assert (read.title, read.authors, read.site_name) == ("H", ("Ann Lee",), "Outlet")
    assert read.published_at == datetime(2026, 5, 12, 12, tzinfo=UTC)
    assert read.is_article


@pytest.mark.parametrize(
    "block",
    [
        '<!--\n{"@type":"Article","headline":"H"}\n-->',
        '//<![CDATA[\n{"@type":"Article","headline":"H"}\n//]]>',
        '{"@type":"Article","headline":"H"};',
        '{"@type":"https://schema.org/Article","headline":"H","description":"a\nb"}',
    ],
)
def test_json_that_outlets_wrap_or_break_is_read(block: str) -> None:
    assert metadata(linked(block)).title == "H"


@pytest.mark.parametrize(
    "block", ["", "{", "null", "[1, 2]", '"text"', "[" * 50_000, '{"@type": {}}']
)
def test_block_that_says_nothing_is_passed_over(block: str) -> None:
    assert metadata(linked(block) + linked('{"@type":"Article","headline":"H"}')).title == "H"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="og:title" content="Headline"><title>Headline | Site</title>', ""),
        ('<meta property="og:site_name" content="Site"><title>Headline | Site</title>', ""),
        ("<title>Headline — Site</title>", "<h1>Headline</h1>"),
        ("<title>Site</title>", "<h1>Headline</h1>"),
        ('<meta property="og:title" content="Head&amp;amp;line">', ""),
    ],
)
def test_title_is_the_headline_without_the_site(head: str, body: str) -> None:
    assert metadata(head, body).title.replace("&", "") == "Headline"


def test_title_with_a_dash_of_its_own_stays_whole() -> None:
    assert metadata("<title>Osh — city of two bridges</title>").title == "Osh — city of two bridges"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://news.example.org/2026/a-story", "https://news.example.org/2026/a-story"),
        ("/2026/a-story", "https://news.example.org/2026/a-story"),
        ("https://www.example.org/2026/a-story", "https://www.example.org/2026/a-story"),
        ("https://other.example/2026/a-story", None),
        ("javascript:alert(1)", None),
        ("ftp://news.example.org/x", None),
        ("https://news.example.org/", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_canonical_url_is_an_address_of_the_same_outlet(href: str, expected: str | None) -> None:
    assert metadata(f'<link rel="canonical" href="{href}">').canonical_url == expected


def test_open_graph_address_stands_in_for_a_foreign_canonical() -> None:
    head = (
        '<link rel="canonical" href="https://other.example/a">'
        '<meta property="og:url" content="https://news.example.org/b">'
    )
    assert metadata(head).canonical_url == "https://news.example.org/b"


def test_loopback_outlet_is_known_by_its_host() -> None:
    head = '<link rel="canonical" href="/a">'
    assert (
        metadata(head, url="http://127.0.0.1:8080/a?x=1").canonical_url == "http://127.0.0.1:8080/a"
    )


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (["By Ann Lee and Tom Roe"], ("Ann Lee", "Tom Roe")),
        (["Иван Петров, Анна Ли"], ("Иван Петров", "Анна Ли")),
        (["Автор: Айгүл Сәрсенова"], ("Айгүл Сәрсенова",)),
        (["Ann Lee", "ann lee"], ("Ann Lee",)),
        (["https://example.org/people/ann", "ann@example.org", "admin", "Outlet", ""], ()),
        (["This article was first published by the partners of our outlet in May"], ()),
    ],
)
def test_bylines_become_names(raw: list[str], names: tuple[str, ...]) -> None:
    assert people(raw, "Outlet") == names


@pytest.mark.parametrize(
    "name",
    [
        "Иван Редакторов", "Мария Журналистова", "Айбек Кабарчыев", "Botir Muxbirov",
        "Red Ames", "Christopher Guest", "Вера Петрова", "Vera Petrova", "Азат Асанбеков",
    ],
)  # fmt: skip
def test_a_person_is_one_whose_name_is_like_a_role_a_newsroom_or_the_outlet(name: str) -> None:
    assert people([name], "Вера", "Vera", "Азат") == (name,)


@pytest.mark.parametrize(
    "raw",
    [
        "Редактор", "Корреспонденты", "Red", "red", "Guest", "Guest Contributor", "Vera Desk",
        "Vera Russian", "VERA PETROVA", "Вера Новости", "Азат Медиа", "Travel Editor",
    ],
)  # fmt: skip
def test_roles_newsrooms_and_departments_are_no_persons(raw: str) -> None:
    assert people([raw], "Вера", "Vera", "Азат") == ()


def test_author_is_read_from_the_byline_when_nothing_else_names_one() -> None:
    body = '<aside><a rel="author">Not Me</a></aside><p class="byline">By Ann Lee</p>'
    assert metadata("", body).authors == ("Ann Lee",)


def test_bylines_are_read_in_the_order_of_the_page_whatever_marks_them() -> None:
    body = (
        '<b class="authority">City Hall</b><span class="post byline">By Ann Lee</span>'
        '<a itemprop="author" class="author">Bo Roe</a><a rel="author">Cy Doe</a>'
    )
    assert metadata("", body).authors == ("Ann Lee", "Bo Roe", "Cy Doe")


def test_tags_come_from_article_tags_and_keywords_once_each() -> None:
    tag = '<meta property="article:tag" content="%s">'
    assert metadata(tag % "Border" + tag % "border").tags == ("Border",)
    assert metadata('<meta name="keywords" content="a b, c, , @d">').tags == ("a b", "c")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta property="article:published_time" content="2026-05-12T15:00:00+03:00">', ""),
        ('<meta itemprop="datePublished" content="2026-05-12T12:00:00Z">', ""),
        ('<meta name="pubdate" content="Tue, 12 May 2026 12:00:00 GMT">', ""),
        ("", '<time datetime="2026-05-12T12:00:00Z">now</time>'),
        (
            "",
            '<nav><time datetime="2020-01-01"/></nav><time datetime="2026-05-12T12:00Z"></time>',
        ),
        ("", '<span itemprop="datePublished" content="2026-05-12T12:00:00Z"></span>'),
        (linked('{"@type":"WebPage","datePublished":"2026-05-12T12:00:00Z"}'), ""),
    ],
)
def test_publication_time_is_found_where_pages_put_it(head: str, body: str) -> None:
    assert metadata(head, body).published_at == datetime(2026, 5, 12, 12, tzinfo=UTC)


def test_modification_time_is_not_publication_time() -> None:
    head = '<meta property="og:updated_time" content="2026-05-12T12:00:00Z">'
    assert metadata(head).published_at is None


def test_names_that_are_objects_are_followed_to_a_limit() -> None:
    near = '{"@type": "NewsArticle", "headline": {"name": {"@value": "Snow"}}}'
    far = '{"@type": "NewsArticle", "headline": ' + '{"name":' * 400 + '"Snow"' + "}" * 401
    assert metadata(linked(near)).title == "Snow"
    assert metadata(linked(far)).title == ""


def test_an_article_before_or_after_a_list_of_a_million_nodes_is_found_quickly() -> None:
    crowd = "{}," * 1_000_000
    node = '{"@type": "NewsArticle", "headline": "Snow"}'
    assert metadata(linked(f"[{node},{crowd}{{}}]")).title == "Snow"
    assert metadata(linked(f"[{crowd}{node}]")).title == ""  # beyond the nodes that are visited


_OWN = '{"@type":"NewsArticle","headline":"A decree","datePublished":"2026-11-23T10:00:00+06:00"}'


@pytest.mark.parametrize(
    ("opening", "content"),
    [
        ("application/ld+json; charset=utf-8", _OWN),
        ("Application/LD+JSON", _OWN),
        ("application/ld+json", f"\ufeff{_OWN};"),
        ("application/ld+json", f"{_OWN[:-1]},}}"),
        ("application/ld+json", f'{_OWN}\n{{"@type":"Organization","name":"B"}}'),
        ("application/ld+json", f"<!-- {_OWN} -->"),
        ("application/ld+json", f'{_OWN[:-1]},"description":"The paper "Bulut" says"}}'),
        ("application/ld+json", f"{_OWN} /* end */ }}"),
        ("application/ld+json", f'{{"@type":"WebSite"}}\n{_OWN[:-1]},}}'),
    ],
)
def test_linked_data_is_read_however_untidy_its_block_is(opening: str, content: str) -> None:
    read = metadata(f'<script type="{opening}">{content}</script>')
    assert read.title == "A decree"
    assert read.published_at == datetime(2026, 11, 23, 4, tzinfo=UTC)
