"""What an address says about the page behind it: an article, or a section, a tag, a day's archive.

Judged by shape alone (numbers, dates, long slugs), since every publishing system has its own.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_SECTIONS = frozenset({
    "tag", "tags", "category", "categories", "cat", "author", "authors", "topic", "topics", "user",
    "users", "rubric", "rubrics", "rubrika", "rubriki", "section", "sections", "search", "page",
    "pages", "label", "labels", "theme", "themes", "tema", "temy", "teg", "tegi", "archive",
    "archives", "archiv", "avtor", "avtory", "keyword", "keywords", "profile", "login", "register",
    "series", "person", "persons", "тег", "теги", "рубрика", "категория", "автор", "тема",
})  # fmt: skip
_ARTICLE_PARAMETERS = frozenset({
    "id", "p", "newsid", "news_id", "article", "article_id", "articleid", "aid", "nid", "post",
    "story", "storyid", "item", "item_id", "itemid", "element_id", "elementid", "sid", "doc",
    "view", "news",
})  # fmt: skip
_LIST_PARAMETERS = frozenset({
    "page", "paged", "tag", "tags", "cat", "category", "author", "s", "q", "search", "date",
    "year", "month", "sort", "lang", "offset", "start", "section", "rubric",
})  # fmt: skip
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|zip|rar|mp[34]|avi|mov|apk|xml|rss|css|js)$"
)
_EXTENSION = re.compile(r"\.(?:[sx]?html?|php\d?|aspx?|jsp|cfm|do)$")
_NUMBER = re.compile(r"\d+")
_DAY = re.compile(r"(?:19|20)\d\d[-_.](?:0?[1-9]|1[0-2])(?:[-_.](?:0?[1-9]|[12]\d|3[01]))?")
_BARE_DATE = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?")
"""`2026` and `20261101`: the archive of a year or a day, or the number of an article."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+")
_LONG_SLUG = 25
"""Characters from which a name without separators is a title rather than a section's name."""


def article_likeness(url: str) -> float:
    """Return how much the absolute address `url` looks like an article's, between 0 and 1.

    0 is for what is certainly none: a front page, a file, a section, a tag, an author, a search,
    the archive of a day or a month.
    """
    parts = urlsplit(url)
    segments = _segments(parts.path)
    parameters = [(name.lower(), value) for name, value in parse_qsl(parts.query)][:20]
    if segments and _FILES.search(segments[-1]):
        return 0.0
    by_query = _query_likeness(parameters)
    if by_query is not None:
        return by_query
    if not segments or set(segments[-2:]) & _SECTIONS or _is_date(segments):
        return 0.0
    return _name_likeness(_EXTENSION.sub("", segments[-1]), segments)


def address_form(url: str) -> str:
    """Return what addresses of one kind have in common: `/news/#/*?id`; `*` is a long slug."""
    parts = urlsplit(url)
    kinds = []
    for segment in _segments(parts.path):
        extension = _EXTENSION.search(segment)
        name = segment[: extension.start()] if extension else segment
        if _NUMBER.fullmatch(name):
            name = "#"
        elif _is_slug(name):
            name = "*"
        kinds.append(name + (extension[0] if extension else ""))
    names = sorted({name for name, _ in parse_qsl(parts.query)})
    return "/" + "/".join(kinds) + (f"?{'&'.join(names)}" if names else "")


def _segments(path: str) -> list[str]:
    return [segment for segment in unquote(path).lower().split("/") if segment]


def _query_likeness(parameters: list[tuple[str, str]]) -> float | None:
    """Judge by the parameters; None when they say nothing."""
    names = {name for name, _ in parameters}
    if any(name in _ARTICLE_PARAMETERS and re.search(r"\d", value) for name, value in parameters):
        return 1.0
    return 0.0 if names & _LIST_PARAMETERS else None


def _is_date(segments: list[str]) -> bool:
    """Tell an archive: the address ends with a date (/2026/11/01, /news/2026-11, /2026)."""
    if _DAY.fullmatch(segments[-1]):
        return True
    tail = segments[-3:]
    while tail and not _YEAR.fullmatch(tail[0]):
        tail = tail[1:]
    if len(tail) == 1:
        return len(segments) == 1
    return bool(tail) and all(_NUMBER.fullmatch(part) and int(part) <= 31 for part in tail[1:])


def _name_likeness(name: str, segments: list[str]) -> float:
    if _BARE_DATE.fullmatch(name):
        return 0.4
    if _NUMBER.fullmatch(name):
        return 1.0 if len(name) >= 4 or len(segments) >= 2 else 0.3
    if _is_slug(name) or any(map(_is_long_number, segments)):
        return 1.0
    dated = any(_YEAR.fullmatch(segment) for segment in segments[:-1])
    if dated or (len(_WORD.findall(name)) == 2 and len(segments) >= 2):
        return 0.8 if dated else 0.4
    return 0.3 if len(segments) >= 3 else 0.15


def _is_slug(name: str) -> bool:
    return len(name) >= _LONG_SLUG or len(_WORD.findall(name)) >= 3 or _is_long_number(name)


def _is_long_number(name: str) -> bool:
    return any(len(number) >= 5 for number in _NUMBER.findall(name))
