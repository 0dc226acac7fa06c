"""Prints what the rules say about articles given by hand, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import cell, print_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk.explain import ExplainedNode, RuleExplanation
    from desk.preview import Judged

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


def print_rule(rule: RuleExplanation, indent: str = "") -> None:
    """Print a rule's verdict and the tree below it, part by part."""
    verdict = "fires" if rule.fired else "is silent"
    print_line(f"{indent}{rule.rule_id} {verdict}: {rule.reason}")
    for line in tree_lines(rule.root):
        print_line(f"{indent}  {line}")


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
