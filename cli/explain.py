"""`explain`: one URL's path through every stage, and the rules' reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.listing import open_loaded
from cli.match import print_rule
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from cli.output import print_json, print_line
from cli.routes import passed_over_line
from cli.rules import overridden_line
from cli.screen import screen_of
from cli.untold import FROM_THE_FEED, told_to_nobody
from core.articles import Article, ArticleEvent, WordsFrom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cli.screen import Screen
    from core.config.overrides import OverriddenRule
    from desk.explain import UrlExplanation


def print_explanation(
    screen: Screen,
    explanation: UrlExplanation,
    rule_id: str | None = None,
    overridden: Sequence[OverriddenRule] = (),
) -> None:
    """Print the stages in the order they happen, and the rules' reasons.

    The tree of a rule is printed when it fires, or when it is the one asked for. Rules that are
    `overridden` say so.
    """
    screen.paragraph(explanation.history.key)
    if not explanation.known:
        print_line("never seen: no source has announced this address")
        return
    screen.entries(_stages(screen, explanation), label=11)
    changed = {rule.id: overridden_line(rule) for rule in overridden}
    _print_rules(screen, explanation, rule_id, changed)


def _stages(screen: Screen, explanation: UrlExplanation) -> Iterator[tuple[str, str]]:
    """Yield what happened, stage by stage, each with its label."""
    from desk.names import short

    history = explanation.history
    entry = history.entry
    if entry is not None:
        yield "discovered", f"{screen.when(entry.discovered_at)} at {entry.source}"
        reason = f" ({entry.reason})" if entry.reason else ""
        yield "entry", f"{entry.status.value}{reason} after {_counted(entry.attempts, 'fetch')}"
        if entry.next_attempt_at:
            yield "", f"tried again {screen.when(entry.next_attempt_at)}"
    for page in history.evidence:
        size = f"{page.size} bytes, SHA-256 {page.sha256[:16]}…"
        yield "fetched", f"{screen.when(page.fetched_at)} HTTP {page.status}, {size}"
    judged = {judgement.version: judgement for judgement in history.judged}
    for article in history.versions:
        when = judged.get(article.version)
        length = f"{len(article.data.text)} characters"
        said = f"judged {screen.when(when.judged_at)}" if when else "not judged yet"
        language = article.data.language or "language unknown"
        title = f"“{article.data.title}”"
        yield (
            f"version {article.version}",
            f"{title}, {length}, {language};{_event(article)}{_words_from(article)} {said}",
        )
        if article.untold is not None:
            yield "", told_to_nobody(article, screen)
    for broken in history.broken:
        again = (
            f"after {screen.when(broken.next_at)}" if broken.next_at else "when the rules change"
        )
        how = f"({broken.error}, {broken.attempts} times)"
        yield (
            "broken",
            f"the rules broke down on version {broken.version} {how}; judged again {again}",
        )
    if history.next_visit_at is not None:
        yield "visit", f"looked at again {screen.when(history.next_visit_at)}"
    for number, match in history.matches:
        yield "matched", f"{match.rule_id} in version {number}"
    for alert in history.alerts:
        occasion = f" ({alert.occasion})" if alert.occasion else ""
        raised = screen.when(alert.created_at)
        yield "alert", f"{short(alert.id)} for {alert.match.rule_id}{occasion}, {raised}"
        for route in explanation.passed_over.get(alert.id, ()):
            yield "", passed_over_line(route)
    for delivery, attempts in history.deliveries:
        what = f"{short(delivery.id)} to {delivery.receiver}: {delivery.status.value}"
        tries = _counted(len(attempts), "attempt")
        yield "delivery", f"{what}, {tries} {delivery.last_detail}".rstrip()


def _counted(number: int, what: str) -> str:
    several = "es" if what.endswith("ch") else "s"
    return f"{number} {what}{several if number != 1 else ''}"


def _words_from(article: Article) -> str:
    return f" {FROM_THE_FEED};" if article.data.words_from is WordsFrom.FEED else ""


def _event(article: Article) -> str:
    """Return what happened at a later version."""
    if article.event is ArticleEvent.PUBLISHED:
        return ""
    return f" {article.event.value}: {article.note};"


def _print_rules(
    screen: Screen, explanation: UrlExplanation, rule_id: str | None, changed: dict[str, str]
) -> None:
    if not explanation.rules:
        return
    print_line()
    print_line("the rules as they are now, on the latest version:")
    for rule in explanation.rules:
        if rule_id not in (None, rule.rule_id):
            continue
        if rule.fired or rule_id:
            print_rule(rule, "  ", screen)
        else:
            screen.line(f"{rule.rule_id} is silent: {rule.reason}", indent=2)
        if rule.rule_id in changed:
            screen.line(f"overridden: {changed.pop(rule.rule_id)}", indent=4)
    for rule_name, how in changed.items():
        if rule_id in (None, rule_name):
            screen.line(f"{rule_name} is not looked at: {how}", indent=2)


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="Address of an article, its number, or an alert or a case about it.",
        ),
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    rule: Annotated[
        str | None, typer.Option("--rule", help="Only this rule, part by part.", metavar="ID")
    ] = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Tell what happened to an article at every stage, and why it did or did not alert.

    Exit status 1 when nothing is known of it.
    """
    from desk.explain import explain_url
    from desk.names import named_address
    from scheduler.running_config import load_running_config

    live = load_running_config(config)
    with open_loaded(live.config) as store:
        explanation = explain_url(store, live, named_address(store, name))
    if output is OutputFormat.JSON:
        print_json(explanation)
    else:
        print_explanation(screen_of(live.config), explanation, rule, live.loaded.overridden)
    raise typer.Exit(exits.OK if explanation.known else exits.FINDINGS)
