"""How many addresses a source may make us follow. Pure.

Calendars without end, filters in every combination and links that nest in themselves give a
crawler more addresses than the outlet has articles. What goes beyond is left out with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from core.sources import Entry, SkipKind, SkipReason

MOST_A_DAY = 3_000
"""New addresses of one source in 24 hours; the largest news agencies publish 1,500 articles."""
DEEPEST = 20
"""Segments of a path; articles have at most eight."""
MOST_REPEATS = 3
"""Times that one segment may stand in a path; `/a/b/a/b/a/b` comes of a link into itself."""
MOST_QUERIES = 12
"""Different sets of parameter names under one path in one document: an article has one or two,
a form of filters has as many as there are combinations."""

TOO_MANY_A_DAY = SkipReason(
    SkipKind.TOO_MANY_A_DAY, f"more than {MOST_A_DAY:,} new addresses of one source in a day"
)
TOO_DEEP = SkipReason(SkipKind.TOO_DEEP, f"path of more than {DEEPEST} segments")
REPEATING = SkipReason(SkipKind.REPEATING, "path that repeats itself")
PERMUTED = SkipReason(
    SkipKind.PERMUTED, f"more than {MOST_QUERIES} combinations of parameters under one path"
)


def left_out(entries: Sequence[Entry], found_today: int) -> list[SkipReason | None]:
    """Return for each entry why it is not followed, or None when it is.

    `found_today` are the source's new addresses of the last 24 hours; entries are new as well.
    """
    names: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    verdicts: list[SkipReason | None] = []
    taken = found_today
    for entry in entries:
        verdict = _by_address(entry.url, names)
        if verdict is None and taken >= MOST_A_DAY:
            verdict = TOO_MANY_A_DAY
        taken += verdict is None
        verdicts.append(verdict)
    return verdicts


def _by_address(url: str, names: dict[tuple[str, str], set[tuple[str, ...]]]) -> SkipReason | None:
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > DEEPEST:
        return TOO_DEEP
    if any(segments.count(segment) > MOST_REPEATS for segment in set(segments)):
        return REPEATING
    if parts.query:
        query = tuple(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
        seen = names.setdefault((parts.netloc, parts.path), set())
        if query not in seen and len(seen) >= MOST_QUERIES:
            return PERMUTED
        seen.add(query)
    return None
