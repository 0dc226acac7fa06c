"""`sources`: what is watched, how it fares, and what became of what it announced.

Importing and exporting them, and what two of the commands print, have files of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.listing import not_found, open_existing_desk, peek_desk
from cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    FormatOption,
    LogFormat,
    LogLevel,
    OutputFormat,
    web_address,
)
from cli.sources_change import add_source, disable_source, enable_source
from cli.sources_funnel import show_funnel
from cli.sources_opml import export_sources, import_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.screen import Screen
    from core.sources import SourceState
    from desk.sources import HealthLine, SourceLine, SourceSheet

_PASSED_OVER = 3
"""Addresses that are shown of those that were not chosen."""

sources = typer.Typer(name="sources", help="Sources and how they fare.", no_args_is_help=True)
sources.command("add")(add_source)
sources.command("disable")(disable_source)
sources.command("enable")(enable_source)
sources.command("funnel")(show_funnel)
sources.command("import")(import_sources)
sources.command("export")(export_sources)


@sources.command("list")
def list_sources(
    config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT
) -> None:
    """List the sources: last success, next poll, failures, and what became of their entries.

    Before the first run it shows what is configured.
    """
    from cli.output import print_json
    from desk.sources import listed

    with peek_desk(config) as (store, screen, watched):
        found = listed(store, watched)
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_sources(screen, found)


def print_sources(screen: Screen, lines: Sequence[SourceLine]) -> None:
    """Print sources, one a row."""
    from cli.table_layout import counts, texts, whole

    screen.table(
        (
            *whole("source", "success", "next"),
            *counts("failures", "stored", "rejected", "failed"),
            *texts("error"),
        ),
        [_row(screen, line) for line in lines],
    )


def _row(screen: Screen, line: SourceLine) -> tuple[object, ...]:
    state = line.state
    counted = (line.entries.get(status, 0) for status in ("stored", "rejected", "failed"))
    if line.standing != "watched":
        following: str = line.standing.value
    else:
        following = "not yet" if state is None else screen.until(state.next_poll_at)
    return (
        line.name,
        screen.ago(state.last_success_at if state else None),
        following,
        state.consecutive_failures if state else 0,
        *counted,
        state.last_error if state else None,
    )


@sources.command("show")
def show_source(
    name: Annotated[str, typer.Argument(help="Name of the source.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one source: its state, its latest entries, and every reason something was skipped."""
    from cli.output import print_json
    from desk.errors import NotThereError
    from desk.sources import health, sheet

    with open_existing_desk(config) as (store, screen):
        try:
            found = sheet(store, name, health(store, screen.now))
        except NotThereError as error:
            raise not_found(error.what) from None
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_source(screen, found)


def print_source(screen: Screen, found: SourceSheet) -> None:
    """Print all about a source."""
    from cli.table_layout import addresses, counts, texts, title, whole

    state = found.state
    gap = f"{screen.when(state.last_gap_at)}: {state.last_gap}" if state.last_gap else None
    entries = (
        ("source", state.name),
        ("last checked", state.last_polled_at),
        ("last success", state.last_success_at),
        ("next poll", state.next_poll_at),
        ("found", f"{state.found.kind} {state.found.url}" if state.found else None),
        ("why", (state.found.how or None) if state.found else None),
        *_about_found(screen, found),
        ("failures in a row", state.consecutive_failures),
        ("last error", state.last_error),
        ("why then", state.next_poll_reason),
        ("last new", state.last_new_at),
        ("last gap", gap),
        *_vantages(screen, state),
        *_fares(found.health),
    )
    screen.entries(entries, label=18)
    screen.line()
    screen.table(
        (*whole("status"), *counts("count"), *texts("reason")),
        [(line.status, line.count, line.reason) for line in found.reasons],
    )
    if found.skipped:
        screen.line()
        screen.line("left out of the last document:")
        screen.table(
            (*counts("count"), *texts("reason"), *addresses("for example")),
            [(skipped.count, skipped.reason, skipped.example) for skipped in found.skipped],
        )
    screen.line()
    screen.table(
        (*whole("found", "status"), title(), *addresses("url")),
        [
            (
                screen.ago(tracked.discovered_at),
                tracked.status,
                tracked.entry.title,
                tracked.entry.url,
            )
            for tracked in found.entries
        ],
    )


def _vantages(screen: Screen, state: SourceState) -> tuple[tuple[str, object], ...]:
    from core.reasons.of_vantages import vantages_reason

    differ = state.vantages
    if differ is None:
        return ()
    return (("vantages", f"{screen.when(differ.at)}: {vantages_reason(differ)} ({differ.url})"),)


def _fares(line: HealthLine | None) -> tuple[tuple[str, object], ...]:
    """Return what `sources health` says of a source."""
    if line is None:
        return (("health", None),)
    recent, usual = line.recent, line.expected_a_day
    counted = f"{recent.stored} stored, {recent.lost} lost, {recent.pending} waiting"
    return (
        ("health", f"{line.health}: {line.reason}"),
        ("last two days", counted),
        ("usual a day", None if usual is None else f"{usual:.1f}"),
    )


def _about_found(screen: Screen, found: SourceSheet) -> list[tuple[str, object]]:
    """Say what there is to say of a homepage's choice and of sitemaps; nothing of other sources."""
    lines: list[tuple[str, object]] = []
    comparison, sitemaps = found.state.comparison, found.sitemaps
    chosen = found.state.found
    if chosen is not None:
        passed_over = chosen.passed_over
        shown = [f"not {one}" for one in passed_over[:_PASSED_OVER]]
        if more := len(passed_over) - len(shown):
            shown.append(f"nor {more} more")
        lines += [("passed over" if not n else "", line) for n, line in enumerate(shown)]
    if comparison is not None and comparison.changed_at is not None:
        lines.append(("changed", f"{screen.when(comparison.changed_at)}: {comparison.change}"))
    if comparison is not None:
        lines.append(("compared again", comparison.next_at))
    if sitemaps is not None:
        read = f"{sitemaps.read} of {sitemaps.named} read"
        lines.append(("sitemaps", f"{read}; {sitemaps.old:,} of their pages are known as old"))
    return lines


@sources.command("health")
def show_health(
    config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT
) -> None:
    """Show how every source fares, since when and why, and what its last two days came to.

    The worst come first. Exit status 1 when a source is blind or blocked.
    """
    from cli.output import complain, print_json, print_line
    from cli.sources_health import print_health
    from desk.sources import health

    with open_existing_desk(config) as (store, screen):
        found = health(store, screen.now)
    is_json = output is OutputFormat.JSON
    if found.network_down:
        say = complain if is_json else print_line
        say("most sources cannot be reached: is this machine's network down?")
    if is_json:
        print_json(found.lines)
    else:
        print_health(screen, found)
    raise typer.Exit(exits.FINDINGS if any(line.lost for line in found.lines) else exits.OK)


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
    from cli.logs import configure_logs
    from cli.output import print_json
    from cli.screen import this_screen
    from cli.sources_discover import print_discovery
    from desk.discover import discover

    configure_logs(LogFormat.TEXT, LogLevel.ERROR)
    found = discover(url, config)
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_discovery(this_screen(), found)
    raise typer.Exit(exits.OK if found.found else exits.FINDINGS)
