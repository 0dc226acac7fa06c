"""`rules report`: how often each rule, concept and word was right, as people judged its alerts."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.age import moment_ago
from cli.listing import open_configured
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat

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
    from cli.output import print_json, print_line, print_table
    from desk import rules as desk

    start = None if since is None else moment_ago(since, "--since")
    with open_configured(config) as store:
        found = desk.report(store, start)
    if output is OutputFormat.JSON:
        print_json(found)
        return
    print_table(
        ("rule", "alerts", "right", "wrong", "precision"),
        [
            (score.name, score.alerts, score.right, score.wrong, score.percent)
            for score in found.rules
        ],
    )
    print_line()
    print_table(
        ("rule", "term", "right", "wrong", "precision"),
        [
            (score.rule, score.name, score.right, score.wrong, score.percent)
            for score in found.terms
        ],
    )
    for veto in found.vetoes:
        print_line(
            f"{veto.rule}: `none: [{veto.word}]` would have kept {veto.wrong} wrong alerts away"
            f" and no right one"
        )
