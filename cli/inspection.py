"""`sources`, `articles` and `explain`: what was read, and what became of it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import exits
from cli.listing import cursor_of, not_found, open_configured, show_page
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)

sources = typer.Typer(name="sources", help="Sources and how they fare.", no_args_is_help=True)
articles = typer.Typer(name="articles", help="Stored articles.", no_args_is_help=True)


# -- sources


@sources.command("list")
def list_sources(
    config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT
) -> None:
    """List the sources: last success, next poll, failures, and what became of their entries."""
    from cli.output import print_json, print_table

    with open_configured(config) as store:
        states = store.source_states()
        counts = store.entry_counts()
    totals: dict[str, dict[str, int]] = {}
    for (source, status, _), number in counts.items():
        of_source = totals.setdefault(source, {})
        of_source[status.value] = of_source.get(status.value, 0) + number
    if output is OutputFormat.JSON:
        print_json([{"state": one, "entries": totals.get(one.name, {})} for one in states])
        return
    print_table(
        (
            "source",
            "last success",
            "next poll",
            "failures",
            "stored",
            "rejected",
            "failed",
            "error",
        ),
        [
            (
                one.name if one.active else f"{one.name} (removed)",
                one.last_success_at,
                one.next_check_at,
                one.consecutive_failures,
                *(totals.get(one.name, {}).get(key, 0) for key in ("stored", "rejected", "failed")),
                one.last_error,
            )
            for one in states
        ],
    )


@sources.command("show")
def show_source(
    name: Annotated[str, typer.Argument(help="Name of the source.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one source: its state, its latest entries, and every reason something was skipped."""
    from cli.output import cell, print_json, print_line, print_table

    with open_configured(config) as store:
        state = next((one for one in store.source_states() if one.name == name), None)
        if state is None:
            raise not_found(f"source '{name}' in the database")
        counts = store.entry_counts(name)
        latest = store.entries(source=name, limit=20).items
    reasons = [
        {"status": status, "reason": reason, "count": number}
        for (_, status, reason), number in counts.items()
    ]
    if output is OutputFormat.JSON:
        print_json({"state": state, "reasons": reasons, "entries": latest})
        return
    for label, value in (
        ("last checked", state.last_checked_at),
        ("last success", state.last_success_at),
        ("next poll", state.next_check_at),
        ("feed", state.feed_url),
        ("failures in a row", state.consecutive_failures),
        ("last error", state.last_error),
    ):
        print_line(f"{label:<18} {cell(value)}")
    print_line()
    print_table(
        ("status", "count", "reason"),
        [(one["status"], one["count"], one["reason"]) for one in reasons],
    )
    print_line()
    print_table(
        ("found", "status", "title", "url"),
        [(one.discovered_at, one.status, one.entry.title, one.entry.url) for one in latest],
    )


# -- articles


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
        lambda one: (
            one.id,
            one.first_seen_at,
            one.data.source,
            one.data.language,
            one.data.title,
            one.data.url,
        ),
    )


@articles.command("show")
def show_article(
    article_id: Annotated[int, typer.Argument(metavar="ID", help="The article's id.")],
    version: Annotated[int | None, typer.Option(help="A version; the latest otherwise.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one article: its text, its versions, and the proof that is kept."""
    from cli.output import cell, print_json, print_line

    with open_configured(config) as store:
        article = store.article(article_id, version)
        if article is None:
            raise not_found(f"article {article_id}" + (f" version {version}" if version else ""))
        versions = store.versions(article_id)
        proof = store.evidence(article.evidence_id) if article.evidence_id else None
    if output is OutputFormat.JSON:
        print_json({"article": article, "versions": len(versions), "evidence": proof})
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
    print_line()
    for paragraph in data.text.split("\n"):
        print_line(paragraph)


@articles.command("raw")
def raw_article(
    article_id: Annotated[int, typer.Argument(metavar="ID", help="The article's id.")],
    version: Annotated[int | None, typer.Option(help="A version; the latest otherwise.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the bytes of the page as they were fetched to standard output."""
    with open_configured(config) as store:
        article = store.article(article_id, version)
        if article is None or article.evidence_id is None:
            raise not_found(f"raw page of article {article_id}")
        proof = store.evidence(article.evidence_id)
    if proof is None or proof.body is None:
        raise not_found(f"raw page of article {article_id} any more; retention removed it")
    sys.stdout.buffer.write(proof.body)


# -- explain


def explain(
    url: Annotated[str, typer.Argument(help="Address of an article.")],
    config: ConfigOption = DEFAULT_CONFIG,
    rule: Annotated[
        str | None, typer.Option("--rule", help="Only this rule, part by part.", metavar="ID")
    ] = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Tell what happened to an article at every stage, and why it did or did not alert.

    Exit status 1 when nothing is known of it.
    """
    from cli.explanation import explain_url, print_explanation
    from cli.output import print_json
    from scheduler.live import load_live

    live = load_live(config)
    with open_configured(config) as store:
        told = explain_url(store, live, url)
    if output is OutputFormat.JSON:
        print_json(told)
    else:
        print_explanation(told, rule)
    raise typer.Exit(exits.OK if told.known else exits.FINDINGS)
