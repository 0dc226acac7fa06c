"""What can be taken away: lists as files, the text of an article, the pages it was read from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO

from starlette.responses import Response, StreamingResponse

from core.plain_text import block, one_line
from desk import articles, exports, story_sheet
from desk.articles import Exhibit
from desk.errors import NotThereError, TurnTakenError
from desk.exports import ARTICLE_COLUMNS, STORY_COLUMNS, ArticlesAsked, FileFormat, written
from desk.search_answers import QueryError
from desk.search_export import SEARCH_COLUMNS, found_lines
from desk.spreadsheets import Line
from desk.warc import write_warc
from web.pages import search
from web.pages.alerts import asked_of
from web.pages.article import version_of
from web.pages.story import number_of
from web.rendering import page
from web.visit import Visit

_IN_MEMORY = 1024 * 1024
"""Bytes of a file beyond which it is kept on disk until it was sent."""
_CHUNK = 64 * 1024


def stories(visit: Visit) -> Response:
    """Give the stories of a shelf, those that its list would show, as a file."""
    lines = exports.story_lines(
        visit.desk.store,
        exports.on_shelf(asked_of(visit)),
        visit.now,
        visit.desk.running().outlet_of,
    )
    return _table(visit, "stories", STORY_COLUMNS, lines)


def all_articles(visit: Visit) -> Response:
    """Give the stored articles, of one source or language where the address names one."""
    asked = ArticlesAsked(
        source=visit.query.get("source") or None, language=visit.query.get("lang") or None
    )
    lines = exports.article_lines(visit.desk.store, asked, visit.desk.running().outlet_of)
    return _table(visit, "articles", ARTICLE_COLUMNS, lines)


def found(visit: Visit) -> Response:
    """Give what a search finds, as its page would show it, as a file."""
    asked = search.asked_by(visit)
    lines: Iterator[Line] = iter(())
    if asked.strip() and len(asked) <= search.LONGEST_QUERY:
        lines = found_lines(
            visit.desk.search, asked, search.filters_of(visit), visit.desk.running().outlet_of
        )
    try:
        return _table(visit, "search", SEARCH_COLUMNS, lines)
    except QueryError:
        return search.show(visit)  # it says what is wrong, and where


def text(visit: Visit) -> Response:
    """Give the whole text of an article, in the version that `v` names or the latest."""
    article_id, version = number_of(visit, "article"), version_of(visit)
    article = visit.desk.store.article(article_id, version)
    if article is None:
        raise NotThereError(f"article {article_id}")
    whole = f"{one_line(article.data.title)}\n\n{block(article.data.text)}\n"
    name = f"article-{article.id}-v{article.version}.txt"
    return Response(
        whole.encode("utf-8", "replace"),
        media_type="text/plain; charset=utf-8",
        headers=_as_file(name),
    )


def article_warc(visit: Visit) -> Response:
    """Give the pages that an article's versions were read from, as a WARC file."""
    article_id = number_of(visit, "article")
    found = articles.exhibits(visit.desk.store, article_id)
    return _warc(f"article-{article_id}.warc.gz", found)


def story_warc(visit: Visit) -> Response:
    """Give the pages of all articles of a story, as a WARC file."""
    case_id = number_of(visit, "story")
    found = _exhibits(visit, story_sheet.article_ids(visit.desk, case_id))
    first = next(found, None)
    if first is None:
        raise NotThereError(f"page that was kept of story {case_id}")
    return _warc(f"story-{case_id}.warc.gz", chain((first,), found))


def _exhibits(visit: Visit, article_ids: Iterable[int]) -> Iterator[Exhibit]:
    for article_id in article_ids:
        try:
            yield from articles.exhibits(visit.desk.store, article_id)
        except NotThereError:
            continue  # retention removed its pages, and left those of others


def _table(visit: Visit, name: str, columns: tuple[str, ...], lines: Iterator[Line]) -> Response:
    kind = visit.params["format"]
    try:
        file_format = FileFormat(kind)
    except ValueError:
        raise NotThereError(f"format {kind[:20]!r}") from None
    day = f"{visit.now.astimezone(visit.zone):%Y-%m-%d}"
    zone = visit.zone or visit.desk.zone
    rows = _one_at_a_time(visit, lines)
    try:
        begun = list(islice(rows, 1))  # what goes wrong here still has an answer
    except TurnTakenError:
        words = visit.words
        return page(
            visit, "message.html", 503, heading=words("Not now"),
            text=words("Another list is being made into a file. Try again in a moment."),
        )  # fmt: skip
    return StreamingResponse(
        written(file_format, columns, chain(begun, rows), zone=zone),
        media_type=file_format.media_type,
        headers=_as_file(f"{name}-{day}.{file_format.value}"),
    )


def _one_at_a_time(visit: Visit, lines: Iterator[Line]) -> Iterator[Line]:
    """Give the rows of a file while nobody else is given one: each reads the whole archive."""
    if not visit.desk.trials.exporting.acquire(blocking=False):
        raise TurnTakenError("another list is being made into a file")
    try:
        yield from lines
    finally:
        visit.desk.trials.exporting.release()


def _warc(name: str, found: Iterable[Exhibit]) -> Response:
    # Written before the first byte is sent: what goes wrong still has an answer.
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed when sent
    try:
        write_warc(out, name, found)
        out.seek(0)
    except BaseException:
        out.close()
        raise
    return StreamingResponse(_sent(out), media_type="application/warc", headers=_as_file(name))


def _sent(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while chunk := out.read(_CHUNK):
            yield chunk


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
