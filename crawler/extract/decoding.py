"""Bytes to text. Declared character sets are often wrong or missing, so the bytes have a say.

Order: byte order mark, UTF-16 by its NULs, valid UTF-8, then what HTTP and the page declare, unless
the bytes read as another Cyrillic encoding far better.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

from charset_normalizer import from_bytes
from w3lib.encoding import http_content_type_encoding, resolve_encoding

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_META_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w:-]+)""", re.I
)
_META_WITHIN = 4096
"""Bytes searched for a declaration. The HTML standard says 1024; real heads are later than that."""

_CYRILLIC = ("cp1251", "koi8-u", "iso8859-5", "cp866")
"""Tried when no declaration fits. koi8-u reads all of koi8-r's letters."""

_CYRILLIC_KIN = frozenset({*_CYRILLIC, "mac-cyrillic", "koi8-r", "koi8-t", "ptcp154", "kz1048"})
"""Declared encodings that are plausible for Cyrillic text, with Kazakh and Tajik ones."""

_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
_SAMPLE = 200_000
"""Bytes looked at to judge an encoding."""
_ENOUGH = 24
"""High bytes in runs below which the bytes say nothing about Cyrillic."""

_WEIGHT = {
    **dict.fromkeys("щцэфёїґңөҳҷӣӯўхшюж", 0.1),
    **dict.fromkeys("ыьгзбчйіғқұү", 0.25),
    **dict.fromkeys("кмдпуя", 0.45),
    **dict.fromkeys("нтсрвл", 0.7),
    **dict.fromkeys("оеаи", 1.0),
}
"""How common a letter is in the languages that are read, in steps."""
_MARGIN = 0.08
"""By how much another encoding has to read better before a declared one is doubted."""
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))
_NO_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def to_utf8(body: bytes, content_type: str | None = None) -> bytes:
    """Return a page as valid UTF-8 without NUL and other control characters.

    `content_type` is the HTTP header's value. Never raises: bytes that fit no encoding become
    U+FFFD. Bytes rather than text, because that is what the parser takes and most pages are.
    """
    if body.startswith(codecs.BOM_UTF8):
        body = body[len(codecs.BOM_UTF8) :]
    encoding = _encoding(body, content_type)
    if encoding is not None:
        body = body.decode(encoding, errors="replace").encode("utf-8", errors="replace")
    return body.translate(None, _CONTROLS).removeprefix(codecs.BOM_UTF8)


def clean_text(text: str) -> str:
    """Remove what no storage, XML tree or message can carry: control characters, surrogates."""
    return text if text.isprintable() else _NO_TEXT.sub("", text)


def _encoding(body: bytes, content_type: str | None) -> str | None:
    """Find the encoding to decode with; None when the body is valid UTF-8 already."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return encoding
    if wide := _utf32_without_bom(body) or _utf16_without_bom(body):
        return wide
    try:
        # Text in another encoding is almost never valid UTF-8 by chance.
        body.decode("utf-8")
    except UnicodeDecodeError:
        if _mostly_utf8(body):
            return "utf-8"
        declared = _declared(body, content_type)
        return _plausible(body, [name for name in declared if name != "utf-8"])
    return None


def _utf32_without_bom(body: bytes) -> str | None:
    """UTF-32 has a character's upper half, which is zero, at the same place of each four bytes."""
    head = body[:4096]
    head = head[: len(head) & ~3]
    for encoding, places in (("utf-32-le", (2, 3)), ("utf-32-be", (0, 1))):
        zeros = sum(head[place::4].count(0) for place in places)
        # NUL alone is no text.
        if len(head) >= 8 and zeros > 0.48 * len(head) and head.count(0) < 0.9 * len(head):
            return encoding
    return None


def _utf16_without_bom(body: bytes) -> str | None:
    """UTF-16 markup has a NUL beside each ASCII character; other encodings have none at all."""
    head = body[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < max(8, len(head) // 50):
        return None
    if odd > 4 * even:
        return "utf-16-le"
    if even > 4 * odd:
        return "utf-16-be"
    return None


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """List encodings that HTTP and the page name, HTTP first, as Python calls them."""
    named = [http_content_type_encoding(content_type)] if content_type else []
    if found := _META_CHARSET.search(body[:_META_WITHIN]):
        named.append(resolve_encoding(found[1].decode("ascii", errors="replace")))
    return [codecs.lookup(name).name for name in dict.fromkeys(named) if name]


def _mostly_utf8(body: bytes) -> bool:
    """Tell a UTF-8 page with a few broken bytes (a cut, a pasted quote) from another encoding.

    In other encodings hardly any two neighbouring bytes form a valid UTF-8 sequence.
    """
    sample = body[:_SAMPLE].decode("utf-8", errors="replace")
    broken = sample.count("\ufffd")
    valid = sum(not char.isascii() for char in sample) - broken
    return valid > 2 * broken


def _plausible(body: bytes, declared: list[str]) -> str:
    runs = b" ".join(_HIGH_RUN.findall(body[:_SAMPLE]))
    if len(runs) >= _ENOUGH:
        first = next((name for name in declared if name in _CYRILLIC_KIN), None)
        scores = {name: _russianness(runs, name) for name in _CYRILLIC}
        best = max(scores, key=scores.__getitem__)
        if first is not None and _russianness(runs, first) >= scores[best] - _MARGIN:
            return first
        if scores[best] > 0.4 and not any(
            _reads_strictly(body, name) for name in declared if _multibyte(name)
        ):
            return best
    for name in declared:
        if _reads_strictly(body, name):
            return name
    if declared:
        return declared[0]
    guess = from_bytes(body[:10_000]).best()
    return guess.encoding if guess is not None else "cp1252"


def _russianness(runs: bytes, encoding: str) -> float:
    """How frequent the letters are in Cyrillic languages, less capitals inside words and symbols.

    Reading one Cyrillic encoding as another gives rare letters, swapped case or symbols, so the
    right one wins by a wide margin: about .6 against .45 and less.
    """
    text = runs.decode(encoding, errors="replace")
    good = sum(_WEIGHT.get(char, 0.0) for char in text.lower())
    bad = sum(not (char.isalpha() or char == " ") for char in text)
    bad += sum(b.isupper() and a.islower() for a, b in pairwise(text))
    return (good - 2 * bad) / max(1, len(text))


def _multibyte(encoding: str) -> bool:
    return encoding.startswith(("gb", "big5", "euc", "shift", "iso2022", "cp9"))


def _reads_strictly(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
