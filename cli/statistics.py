"""`today` and `stats`: what came in, as a few numbers, tables and bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.age import moment_ago, moment_of
from cli.listing import open_loaded, what_runs
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from core.alerting.tallies import CountedBy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cli.screen import Screen
    from desk.statistics import Day, Tally

BAR = 16
"""Cells of the longest bar: beside the numbers of a source it fits 80."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def today(
    since: Annotated[
        str,
        typer.Option(
            help="How far back, such as 8h, or since when, such as 2026-11-27T18:00.",
            metavar="AGE|TIME",
        ),
    ] = "24h",
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show what came in since yesterday, what is blind, and what was not delivered."""
    from cli.output import print_json
    from cli.screen import screen_of
    from desk.context import desk_alone
    from desk.statistics import today as ask

    start = _start(since)
    watch = what_runs(config)
    with open_loaded(watch) as store:
        found = ask(desk_alone(store, watch), watch, start)
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_day(screen_of(watch), found)


def stats(
    by: Annotated[
        CountedBy, typer.Option("--by", help="What is counted together.")
    ] = CountedBy.DAY,
    since: Annotated[str, typer.Option(help="How far back, such as 30d.", metavar="AGE")] = "30d",
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show how many articles and alerts came in, by rule, source, language or day."""
    from cli.output import print_json
    from cli.screen import screen_of
    from core.config.zones import zone_at_the_terminal
    from desk.context import desk_alone
    from desk.statistics import statistics

    start = moment_ago(since, "--since", "30d")
    watch = what_runs(config)
    with open_loaded(watch) as store:
        found = statistics(desk_alone(store, watch), watch, by, start, zone_at_the_terminal(watch))
    if output is OutputFormat.JSON:
        print_json({"by": by, "since": start, "items": found})
    else:
        print_statistics(screen_of(watch), by, found)


def print_day(screen: Screen, day: Day) -> None:
    """Print what came in, what is blind and what was not delivered."""
    from cli.table_layout import counts, names, reason, whole

    stories = ", ".join(f"{count} {level.value}" for level, count in day.stories.items() if count)
    waiting, dead = day.undelivered.waiting, day.undelivered.dead
    said = [f"{waiting} wait" if waiting else "", f"{dead} given up" if dead else ""]
    lost = [line.source for line in day.lost]
    screen.entries(
        (
            ("since", day.since),
            ("articles", day.articles),
            ("stories", stories or "none that alerted"),
            ("messages", ", ".join(filter(None, said)) or "all delivered"),
            ("sources", f"{len(lost)} of which nothing reaches us" if lost else "all are read"),
        )
    )
    if day.network_down:
        screen.line("So many sources cannot be reached that the fault must be on our side.")
    if day.rules:
        screen.line()
        screen.table(
            (*names("rule"), *counts("alerts"), *whole("")),
            [
                (rule.title, rule.alerts, bar(rule.alerts, day.rules[0].alerts))
                for rule in day.rules
            ],
        )
    if day.lost:
        screen.line()
        screen.table(
            (*whole("source", "health", "since"), reason("why")),
            [(line.source, line.health, screen.ago(line.since), line.reason) for line in day.lost],
        )


def print_statistics(screen: Screen, by: CountedBy, found: Sequence[Tally]) -> None:
    """Print a line for each rule, source, language or day, with a bar."""
    from cli.table_layout import counts, names, whole
    from core.alerting.matches import Level

    levels = tuple(reversed(Level))
    with_articles = by is not CountedBy.RULE
    most = max((tally.alerts for tally in found), default=0)
    screen.table(
        (
            *(whole(by.value) if by is CountedBy.DAY else names(by.value)),
            *counts(*(["articles"] if with_articles else []), "alerts", *levels),
            *whole(""),
        ),
        [
            (
                tally.key,
                *([tally.articles] if with_articles else []),
                tally.alerts,
                *(tally.levels[level] for level in levels),
                bar(tally.alerts, most),
            )
            for tally in found
        ],
    )


def bar(count: int, most: int) -> str:
    """Return a bar as long as a number is beside the largest; whatever is not 0 is seen."""
    if not count or not most:
        return " "
    full, rest = divmod(max(1, round(count * BAR * 8 / most)), 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def _start(since: str) -> datetime:
    if since[:4].isdigit() and "-" in since:
        return moment_of(since, "--since")
    return moment_ago(since, "--since", "8h")
