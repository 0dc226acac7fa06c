"""Hits of a search as lines for spreadsheets and programs. The names are a contract with both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.plain_text import one_line
from desk.search_answers import SearchHit, SearchPage
from desk.spreadsheets import harmless

COLUMNS = (
    "article", "version", "latest_version", "still_there", "event", "fetched_at", "published_at",
    "source", "language", "title", "snippet", "url",
)  # fmt: skip


def line_of(hit: SearchHit) -> Mapping[str, Any]:
    """Return a hit by the names of the columns."""
    article, data = hit.article, hit.article.data
    values = (
        article.id, article.version, hit.latest_version, hit.still_there, article.event.value,
        article.fetched_at, data.published_at, data.source, data.language, one_line(data.title),
        "".join(piece.text for piece in hit.snippet), data.url,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def page_as_json(page: SearchPage) -> Mapping[str, Any]:
    """Return a page by promised names."""
    count = page.count
    return {
        "items": [
            {**line_of(hit), "marked": [piece.text for piece in hit.snippet if piece.hit]}
            for hit in page.items
        ],
        "next": page.next,
        "found": None if count is None else {"number": count.number, "kind": count.kind},
        "per_day": {str(day.day): day.versions for day in page.per_day},
        "understood": page.understood.text,
        "terms": page.understood.terms,
        "looked_back_to": page.looked.back_to,
        "complete": page.looked.complete,
        "out_of_time": page.looked.out_of_time,
        "waiting_for_index": page.lag.waiting,
    }


def csv_lines(hits: Iterable[SearchHit]) -> Iterator[str]:
    """Yield lines as RFC 4180 has them; none of their cells is run by a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for hit in hits:
        cells = {name: harmless(_text(value)) for name, value in line_of(hit).items()}
        writer.writerow(cells)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _text(value: Any) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value
