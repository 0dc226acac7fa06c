"""Changes to the text of a rule that keep all the rest of it as its author wrote it. Pure.

A text that cannot be read, or is written in a way that is not foreseen, stays as it is.
"""

from __future__ import annotations

import json
import re

from core.config.yaml_tree import Mapping, Node, Scalar, Sequence, parse_yaml
from core.plain_text import one_line

_PLAIN = re.compile(r"[^\W\d_]+")
_BESIDE = (",", "[", "]", "{", "}")


def with_veto(text: str, word: str) -> str:
    """Return the rule's text with a word or phrase among what must not be found."""
    term = " ".join(one_line(word).replace('"', " ").replace("\\", " ").split())
    rule = _rule_in(text)
    if rule is None or not term:
        return text
    query = term if _PLAIN.fullmatch(term) else f'"{term}"'
    known = rule.items.get("none")
    if isinstance(known, Scalar) and known.value is not None:
        inside = _between(text, known)
        if known.value == query or "\n" in inside:
            return text
        return _replaced(text, known, f"[{inside}, {_quoted(query)}]")
    if isinstance(known, Sequence) and any(
        isinstance(item, Scalar) and item.value == query for item in known.items
    ):
        return text
    return _with_item(text, rule, "none", _quoted(query), [f"- {_quoted(query)}"])


def with_test(text: str, passage: str, *, match: bool) -> str:
    """Return the rule's text with one more test."""
    said = " ".join(one_line(passage).split()).strip("… ")
    rule = _rule_in(text)
    if rule is None or not said:
        return text
    tests = rule.items.get("tests")
    for known in tests.items if isinstance(tests, Sequence) else ():
        node = known.items.get("text") if isinstance(known, Mapping) else None
        if isinstance(node, Scalar) and " ".join((node.value or "").split()) == said:
            return text
    fires = "true" if match else "false"
    written = json.dumps(said, ensure_ascii=False)
    return _with_item(
        text, rule, "tests", f"{{text: {written}, match: {fires}}}",
        [f"- text: {written}", f"  match: {fires}"],
    )  # fmt: skip


def _rule_in(text: str) -> Mapping | None:
    root, problems = parse_yaml(text.encode("utf-8", "replace"), "")
    if problems:
        return None
    if isinstance(root, Sequence) and len(root.items) == 1:
        root = root.items[0]
    return root if isinstance(root, Mapping) and root.items else None


def _with_item(text: str, rule: Mapping, key: str, inline: str, block: list[str]) -> str:
    """Add an item to a list of the rule, written as the list is."""
    lines = text.split("\n")
    known = rule.items.get(key)
    if _in_brackets(text, rule):
        return _into_brackets(text, rule, known, key, inline)
    if isinstance(known, Sequence) and known.items:
        if _in_brackets(text, known):
            return _before_end(text, known, f", {inline}")
        indent, after = " " * (known.mark.column - 1), last_line(known, lines)
        return _inserted(lines, after, [indent + line for line in block])
    indent = " " * (next(iter(rule.keys.values())).column - 1)
    if key in rule.items:  # `none:` or `none: []`, with nothing in it
        line = rule.keys[key].line
        lines[line - 1] = f"{indent if line > 1 else lines[0][: len(indent)]}{key}:"
        return _inserted(lines, line, [f"{indent}  {one}" for one in block])
    new = [f"{indent}{key}:", *(f"{indent}  {one}" for one in block)]
    tests = rule.keys.get("tests")
    if tests is not None and tests.line > 1:
        return _inserted(lines, tests.line - 1, new)
    return _inserted(lines, last_line(rule, lines), new)


def _into_brackets(text: str, rule: Mapping, known: Node | None, key: str, inline: str) -> str:
    if isinstance(known, Sequence):
        return _before_end(text, known, f"{', ' if known.items else ''}{inline}")
    if known is not None:
        return _replaced(text, known, f"[{inline}]") if isinstance(known, Scalar) else text
    return _before_end(text, rule, f", {key}: [{inline}]")


def last_line(node: Node, lines: list[str]) -> int:
    """Return the last line that something is written on; a block ends where the next begins."""
    end = node.end or node.mark
    before = lines[end.line - 1][: end.column - 1] if end.line <= len(lines) else ""
    if isinstance(node, Scalar):
        return end.line if before.strip() else max(node.mark.line, end.line - 1)
    inner: list[Node] = node.items if isinstance(node, Sequence) else list(node.items.values())
    last = max((last_line(one, lines) for one in inner), default=node.mark.line)
    return max(last, end.line) if before.endswith(("]", "}")) else last


def _in_brackets(text: str, node: Mapping | Sequence) -> bool:
    start = _offset(text, node.mark.line, node.mark.column)
    return text[start : start + 1] in _BESIDE


def _inserted(lines: list[str], after: int, new: list[str]) -> str:
    return "\n".join([*lines[:after], *new, *lines[after:]])


def _before_end(text: str, node: Mapping | Sequence, more: str) -> str:
    end = node.end
    if end is None:
        return text
    at = _offset(text, end.line, end.column) - 1
    return text[:at].rstrip() + more + text[at:]


def _between(text: str, node: Scalar) -> str:
    return text[
        _offset(text, node.mark.line, node.mark.column) : _offset(
            text, node.end.line, node.end.column
        )
    ]


def _replaced(text: str, node: Scalar, new: str) -> str:
    start = _offset(text, node.mark.line, node.mark.column)
    return text[:start] + new + text[start + len(_between(text, node)) :]


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1


def _quoted(query: str) -> str:
    return "'" + query.replace("'", "''") + "'"
