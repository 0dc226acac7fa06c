"""Bytes to text, by evidence: what decodes counts for more than what is claimed.

Servers and documents name wrong charsets often, and a wrong guess turns every Cyrillic headline
into noise that no rule matches. The parsers therefore only ever see text that was decoded here.
"""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

_NOT_TRUSTED = frozenset(
    {"utf-7", "utf_7", "idna", "punycode", "unicode_escape", "raw_unicode_escape"}
)
"""Codecs that browsers refuse: they hide markup, or are not charsets at all."""

_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
_SAMPLE = 65536
_TEXT = re.compile(rb"([<>\r\n])")
"""What texts of a document stand between."""
_MIXED_WITHIN = 2_000_000
_SOME_UTF8 = 4
"""Characters beyond ASCII of a text that is not valid UTF-8 by chance: one in 10,000 is."""
_SURELY_UTF8 = 20
"""Of all such texts, so many show that a document is UTF-8 in part."""


def decode_document(body: bytes, content_type: str | None) -> str:
    """Decode a feed or a page.

    The order is: byte order mark, UTF-16/32 seen in the zero bytes, valid UTF-8 with characters
    beyond ASCII (chance does not produce it), a document that is UTF-8 in part, whose other texts
    were pasted in another charset, the charset of the HTTP header, the charset the document
    declares, UTF-8 with a few broken bytes, and last the Cyrillic or Western one-byte charset whose
    letters make sense. Never raises; what cannot be decoded becomes U+FFFD.
    """
    bom_encoding, bom = read_bom(body)
    if bom_encoding and bom:
        return body[len(bom) :].decode(bom_encoding, "replace")
    wide = _wide_encoding(body)
    if wide:
        return body.decode(wide, "replace")
    claims = _claims(body, content_type)
    if not any(_is_multibyte(claim) for claim in claims):
        claims.insert(0, "utf-8")
    for claim in claims:
        try:
            return body.decode(claim)
        except (UnicodeError, LookupError):
            if claim == "utf-8" and (mixed := _decode_mixed(body)) is not None:
                return mixed
    return _decode_unclaimed(body)


def _claims(body: bytes, content_type: str | None) -> list[str]:
    named = (
        http_content_type_encoding(content_type) if content_type else None,
        html_body_declared_encoding(body[:4096]),
    )
    claims = []
    for label in named:
        name = resolve_encoding(label) if label else None
        if name and name not in _NOT_TRUSTED and not name.startswith(("utf-16", "utf-32")):
            claims.append(name)
    return claims


def _is_multibyte(name: str) -> bool:
    """Tell CJK charsets apart: their bytes can be valid UTF-8, so their claim comes first."""
    return name.startswith(("gb", "big5", "euc", "iso2022", "iso-2022", "shift", "cp932", "hz"))


def _wide_encoding(body: bytes) -> str | None:
    head = body[:4]
    if len(head) < 4:
        return None
    if head[:3] == b"\0\0\0":
        return "utf-32-be"
    if head[1:] == b"\0\0\0":
        return "utf-32-le"
    zeros = (head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0)
    return {
        (True, False, True, False): "utf-16-be",
        (False, True, False, True): "utf-16-le",
    }.get(zeros)


def _decode_unclaimed(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    # A truncated or once-mangled UTF-8 document has far more whole characters than broken ones.
    if broken * 10 <= beyond_ascii:
        return text
    return body.decode(_one_byte_charset(body), "replace")


def _decode_mixed(body: bytes) -> str | None:
    """Decode a document whose texts are not all in one charset; None where none is UTF-8."""
    parts = _TEXT.split(body[:_MIXED_WITHIN])
    valid = sum(_letters_in_utf8(part) for part in parts)
    if valid < _SURELY_UTF8:
        return None
    return "".join(map(_decode_unclaimed, _TEXT.split(body)))


def _letters_in_utf8(part: bytes) -> int:
    """Return how many characters beyond ASCII a text has, if it has some and is UTF-8."""
    try:
        text = part.decode()
    except UnicodeDecodeError:
        return 0
    found = len(text) - len(text.encode("ascii", "ignore"))
    return found if found >= _SOME_UTF8 else 0


def _one_byte_charset(body: bytes) -> str:
    """Choose between windows-1251, KOI8-R and windows-1252 by the letters that words are made of.

    Cyrillic words are runs of high bytes; Western ones have single accented letters. The two
    Cyrillic charsets put lower case, which most letters are, in opposite quarters of the table.
    """
    runs = b"".join(_HIGH_RUN.findall(body[: 4 * _SAMPLE]))[:_SAMPLE]
    high = len(body[: 4 * _SAMPLE].translate(None, bytes(range(128))))
    if len(runs) * 2 < high:
        return "cp1252"
    lower_1251 = sum(byte >= 0xE0 for byte in runs)
    lower_koi8 = sum(0xC0 <= byte < 0xE0 for byte in runs)
    return codecs.lookup("cp1251" if lower_1251 >= lower_koi8 else "koi8-r").name
