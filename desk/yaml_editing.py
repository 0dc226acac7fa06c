"""Changes to a text of YAML that keep all the rest of it as its author wrote it. Pure.

The places come from `core.config.yaml_tree`, whose nodes know where they stand. What is written in
a way that is not foreseen stays as it is.
"""

from __future__ import annotations

from core.config.yaml_tree import Mapping, Node, Scalar, Sequence

_BESIDE = (",", "[", "]", "{", "}")


def with_item(
    text: str, mapping: Mapping, key: str, inline: str, block: list[str], *, before: str = ""
) -> str:
    """Add an item to a list of a map, written as the list is: `inline` or in the lines `block`.

    A list that is not there yet is the last thing of the map, or stands before a key of it.
    """
    lines = text.split("\n")
    known = mapping.items.get(key)
    if in_brackets(text, mapping):
        return _into_brackets(text, mapping, known, key, inline)
    if isinstance(known, Sequence) and known.items:
        if in_brackets(text, known):
            return before_end(text, known, f", {inline}")
        indent, after = " " * (known.mark.column - 1), last_line(known, lines)
        return inserted(lines, after, [indent + line for line in block])
    indent = " " * (next(iter(mapping.keys.values())).column - 1)
    if key in mapping.items:  # `none:` or `none: []`, with nothing in it
        line = mapping.keys[key].line
        lines[line - 1] = f"{indent if line > 1 else lines[0][: len(indent)]}{key}:"
        return inserted(lines, line, [f"{indent}  {one}" for one in block])
    new = [f"{indent}{key}:", *(f"{indent}  {one}" for one in block)]
    behind = mapping.keys.get(before)
    if behind is not None and behind.line > 1:
        return inserted(lines, behind.line - 1, new)
    return inserted(lines, last_line(mapping, lines), new)


def _into_brackets(text: str, mapping: Mapping, known: Node | None, key: str, inline: str) -> str:
    if isinstance(known, Sequence):
        return before_end(text, known, f"{', ' if known.items else ''}{inline}")
    if known is not None:
        return replaced(text, known, f"[{inline}]") if isinstance(known, Scalar) else text
    return before_end(text, mapping, f", {key}: [{inline}]")


def last_line(node: Node, lines: list[str]) -> int:
    """Return the last line that something is written on; a block ends where the next begins."""
    end = node.end or node.mark
    before = lines[end.line - 1][: end.column - 1] if end.line <= len(lines) else ""
    if isinstance(node, Scalar):
        return end.line if before.strip() else max(node.mark.line, end.line - 1)
    inner: list[Node] = node.items if isinstance(node, Sequence) else list(node.items.values())
    last = max((last_line(one, lines) for one in inner), default=node.mark.line)
    return max(last, end.line) if before.endswith(("]", "}")) else last


def in_brackets(text: str, node: Mapping | Sequence) -> bool:
    """Tell whether a node is written in brackets, not in lines of its own."""
    start = _offset(text, node.mark.line, node.mark.column)
    return text[start : start + 1] in _BESIDE


def inserted(lines: list[str], after: int, new: list[str]) -> str:
    """Return the lines as a text, with new ones after so many of them."""
    return "\n".join([*lines[:after], *new, *lines[after:]])


def before_end(text: str, node: Mapping | Sequence, more: str) -> str:
    """Return the text with something more before the bracket that ends a node."""
    end = node.end
    if end is None:
        return text
    at = _offset(text, end.line, end.column) - 1
    before = text[:at].rstrip()
    return before.removesuffix(",") + more + text[at:]


def between(text: str, node: Scalar) -> str:
    """Return what is written of a scalar, quotes included."""
    return text[
        _offset(text, node.mark.line, node.mark.column) : _offset(
            text, node.end.line, node.end.column
        )
    ]


def replaced(text: str, node: Scalar, new: str) -> str:
    """Return the text with something else in place of a scalar."""
    start = _offset(text, node.mark.line, node.mark.column)
    return text[:start] + new + text[start + len(between(text, node)) :]


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1
