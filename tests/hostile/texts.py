"""Pages whose charset lies, and bodies packed to explode when unpacked."""

from __future__ import annotations

import codecs
import gzip
import zlib
from functools import lru_cache

import zstandard

from tests.hostile.sample import (
    KEPT,
    RUSSIAN,
    RUSSIAN_KEPT,
    Kind,
    Sample,
    location,
    page,
    sitemap,
)

MB = 2**20
_RUSSIAN_PAGE = page("", prose=RUSSIAN).decode()

BROTLI_OF_ZEROS = bytes.fromhex("5bffffffc1030000") + b"\0" * 64
"""The header of a brotli stream of many megabytes, cut off: who trusts the size, allocates it."""


@lru_cache
def _packed(size: int, wbits: int) -> bytes:
    packer = zlib.compressobj(9, wbits=wbits)
    pieces = [packer.compress(b" " * MB) for _ in range(size)]
    return b"".join([*pieces, packer.flush()])


def _gzip_bomb() -> bytes:
    """Return 512 MB of blanks in half a MB."""
    return _packed(512, 31)


def _zstd_bomb() -> bytes:
    packer = zstandard.ZstdCompressor(level=3).compressobj()
    pieces = [packer.compress(b" " * MB) for _ in range(512)]
    return b"".join([*pieces, packer.flush()])


def _zstd_window() -> bytes:
    """Return a frame that demands the largest window the format knows (about 3.75 TB)."""
    return b"\x28\xb5\x2f\xfd\x00\xff" + b"\x01\x00\x00" * 10


def _served(name: str, attacks: str, body: bytes, content_type: str | None = None,
            *, keeps: str = "", quick: bool = False) -> Sample:  # fmt: skip
    return Sample(name, Kind.PAGE, attacks, lambda: body, content_type, keeps=keeps, quick=quick)


CHARSETS = (
    _served("utf-16-without-bom", "UTF-16 that nothing announces",
            _RUSSIAN_PAGE.encode("utf-16-le"), "text/html", keeps=RUSSIAN_KEPT, quick=True),
    _served("utf-16-be-without-bom", "big-endian UTF-16 that nothing announces",
            _RUSSIAN_PAGE.encode("utf-16-be"), "text/html", keeps=RUSSIAN_KEPT),
    _served("utf-16-said-to-be-utf-8", "UTF-16 declared as UTF-8",
            _RUSSIAN_PAGE.encode("utf-16"), "text/html; charset=utf-8", keeps=RUSSIAN_KEPT),
    _served("utf-16-odd-length", "UTF-16 cut within a character",
            _RUSSIAN_PAGE.encode("utf-16-le")[:-1], keeps=RUSSIAN_KEPT),
    _served("utf-32", "UTF-32 with its mark", _RUSSIAN_PAGE.encode("utf-32"), keeps=RUSSIAN_KEPT),
    _served("utf-32-without-bom", "UTF-32 that nothing announces",
            _RUSSIAN_PAGE.encode("utf-32-le"), "text/html", keeps=RUSSIAN_KEPT),
    _served("utf-32-be-without-bom", "big-endian UTF-32 that nothing announces",
            _RUSSIAN_PAGE.encode("utf-32-be"), "text/html", keeps=RUSSIAN_KEPT),
    _served("utf-7", "markup hidden in UTF-7",
        page("<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>"),
            "text/html; charset=utf-7", keeps=KEPT),
    _served("bom-of-another", "a mark of UTF-16 before UTF-8", codecs.BOM_UTF16_LE + page("")),
    _served("two-boms", "two marks that contradict", codecs.BOM_UTF8 + codecs.BOM_UTF16_BE
        + page("")),
    _served("charset-lies", "UTF-8 declared as three other charsets",
            page("", '<meta charset="koi8-r"><meta charset="shift_jis">', prose=RUSSIAN),
            "text/html; charset=gb18030", keeps=RUSSIAN_KEPT, quick=True),
    _served("charset-metas-100000", "100,000 declared charsets",
            page("", "".join(f'<meta charset="x-{n}">' for n in range(100_000))), "text/html"),
    _served("charset-unknown", "a charset of no name", _RUSSIAN_PAGE.encode("cp1251"),
            "text/html; charset=" + "x" * 60_000, keeps=RUSSIAN_KEPT),
    _served("charset-is-a-codec", "a codec that is no charset", _RUSSIAN_PAGE.encode("cp1251"),
            "text/html; charset=unicode_escape"),
    _served("charset-is-zlib", "a codec that unpacks", page(""), "text/html; charset=zlib_codec",
            keeps=KEPT),
    _served("windows-1251-undeclared", "Cyrillic that nothing announces",
            _RUSSIAN_PAGE.encode("cp1251"), "text/html", keeps=RUSSIAN_KEPT, quick=True),
    _served("two-charsets-in-one", "a page in two charsets",
            page("", prose=RUSSIAN) + _RUSSIAN_PAGE.encode("cp1251")),
    _served("ebcdic", "EBCDIC", page("").decode().encode("cp500"), "text/html; charset=cp500"),
    _served("ebcdic-undeclared", "EBCDIC that nothing announces",
            page("").decode().encode("cp500"), "text/html"),
    _served("invalid-bytes", "bytes that no charset allows",
            page("").replace(b"the", b"t\xff\xfe\xc0\xafhe")),
    _served("random-bytes", "noise", bytes((n * n * 31 + n // 7) % 256 for n in range(MB))),
    _served("nul-between-letters", "NUL inside tags and words",
            page("").replace(b"<p>", b"<\0p>").replace(b"bridge", b"bri\0dge")),
    _served("lone-surrogates", "halves of characters", page(f"<p>{chr(0xD800)}{chr(0xDFFF)}</p>"),
            keeps=KEPT, quick=True),
    _served("surrogates-as-entities", "halves of characters as entities",
            page("<p>&#xD800;&#xDFFF;&#0;&#xFFFE;&#x110000;</p>" * 10_000)),
    _served("iso-2022-escapes", "a charset with states, without end",
            page("") + b"\x1b$B" * MB, "text/html; charset=iso-2022-jp"),
    _served("hz-undecodable", "a charset whose decoder rarely agrees", page(RUSSIAN) + b"~{" * MB,
            "text/html; charset=hz"),
)  # fmt: skip

BOMBS = (
    Sample("gzip-bomb", Kind.PAGE, "512 MB in half a MB", _gzip_bomb, coding="gzip"),
    Sample("gzip-bomb-nested", Kind.PAGE, "a bomb inside gzip",
           lambda: gzip.compress(_gzip_bomb(), mtime=0), coding="gzip, gzip"),
    Sample("deflate-bomb", Kind.PAGE, "512 MB in half a MB", lambda: _packed(512, -15),
           coding="deflate"),
    Sample("zstd-bomb", Kind.PAGE, "512 MB in some kilobytes", _zstd_bomb, coding="zstd"),
    Sample("zstd-window", Kind.PAGE, "a frame that demands terabytes", _zstd_window, coding="zstd"),
    Sample("brotli-cut", Kind.PAGE, "a stream that promises megabytes", lambda: BROTLI_OF_ZEROS,
           coding="br"),
    Sample("coding-lies", Kind.PAGE, "plain text said to be gzip", lambda: page(""), coding="gzip"),
    Sample("codings-100", Kind.PAGE, "a hundred layers of packing", lambda: page(""),
           coding=", ".join(["gzip"] * 100)),
    Sample("feed-bomb", Kind.FEED, "a feed of 512 MB in half a MB", _gzip_bomb, coding="gzip"),
    Sample("sitemap-bomb", Kind.SITEMAP, "a sitemap file of 512 MB in half a MB", _gzip_bomb,
           says="unpacks to more"),
    Sample("sitemap-bomb-nested", Kind.SITEMAP, "a bomb inside a sitemap file",
           lambda: gzip.compress(_gzip_bomb(), mtime=0), says="unpacks to more"),
    Sample("sitemap-gzip-thrice", Kind.SITEMAP, "one layer of gzip more than is undone",
           lambda: gzip.compress(gzip.compress(gzip.compress(sitemap(location("https://e.org/a")),
                                                             mtime=0), mtime=0), mtime=0)),
    Sample("sitemap-gzip-members-100000", Kind.SITEMAP, "100,000 gzip files in one",
           lambda: gzip.compress(b"", mtime=0) * 100_000),
    Sample("sitemap-gzip-damaged", Kind.SITEMAP, "a gzip file with a wrong checksum",
           lambda: gzip.compress(b"x" * MB, mtime=0)[:-9] + b"\xff" * 20),
)  # fmt: skip

TEXTS = (*CHARSETS, *BOMBS)
