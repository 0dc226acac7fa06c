"""`articles`: what was read, how it changed, and the proof of both."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.age import moment_ago
from cli.listing import (
    cursor_of,
    open_configured,
    open_desk,
    open_loaded,
    show_page,
    what_runs,
)
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)
from cli.untold import FROM_THE_FEED, told_to_nobody
from core.articles import Article, WordsFrom
from core.errors import WirewatchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.screen import Screen
    from desk.articles import ArticleSheet, Story

articles = typer.Typer(name="articles", help="Stored articles.", no_args_is_help=True)

ArticleName = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="An article's number or address, or an alert or a case about it."
    ),
]


def event_in_words(article: Article) -> str:
    """Return what happened at a version: `version 2 edited: 1 passage removed`."""
    note = f": {article.note}" if article.note else ""
    return f"version {article.version} {article.event.value}{note}"


def print_story(screen: Screen, story: Story, article_id: int) -> None:
    """Print who has a story and who had it first."""
    from cli.table_layout import counts, texts, whole

    first = f"{story.first_source} had it first, {screen.when(story.first_at)}"
    screen.entries([("story", f"{story.id}: {len(story.members)} articles; {first}")])
    rows = []
    for member in story.members:
        how = (
            "first seen"
            if member.of is None
            else (f"{member.relation} of {member.of}, {member.containment:.0%} of the shorter text")
        )
        mark = "→" if member.article_id == article_id else ""
        seen = screen.ago(member.seen_at)
        rows.append((f"{mark}{member.article_id}", seen, member.source, how))
    screen.line()
    screen.table((*counts("article"), *whole("seen", "source"), *texts("how")), rows)


def print_articles(screen: Screen, articles: Sequence[Article]) -> None:
    """Print articles, one a row."""
    from cli.table_layout import addresses, title, whole

    screen.table(
        (*whole("id", "seen", "source", "lang"), title(), *addresses("url")),
        [
            (
                article.id,
                screen.ago(article.first_seen_at),
                article.data.source,
                article.data.language,
                article.data.title,
                article.data.url,
            )
            for article in articles
        ],
    )


def print_article(screen: Screen, found: ArticleSheet) -> None:
    """Print all about an article, its text last."""
    from cli.table_layout import counts, texts, whole

    article, versions, proof, data = (
        found.article,
        found.versions,
        found.evidence,
        found.article.data,
    )
    fetched = screen.when(article.fetched_at)
    screen.entries(
        (
            ("article", article.id),
            ("title", data.title),
            ("url", data.url),
            ("source", data.source),
            *([("also listed by", ", ".join(found.also_listed_by))] * bool(found.also_listed_by)),
            ("authors", ", ".join(data.authors)),
            ("published", data.published_at),
            *([("words", FROM_THE_FEED)] if data.words_from is WordsFrom.FEED else []),
            *([("told", told_to_nobody(article, screen))] if article.untold else []),
            ("language", data.language),
            ("version", f"{article.version} of {len(versions)}, fetched {fetched}"),
            ("raw page", f"{proof.size} bytes, SHA-256 {proof.sha256}" if proof else None),
        )
    )
    if found.story is not None and len(found.story.members) > 1:
        print_story(screen, found.story, article.id)
    if len(versions) > 1:
        screen.line()
        screen.table(
            (*counts("version"), *whole("fetched", "event"), *texts("what")),
            [
                (known.version, screen.ago(known.fetched_at), known.event, known.note)
                for known in versions
            ],
        )
    screen.line()
    for paragraph in data.text.split("\n"):
        screen.paragraph(paragraph)


@articles.command("list")
def list_articles(
    config: ConfigOption = DEFAULT_CONFIG,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", help="Only what a query finds, as `search` does.", metavar="QUERY"),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="How far back, such as 30d; all without.", metavar="AGE")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="Only in this language.")] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List stored articles, newest first."""
    start = None if since is None else moment_ago(since, "--since", "30d")
    page: Any
    if text is None:
        with open_desk(config, source=source) as (store, screen):
            page = store.articles(
                source=source, language=lang, since=start, after=cursor_of(after), limit=limit
            )
        show_page(page, output, lambda: print_articles(screen, page.items))
        return
    from cli.screen import screen_of
    from cli.search import complain_of
    from desk.search import SearchDesk, SearchFilters, articles_of

    watched = what_runs(config)
    with open_loaded(watched, source=source) as store:
        found = SearchDesk(store, lambda: watched).search(
            text, SearchFilters(since=start, source=source, language=lang), after, limit
        )
    page = articles_of(found)
    show_page(page, output, lambda: print_articles(screen_of(watched), page.items))
    complain_of(found)


@articles.command("show")
def show_article(
    name: ArticleName,
    version: Annotated[int | None, typer.Option(help="A version; the latest otherwise.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one article: its text, its versions, and the proof that is kept."""
    from cli.output import print_json
    from desk.articles import sheet
    from desk.names import named_article

    with open_desk(config) as (store, screen):
        found = sheet(store, named_article(store, name), version)
    article, versions, proof, story = found.article, found.versions, found.evidence, found.story
    if output is OutputFormat.JSON:
        print_json(
            {
                "article": article,
                "versions": len(versions),
                "history": [
                    {
                        "version": known.version,
                        "at": known.fetched_at,
                        "event": known.event,
                        "note": known.note,
                        "title": known.data.title,
                    }
                    for known in versions
                ],
                "evidence": proof,
                "story": story,
                "also_listed_by": found.also_listed_by,
            }
        )
        return
    print_article(screen, found)


@articles.command("diff")
def diff_article(
    name: ArticleName,
    old: Annotated[int | None, typer.Option("--from", help="A version; the one before.")] = None,
    new: Annotated[int | None, typer.Option("--to", help="A version; the latest.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show what changed between two versions, for reading: the last two unless told otherwise."""
    from cli.output import print_json, print_line
    from desk.articles import difference
    from desk.names import named_article

    with open_configured(config) as store:
        found = difference(store, named_article(store, name), old, new)
    older, newer, change = found.older, found.newer, found.change
    if output is OutputFormat.JSON:
        print_json({"from": older.version, "to": newer.version, "change": change})
        return
    print_line(f"{older.version} → {newer.version}  {event_in_words(newer)}")
    print_line(change.summary())
    for line in change.unified().split("\n"):
        print_line(line)


@articles.command("evidence")
def evidence_of_article(
    name: ArticleName,
    version: Annotated[int | None, typer.Option(help="One version; all otherwise.")] = None,
    file: Annotated[
        Path | None, typer.Option("--output", "-o", help="A new file; else `article-ID.warc.gz`.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the pages as they were fetched into a WARC file, with headers, times and hashes.

    Web archives, replay tools and courts' experts open it. A file that exists is left alone.
    """
    from cli.output import print_line
    from core.private_files import new_file
    from desk.articles import exhibits
    from desk.names import named_article
    from desk.warc import write_warc

    with open_configured(config) as store:
        article_id = named_article(store, name)
        found = tuple(exhibits(store, article_id, version))
    path = file or Path(f"article-{article_id}.warc.gz")
    try:
        with new_file(path) as out:
            write_warc(out, path.name, found)
    except OSError as error:
        raise WirewatchError(f"cannot write {path}: {error.strerror}") from error
    without = sum(exhibit.proof.body is None for exhibit in found)
    print_line(
        f"{path}: {len(found)} pages"
        + (f", {without} without their bytes, which retention removed" if without else "")
    )


@articles.command("raw")
def raw_article(
    name: ArticleName,
    version: Annotated[int | None, typer.Option(help="A version; the latest otherwise.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the bytes of the page as they were fetched to standard output."""
    from desk.articles import raw_page
    from desk.names import named_article

    with open_configured(config) as store:
        body = raw_page(store, named_article(store, name), version)
    sys.stdout.buffer.write(body)
