"""Articles given by hand, and what the rules say about them in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from alerts.rules import ExplainedNode, RuleExplanation
from cli.output import cell, print_line
from core.alerting import Match
from core.articles import ArticleData

_SHOWN_HITS = 5
"""Words shown of what a part of a rule hit; the number of all stands beside them."""

_WORDS = ("title", "text", "url", "language", "source")


def articles_in(
    files: Sequence[Path],
    read: Callable[[Path], bytes],
    from_html: Callable[[Path], ArticleData | str],
) -> Iterator[ArticleData | str]:
    """Yield the articles of all files; for what cannot be read, a message that names it."""
    for file in files:
        if file.suffix in (".html", ".htm"):
            yield from_html(file)
        elif file.suffix == ".txt":
            text = read(file).decode("utf-8", errors="replace")
            title, _, body = text.partition("\n")
            yield ArticleData(url=str(file), title=title.strip(), text=body.strip())
        else:
            for number, line in enumerate(read(file).split(b"\n"), start=1):
                if line.strip():
                    yield _from_json(line, f"{'stdin' if str(file) == '-' else file}:{number}")


def _from_json(line: bytes, place: str) -> ArticleData | str:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"{place}: error: not JSON: {error}"
    if not isinstance(fields, dict):
        return f"{place}: error: not an object with `title`, `text` and `url`"
    values: dict[str, str | None] = {}
    for name in _WORDS:
        value = fields.get(name)
        if value is not None and not isinstance(value, str):
            return f"{place}: error: `{name}` is not text"
        values[name] = value
    if values["title"] is None and values["text"] is None:
        return f"{place}: error: neither `title` nor `text`"
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("authors", "tags"):
        value = fields.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return f"{place}: error: `{name}` is not a list of texts"
        lists[name] = tuple(value)
    try:
        published = _time(fields.get("published_at"))
    except (TypeError, ValueError):
        return f"{place}: error: `published_at` is not a time such as 2023-01-31T12:00:00Z"
    return ArticleData(
        url=values["url"] or "",
        title=values["title"] or "",
        text=values["text"] or "",
        language=values["language"],
        source=values["source"] or "",
        authors=lists["authors"],
        tags=lists["tags"],
        published_at=published,
    )


def _time(value: str | None) -> datetime | None:
    if value is None:
        return None
    time = datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def print_matches(
    article: ArticleData, found: Sequence[Match], explained: Sequence[RuleExplanation]
) -> None:
    """Print what fired on an article, and the trees of the rules when they are given."""
    print_line(cell(article.title or article.url or "(no title)"))
    if not found:
        print_line("  no rule fires")
    for match in found:
        print_line(f"  {match.rule_id} ({match.level.value}): {match.rule_title}")
        print_line(f"    {cell(match.snippet.text)}")
    for rule in explained:
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
