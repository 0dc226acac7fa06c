"""Values that are not in the file itself: `${VAR}`, `${VAR:-default}` and `*_file` secrets.

Both are resolved after parsing, so what they hold is never read as YAML. The same module knows
which values are secret, so that no error shows one together with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.config.problems import Mark, Problem
from core.config.yaml_tree import Mapping as MappingNode
from core.config.yaml_tree import Node, Scalar, Sequence

SECRET_KEYS = frozenset({"password", "secret", "token", "proxy", "database"})
SECRET_ADDRESS_SECTIONS = frozenset({"slack", "webhook"})
"""Sections whose `url` is a secret: whoever knows it can post."""
MAX_SECRET_BYTES = 64 * 1024

_REFERENCE = re.compile(r"\$(?:(\$)(?=\{)|\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|(\{))")
_WRITTEN_SECRET = re.compile(
    r"(?i)(\b(?:password|secret|token|proxy|database|url)['\"]?\s*:\s*)([^\s,}#][^,}\n]*)"
)
_SECRET_LOOKING = re.compile(r"(?i)://[^/\s:@]+:[^/\s@]+@|hooks\.slack\.com/\S+|whsec_\S+")


def resolve(root: Node, base: Path, environ: Mapping[str, str]) -> tuple[list[Problem], list[Path]]:
    """Fill in variables and secret files, in place. Return problems and the files read."""
    problems: list[Problem] = []
    files: list[Path] = []
    for node in _walk(root):
        if isinstance(node, Scalar) and node.value is not None and "${" in node.value:
            node.value = _interpolate(node.value, node.mark, environ, problems)
    for node in _walk(root):
        if isinstance(node, MappingNode):
            _read_secret_files(node, base, problems, files)
    return problems, files


def _interpolate(text: str, mark: Mark, environ: Mapping[str, str], problems: list[Problem]) -> str:
    def value(reference: re.Match[str]) -> str:
        escaped, name, default, broken = reference.groups()
        if escaped:
            return "$"
        if broken:
            problems.append(
                Problem(
                    mark, "a variable is written ${NAME} or ${NAME:-default}", "$${ is a plain ${"
                )
            )
            return ""
        if environ.get(name):
            return environ[name]
        if default is not None:
            return default
        state = "empty" if name in environ else "not set"
        problems.append(
            Problem(
                mark, f"environment variable {name} is {state}", f"${{{name}:-…}} gives a default"
            )
        )
        return ""

    return _REFERENCE.sub(value, text)


def _read_secret_files(
    mapping: MappingNode, base: Path, problems: list[Problem], files: list[Path]
) -> None:
    for key in list(mapping.items):
        target = key.removesuffix("_file")
        if target == key or target not in SECRET_KEYS | {"url"}:
            continue
        node = mapping.items.pop(key)
        mark = mapping.keys.pop(key)
        if target in mapping.items:
            problems.append(Problem(mark, f"'{target}' and '{key}' are both given; keep one"))
            continue
        # Whatever goes wrong below is reported once, at the key: an empty text keeps the
        # section's shape so that "missing" is not reported on top.
        mapping.keys[target] = mark
        value = ""
        if not isinstance(node, Scalar) or not node.value:
            problems.append(Problem(mark, f"'{key}' needs the path of a file"))
        else:
            path = base / Path(node.value).expanduser()
            files.append(path)
            try:
                with path.open("rb") as file:
                    data = file.read(MAX_SECRET_BYTES + 1)
                value = data.decode("utf-8").strip()
                if len(data) > MAX_SECRET_BYTES:
                    problems.append(Problem(node.mark, f"{node.value} is too large for a secret"))
                elif not value:
                    problems.append(Problem(node.mark, f"{node.value} is empty"))
            except UnicodeDecodeError:
                problems.append(Problem(node.mark, f"{node.value} is not UTF-8 text"))
            except OSError as error:
                problems.append(
                    Problem(node.mark, f"{node.value} cannot be read: {error.strerror or error}")
                )
        mapping.items[target] = Scalar(value, mark, mark)


def _walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Sequence):
        children: list[Node] = node.items
    elif isinstance(node, MappingNode):
        children = list(node.items.values())
    else:
        return
    for child in children:
        yield from _walk(child)


def masked_lines(text: str, root: Node | None) -> list[str]:
    """Return the file's lines with every secret replaced by asterisks of the same length.

    Where the file could not be parsed (`root` is None), anything that looks like a secret goes.
    """
    lines = text.splitlines()
    spans = list(_secret_spans(root)) if root else []
    for start, end in spans:
        for number in range(start.line, min(end.line, len(lines)) + 1):
            line = lines[number - 1]
            left = start.column - 1 if number == start.line else 0
            right = end.column - 1 if number == end.line else len(line)
            if not line[left:right].lstrip("'\"").startswith("${"):
                lines[number - 1] = line[:left] + _stars(line[left:right]) + line[right:]
    if root is None:
        lines = [
            _WRITTEN_SECRET.sub(lambda found: found[1] + _stars(found[2]), line) for line in lines
        ]
    return [_SECRET_LOOKING.sub(lambda found: _stars(found[0]), line) for line in lines]


def _stars(text: str) -> str:
    return "*" * len(text)


def _secret_spans(node: Node, section: str = "") -> Iterator[tuple[Mark, Mark]]:
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _secret_spans(item, section)
    elif isinstance(node, MappingNode):
        for key, value in node.items.items():
            secret = key in SECRET_KEYS or (key == "url" and section in SECRET_ADDRESS_SECTIONS)
            if secret and isinstance(value, Scalar):
                yield value.mark, value.end
            else:
                yield from _secret_spans(value, key)
