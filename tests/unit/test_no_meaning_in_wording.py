"""No behaviour hangs on the wording of a message: what people are told is never read back.

A message is polished by somebody who does not think of the code elsewhere that takes it apart. So
nothing compares, searches or cuts what is told: the failure, rejection, skip or event beside it is
a type. Words of other people's programs are read where the allowance says, and nowhere else.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = tuple(
    tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
)

TOLD = frozenset({
    "detail", "reason", "error", "last_error", "last_detail", "note", "doubt", "said", "why",
    "occasion", "example", "next_poll_reason", "health_reason", "last_gap",
})  # fmt: skip
"""Names of what people are told, wherever they stand."""
TOLD_OF_OTHERS = TOLD | {"message", "words", "how"}
"""Names of the same as attributes; as variables they are the text of an article or a mail."""
CUTTING = frozenset({
    "startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split",
    "find", "index", "count",
})  # fmt: skip
COMPARING = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
SEARCHING = frozenset({"match", "search", "fullmatch", "findall", "finditer"})

ALLOWED = {
    "crawler/download/library_errors.py": "words of libraries, in one place; tests provoke them",
    "crawler/parse/worker.py:_says_out_of_memory": "lxml has one type of error for all",
    "crawler/download/rendering.py:_first_line": "to show the first line of what a browser says",
    "alerts/receivers/email.py:_reason": "to explain what aiosmtplib says; decides nothing",
    "alerts/receivers/transport/smtp_replies.py": "words of mail servers, which often have no code",
    "storage/database/engine.py:storage_errors": "to show less of what SQLAlchemy says",
}
"""Files and functions that may, and why."""


def readings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and form of everything that reads what people are told."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            spaces = node.func.attr == "split" and not node.args  # no word is looked for
            if node.func.attr in CUTTING and is_told(node.func.value) and not spaces:
                yield node.lineno, ast.unparse(node)
            if node.func.attr in SEARCHING and any(map(is_told, node.args)):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            equal = any(isinstance(sign, COMPARING) for sign in node.ops)
            if equal and any(map(is_told, sides)) and any(map(is_sentence, sides)):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Match) and is_told(node.subject):
            patterns = (case.pattern for case in node.cases)
            for pattern in patterns:
                if isinstance(pattern, ast.MatchValue) and is_sentence(pattern.value):
                    yield node.lineno, ast.unparse(pattern)


def is_told(node: ast.expr) -> bool:
    """Tell whether an expression is what people are told, or an error as text."""
    match node:
        case ast.Call(func=ast.Name(id="str"), args=[inner]) | ast.FormattedValue(value=inner):
            return is_told(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="lower" | "casefold" | "strip")):
            return is_told(inner)
        case ast.BoolOp(values=values):
            return any(map(is_told, values))
        case ast.Attribute(attr=name):
            return name in TOLD_OF_OTHERS
        case ast.Name(id=name):
            return name in TOLD
    return False


def is_sentence(node: ast.expr) -> bool:
    """Tell whether an expression is text that stands in the code, or several of them."""
    if isinstance(node, ast.Tuple | ast.Set | ast.List):
        return any(map(is_sentence, node.elts))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""


def found_in(path: Path) -> list[str]:
    """Return what a file reads of what people are told, without what is allowed."""
    name = path.relative_to(ROOT).as_posix()
    if name in ALLOWED:
        return []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spans = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and f"{name}:{node.name}" in ALLOWED
    ]
    return [
        f"{name}:{line}: {what}"
        for line, what in readings(tree)
        if not any(first <= line <= last for first, last in spans)
    ]


def test_nothing_reads_back_what_people_are_told() -> None:
    files = [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "versions" not in path.parts  # a migration reads the words of its time, once
    ]
    assert [found for path in files for found in found_in(path)] == []


@pytest.mark.parametrize(
    "code",
    [
        'rejection.detail.startswith(("not found", "gone"))',
        "_REFUSED.match(reason)",
        '_OUR_SIDE.match(state.last_error or "")',
        "any(one.reason.startswith(_BEYOND) for one in more)",
        '"redirect" in str(error)',
        'alert.occasion.partition("-")[0]',
        'one.reason == "story muted"',
        '"memory" in str(error).lower()',
        'row.reason in ("stub", "empty")',
    ],
)
def test_what_was_done_once_would_be_found(code: str) -> None:
    assert list(readings(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "failure.kind is FailureKind.HTTP",
        'row.reason = "asked for"',
        'state.last_error or "failed"',
        'reason != ""',
        "pattern.match(url)",
    ],
)
def test_what_is_told_may_be_made_and_shown(code: str) -> None:
    assert not list(readings(ast.parse(code)))
