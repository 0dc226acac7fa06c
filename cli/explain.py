"""`explain`: one URL's path through every stage, and the rules' reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.listing import open_loaded
from cli.match import print_rule
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from cli.output import cell, print_json, print_line
from cli.routes import passed_over_line
from core.articles import Article, ArticleEvent

if TYPE_CHECKING:
    from desk.explain import UrlExplanation


def print_explanation(explanation: UrlExplanation, rule_id: str | None = None) -> None:
    """Print the stages in the order they happen, and the rules' reasons.

    The tree of a rule is printed when it fires, or when it is the one asked for.
    """
    history = explanation.history
    print_line(history.key)
    if not explanation.known:
        print_line("never seen: no source has announced this address")
        return
    entry = history.entry
    if entry is not None:
        print_line(f"discovered  {cell(entry.discovered_at)} at {entry.source}")
        reason = f" ({entry.reason})" if entry.reason else ""
        print_line(f"entry       {entry.status.value}{reason} after {entry.attempts} fetches")
        if entry.next_attempt_at:
            print_line(f"            tried again {cell(entry.next_attempt_at)}")
    for page in history.evidence:
        print_line(
            f"fetched     {cell(page.fetched_at)} HTTP {page.status}, {page.size} bytes,"
            f" SHA-256 {page.sha256[:16]}…"
        )
    judged = {judgement.version: judgement for judgement in history.judged}
    for article in history.versions:
        when = judged.get(article.version)
        print_line(
            f"version {article.version}   “{article.data.title}”,"
            f" {len(article.data.text)} characters, {article.data.language or 'language unknown'};"
            f"{_event(article)}"
            f" {f'judged {cell(when.judged_at)}' if when else 'not judged yet'}"
        )
    for broken in history.broken:
        again = f"after {cell(broken.next_at)}" if broken.next_at else "when the rules change"
        print_line(
            f"broken      the rules broke down on version {broken.version}"
            f" ({broken.error}, {broken.attempts} times); judged again {again}"
        )
    if history.next_visit_at is not None:
        print_line(f"looked at again {cell(history.next_visit_at)}")
    for number, match in history.matches:
        print_line(f"matched     {match.rule_id} in version {number}")
    for alert in history.alerts:
        occasion = f" ({alert.occasion})" if alert.occasion else ""
        print_line(
            f"alert       {alert.id} for {alert.match.rule_id}{occasion}, {cell(alert.created_at)}"
        )
        for route in explanation.passed_over.get(alert.id, ()):
            print_line(f"            {passed_over_line(route)}")
    for delivery, attempts in history.deliveries:
        print_line(
            f"delivery    {delivery.receiver}: {delivery.status.value},"
            f" {len(attempts)} attempts {delivery.last_detail}"
        )
    _print_rules(explanation, rule_id)


def _event(article: Article) -> str:
    """Return what happened at a later version."""
    if article.event is ArticleEvent.PUBLISHED:
        return ""
    return f" {article.event.value}: {article.note};"


def _print_rules(explanation: UrlExplanation, rule_id: str | None) -> None:
    if not explanation.rules:
        return
    print_line()
    print_line("the rules as they are now, on the latest version:")
    for rule in explanation.rules:
        if rule_id not in (None, rule.rule_id):
            continue
        if rule.fired or rule_id:
            print_rule(rule, "  ")
        else:
            print_line(f"  {rule.rule_id} is silent: {rule.reason}")


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
    from desk.explain import explain_url
    from scheduler.running_config import load_running_config

    live = load_running_config(config)
    with open_loaded(live.config) as store:
        explanation = explain_url(store, live, url)
    if output is OutputFormat.JSON:
        print_json(explanation)
    else:
        print_explanation(explanation, rule)
    raise typer.Exit(exits.OK if explanation.known else exits.FINDINGS)
