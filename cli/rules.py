"""`rules report`: how often each rule, concept and word was right, as people judged its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.age import moment_ago
from cli.listing import open_desk
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat

if TYPE_CHECKING:
    from cli.screen import Screen
    from desk.rules import Report

rules = typer.Typer(name="rules", help="How rules fare.", no_args_is_help=True)


@rules.command("report")
def report(
    since: Annotated[
        str | None, typer.Option(help="How far back, such as 30d; all without.", metavar="AGE")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show precision per rule and per term, and words that dismissed alerts have in common.

    An alert counts as right when somebody took it on or put it off, or dismissed it as `old-news`
    or `duplicate`, since the rule was right about it; as wrong when it was dismissed as
    `wrong-sense` or `off-topic`. What was muted, or judged by nobody, counts as neither.
    """
    from cli.output import print_json
    from desk import rules as desk

    start = None if since is None else moment_ago(since, "--since")
    with open_desk(config) as (store, screen):
        found = desk.report(store, start)
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_report(screen, found)


def print_report(screen: Screen, found: Report) -> None:
    """Print how rules and their terms fared, and what would have helped."""
    from cli.table_layout import counts, texts, whole

    screen.table(
        (*whole("rule"), *counts("alerts", "right", "wrong", "precision")),
        [
            (score.name, score.alerts, score.right, score.wrong, score.percent)
            for score in found.rules
        ],
    )
    screen.line()
    screen.table(
        (*whole("rule"), *texts("term"), *counts("right", "wrong", "precision")),
        [
            (score.rule, score.name, score.right, score.wrong, score.percent)
            for score in found.terms
        ],
    )
    for veto in found.vetoes:
        screen.line(
            f"{veto.rule}: `none: [{veto.word}]` would have kept {veto.wrong} wrong alerts away"
            f" and no right one"
        )
