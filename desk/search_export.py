"""What a search finds, as rows for a spreadsheet or a program, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.plain_text import one_line
from desk.exports import OutletOf
from desk.search import SearchDesk
from desk.search_answers import SearchFilters, SearchHit, SearchPage
from desk.spreadsheets import Line

SEARCH_COLUMNS = (
    "date", "outlet", "title", "snippet", "link", "language", "article", "version", "still_there",
)  # fmt: skip
MOST_FOUND = 10_000
"""Rows of one file: a word that every article has would read the whole archive."""
_PORTION = 200


def found_lines(
    search: SearchDesk, query: str, filters: SearchFilters, outlet_of: OutletOf
) -> Iterator[Line]:
    """Yield a row for each version that is found, `MOST_FOUND` at most. Raises QueryError."""

    def page(after: str | None) -> SearchPage:
        return search.search(query, filters, after, _PORTION)

    yield from (_line(hit, outlet_of) for hit in _hits(page))


def _hits(page: Callable[[str | None], SearchPage]) -> Iterator[SearchHit]:
    after, given = None, 0
    while True:
        found = page(after)
        yield from found.items[: MOST_FOUND - given]
        given += len(found.items)
        # A page whose time was over goes on where it looked to.
        after = found.next
        if after is None or given >= MOST_FOUND:
            return


def _line(hit: SearchHit, outlet_of: OutletOf) -> Line:
    data = hit.article.data
    return {
        "date": hit.article.first_seen_at,
        "outlet": one_line(outlet_of(data.source)),
        "title": one_line(data.title),
        "snippet": one_line("".join(piece.text for piece in hit.snippet)),
        "link": data.url,
        "language": data.language,
        "article": hit.article.id,
        "version": hit.article.version,
        "still_there": "yes" if hit.still_there else "no",
    }
