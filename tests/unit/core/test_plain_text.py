"""Text from the internet must come out visible, on one line, and encodable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plain_text import block, one_line, safe_detail, shorten, web_link

ANYTHING = st.text(st.characters(), max_size=300)  # lone surrogates and controls included


@given(ANYTHING)
def test_one_line_leaves_nothing_that_acts(text: str) -> None:
    clean = one_line(text)
    assert all(unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") for char in clean)
    assert not any(unicodedata.bidirectional(c) in BIDI_CONTROLS for c in clean)
    clean.encode()
    assert one_line(clean) == clean


BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "click"),
        ("\x1b]0;owned\x1b\\title", "title"),
        ("\x9b2Jgone", "gone"),
        ("one\r\ntwo\u2028three", "one two three"),
        ("exe.\u202efdp", "exe.fdp"),
        ("мо\u00adби\u200bли\ufeffзация", "мобилизация"),
        ("a\U000e0041\U000e0042b", "ab"),
        ("nul\x00byte", "nulbyte"),
        ("lone \ud83d half", "lone \ufffd half"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
        ("z" + "\u0300" * 50, "z" + "\u0300" * 3),
    ],
)
def test_hostile_text_is_disarmed(hostile: str, shown: str) -> None:
    assert one_line(hostile) == shown


@given(ANYTHING, st.integers(min_value=2, max_value=80))
def test_shortened_text_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_text_is_shortened_at_a_words_end() -> None:
    assert shorten("Новым гражданам закрыли выезд", 22) == "Новым гражданам…"
    assert shorten("short", 22) == "short"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,hello",
        "file:///etc/passwd",
        "ftp://outlet.example/",
        "//outlet.example/",
        "https://",
        "https://outlet.example/\x1b[31m",
        "https://outlet.example/\u202egnp.exe",
        "https://outlet.example/line\nbreak",
        "http://[::1",
        "https://outlet.example/" + "a" * 2000,
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_link(url) is None


def test_a_link_cannot_end_its_markup() -> None:
    assert web_link('https://outlet.example/a|b>"c d') == "https://outlet.example/a%7Cb%3E%22c%20d"
    assert web_link("https://outlet.example/статья?a=1&b=2") is not None


def test_a_detail_holds_no_secret_and_no_address() -> None:
    said = "bad \x1b[1mtoken\x1b[0m T0K3N-s3cret at https://hooks.example/services/T/B/x\r\nbye"
    assert safe_detail(said, ["T0K3N-s3cret"]) == "bad token [secret] at [address] bye"
    assert len(safe_detail("word " * 500)) <= 300


def test_a_block_keeps_its_lines_and_spaces_and_loses_what_is_invisible() -> None:
    assert block("a:\n    - \u202eb\x1b[31m\x00\tc\n\n") == "a:\n    - b c\n\n"
