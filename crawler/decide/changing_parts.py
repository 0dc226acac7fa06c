"""What of a source's addresses changes at every poll, such as the id of a session. Pure.

Such a source announces old articles at new addresses for ever. It is told by articles that came
again with the same words at other addresses: in all of them the same part of the address is another
one, and always one that was never seen. Left without that part, addresses mean articles again.
Columns that share a title ("weather", "digest") have other words and dates each day, so they teach
nothing; and what is left of an address must still tell a document's entries apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

FEWEST = 5
"""Articles that must have come again before anything is learnt of them."""
_NEARLY_ALL = 0.8
_HALF = 0.5
_TELLS_APART = 0.95

Parts = frozenset[str]
"""Names of parts: `query:sid`, `matrix:jsessionid`, `path:0` from the start, `path:-1` from the
end."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as it was announced, and the article that it led to, if it was read."""

    key: str
    title: str
    published_at: datetime | None = None
    article_id: int | None = None


def folded(key: str, parts: Collection[str]) -> str:
    """Return a key without the parts of it that change."""
    host, segments, matrix, query = _taken_apart(key)
    for part in parts:
        kind, _, name = part.partition(":")
        if kind == "path" and -len(segments) <= int(name) < len(segments):
            segments[int(name)] = "~"
    kept = [(name, value) for name, value in query if f"query:{name}" not in parts]
    more = [(name, value) for name, value in matrix if f"matrix:{name}" not in parts]
    return f"{host}/{'/'.join(segments)};{urlencode(more)}?{urlencode(kept)}"


def learn(document: Sequence[Seen], known: Collection[str], before: Sequence[Seen]) -> Parts:
    """Return the parts that change at every poll, none if there is no such pattern.

    `document` is what a source announces now, `known` the keys in it that it announced before, and
    `before` what it announced lately, the oldest first.
    """
    new = [seen for seen in document if seen.key not in known]
    pairs = _pairs(new, before)
    if len(pairs) < FEWEST:
        return frozenset()
    for from_end in (False, True):
        parts = _common(pairs, from_end=from_end)
        if parts and _holds(parts, pairs, document, new, before):
            return parts
    return frozenset()


def told_by_fold(
    document: Sequence[Seen], parts: Parts, known: Mapping[str, Seen]
) -> dict[str, str]:
    """Return, by the keys in a document, those under which their articles are known already.

    `known` has what was announced before, by what is left of its key. What a document has twice
    with other headlines is not to be told by what is left, nor what is dated anew.
    """
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for seen in document:
        titles[folded(seen.key, parts)].add(_words(seen.title))
    found = {
        seen.key: (seen, known[rest])
        for seen in document
        if (rest := folded(seen.key, parts)) in known and len(titles[rest]) == 1
    }
    dated_anew = {key for key, (now, then) in found.items() if _contradicts(now, then)}
    if len(dated_anew) > _HALF * len(found):
        dated_anew = set()  # it dates everything anew at each poll: its dates say nothing
    return {key: then.key for key, (_, then) in found.items() if key not in dated_anew}


def _pairs(new: Sequence[Seen], before: Sequence[Seen]) -> list[tuple[str, str]]:
    """Return keys of the same article, the earlier first, one pair an article."""
    by_title: dict[tuple[str, datetime | None], str] = {
        (_words(seen.title), seen.published_at): seen.key
        for seen in before
        if seen.title and seen.published_at
    }
    pairs = [
        (earlier, seen.key)
        for seen in new
        if (earlier := by_title.get((_words(seen.title), seen.published_at)))
    ]
    first: dict[int, str] = {}
    again: dict[int, str] = {}
    for seen in before:
        if seen.article_id is not None and first.setdefault(seen.article_id, seen.key) != seen.key:
            again[seen.article_id] = seen.key
    return pairs + [(first[article_id], key) for article_id, key in again.items()]


def _common(pairs: Iterable[tuple[str, str]], *, from_end: bool) -> Parts:
    """Return the parts in which nearly all pairs differ."""
    counts: Counter[str] = Counter()
    total = 0
    for earlier, later in pairs:
        total += 1
        some, others = _values(earlier, from_end=from_end), _values(later, from_end=from_end)
        counts.update(
            part for part in some.keys() | others.keys() if some.get(part) != others.get(part)
        )
    return frozenset(part for part, count in counts.items() if count >= _HALF * total)


def _holds(
    parts: Parts,
    pairs: Sequence[tuple[str, str]],
    document: Sequence[Seen],
    new: Sequence[Seen],
    before: Sequence[Seen],
) -> bool:
    """Tell whether articles are known again without these parts, and told apart all the same."""
    agreeing = sum(folded(some, parts) == folded(other, parts) for some, other in pairs)
    if agreeing < _NEARLY_ALL * len(pairs):
        return False
    if not (_tells_apart(parts, document) or _told_apart_before(parts, document, before)):
        return False
    seen_before = {_part_values(seen.key, parts) for seen in before}
    fresh = sum(_part_values(seen.key, parts) not in seen_before for seen in new)
    rests_before = {folded(seen.key, parts) for seen in before}
    again = sum(folded(seen.key, parts) in rests_before for seen in new)
    return fresh >= _NEARLY_ALL * len(new) and again >= _HALF * len(new)


def _tells_apart(parts: Parts, document: Sequence[Seen]) -> bool:
    rests = {folded(seen.key, parts) for seen in document}
    return len(rests) >= _TELLS_APART * len({seen.key for seen in document})


def _told_apart_before(parts: Parts, document: Sequence[Seen], before: Sequence[Seen]) -> bool:
    """Tell whether a document has articles twice, and what is left has told all read ones apart.

    A page may link to an article by its picture and by its headline, each at an address of its own.
    """
    once = {(_words(seen.title) or seen.key, folded(seen.key, parts)): seen for seen in document}
    articles: defaultdict[str, set[int]] = defaultdict(set)
    for seen in before:
        if seen.article_id is not None:
            articles[folded(seen.key, parts)].add(seen.article_id)
    apart = sum(len(ids) == 1 for ids in articles.values())
    return bool(
        articles
        and apart >= _TELLS_APART * len(articles)
        and _tells_apart(parts, list(once.values()))
    )


def _part_values(key: str, parts: Parts) -> tuple[str | None, ...]:
    values = _values(key, from_end=False) | _values(key, from_end=True)
    return tuple(values.get(part) for part in sorted(parts))


def _values(key: str, *, from_end: bool) -> dict[str, str]:
    """Return the parts of a key, those of its path counted from one end or the other."""
    host, segments, matrix, query = _taken_apart(key)
    shift = len(segments) if from_end else 0
    return {
        "host": host,
        **{f"path:{place - shift}": segment for place, segment in enumerate(segments)},
        **{f"matrix:{name}": value for name, value in matrix},
        **{f"query:{name}": value for name, value in query},
    }


def _taken_apart(
    key: str,
) -> tuple[str, list[str], list[tuple[str, str]], list[tuple[str, str]]]:
    parts = urlsplit(key)
    segments, matrix = [], list[tuple[str, str]]()
    for segment in parts.path.lstrip("/").split("/"):
        name, *more = segment.split(";")
        segments.append(name)
        matrix += [(pair.partition("=")[0], pair.partition("=")[2]) for pair in more]
    return parts.netloc, segments, matrix, parse_qsl(parts.query, keep_blank_values=True)


def _contradicts(now: Seen, then: Seen) -> bool:
    """Tell whether an entry with the title of a known one has another date."""
    return (
        _words(now.title) == _words(then.title)
        and now.published_at is not None
        and then.published_at is not None
        and now.published_at != then.published_at
    )


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
