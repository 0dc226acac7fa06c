r"""Regular expressions of users, run by RE2 in time linear in the text.

RE2 reads \b, \w and \d as ASCII, which makes every Cyrillic letter a boundary. Here they mean what
they mean to a reader of any script: the classes are spelled out before RE2 sees the pattern, and
\b, which RE2 cannot express, is allowed where it can be: at the ends of the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import re2

from alerts.rules.problems import QuerySyntaxError
from alerts.rules.regex_advice import regex_problem
from alerts.rules.scan import Occurrence, Scan
from core.alerting.matches import Field

MAX_LENGTH = 500
"""Characters of a pattern."""

MAX_HITS = 200
"""Occurrences looked at in one article."""

_PROGRAM_LIMIT = 4_000
"""Instructions of RE2's program. In the worst case each costs a step for every letter of the text;
at this size a search of 600 words was measured to stay under 50 ms."""

_MAX_MEMORY = 8 << 20

_LETTERS = (
    r"0-9A-Z_a-z\x{AA}\x{B5}\x{BA}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2C1}"  # Latin
    r"\x{300}-\x{374}\x{376}\x{377}\x{37B}-\x{37D}\x{386}\x{388}-\x{3FF}"  # marks, Greek
    r"\x{400}-\x{481}\x{483}-\x{52F}"  # Cyrillic
    r"\x{531}-\x{556}\x{560}-\x{588}\x{591}-\x{5BD}\x{5D0}-\x{5F2}"  # Armenian, Hebrew
    r"\x{610}-\x{61A}\x{620}-\x{669}\x{66E}-\x{6D3}\x{6EE}-\x{6FC}"  # Arabic
    r"\x{900}-\x{963}\x{966}-\x{96F}\x{10A0}-\x{10FA}\x{1E00}-\x{1FFC}"  # Devanagari, Georgian
    r"\x{3041}-\x{3096}\x{30A1}-\x{30FA}\x{3400}-\x{9FFF}\x{AC00}-\x{D7A3}"  # East Asia
)
"""What words are made of. As ranges they take a tenth of the program that \\p{L} takes."""

_CLASSES = {
    "w": _LETTERS,
    "d": r"\p{Nd}",
    "s": r"\s\x{00A0}\x{2000}-\x{200A}\x{202F}\x{3000}",
}
_TOKEN = re.compile(r"\\(.)|\[(?:\^?\]?)(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL)


class Regex:
    """A compiled pattern. Raises QuerySyntaxError, offsets into `pattern`, for what RE2 refuses."""

    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        if len(pattern) > MAX_LENGTH:
            raise QuerySyntaxError(
                f"a regular expression can have at most {MAX_LENGTH} characters", MAX_LENGTH
            )
        if not pattern:
            raise QuerySyntaxError("the regular expression is empty", 0)
        core, before, after = _translated(pattern)
        try:
            # As it is written first: RE2 speaks of what it is given. It is alone both times, so
            # that `a)(b` cannot close the group around it.
            _compiled(pattern, ignore_case)
            _compiled(core, ignore_case)
        except re2.error as error:
            raise _explained(pattern, error) from None
        self._regex = _compiled(f"{before}({core}){after}", ignore_case)
        if self._regex.search(b"") is not None:
            raise QuerySyntaxError(
                "this regular expression matches where nothing is", 0, "use + in place of *"
            )

    def occurrences(self, scan: Scan) -> Iterator[Occurrence]:
        """Yield where the pattern is found in title and text, at most MAX_HITS times in each."""
        article = scan.article
        for field, content, words in (
            (Field.TITLE, article.title, scan.title_end),
            (Field.TEXT, article.text, scan.length),
        ):
            if words:
                for start, end in self.spans(content):
                    yield Occurrence(field, start, end)

    def spans(self, content: str) -> Iterator[tuple[int, int]]:
        """Yield the first MAX_HITS matches in `content`, in characters."""
        encoded = content.encode("utf-8", "surrogatepass")
        at, characters, found = 0, 0, 0
        while found < MAX_HITS:
            match = self._regex.search(encoded, at)
            if match is None:
                return
            start, end = match.span(1)
            if end > start:
                characters += len(encoded[at:start].decode("utf-8", "surrogatepass"))
                length = len(encoded[start:end].decode("utf-8", "surrogatepass"))
                yield characters, characters + length
                characters += length
                found += 1
                at = end
            else:
                following = _next_character(encoded, max(at, end))
                characters += len(encoded[at:following].decode("utf-8", "surrogatepass"))
                at = following
            if at >= len(encoded):
                return


def _next_character(encoded: bytes, at: int) -> int:
    at += 1
    while at < len(encoded) and encoded[at] & 0xC0 == 0x80:
        at += 1
    return at


def _compiled(pattern: str, ignore_case: bool) -> re2._Regexp[bytes]:
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    regex = re2.compile(pattern.encode("utf-8", "surrogatepass"), options)
    if regex.programsize > _PROGRAM_LIMIT:
        raise QuerySyntaxError(
            "this regular expression is too large", 0, "shorten counted repetitions such as {500}"
        )
    return regex


def _explained(pattern: str, error: re2.error) -> QuerySyntaxError:
    said = error.args[0] if error.args else ""
    complaint = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return regex_problem(complaint, pattern)


def _translated(pattern: str) -> tuple[str, str, str]:
    """Return the pattern with Unicode classes, and what must stand before and after it."""
    begins, ends = pattern.startswith(r"\b"), _ends_at_boundary(pattern)
    core = pattern[2 if begins else 0 : len(pattern) - (2 if ends else 0)]
    shift = 2 if begins else 0
    translated = _TOKEN.sub(lambda token: _unicode_class(token, shift), core)
    outside = rf"[^{_LETTERS}]"
    before = rf"(?:^|{outside})" if begins else ""
    after = rf"(?:$|{outside})" if ends else ""
    return translated, before, after


def _ends_at_boundary(pattern: str) -> bool:
    body = pattern.removesuffix(r"\b")
    backslashes = len(body) - len(body.rstrip("\\"))
    return body != pattern and len(body) > 0 and backslashes % 2 == 0


def _unicode_class(token: re.Match[str], shift: int) -> str:
    text = token[0]
    if text.startswith("["):
        at = token.start() + shift
        return re.sub(r"\\(.)", lambda one: _inside_brackets(one, at), text, flags=re.DOTALL)
    letter = token[1]
    if letter.lower() == "b":
        raise QuerySyntaxError(
            f"`\\{letter}` can stand only at the very beginning or end of a pattern"
            if letter == "b"
            else "`\\B` is not available",
            token.start() + shift,
            r"write \W for the character between two words",
        )
    known = _CLASSES.get(letter.lower())
    if known is None:
        return text
    return f"[{known}]" if letter.islower() else f"[^{known}]"


def _inside_brackets(token: re.Match[str], bracket: int) -> str:
    if token[1] in "WDS":
        raise QuerySyntaxError(
            f"`\\{token[1]}` cannot stand in brackets",
            bracket + token.start(),
            r"write [^\w…] for what is no letter",
        )
    return _CLASSES.get(token[1], token[0])
