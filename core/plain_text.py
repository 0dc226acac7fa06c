"""Makes text from the internet, and from receivers, safe to show: one line, nothing invisible.

Titles and snippets are hostile. What a terminal, a mail client or a chat would act on instead of
show (escape sequences, direction overrides, hidden characters) is taken out here, once, for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_TO_SPACE = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor moves
    r"|(?:\x1b[P\]X^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC and kin
    r"|\x1b[ -/]*[0-~]?"
)
"""ECMA-48 sequences as a whole: removing the escape alone would leave `[31m` in the text."""

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, fillers, Arabic mark
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero width, bidi marks, overrides, isolates
    "\u3164\ufeff\uffa0\ufff9-\ufffb"  # fillers, byte order mark, interlinear annotation
    "\U000e0000-\U000e007f"  # tag characters: a hidden copy of ASCII
    "]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HARMLESS = re.compile(
    r"(?:[!-~¡-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u205e\u2116]"
    r"|[ \u00a0](?![ \u00a0]))*"
)
"""Letters and marks that nothing below is about, with single spaces: nearly all that is shown."""
_SPACES = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{2,}")
_COMBINING = r"[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]"
_COMBINING_RUN = re.compile(f"({_COMBINING}{{3}}){_COMBINING}+")
_ENDS_A_LINK = re.compile(r"[ <>\"'`\\|{}^]")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://[^\s<>\"']+", re.IGNORECASE)

DETAIL_LENGTH = 300
"""Characters kept of what a receiver answered: enough for a reason, too few for a page."""


def one_line(text: str) -> str:
    """Return `text` on one line, without control, direction and invisible characters.

    Lone surrogates, which no encoding can carry, become U+FFFD. Joiners that scripts and emoji
    need (U+200C, U+200D) stay. Spaces at the ends stay, so that pieces can be joined again.
    """
    if _HARMLESS.fullmatch(text):
        return text
    text = _ANSI.sub("", text)
    text = _TO_SPACE.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = _SURROGATE.sub("\ufffd", text)
    text = _COMBINING_RUN.sub(r"\1", text)
    return _SPACES.sub(" ", text)


def block(text: str) -> str:
    """Return `text` cleaned as by `one_line`, with its lines and all its spaces kept."""
    cleaned = []
    for line in text.split("\n"):
        known = _INVISIBLE.sub("", _TO_SPACE.sub(" ", _ANSI.sub("", line)))
        cleaned.append(_COMBINING_RUN.sub(r"\1", _SURROGATE.sub("\ufffd", known)))
    return "\n".join(cleaned)


def encodable(text: str) -> str:
    """Return `text` of the same length with what JSON readers and databases choke on replaced."""
    return _SURROGATE.sub("\ufffd", text).replace("\x00", "\ufffd")


def shorten(text: str, limit: int) -> str:
    """Return `text` cut to `limit` characters, at a word's end if one is near, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    if not text[limit - 1].isspace():
        space = max(cut.rfind(" "), cut.rfind("\u00a0"))
        if space >= limit // 2:
            cut = cut[:space]
    return cut.rstrip(" \u00a0,;:–—-\u200d") + "…"


def web_link(url: str | None) -> str | None:
    """Return `url` when it is an http or https address that is safe to print, else None.

    Characters that would end a link in some markup are percent-encoded.
    """
    if url is None or len(url) > 2000 or url != one_line(url):
        return None
    url = _ENDS_A_LINK.sub(lambda found: f"%{ord(found[0]):02X}", url.strip())
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable else None


def safe_detail(text: str, secrets: Iterable[str] = ()) -> str:
    """Return what a receiver said, fit for logs and the database.

    Secrets and addresses are taken out, control characters too; at most `DETAIL_LENGTH`
    characters are kept.
    """
    text = one_line(text)
    for secret in sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return shorten(_URL.sub("[address]", text).strip(), DETAIL_LENGTH)
