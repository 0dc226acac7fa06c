"""`backtest`: rules, or a changed configuration, against the articles that are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.age import moment_ago
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat

if TYPE_CHECKING:
    from datetime import date

    from cli.screen import Screen
    from core.articles import Article
    from desk.backtest import Backtest, RuleBacktest

_BAR = 40
"""Characters of the longest bar of a histogram."""


def backtest(
    config: ConfigOption = DEFAULT_CONFIG,
    rule: Annotated[
        str | None, typer.Option("--rule", help="Only this rule.", metavar="ID")
    ] = None,
    since: Annotated[
        str, typer.Option("--since", help="How far back, such as 30d.", metavar="AGE")
    ] = "30d",
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            help="Compare with the rules of another file, instead of what fired at the time.",
        ),
    ] = None,
    show: Annotated[
        int, typer.Option("--show", min=0, help="Gained and lost articles listed for each rule.")
    ] = 10,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Try the rules on the stored articles: gained, lost, alerts per day.

    Change watch.yaml, or a copy of it, and see what would have been different before the daemon
    runs it. Nothing is stored and nobody is told.
    """
    from cli.listing import open_loaded
    from cli.output import complain, print_json
    from cli.screen import screen_of
    from desk import backtest as desk
    from desk.errors import UnknownNameError
    from scheduler.running_config import load_running_config

    start = moment_ago(since, "--since", "30d")
    live = load_running_config(config)
    try:
        desk.wanted_rules(live, rule)
    except UnknownNameError as error:
        complain(f"there is no rule {error.name} in {config}")
        raise typer.Exit(exits.FINDINGS) from None
    other = None if against is None else load_running_config(against)
    with open_loaded(live.config) as store:
        result = desk.backtest(store, live, start, rule=rule, against=other)
    if output is OutputFormat.JSON:
        print_json(_as_json(result, show))
    else:
        print_backtest(screen_of(live.config), result, show)


def print_backtest(screen: Screen, result: Backtest, show: int) -> None:
    """Print what each rule gains and loses, and what of."""
    from cli.output import print_line
    from cli.table_layout import counts, texts

    if not result.articles:
        print_line("no article was stored in this time")
        return
    print_line(f"{result.articles} articles, {result.first} to {result.last}")
    numbers = ("fires on", "before", "gained", "lost", "alerts", "before", "a day")
    screen.table(
        (*texts("rule"), *counts(*numbers)),
        [
            (
                rule.rule_id,
                rule.fired,
                rule.fired_before,
                f"+{len(rule.gained)}",
                f"-{len(rule.lost)}",
                rule.alerts,
                rule.alerts_before,
                f"{rule.alerts / result.days:.1f}",
            )
            for rule in result.rules
        ],
    )
    for rule in result.rules:
        for sign, articles in (("+", rule.gained), ("-", rule.lost)):
            for article in articles[:show]:
                title = screen.cell(article.data.title)
                print_line(f"{sign} {rule.rule_id}: {title}  {article.data.url}")
            if len(articles) > show:
                print_line(f"{sign} {rule.rule_id}: … and {len(articles) - show} more")
    if result.days > 1:
        print_line()
        for line in histogram(result):
            print_line(line)


def histogram(result: Backtest) -> Iterator[str]:
    """Yield a bar for every day: how many alerts there would be."""
    from desk.backtest import fired_by_day

    totals = fired_by_day(result)
    if not totals:
        return
    longest = max(totals.values()) or 1
    for day, total in totals.items():
        yield f"{day} {_bar(total, longest)} {total}"


def _bar(value: int, longest: int) -> str:
    return "█" * round(value / longest * _BAR)


def _as_json(result: Backtest, show: int) -> dict[str, object]:
    return {
        "articles": result.articles,
        "first": _day(result.first),
        "last": _day(result.last),
        "rules": [_rule_as_json(rule, result.days, show) for rule in result.rules],
    }


def _rule_as_json(rule: RuleBacktest, days: int, show: int) -> dict[str, object]:
    def counted(articles: list[Article]) -> dict[str, object]:
        listed = [{"url": a.data.url, "title": a.data.title} for a in articles[:show]]
        return {"count": len(articles), "articles": listed}

    return {
        "rule": rule.rule_id,
        "fires_on": rule.fired,
        "fired_before": rule.fired_before,
        "alerts": rule.alerts,
        "alerts_before": rule.alerts_before,
        "gained": counted(rule.gained),
        "lost": counted(rule.lost),
        "per_day": rule.alerts / days if days else 0.0,
        "by_day": {_day(day): count for day, count in sorted(rule.by_day.items())},
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
