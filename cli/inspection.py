"""`sources` and `explain`: what is watched, and what became of what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.listing import not_found, open_configured
from cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    FormatOption,
    OutputFormat,
    web_address,
)
from cli.source_files import export_sources, import_sources

sources = typer.Typer(name="sources", help="Sources and how they fare.", no_args_is_help=True)


# -- sources


sources.command("import")(import_sources)
sources.command("export")(export_sources)


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
        skipped = store.skipped_entries(name).get(name, ())
    reasons = [
        {"status": status, "reason": reason, "count": number}
        for (_, status, reason), number in counts.items()
    ]
    if output is OutputFormat.JSON:
        print_json({"state": state, "reasons": reasons, "skipped": skipped, "entries": latest})
        return
    for label, value in (
        ("last checked", state.last_checked_at),
        ("last success", state.last_success_at),
        ("next poll", state.next_check_at),
        ("found", f"{state.found.kind} {state.found.url}" if state.found else None),
        ("why", state.found.how.splitlines()[0] if state.found and state.found.how else None),
        ("failures in a row", state.consecutive_failures),
        ("last error", state.last_error),
        ("why then", state.next_check_reason),
        ("last new", state.last_new_at),
        ("last gap", f"{cell(state.last_gap_at)}: {state.last_gap}" if state.last_gap else None),
        ("health", f"{state.health.health}: {state.health.reason}" if state.health else None),
    ):
        print_line(f"{label:<18} {cell(value)}")
    print_line()
    print_table(
        ("status", "count", "reason"),
        [(one["status"], one["count"], one["reason"]) for one in reasons],
    )
    if skipped:
        print_line()
        print_line("left out of the last document:")
        print_table(
            ("count", "reason", "for example"),
            [(one.count, one.reason, one.example) for one in skipped],
        )
    print_line()
    print_table(
        ("found", "status", "title", "url"),
        [(one.discovered_at, one.status, one.entry.title, one.entry.url) for one in latest],
    )


@sources.command("health")
def show_health(
    config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT
) -> None:
    """Show how every source fares, since when and why, and what its last two days came to.

    The worst come first. Exit status 1 when a source is blind or blocked.
    """
    from cli.health import health_of_all, most_are_unreachable, print_health
    from cli.output import complain, print_json, print_line
    from core.clock import utc_now

    with open_configured(config) as store:
        now = utc_now()
        found, cut_off = health_of_all(store, now), most_are_unreachable(store, now)
    is_json = output is OutputFormat.JSON
    if cut_off:
        say = complain if is_json else print_line
        say("most sources cannot be reached: is this machine's network down?")
    if is_json:
        print_json(found)
    else:
        print_health(found)
    raise typer.Exit(exits.FINDINGS if any(one.lost for one in found) else exits.OK)


@sources.command("discover")
def discover_source(
    url: Annotated[str, typer.Argument(help="An outlet's homepage.", callback=web_address)],
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="Take `crawl` and `network` from this file."),
    ] = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Find where an outlet announces its articles, and say what was chosen and why.

    Nothing is kept. Exit status 1 when nothing was found.
    """
    from cli.discovering import discover, print_discovery
    from cli.output import print_json

    found = discover(url, config)
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_discovery(found)
    raise typer.Exit(exits.OK if found.found else exits.FINDINGS)


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
