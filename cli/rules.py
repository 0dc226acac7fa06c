"""`rules`: what is watched for, as it is in effect, and how often each rule and word was right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.age import moment_ago
from cli.listing import open_desk
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.screen import Screen
    from core.config.overrides import OverriddenRule
    from desk.rules import ListedRule, Report, ShownRule

rules = typer.Typer(name="rules", help="Rules in effect, and how they fare.", no_args_is_help=True)


@rules.command("list")
def list_rules(
    config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT
) -> None:
    """List the rules as they are in effect, and where `overrides` changes one."""
    from cli.output import print_json
    from cli.screen import screen_of
    from core.config import load_config
    from desk import rules as desk

    loaded = load_config(config)
    found = desk.listed(loaded)
    if output is OutputFormat.JSON:
        print_json({"items": found, "next": None})
    else:
        print_rules(screen_of(loaded.config), found)


@rules.command("show")
def show(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Id of a rule.")],
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show one rule as it is in effect, and what of it comes from `overrides`."""
    from cli.output import complain, print_json
    from cli.screen import screen_of
    from core.config import load_config
    from desk import rules as desk
    from desk.errors import UnknownNameError

    loaded = load_config(config)
    try:
        found = desk.shown(loaded, rule)
    except UnknownNameError as error:
        complain(str(error))
        raise typer.Exit(exits.FINDINGS) from None
    if output is OutputFormat.JSON:
        said = None if found.rule is None else found.rule.model_dump(mode="json")
        print_json({"rule": said, "overridden": found.overridden})
    else:
        print_shown(screen_of(loaded.config), found)


def overridden_line(rule: OverriddenRule) -> str:
    """Say in a line what is different about a rule, and where that is written."""
    changed = "off" if rule.off else ", ".join(key for key in rule.keys if key != "enabled")
    return f"{changed or 'nothing'} ({rule.at})"


def print_rules(screen: Screen, found: Sequence[ListedRule]) -> None:
    """Print a line a rule; what is switched off comes last."""
    from cli.table_layout import reason, whole

    screen.table(
        (*whole("rule", "level"), reason("topics"), reason("overridden")),
        [
            (
                rule.id,
                rule.level.value if rule.level else "off",
                ", ".join(rule.topics),
                overridden_line(rule.overridden) if rule.overridden else "",
            )
            for rule in found
        ],
    )


def print_shown(screen: Screen, found: ShownRule) -> None:
    """Print what a rule says, part by part."""
    changed = found.overridden
    if found.rule is not None:
        parts = found.rule.model_dump(mode="json", exclude_defaults=True, exclude={"tests"})
        parts["level"] = found.rule.level.value
        entries = [
            (key, line)
            for key, value in parts.items()
            for line in (value if isinstance(value, list) else [value])
        ]
        screen.entries([*entries, ("tests", len(found.rule.tests))], label=11)
    if changed is not None:
        screen.entries([("overridden", overridden_line(changed))], label=11)
        screen.entries([("stands in", f"{changed.rule.file}:{changed.rule.line}")], label=11)


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
