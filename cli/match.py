"""`match`: what the rules say about articles given by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.extract import read_input
from cli.options import DEFAULT_CONFIG, ConfigOption, OutputFormat
from cli.output import complain, print_json_line, print_line
from cli.screen import cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.screen import Screen
    from core.articles import ArticleData
    from desk.explain import ExplainedNode, RuleExplanation
    from desk.preview import Judged, Unreadable

_SHOWN_HITS = 5
"""Words shown of what a part of a rule hit; the number of all stands beside them."""


def print_matches(judged: Judged) -> None:
    """Print what fired on an article, and the trees of the rules when they are given."""
    article = judged.article
    print_line(cell(article.title or article.url or "(no title)"))
    if not judged.matches:
        print_line("  no rule fires")
    for match in judged.matches:
        print_line(f"  {match.rule_id} ({match.level.value}): {match.rule_title}")
        print_line(f"    {cell(match.snippet.text)}")
    for rule in judged.explained or ():
        print_rule(rule, "  ")
    print_line()


def print_rule(rule: RuleExplanation, indent: str = "", screen: Screen | None = None) -> None:
    """Print a rule's verdict and the tree below it, part by part; lines fit a screen."""
    verdict = "fires" if rule.fired else "is silent"
    lines = [f"{rule.rule_id} {verdict}: {rule.reason}", *(f"  {x}" for x in tree_lines(rule.root))]
    for line in lines:
        if screen is None:
            print_line(indent + line)
        else:
            inner = line.lstrip(" ")
            screen.line(inner, indent=len(indent) + len(line) - len(inner))


def tree_lines(node: ExplainedNode, indent: str = "") -> Iterator[str]:
    """Yield the lines of a tree: what holds, what does not, and what each part hit."""
    sign = "+" if node.holds else "-"
    hits = dict.fromkeys(cell(hit.text) for hit in node.hits)
    said = f"{indent}{sign} {node.expression}"
    if hits:
        shown = ", ".join(f"“{text}”" for text in list(hits)[:_SHOWN_HITS])
        more = f" … {len(node.hits)} in all" if len(node.hits) > _SHOWN_HITS else ""
        said += f"   {shown}{more}"
    if node.note:
        said += f"   [{node.note}]"
    yield said
    for child in node.children:
        yield from tree_lines(child, f"{indent}  ")


def match(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="`.jsonl`, `.txt`, `.html` or `.pdf` files; without any, JSONL on stdin."
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add why each rule fired, or why not.")
    ] = False,
    output: Annotated[
        OutputFormat, typer.Option("--format", help="`json` lines for programs, `text` for people.")
    ] = OutputFormat.JSON,
) -> None:
    """Run the rules over articles and print what fires on each.

    An article is a JSON object with `title`, `text` and `url`, and optionally `language`,
    `source`, `authors`, `tags` and `published_at`. In a `.txt` file the first line is the title.
    Lines that cannot be read are reported, the rest is matched, and the exit status is 1.
    """
    from core.clock import utc_now
    from desk.preview import Unreadable, judge
    from scheduler.running_config import load_running_config

    rules = load_running_config(config).rules
    now = utc_now()
    failed = 0
    for article in _articles_in(files or [Path("-")]):
        if isinstance(article, Unreadable):
            complain(f"{article.place}: error: {article.detail}")
            failed += 1
            continue
        judged = judge(rules, article, now, explain=explain)
        if output is OutputFormat.TEXT:
            print_matches(judged)
        else:
            print_json_line(judged.as_json())
    if failed:
        complain(f"{failed} could not be read")
        raise typer.Exit(exits.FINDINGS)


def _articles_in(files: list[Path]) -> Iterator[ArticleData | Unreadable]:
    """Yield the articles of all files; what cannot be read says where it stands."""
    from desk.preview import article_in_page, article_in_text, articles_in_lines

    for file in files:
        if file.suffix in (".html", ".htm", ".pdf"):
            yield article_in_page(read_input(file), str(file), file.resolve().as_uri())
        elif file.suffix == ".txt":
            yield article_in_text(read_input(file), str(file))
        else:
            yield from articles_in_lines(
                read_input(file), "stdin" if str(file) == "-" else str(file)
            )
