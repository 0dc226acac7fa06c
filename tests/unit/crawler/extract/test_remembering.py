"""What is remembered of pages takes little memory, however long the texts are that pages have."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest
from lxml.html import Element

from crawler.extract.furniture import junk_kind
from crawler.extract.meta_tags import bare
from crawler.extract.own_place import OwnPlace
from crawler.extract.titles import plain_words

LONG = 500_000
ASKED = 40


def is_of_others(text: str) -> object:
    return OwnPlace(Element("html"), None).is_of_others(Element("div", {"class": text}))


def kind(text: str) -> object:
    return junk_kind(Element("div", {"class": text}))


@pytest.mark.parametrize("ask", [plain_words, bare, is_of_others, kind])
def test_long_texts_are_not_held(ask: Callable[[str], object]) -> None:
    ask("warm")
    tracemalloc.start()
    try:
        for number in range(ASKED):
            ask(f"{number} " + "x" * LONG)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 2 * LONG
