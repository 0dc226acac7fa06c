"""Changes to the text of a rule that keep all the rest of it as its author wrote it. Pure.

A text that cannot be read, or is written in a way that is not foreseen, stays as it is.
"""

from __future__ import annotations

import json
import re

from core.config.yaml_tree import Mapping, Scalar, Sequence, parse_yaml
from core.plain_text import one_line
from desk.yaml_editing import between, replaced, with_item

_PLAIN = re.compile(r"[^\W\d_]+")


def with_veto(text: str, word: str) -> str:
    """Return the rule's text with a word or phrase among what must not be found."""
    term = " ".join(one_line(word).replace('"', " ").replace("\\", " ").split())
    rule = _rule_in(text)
    if rule is None or not term:
        return text
    query = term if _PLAIN.fullmatch(term) else f'"{term}"'
    known = rule.items.get("none")
    if isinstance(known, Scalar) and known.value is not None:
        inside = between(text, known)
        if known.value == query or "\n" in inside:
            return text
        return replaced(text, known, f"[{inside}, {_quoted(query)}]")
    if isinstance(known, Sequence) and any(
        isinstance(item, Scalar) and item.value == query for item in known.items
    ):
        return text
    new = _quoted(query)
    return with_item(text, rule, "none", new, [f"- {new}"], before="tests")


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
    return with_item(
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


def _quoted(query: str) -> str:
    return "'" + query.replace("'", "''") + "'"
