"""What goes by its shape alone, and what must stay."""

from __future__ import annotations

import time

import pytest
from lxml.html import HtmlElement, fragment_fromstring

from crawler.extract.looks import Looks
from crawler.extract.markup import parse
from crawler.extract.pruning import prune

LONG = "The river froze early this year and the ferries stopped a week before the harvest fair. "


def left(body: str) -> str:
    tree = page(body)
    prune(tree, Looks())
    return words(tree)


def page(body: str) -> HtmlElement:
    tree = fragment_fromstring(body, create_parent="body")
    assert isinstance(tree, HtmlElement)
    return tree


def words(tree: HtmlElement) -> str:
    return " ".join(" ".join(str(text) for text in tree.itertext()).split())


@pytest.mark.parametrize(
    "menu",
    [
        "<p><a href='/'>Gazette</a> | <a href='/1'>News</a> | <a href='/2'>Sport</a></p>",
        "<ul><li>12:40 <a href='/1'>Bread is dearer</a><li>12:31 <a href='/2'>Rain</a></ul>",
        "<table><tr><td><a href='/1'>1</a><td><a href='/2'>2</a></tr></table>",
    ],
)
def test_block_of_nothing_but_links_goes(menu: str) -> None:
    assert left(f"{menu}<p>Snow fell.</p>") == "Snow fell."


@pytest.mark.parametrize(
    "text",
    [
        "<p><a href='/1'>The mayor</a> met <a href='/2'>the council</a>.</p>",
        "<p><a href='/1'>One linked paragraph</a></p>",
        f"<div><a href='/broken'><p>{LONG * 3}</p><a href='/2'>a</a></div>",
        f"<a href='/unclosed'><div>{LONG * 3}<a href='/2'>x</a><a href='/3'>y</a></div>",
    ],
)
def test_text_with_links_stays(text: str) -> None:
    assert left(text) == words(page(text))


def test_related_stories_go_with_heading_and_teasers() -> None:
    block = (
        "<section><h2>Related stories</h2>"
        "<div><a href='/1'>Bread is dearer</a><p>A loaf costs more. Bakers say why.</p></div>"
        "<div><a href='/2'>Rain</a><p>It rained all night.</p></div></section>"
    )
    assert left(f"<main><p>{LONG * 2}</p>{block}</main>") == (LONG * 2).strip()


def test_section_about_a_topic_is_no_list_of_stories() -> None:
    section = "<section><h2>Topics</h2><p>First.</p><p>Read <a href='/1'>it</a> here.</p></section>"
    assert left(section) == "Topics First. Read it here."


@pytest.mark.parametrize("heading", ["Topics", "Latest", "Top", "More on the call-up", "Themen"])
def test_agenda_under_a_heading_stays_with_its_links(heading: str) -> None:
    items = (
        "<li>Call-up of reservists in Osh (<a href='/1'>draft</a>)</li>"
        "<li>Money for the border guard (<a href='/2'>draft</a>)</li>"
    )
    agenda = f"<div><h3>{heading}</h3><ul>{items}</ul></div>"
    tree = page(f"<main><h1>Council</h1><p>{LONG}</p>{agenda}</main>")
    before = words(tree)
    prune(tree, Looks())
    assert words(tree) == before


def test_long_text_under_a_heading_of_other_stories_stays() -> None:
    body = f"<div><b>Read also</b> {LONG * 12} <a href='/1'>Bread is dearer</a></div>"
    assert LONG.strip() in left(f"<h1>Snow</h1>{body}")


def test_nothing_but_links_goes_under_the_heading_of_a_section() -> None:
    links = "<a href='/1'>Bread is dearer</a>, <a href='/2'>Rain</a>"
    assert (
        left(f"<main><p>{LONG * 2}</p><div><h3>Latest</h3> {links}</div></main>")
        == (LONG * 2).strip()
    )


def test_list_of_links_goes_out_of_a_block_with_text_and_not_out_of_a_single_link() -> None:
    menu = "<ul><li><a href='/1'>Bread</a></li><li><a href='/2'>Rain</a></li></ul>"
    assert left(f"<div><p>Snow fell.</p><section>{menu}</section></div>") == "Snow fell."
    alone = "<div><section><p><a href='/1'>Bread</a></p></section></div>"
    assert left(f"{alone}<p>Snow fell.</p>") == "Bread Snow fell."


def test_comments_go_under_their_heading() -> None:
    block = "<div><b>Комментарии (2)</b><table><tr><td>Anna<td>Thanks</table></div>"
    assert left(f"<p>{LONG}</p>{block}") == LONG.strip()


def test_block_that_is_most_of_the_page_is_not_its_comments() -> None:
    assert LONG.strip() in left(f"<div><b>Comments</b><p>{LONG * 3}</p></div><p>End.</p>")


def test_deep_and_wide_page_is_pruned_in_linear_time() -> None:
    deep = "<div>" * 1_500 + "<i></i>" * 20_000 + "<p>Snow fell.</p>"
    tree = parse(f"<body>{deep}</body>".encode())
    assert tree is not None
    started = time.process_time()
    prune(tree, Looks())
    assert time.process_time() - started < 5
    assert words(tree) == "Snow fell."


def test_layout_table_is_unwrapped_and_a_data_table_is_not() -> None:
    data = "<table><tr><td>Bread</td><td>40</td></tr></table>"
    tree = page(f"<table><tr><td><h1>Prices</h1>{LONG}{data}</td></tr></table>")
    prune(tree, Looks())
    assert len(list(tree.iter("table"))) == 1
    assert tree.findtext(".//table//td") == "Bread"
