"""`sources`, `articles`, `alerts`, `deliveries` and `explain`: what is stored, and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import exits
from cli.options import (
    DEFAULT_CONFIG,
    AfterOption,
    ConfigOption,
    FormatOption,
    LimitOption,
    OutputFormat,
)

if TYPE_CHECKING:
    from pathlib import Path

    from storage import Store

sources = typer.Typer(name="sources", help="Sources and how they fare.", no_args_is_help=True)
articles = typer.Typer(name="articles", help="Stored articles.", no_args_is_help=True)
alerts = typer.Typer(name="alerts", help="Alerts that were raised.", no_args_is_help=True)
deliveries = typer.Typer(
    name="deliveries", help="What was sent to whom, and their answers.", no_args_is_help=True
)


def _open(config: Path) -> Store:
    from core.config import load_config
    from storage import open_store

    return open_store(load_config(config).config.database.get_secret_value())


def _show_page(page: Any, output: OutputFormat, columns: tuple[str, ...], row: Any) -> None:
    from cli.output import complain, print_json, print_table

    if output is OutputFormat.JSON:
        print_json({"items": page.items, "next": str(page.next) if page.next else None})
        return
    print_table(columns, [row(item) for item in page.items])
    if page.next:
        complain(f"more: --after {page.next}")


def _cursor(after: str | None) -> Any:
    from storage import Cursor

    return Cursor.parse(after) if after else None


def _not_found(what: str) -> typer.Exit:
    from cli.output import complain

    complain(f"there is no {what}")
    return typer.Exit(exits.FINDINGS)


# -- sources


@sources.command("list")
def list_sources(
    config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT
) -> None:
    """List the sources: last success, next poll, failures, and what became of their entries."""
    from cli.output import print_json, print_table

    with _open(config) as store:
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

    with _open(config) as store:
        state = next((one for one in store.source_states() if one.name == name), None)
        if state is None:
            raise _not_found(f"source '{name}' in the database")
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
    with _open(config) as store:
        page = store.articles(source=source, after=_cursor(after), limit=limit)
    _show_page(
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

    with _open(config) as store:
        article = store.article(article_id, version)
        if article is None:
            raise _not_found(f"article {article_id}" + (f" version {version}" if version else ""))
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
    with _open(config) as store:
        article = store.article(article_id, version)
        if article is None or article.evidence_id is None:
            raise _not_found(f"raw page of article {article_id}")
        proof = store.evidence(article.evidence_id)
    if proof is None or proof.body is None:
        raise _not_found(f"raw page of article {article_id} any more; retention removed it")
    sys.stdout.buffer.write(proof.body)


# -- alerts


@alerts.command("list")
def list_alerts(
    config: ConfigOption = DEFAULT_CONFIG,
    rule: Annotated[str | None, typer.Option(help="Only of this rule.")] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List alerts, newest first."""
    with _open(config) as store:
        page = store.alerts(rule=rule, after=_cursor(after), limit=limit)
    _show_page(
        page,
        output,
        ("id", "raised", "level", "rule", "source", "title"),
        lambda one: (
            one.id,
            one.created_at,
            one.match.level,
            one.match.rule_id,
            one.article.data.source,
            one.article.data.title,
        ),
    )


@alerts.command("show")
def show_alert(
    alert_id: Annotated[str, typer.Argument(metavar="ID", help="The alert's id.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one alert: what matched, where, and who was told."""
    from cli.output import cell, print_json, print_line, print_table

    with _open(config) as store:
        alert = store.alert(alert_id)
        if alert is None:
            raise _not_found(f"alert '{alert_id}'")
        sent = store.deliveries(alert_id=alert_id, limit=1000).items
    if output is OutputFormat.JSON:
        print_json({"alert": alert, "deliveries": sent})
        return
    for label, value in (
        ("title", alert.article.data.title),
        ("url", alert.article.data.url),
        ("rule", f"{alert.match.rule_title} ({alert.match.rule_id}, {alert.match.level.value})"),
        ("raised", alert.created_at),
        ("hits", ", ".join(sorted({span.label for span in alert.match.spans}))),
        ("snippet", alert.match.snippet.text),
    ):
        print_line(f"{label:<10} {cell(value)}")
    print_line()
    print_table(
        ("delivery", "receiver", "status", "attempts", "next attempt", "last answer"),
        [
            (one.id, one.receiver, one.status, one.attempts, one.next_attempt_at, one.last_detail)
            for one in sent
        ],
    )


# -- deliveries


@deliveries.command("list")
def list_deliveries(
    config: ConfigOption = DEFAULT_CONFIG,
    status: Annotated[
        str | None, typer.Option(help="Only `pending`, `delivered` or `dead` ones.")
    ] = None,
    receiver: Annotated[str | None, typer.Option(help="Only of this receiver.")] = None,
    limit: LimitOption = 50,
    after: AfterOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List deliveries, newest first."""
    from core.alerting import DeliveryStatus

    try:
        wanted = DeliveryStatus(status) if status else None
    except ValueError:
        raise typer.BadParameter(f"{status!r} is not pending, delivered or dead") from None
    with _open(config) as store:
        page = store.deliveries(status=wanted, receiver=receiver, after=_cursor(after), limit=limit)
    _show_page(
        page,
        output,
        ("id", "created", "receiver", "status", "attempts", "next attempt", "last answer"),
        lambda one: (
            one.id,
            one.created_at,
            one.receiver,
            one.status,
            one.attempts,
            one.next_attempt_at,
            one.last_detail,
        ),
    )


@deliveries.command("show")
def show_delivery(
    delivery_id: Annotated[str, typer.Argument(metavar="ID", help="The delivery's id.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show every attempt of a delivery and what the receiver answered."""
    from cli.output import print_json, print_table

    with _open(config) as store:
        attempts = store.attempts(delivery_id)
    if not attempts:
        raise _not_found(f"attempt of delivery '{delivery_id}'")
    if output is OutputFormat.JSON:
        print_json(attempts)
        return
    print_table(
        ("attempt", "started", "outcome", "status", "answer"),
        [
            (one.number, one.started_at, one.outcome, one.status_code, one.detail)
            for one in attempts
        ],
    )


@deliveries.command("retry")
def retry_deliveries(
    delivery_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One delivery.")] = None,
    receiver: Annotated[str | None, typer.Option(help="All dead ones of this receiver.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All dead ones.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Send dead deliveries again: they become due now, and the daemon takes them."""
    from cli.output import print_line

    if not (delivery_id or receiver or everything):
        raise typer.BadParameter("name a delivery, or use --receiver or --all")
    with _open(config) as store:
        revived = store.replay(delivery_id=delivery_id, receiver=receiver)
    print_line(f"{revived} deliveries are due again")
    raise typer.Exit(exits.OK if revived else exits.FINDINGS)


# -- explain


def explain(
    url: Annotated[str, typer.Argument(help="Address of an article.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Tell what happened to an article at every stage, and why it did or did not alert.

    Exit status 1 when nothing is known of it.
    """
    from cli.explanation import explain_url, print_explanation
    from cli.output import print_json
    from scheduler.live import load_live

    live = load_live(config)
    with _open(config) as store:
        told = explain_url(store, live, url)
    if output is OutputFormat.JSON:
        print_json(told)
    else:
        print_explanation(told)
    raise typer.Exit(exits.OK if told.known else exits.FINDINGS)
