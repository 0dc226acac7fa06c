"""Headers of a mail, encoded and folded by us. Pure.

Python's own folding reads a text before it writes it: it takes what looks like an encoded word in a
headline for one, and drops spaces where lines meet. Here a text either stands on its line as it is,
or is encoded as a whole, so that every reader of RFC 2047 gives back exactly what was written.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import Policy
from typing import Self

from core.plain_text import one_line

LINE = 76
"""Characters of a line that holds encoded words, at most (RFC 2047, 2)."""
_OPEN, _CLOSE = "=?utf-8?b?", "?="
_PHRASE_WORD = LINE - len("From: ")
"""Longest encoded word of a name. As long as can be: some readers, Python's among them, wrongly put
a space between two that follow each other in a name."""
_QUOTABLE = 60
"""Characters of a name that is written in quotation marks on one line."""
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTED = re.compile(r'(["\\])')
_LIKE_ENCODED = "=?"
"""Where this stands, a reader may see the beginning of an encoded word, within quotes too."""


class Header(str):
    """A header's value as a reader sees it, which knows how it goes over the wire.

    A policy of `email` leaves values that have a name of their own as they are, and asks them to
    fold themselves.
    """

    __slots__ = ("lines", "name")

    name: str
    lines: tuple[str, ...]

    def __new__(cls, name: str, shown: str, lines: Iterable[str]) -> Self:
        """Give a value its name and the lines it is written in."""
        made = super().__new__(cls, shown)
        made.name = name
        made.lines = tuple(lines)
        return made

    def fold(self, *, policy: Policy[EmailMessage]) -> str:
        """Return the header as it goes over the wire."""
        folded = f"{policy.linesep} ".join(self.lines)
        return f"{self.name}: {folded}{policy.linesep}"


def text_header(name: str, text: str) -> Header:
    """Return a header of free text, such as a subject; the text is cleaned to one line."""
    text = one_line(text).strip()
    room = LINE - len(name) - 2
    if text.isascii() and len(text) <= room and _LIKE_ENCODED not in text:
        return Header(name, text, (text,))
    return Header(name, text, encoded_words(text, first=room, others=LINE - 1))


def mailbox_header(name: str, mailboxes: Iterable[Address]) -> Header:
    """Return a header of mail addresses with or without names, such as From."""
    shown: list[str] = []
    lines = [""]
    room = LINE - len(name) - 2
    boxes = tuple(mailboxes)
    for index, box in enumerate(boxes):
        called = one_line(box.display_name).strip()
        shown.append(f"{called} <{box.addr_spec}>" if called else box.addr_spec)
        parts = [*_phrase(called), f"<{box.addr_spec}>"] if called else [box.addr_spec]
        if index + 1 < len(boxes):
            parts[-1] += ","
        for part in parts:
            if lines[-1] and len(lines[-1]) + 1 + len(part) > room:
                lines.append("")
                room = LINE - 1
            lines[-1] += f" {part}" if lines[-1] else part
    return Header(name, ", ".join(shown), lines)


def token_header(name: str, token: str) -> Header:
    """Return a header that is made for machines, of ASCII without line ends, on one line."""
    if not token.isascii() or not token.isprintable():
        raise ValueError(f"not fit for the header {name}")
    return Header(name, token, (token,))


def encoded_words(text: str, *, first: int, others: int) -> Iterator[str]:
    """Yield `text` as encoded words, the first of at most `first` characters.

    Characters are never divided between two of them (RFC 2047, 5).
    """
    room = first
    chunk = b""
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(chunk) + len(encoded) > (room - len(_OPEN) - len(_CLOSE)) // 4 * 3:
            yield _encoded_word(chunk)
            chunk, room = b"", others
        chunk += encoded
    yield _encoded_word(chunk)


def _encoded_word(chunk: bytes) -> str:
    return f"{_OPEN}{base64.b64encode(chunk).decode()}{_CLOSE}"


def _phrase(text: str) -> list[str]:
    """Return a name as the parts between which a line may end."""
    if text.isascii() and len(text) <= _QUOTABLE and _LIKE_ENCODED not in text:
        return [text if _ATOMS.fullmatch(text) else '"' + _QUOTED.sub(r"\\\1", text) + '"']
    return list(encoded_words(text, first=_PHRASE_WORD, others=_PHRASE_WORD))
