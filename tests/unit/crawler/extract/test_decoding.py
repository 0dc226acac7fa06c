from __future__ import annotations

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article
from crawler.extract.decoding import clean_text, to_utf8

RUSSIAN = (
    "Городской совет во вторник проголосовал за ремонт старого моста до наступления зимы. "
    "Работы обойдутся в сорок миллионов, сообщила пресс-служба мэрии."
)
KAZAKH = "Қала мәслихаты ескі көпірді қыс түскенше жөндеуге дауыс берді, деп хабарлады әкімдік."
ENGLISH = (
    "The council voted on Tuesday to repair the “Iron Bridge” – before the café owners’ season."
)


def page(text: str, charset: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return (
        f"<!doctype html><html><head>{meta}<title>T</title></head><body><p>{text}</p></body></html>"
    )


def read(text: str, encoding: str, declared: str = "", http: str | None = None) -> str:
    body = page(text, declared).encode(encoding)
    return to_utf8(body, http).decode("utf-8")


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866"])
@pytest.mark.parametrize(
    "declared", ["", "utf-8", "iso-8859-1", "windows-1251", "koi8-r", "no-such"]
)
@pytest.mark.parametrize("text", [RUSSIAN, RUSSIAN.upper()], ids=["sentence", "capitals"])
def test_cyrillic_is_read_whatever_is_declared(encoding: str, declared: str, text: str) -> None:
    assert text in read(text, encoding, declared)
    assert text in read(text, encoding, http=f"text/html; charset={declared}")


@pytest.mark.parametrize("encoding", ["ptcp154", "kz1048"])
def test_declared_kazakh_encoding_is_kept(encoding: str) -> None:
    assert KAZAKH in read(KAZAKH, encoding, encoding)


@pytest.mark.parametrize(
    "encoding",
    ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig", "utf-32", "utf-32-le", "utf-32-be"],
)
@pytest.mark.parametrize("text", [RUSSIAN, ENGLISH], ids=["ru", "en"])
def test_unicode_is_read_with_and_without_byte_order_mark(encoding: str, text: str) -> None:
    assert text in read(text, encoding)
    assert not read(text, encoding).startswith("\ufeff")


def test_utf8_wins_over_a_wrong_declaration() -> None:
    assert RUSSIAN in read(RUSSIAN, "utf-8", "windows-1251", "text/html; charset=windows-1251")


def test_utf8_with_a_broken_byte_stays_utf8() -> None:
    body = page(RUSSIAN).encode() + b"\xd0"
    assert RUSSIAN in to_utf8(body).decode("utf-8")


@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1"])
def test_western_page_is_not_taken_for_cyrillic(declared: str) -> None:
    assert ENGLISH in read(ENGLISH, "cp1252", declared)


def test_declared_chinese_is_kept() -> None:
    text = "市议会周二投票决定在冬天到来之前修复旧桥。" * 4
    assert text in read(text, "gbk", "gb2312")


@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"\xff", b"\xff\xfe", b"\xff\xfe\x00\x00", bytes(range(256)) * 4]
)
def test_any_bytes_give_clean_utf8(body: bytes) -> None:
    text = to_utf8(body, "text/html; charset=utf-7").decode("utf-8")
    assert "\x00" not in text


def test_nul_and_lone_surrogates_never_reach_the_article() -> None:
    linked = r'{"@type":"NewsArticle","headline":"A\ud800B\u0000C","keywords":"x\udfffy"}'
    html = page(f"{ENGLISH} &#0;&#xD800; end\x00.").replace(
        "</head>", f'<script type="application/ld+json">{linked}</script></head>'
    )
    article = extract_article(html.encode() + b"<p>\xed\xa0\x80</p>", "https://example.org/a")
    assert isinstance(article, ArticleData)
    assert (article.title, article.tags) == ("ABC", ("xy",))
    assert "\x00" not in article.text
    article.text.encode("utf-8")


def test_clean_text_keeps_line_breaks_and_letters() -> None:
    assert clean_text("a\tb\nв\x00г\x0b\ud800\ufffe") == "a\tb\nвг"
