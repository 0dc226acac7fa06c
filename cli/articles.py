"""`articles`: what was read, how it changed, and the proof of both."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.listing import cursor_of, open_configured, show_page
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)
from core.articles import Article
from core.errors import WirewatchError

if TYPE_CHECKING:
    from desk.articles import Story

articles = typer.Typer(name="articles", help="Stored articles.", no_args_is_help=True)

ArticleId = Annotated[int, typer.Argument(metavar="ID", help="The article's id.")]


def event_in_words(article: Article) -> str:
    """Return what happened at a version: `version 2 edited: 1 passage removed`."""
    note = f": {article.note}" if article.note else ""
    return f"version {article.version} {article.event.value}{note}"


def print_story(story: Story, article_id: int) -> None:
    """Print who has a story and who had it first."""
    from cli.output import cell, print_line

    print_line(
        f"{'story':<10} {story.id}: {len(story.members)} articles; "
        f"{story.first_source} had it first, {cell(story.first_at)}"
    )
    for member in story.members:
        how = (
            "first seen"
            if member.of is None
            else (f"{member.relation} of {member.of}, {member.containment:.0%} of the shorter text")
        )
        mark = "→" if member.article_id == article_id else " "
        print_line(
            f"         {mark} {member.article_id} {cell(member.seen_at)} {member.source}: {how}"
        )


@articles.command("list")
def list_articles(
    config: ConfigOption = DEFAULT_CONFIG,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List stored articles, newest first."""
    with open_configured(config) as store:
        page = store.articles(source=source, after=cursor_of(after), limit=limit)
    show_page(
        page,
        output,
        ("id", "seen", "source", "lang", "title", "url"),
        lambda article: (
            article.id,
            article.first_seen_at,
            article.data.source,
            article.data.language,
            article.data.title,
            article.data.url,
        ),
    )


@articles.command("show")
def show_article(
    article_id: ArticleId,
    version: Annotated[int | None, typer.Option(help="A version; the latest otherwise.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one article: its text, its versions, and the proof that is kept."""
    from cli.output import cell, print_json, print_line
    from desk.articles import sheet

    with open_configured(config) as store:
        found = sheet(store, article_id, version)
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
            }
        )
        return
    data = article.data
    for label, value in (
        ("title", data.title),
        ("url", data.url),
        ("source", data.source),
        ("authors", ", ".join(data.authors)),
        ("published", data.published_at),
        ("language", data.language),
        ("version", f"{article.version} of {len(versions)}, fetched {cell(article.fetched_at)}"),
        ("raw page", f"{proof.size} bytes, SHA-256 {proof.sha256}" if proof else None),
    ):
        print_line(f"{label:<10} {cell(value)}")
    if story is not None and len(story.members) > 1:
        print_story(story, article_id)
    for known in versions if len(versions) > 1 else ():
        print_line(f"{cell(known.fetched_at)}  {event_in_words(known)}")
    print_line()
    for paragraph in data.text.split("\n"):
        print_line(paragraph)


@articles.command("diff")
def diff_article(
    article_id: ArticleId,
    old: Annotated[int | None, typer.Option("--from", help="A version; the one before.")] = None,
    new: Annotated[int | None, typer.Option("--to", help="A version; the latest.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show what changed between two versions, for reading: the last two unless told otherwise."""
    from cli.output import print_json, print_line
    from desk.articles import difference

    with open_configured(config) as store:
        found = difference(store, article_id, old, new)
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
    article_id: ArticleId,
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
    from core.private_files import private_file
    from desk.articles import exhibits
    from desk.warc import write_warc

    with open_configured(config) as store:
        found = exhibits(store, article_id, version)
    path = file or Path(f"article-{article_id}.warc.gz")
    try:
        with open(path, "xb", opener=private_file) as out:
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
    article_id: ArticleId,
    version: Annotated[int | None, typer.Option(help="A version; the latest otherwise.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the bytes of the page as they were fetched to standard output."""
    from desk.articles import raw_page

    with open_configured(config) as store:
        body = raw_page(store, article_id, version)
    sys.stdout.buffer.write(body)
