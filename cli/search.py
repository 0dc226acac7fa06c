"""`search`: what was ever stored, in the language of the rules."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.age import moment_ago
from cli.listing import open_loaded, what_runs
from cli.options import DEFAULT_CONFIG, AfterOption, ConfigOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.screen import Screen
    from desk.search import Piece, SearchHit, SearchPage

_BAR = 40
"""Cells of the longest bar of the hits per day."""
_DAYS = 14
"""Days that are shown of them."""


class SearchFormat(StrEnum):
    """How hits are printed."""

    TEXT = "text"
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def search(
    query: Annotated[
        str, typer.Argument(help="What to look for, in the language of the rules.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    saved: Annotated[
        str | None, typer.Option(help="A saved search of the configuration.", metavar="NAME")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="How far back, such as 30d; all without.", metavar="AGE")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    lang: Annotated[str | None, typer.Option(help="Only in this language.")] = None,
    versions: Annotated[
        bool,
        typer.Option("--versions", help="Every version by itself, and not each article once."),
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most hits.")] = 20,
    after: AfterOption = None,
    output: Annotated[
        SearchFormat,
        typer.Option("--format", help="Passages, a row for each, or for programs."),
    ] = SearchFormat.TEXT,
) -> None:
    """Search every version ever stored, newest first; also what was edited out since.

    A query is what `when` of a rule is: `'рейд NEAR/10 мигрант'`, `'$migrant AND NOT lang:en'`. See
    docs/search.md.
    """
    from cli.output import complain, print_json
    from cli.screen import screen_of
    from desk.search import SearchDesk, SearchFilters
    from desk.search_lines import csv_lines, page_as_json

    if bool(query) is (saved is not None):
        raise typer.BadParameter("give a query, or `--saved NAME`", param_hint="QUERY")
    start = None if since is None else moment_ago(since, "--since", "30d")
    filters = SearchFilters(since=start, source=source, language=lang, versions=versions)
    watched = what_runs(config)
    with open_loaded(watched, source=source) as store:
        desk = SearchDesk(store, lambda: watched)
        if saved is not None:
            page = desk.search_saved(saved, filters, after, limit)
        else:
            page = desk.search(query, filters, after, limit)
    if output is SearchFormat.JSON:
        print_json(page_as_json(page))
        return
    if output is SearchFormat.CSV:
        for line in csv_lines(page.items):
            sys.stdout.write(line)
    else:
        screen = screen_of(watched)
        (print_table if output is SearchFormat.TABLE else print_hits)(screen, page)
    complain_of(page)
    if page.next:
        complain(f"more: --after {page.next}")


def complain_of(page: SearchPage) -> None:
    """Say on standard error what a page leaves open."""
    from cli.output import complain

    looked = page.looked
    if looked.out_of_time:
        back = "" if looked.back_to is None else f", back to {looked.back_to:%Y-%m-%d %H:%M} UTC"
        complain(f"the time of a page is over{back}: what is older was not looked at")
    if page.lag.waiting:
        complain(
            f"{page.lag.waiting:,} versions or more are not in the index yet: the daemon "
            "follows, or `wirewatch db reindex`"
        )


def print_table(screen: Screen, page: SearchPage) -> None:
    """Print hits, one a row."""
    from cli.table_layout import counts, texts, title, whole

    screen.table(
        (*whole("id"), *counts("version"), *whole("fetched", "source", "lang"), title(),
         *texts("passage")),
        [
            (
                hit.article.id,
                _version(hit),
                screen.ago(hit.article.fetched_at),
                hit.article.data.source,
                hit.article.data.language,
                hit.article.data.title,
                marked(hit.snippet),
            )
            for hit in page.items
        ],
    )  # fmt: skip


def print_hits(screen: Screen, page: SearchPage) -> None:
    """Print how a query was understood, the hits with their passages, and hits per day."""
    screen.line(f"understood: {page.understood.text}")
    if page.count is not None:
        screen.line(f"found: {page.count} versions")
    for hit in page.items:
        data = hit.article.data
        screen.line()
        about = [str(hit.article.id), screen.ago(hit.article.fetched_at), data.source]
        about += [data.language] if data.language else []
        if hit.latest_version > 1:
            about.append(f"version {_version(hit)}")
        if not hit.still_there:
            about.append("no longer in the latest version")
        screen.line("  ".join(about))
        screen.line(marked(hit.title) or data.url)
        screen.line(marked(hit.snippet), indent=2)
    if len(page.per_day) > 1:
        screen.line()
        most = max(day.versions for day in page.per_day)
        for day in page.per_day[:_DAYS]:
            bar = "█" * max(1, round(day.versions / most * _BAR))
            screen.line(f"{day.day:%Y-%m-%d}  {day.versions:>5}  {bar}")


def marked(pieces: Sequence[Piece]) -> str:
    """Return a passage with what was hit in brackets."""
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in pieces)


def _version(hit: SearchHit) -> str:
    return f"{hit.article.version} of {hit.latest_version}"
