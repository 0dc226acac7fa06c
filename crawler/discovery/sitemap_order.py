"""Which sitemaps of an index to read first: those where new articles are."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from crawler.discovery.documents import SitemapDocument, SitemapReference

_NEWS = re.compile(r"news|latest|recent|today|novosti|новост|жаналык|жаңалық")
_ARTICLES = frozenset({
    "post", "posts", "article", "articles", "story", "stories", "material", "materials", "content",
    "entries",
})  # fmt: skip
_STATIC = frozenset({
    "category", "categories", "tag", "tags", "taxonomy", "author", "authors", "user", "users",
    "page", "pages", "static", "section", "sections", "rubric", "rubrics", "topic", "topics",
    "image", "images", "photo", "photos", "gallery", "video", "videos", "media", "product",
    "products", "attachment", "attachments", "event", "events", "person", "persons",
})  # fmt: skip
_PAGE_NUMBER = re.compile(r"(?<![a-z])page[=/_-]?(?=\d)")
"""`sitemap.xml?page=3` is the third part of a list, `page-sitemap.xml` a list of static pages."""
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d{1,18}")
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2099
_MOST = (12, 31)
"""Months and days there can be after a year."""

_Counted = Mapping[str, Collection[int]]
_Order = tuple[int, tuple[int, ...], tuple[int, ...], float]


def newest_children(
    document: SitemapDocument, since: datetime | None, limit: int
) -> tuple[SitemapReference, ...]:
    """Return at most `limit` sitemaps of the index `document` to read for new articles, best first.

    Those that did not change since `since` (aware; None: read all) are left out; one that does not
    say when it changed is kept. Then names decide, because many sites give all their sitemaps one
    date, that of the last night:

    1. names with "news", "latest" and the like;
    2. names with "post", "article" and the like, and names with a year (`sitemap-2026-11.xml`);
    3. other names;
    4. names of what is not articles: categories, tags, authors, static pages, images, videos.

    Within each, the newest date in the name comes first, then the highest number
    (`post-sitemap42.xml` holds newer posts than `post-sitemap41.xml`), then the latest change, and
    equals stay in the index's order. `part-2026.xml` is no year where `part-2100.xml` is beside it.
    """
    counted = _counted(document.children)
    changed = [
        child
        for child in document.children
        if since is None or child.last_modified is None or child.last_modified >= since
    ]
    ordered = sorted(changed, key=lambda child: _order(child, counted))
    return tuple(ordered[: max(0, limit)])


def likeliest_children(
    children: Sequence[SitemapReference], limit: int
) -> tuple[SitemapReference, ...]:
    """Return at most `limit` different sitemaps of an index, in its order.

    Of too many, half are the first by `newest_children`; names and dates may say nothing, so the
    others are the first and the last ones of the index.
    """
    different = tuple({child.url: child for child in children}.values())
    if len(different) <= limit:
        return different
    best = newest_children(SitemapDocument(children=different), None, limit // 2)
    taken = {child.url for child in best}
    rest = [child for child in different if child.url not in taken]
    room = max(0, limit - len(taken))
    ends = [*rest[: room - room // 2], *rest[len(rest) - room // 2 :]]
    taken |= {child.url for child in ends}
    return tuple(child for child in different if child.url in taken)


def _counted(children: Sequence[SitemapReference]) -> _Counted:
    """Return, by the shape of names, where their numbers are not all dates: those count parts."""
    counted: dict[str, set[int]] = {}
    for child in children:
        name = _name(child)
        for place, digits in enumerate(_NUMBER.findall(name)):
            if not _whole_date(digits):
                counted.setdefault(_shape(name), set()).add(place)
    return counted


def _name(child: SitemapReference) -> str:
    parts = urlsplit(child.url)
    return f"{parts.path}?{parts.query}".lower()


def _shape(name: str) -> str:
    return _NUMBER.sub("0", name)


def _order(child: SitemapReference, counted: _Counted) -> _Order:
    name = _name(child)
    date, numbers = _date_and_numbers(name, counted.get(_shape(name), ()))
    modified = child.last_modified.timestamp() if child.last_modified else 0.0
    # Shorter tuples sort before longer ones with the same beginning: pad what is missing with 0.
    newest = tuple(-number for number in (*date, 0, 0, 0)[:3])
    highest = tuple(-number for number in (*numbers, 0, 0, 0)[:3])
    return _kind(name, dated=bool(date)), newest, highest, -modified


def _kind(name: str, *, dated: bool) -> int:
    words = set(_WORD.findall(_PAGE_NUMBER.sub("", name)))
    if words & _STATIC:
        return 4
    if _NEWS.search(name):
        return 1
    return 2 if dated or words & _ARTICLES else 3


def _date_and_numbers(
    name: str, counted: Collection[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Split the numbers in `name` into year, month, day as far as they are there, and the rest.

    No date begins at one of the places `counted`.
    """
    date: tuple[int, ...] = ()
    rest: list[int] = []
    for place, digits in enumerate(_NUMBER.findall(name)):
        if not date:
            date = () if place in counted else _whole_date(digits)
            if date:
                continue
        elif len(date) < 3 and len(digits) <= 2 and 1 <= int(digits) <= _MOST[len(date) - 1]:
            date = (*date, int(digits))
            continue
        rest.append(int(digits))
    return date, tuple(rest)


def _whole_date(digits: str) -> tuple[int, ...]:
    """Read `2026`, `202611` and `20261105`."""
    if len(digits) not in (4, 6, 8) or not _EARLIEST_YEAR <= int(digits[:4]) <= _LATEST_YEAR:
        return ()
    parts = (int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, len(digits), 2)))
    within = all(1 <= part <= most for part, most in zip(parts[1:], _MOST, strict=False))
    return parts if within else ()
