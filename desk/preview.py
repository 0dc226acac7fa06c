"""Articles that a person holds, and what the rules say about them. Nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from alerts.rules import RuleExplanation, RuleSet, match_to_json
from core.alerting.matches import Match
from core.articles import ArticleData, Rejection
from core.errors import SandboxError
from desk.pages import read_page

_WORDS = ("title", "text", "url", "language", "source")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was given as an article and is none."""

    place: str
    """Where it stands: a file, or a file and a line."""
    detail: str


@dataclass(frozen=True, slots=True)
class Judged:
    """An article and what the rules say about it."""

    article: ArticleData
    matches: tuple[Match, ...]
    explained: tuple[RuleExplanation, ...] | None = None
    """Why each rule fired or did not; None unless asked for."""

    def as_json(self) -> dict[str, object]:
        """Return it as `wirewatch match` writes it: a contract with other programs."""
        line: dict[str, object] = {
            "url": self.article.url,
            "matches": [match_to_json(match, self.article) for match in self.matches],
        }
        return line if self.explained is None else {**line, "explain": self.explained}


def judge(rules: RuleSet, article: ArticleData, now: datetime, *, explain: bool) -> Judged:
    """Return what fires on an article, and, if asked, why and why not."""
    return Judged(
        article, rules.match(article, now), rules.explain(article, now) if explain else None
    )


def article_in_page(body: bytes, place: str, url: str) -> ArticleData | Unreadable:
    """Return the article of a web page or PDF that a person saved."""
    try:
        read = read_page(body, url)
    except SandboxError as error:
        return Unreadable(place, error.message)
    if isinstance(read, Rejection):
        return Unreadable(place, f"not an article ({read.reason.value}): {read.detail}")
    return read.article


def article_in_text(body: bytes, place: str) -> ArticleData:
    """Return the article of a plain text, whose first line is the title."""
    title, _, text = body.decode("utf-8", errors="replace").partition("\n")
    return ArticleData(url=place, title=title.strip(), text=text.strip())


def articles_in_lines(body: bytes, place: str) -> Iterator[ArticleData | Unreadable]:
    """Yield the article of each line, which is a JSON object; a line that is none as such."""
    for number, line in enumerate(body.split(b"\n"), start=1):
        if line.strip():
            yield _from_json(line, f"{place}:{number}")


def _from_json(line: bytes, place: str) -> ArticleData | Unreadable:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Unreadable(place, f"not JSON: {error}")
    if not isinstance(fields, dict):
        return Unreadable(place, "not an object with `title`, `text` and `url`")
    try:
        return _article(fields)
    except _WrongFieldError as error:
        return Unreadable(place, str(error))


class _WrongFieldError(Exception):
    """A field of an article does not hold what it must."""


def _article(fields: Mapping[str, Any]) -> ArticleData:
    values: dict[str, str | None] = {}
    for name in _WORDS:
        value = fields.get(name)
        if value is not None and not isinstance(value, str):
            raise _WrongFieldError(f"`{name}` is not text")
        values[name] = value
    if values["title"] is None and values["text"] is None:
        raise _WrongFieldError("neither `title` nor `text`")
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("authors", "tags"):
        value = fields.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _WrongFieldError(f"`{name}` is not a list of texts")
        lists[name] = tuple(value)
    try:
        published = _time(fields.get("published_at"))
    except (TypeError, ValueError):
        raise _WrongFieldError(
            "`published_at` is not a time such as 2023-01-31T12:00:00Z"
        ) from None
    return ArticleData(
        url=values["url"] or "",
        title=values["title"] or "",
        text=values["text"] or "",
        language=values["language"],
        source=values["source"] or "",
        authors=lists["authors"],
        tags=lists["tags"],
        published_at=published,
    )


def _time(value: str | None) -> datetime | None:
    if value is None:
        return None
    time = datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
