"""`poll`: one source now, with what each stage did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    FormatOption,
    LogFormat,
    LogLevel,
    LogLevelOption,
    OutputFormat,
)

if TYPE_CHECKING:
    from cli.screen import Screen
    from desk.poll import PassReport


def poll(
    source: Annotated[str, typer.Argument(help="Name of the source.")],
    config: ConfigOption = DEFAULT_CONFIG,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Keep nothing and tell nobody.")
    ] = False,
    output: FormatOption = OutputFormat.TEXT,
    log_level: LogLevelOption = LogLevel.ERROR,
) -> None:
    """Look at one source now and show what each stage did.

    The source's schedule stays as it is. Exit status 1 when the source could not be read.
    """
    import sys

    from cli.logs import configure_logs
    from cli.output import complain, print_json
    from cli.screen import screen_of
    from core.streams import SturdyConsole
    from desk import poll as desk
    from desk.errors import UnknownNameError
    from scheduler.running_config import load_running_config, secrets_in

    mask = configure_logs(LogFormat.TEXT, log_level)
    live = load_running_config(config)
    mask.learn(secrets_in(live.config))
    # A console receiver would print its alerts into the JSON document.
    console = SturdyConsole(sys.stderr) if output is OutputFormat.JSON else None
    try:
        report = desk.poll(live, source, dry_run=dry_run, console=console)
    except UnknownNameError as error:
        complain(error.message)
        raise typer.Exit(exits.USAGE) from None
    if output is OutputFormat.JSON:
        print_json(report)
    else:
        print_pass(screen_of(live.config), report)
    raise typer.Exit(exits.FINDINGS if report.failed else exits.OK)


def print_pass(screen: Screen, report: PassReport) -> None:
    """Print what each stage of a pass did."""
    from cli.output import print_line
    from cli.table_layout import addresses, texts, whole
    from core.reasons.of_vantages import vantages_reason

    if len(report.sources) == 1:
        state = report.sources[0]
        result = f"failed: {state.last_error}" if state.consecutive_failures else "ok"
        found = f" ({state.found.kind} {state.found.url})" if state.found else ""
        print_line(f"poll       {state.name}: {result}{found}")
        if state.vantages is not None:
            print_line(f"vantages   {vantages_reason(state.vantages)}")
    else:
        failed = [state for state in report.sources if state.consecutive_failures]
        print_line(f"poll       {len(report.sources)} sources, {len(failed)} failed")
        for state in failed:
            print_line(f"           {state.name}: {state.last_error}")
    counts = report.counts
    if report.dry_run:
        _print_found(report)
    else:
        print_line(f"discovered {counts.new_entries} new entries")
    stored = ", ".join(f"{number} {outcome}" for outcome, number in counts.articles.items())
    print_line(f"stored     {stored or 'nothing new'}")
    if counts.from_feeds:
        print_line(f"from feeds {counts.from_feeds} new, whose pages could not be read")
    rejected = ", ".join(f"{number} {reason}" for reason, number in counts.rejected.items())
    print_line(f"rejected   {rejected or 'nothing'}")
    if counts.unread_pages:
        pages = ", ".join(f"{number} {why}" for why, number in counts.unread_pages.items())
        print_line(f"left out   pages of PDFs: {pages}")
    print_line(f"not read   {counts.failed_articles} articles could not be fetched")
    print_line(f"judged     {report.judged} article versions")
    print_line(f"alerts     {len(report.alerts)}")
    for alert in report.alerts[:20]:
        print_line(f"           {alert.match.rule_id}: {alert.article.data.title}")
    if report.dry_run:
        print_line("delivered  nothing: this was a dry run, and nothing was kept")
    else:
        print_line(f"delivered  {report.delivered} in all, {report.waiting} waiting")
    unsettled = [entry for entry in report.entries if entry.status.value != "stored"]
    if unsettled:
        print_line()
        screen.table(
            (*whole("status"), *texts("reason"), *addresses("url")),
            [(entry.status, entry.reason, entry.entry.url) for entry in unsettled[:50]],
        )


def _print_found(report: PassReport) -> None:
    """Print what a dry run found: what is new, and how much the database knows already."""
    from cli.output import print_line
    from desk.poll import new_entries

    new = new_entries(report)
    if report.known is None:
        print_line(f"discovered {len(new)} entries; there is no database yet, so all are new")
        return
    print_line(
        f"discovered {len(report.entries)} entries: {len(new)} new, {len(report.known)} known"
    )
    for tracked in new[:20]:
        print_line(f"           new: {tracked.entry.title or tracked.entry.url}")
    if report.known:
        print_line("           what follows is of all of them: a dry run reads the known ones anew")
