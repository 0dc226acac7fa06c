from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.plaintext import plain_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>One</p><p>Two</p>", "One Two"),
        ("a<br>b", "a b"),
        ("во<b>да</b>", "вода"),
        ("a&nbsp;b&mdash;c", "a b—c"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("&lt;b&gt;x&lt;/b&gt;", "x"),
        ("x<script>alert('<b>')</script>y", "x y"),
        ("x<script>never closed", "x"),
        ("x<!-- hidden -->y", "xy"),
        ("<![CDATA[x]]>", "x"),
        ('<a title="a > b" href="/">x</a>', "x"),
        ("x <a href='cut", "x"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("I <3 news", "I <3 news"),
        ("a\x00b\u202ec\ud800", "abc"),
        ("  a \n\t b ", "a b"),
    ],
)
def test_markup_becomes_what_a_person_reads(raw: str, text: str) -> None:
    assert plain_text(raw, 500) == text


@given(st.text("<>ab&;lt gt#/!-'\"[]sc script", max_size=60), st.integers(1, 40))
def test_no_tag_survives_and_the_limit_holds(raw: str, limit: int) -> None:
    text = plain_text(raw, limit)
    assert len(text) <= limit
    assert not re.search(r"<script\b[^<>]*>", text)


def test_discovery_loads_neither_crawler_nor_extractor() -> None:
    code = (
        "import sys, crawler.discovery; "
        "print({'scrapy', 'trafilatura', 'feedparser', 'lxml'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
