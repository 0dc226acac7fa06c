"""Hostile pages: four times as much of a page takes about four times as long, not sixteen."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from lxml.html import HtmlElement

from crawler.discovery.feed_repair import repaired
from crawler.extract.bylines import authors
from crawler.extract.dated_page import DatedPage, guess_date
from crawler.extract.furniture import drop_named, join_blocks, strip_furniture
from crawler.extract.hidden import drop_hidden
from crawler.extract.jsonld import read_linked_data
from crawler.extract.looks import Looks
from crawler.extract.loose_text import wrap_loose_text
from crawler.extract.markup import parse
from crawler.extract.metadata import read_metadata
from crawler.extract.neighbours import drop_neighbours
from crawler.extract.own_place import OwnPlace
from crawler.extract.pruning import drop_link_lines, prune
from crawler.extract.shown_date import ShownDate
from crawler.extract.survey import survey

FEW = 2_000
MANY = 4
MOST_TIMES = 10
"""Times as long that four times as much may take; with a quadratic step it is sixteen and more."""
LEAST = 0.02
"""Seconds below which a time says nothing."""
WORDS = "word " * 12
STORY = "<div><h2><a href=/b>Other story here</a></h2></div>x"


def tree_of(body: str) -> HtmlElement:
    tree = parse(f"<html><body>{body}</body></html>".encode())
    assert tree is not None
    return tree


def seconds(work: Callable[[HtmlElement], object], body: str) -> float:
    """Return the processor's time for one body; of three times the least, for machines are busy."""
    times = []
    for _ in range(3):
        tree = tree_of(body)
        began = time.thread_time()
        work(tree)
        times.append(time.thread_time() - began)
    return min(times)


def bylines(tree: HtmlElement) -> object:
    return authors((), tree, OwnPlace(tree, None), ())


def furniture(tree: HtmlElement) -> object:
    seen, looks = survey(tree), Looks()
    join_blocks(seen, looks)
    strip_furniture(tree, seen, looks)
    drop_named(seen, looks)
    return looks


def pruned(tree: HtmlElement) -> object:
    looks = Looks()
    prune(tree, looks)
    return looks


def beside(tree: HtmlElement) -> None:
    page = "https://news.example/a"
    drop_neighbours(tree, read_metadata(tree_of("<h1>Ferry stops now</h1>"), page), Looks())


def link_lines(tree: HtmlElement) -> None:
    drop_link_lines(tree, "https://news.example/a")


def nested(block: str, n: int) -> str:
    """Return n / 8 blocks within blocks, and a text of n elements in the innermost."""
    return block * (n // 8) + f"<p>{WORDS}</p>" + "<i>a</i>" * n


@pytest.mark.parametrize(
    ("work", "page"),
    [
        (survey, lambda n: f"<h1>Breaking | news</h1><p>{WORDS}</p>" * n),
        (survey, lambda n: "<div><h1>x" * 500 + "<i>a</i>" * 8 * n),
        (bylines, lambda n: "<a rel=author itemprop=author class=author>A</a>" * 2 * n),
        (bylines, lambda n: "<i itemprop=author>A</i><b class=byline>B</b>" * n),
        (wrap_loose_text, lambda n: f"<i>{WORDS}</i>x<br>" * n),
        (wrap_loose_text, lambda n: "<b><br>x" * 500 + f"<i>{WORDS}</i><br>" * n),
        (drop_hidden, lambda n: f"<p hidden>{WORDS}</p>x" * n),
        (drop_hidden, lambda n: "<div hidden>" * 500 + f"<p style='display:none'>{WORDS}</p>x" * n),
        (beside, lambda n: f"<h1>Ferry stops now</h1><p>{WORDS}</p>" + STORY * n),
        (beside, lambda n: f"<div><h1>Ferry stops now</h1><p>{WORDS}</p></div>" + STORY * n),
        (beside, lambda n: "<div>" * 500 + f"<h1>Ferry stops now</h1><p>{WORDS}</p>" + STORY * n),
        (link_lines, lambda n: "<div>" * 500 + "<p><a href=/b>One two three</a></p>" * n),
    ],
    ids=[
        "headlines", "headlines in headlines", "bylines", "bylines of two kinds",
        "bare lines", "bare lines in many blocks", "hidden", "hidden in hidden", "teasers",
        "teasers beside", "teasers deep", "lines of links",
    ],
)  # fmt: skip
def test_four_times_as_much_takes_no_more_than_it_should(
    work: Callable[[HtmlElement], object], page: Callable[[int], str]
) -> None:
    n, few = FEW, 0.0
    while few < LEAST:  # a time too short would let any number of times pass
        n *= 2
        few = seconds(work, page(n))
    assert seconds(work, page(MANY * n)) < MOST_TIMES * few


def parsed(text: str) -> object:
    return parse(text.encode())


def linked(text: str) -> object:
    tree = tree_of(f'<script type="application/ld+json">{text}</script>')
    return read_linked_data(tree)


def dated(text: str) -> object:
    page = DatedPage(ShownDate(), tree_of(f"<p>{text}</p><p>© 2024</p>"), None)
    return guess_date(page, "https://news.example/a", ())


def read_as_feed(text: str) -> object:
    return repaired(f"<rss>{text}<item></item>")


@pytest.mark.parametrize(
    ("work", "unit", "head"),
    [
        (parsed, "<x>a</x>", "<title>x</title>"),
        (parsed, "</html>x", ""),
        (parsed, "<h1><p>a</h2>", ""),
        (parsed, "<h1>a<div>b", "<p>c</h1>"),
        (linked, '"\\', '{"a":'),
        (linked, '{"a":"', ""),
        (dated, "жыл", ""),
        (dated, "1 янв ", ""),
        (read_as_feed, "<title>", ""),
        (read_as_feed, "<media:a>", "<item>"),
    ],
)
def test_four_times_as_much_text_takes_no_more_than_it_should(
    work: Callable[[str], object], unit: str, head: str
) -> None:
    def spent(n: int) -> float:
        text = head + unit * n
        times = []
        for _ in range(3):
            began = time.thread_time()
            work(text)
            times.append(time.thread_time() - began)
        return min(times)

    n, few = 500, 0.0
    while few < LEAST and n < 100_000:
        n *= 2
        few = spent(n)
    assert spent(MANY * n) < MOST_TIMES * max(few, LEAST)


@pytest.mark.parametrize(
    ("work", "block"),
    [
        (furniture, "<div class=related>"), (furniture, "<div class=caption>"),
        (furniture, "<div class=credit>"), (pruned, "<section><h3>Related stories</h3>"),
    ],
)  # fmt: skip
def test_what_is_looked_at_again_has_an_end(
    work: Callable[[HtmlElement], object], block: str
) -> None:
    tree = tree_of(nested(block, 12_000))
    nodes = sum(1 for _ in tree.iter()) * 2
    looks = work(tree)
    assert isinstance(looks, Looks)
    # It ran out, at 1,500 times 12,000, and nothing was walked through after that.
    assert -nodes < looks.left <= 0
    assert WORDS.strip() in str(tree.text_content())
