"""What may be shown of a configuration: its lines and messages with every secret blotted out.

An error shows the line it is about, and that line may hold a password, perhaps misspelt, doubled
or in a file that is not even YAML. So where secrets live, only keys known to be public are shown.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from core.config.broken_lines import lines_of_broken_file
from core.config.fields import Section
from core.config.problems import Mark, Problem
from core.config.watch import WatchConfig
from core.config.yaml_tree import Mapping as MappingNode
from core.config.yaml_tree import Node, Scalar, Sequence

SECRET_KEYS = frozenset(
    {"password", "secret", "client_secret", "token", "api_hash", "proxy", "database"}
)
_PUBLIC_SECTIONS = frozenset(
    {"concepts", "entities", "rules", "include", "trust", "network", "retention"}
)
"""Sections that are words and numbers through and through; their lines are shown as written."""
_PUBLIC_RECEIVER_KEYS = frozenset(
    {
        "name", "to", "from", "host", "port", "tls", "username", "timeout", "ca_file",
        "unsubscribe", "channel", "chat", "topic", "room", "homeserver", "path", "title", "entries",
        "content_type", "cloudevents", "timezone", "language", "days", "break_through",
        "flood_guard", "messages", "within", "every",
    }
)  # fmt: skip
_LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_ONLY_A_VARIABLE = re.compile(r"""(['"]?)\$\{\w+\}\1""")
_SECRET_LOOKING = re.compile(
    r"(?i)(?<=://)[^/\s:@]*:[^/\s@]+(?=@)|hooks\.slack\.com/[^\s'\"]+|whsec_[^\s'\"]+"
)
_SHORTEST_HIDDEN = 6
"""Shorter values are hidden in messages only where they stand in quotes, or `a` would be."""


@dataclass(frozen=True, slots=True)
class HiddenValues:
    """Texts that came from variables, secret files and secret keys, and how to speak of them."""

    names: Mapping[str, str]

    def clean(self, problem: Problem) -> Problem:
        """Return the problem with no hidden text, control character or line break in it."""
        hint = self._clean(problem.hint) if problem.hint else None
        return replace(problem, message=self._clean(problem.message), hint=hint)

    def _clean(self, text: str) -> str:
        for value in sorted(self.names, key=len, reverse=True):
            if len(value) >= _SHORTEST_HIDDEN:
                text = text.replace(value, self.names[value])
            elif value:
                text = text.replace(f"'{value}'", f"'{self.names[value]}'")
        text = _SECRET_LOOKING.sub(_stars, text)
        return "".join(char if char.isprintable() else "?" for char in text)


def masked_lines(text: str, root: Node | None) -> list[str]:
    """Return the file's lines with every secret replaced by asterisks of the same length.

    Where the file could not be read as a map (`root` is None or no map), hardly anybody can tell
    what is secret: but for lines that are plainly words of a rule, a concept or an entity, only the
    keys we know and the punctuation are left.
    """
    lines = _LINE_BREAK.split(text)
    if not isinstance(root, MappingNode):
        shown = lines_of_broken_file(lines, known_keys())
        return [_SECRET_LOOKING.sub(_stars, line) for line in shown]
    for start, end in _spans(secret_nodes(root)):
        for number in range(start.line, min(end.line, len(lines)) + 1):
            line = lines[number - 1]
            left = start.column - 1 if number == start.line else 0
            right = end.column - 1 if number == end.line else len(line)
            if _ONLY_A_VARIABLE.fullmatch(line[left:right].strip()):
                continue
            if line[right:].lstrip().startswith("#"):
                right = len(line)  # a secret with ` #` in it, written without quotes
            lines[number - 1] = line[:left] + "*" * (right - left) + line[right:]
    return [_SECRET_LOOKING.sub(_stars, line) for line in lines]


def secret_nodes(root: MappingNode) -> Iterator[Node]:
    """Yield every value that is, or may well be, a secret."""
    for key, value in [*root.items.items(), *root.refused]:
        if key in SECRET_KEYS:
            yield value
        elif key in ("receivers", "heartbeat") or key not in WatchConfig.model_fields:
            yield from _not_known_public(value)
        elif key not in _PUBLIC_SECTIONS:
            yield from _known_secret(value)


def secret_texts(root: MappingNode) -> Iterator[str]:
    """Yield the texts of the secrets, for `HiddenValues`."""
    waiting = list(secret_nodes(root))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield node.value or ""
        elif isinstance(node, Sequence):
            waiting += node.items
        else:
            waiting += node.items.values()


def _known_secret(node: Node) -> Iterator[Node]:
    """Yield what stands under the name of a secret, or under a misspelling of one."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _known_secret(item)
    elif isinstance(node, MappingNode):
        for key, value in [*node.items.items(), *node.refused]:
            near = difflib.get_close_matches(key.lower(), SECRET_KEYS, n=1)
            if key in SECRET_KEYS or (near and key not in known_keys()):
                yield value
            else:
                yield from _known_secret(value)


def _not_known_public(node: Node) -> Iterator[Node]:
    """Yield everything but what stands under a key that is known to be public."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _not_known_public(item)
    else:
        for key, value in [*node.items.items(), *node.refused]:
            if key in SECRET_KEYS:
                yield value
            elif isinstance(value, MappingNode) or not _is_public(key, value):
                yield from _not_known_public(value)


def _is_public(key: str, value: Node) -> bool:
    if key.endswith("_file"):  # a path, unless somebody put the secret itself there
        return isinstance(value, Scalar) and "://" not in (value.value or "")
    return key in _PUBLIC_RECEIVER_KEYS


@lru_cache
def known_keys() -> frozenset[str]:
    """Return every key that some section of the file has, `password_file` and the like included."""
    keys = {"url_file", *(f"{key}_file" for key in SECRET_KEYS)}
    sections: list[type[Section]] = [Section]
    while sections:
        section = sections.pop()
        sections += section.__subclasses__()
        keys.update(field.alias or name for name, field in section.model_fields.items())
    return frozenset(keys)


def _spans(nodes: Iterable[Node]) -> Iterator[tuple[Mark, Mark]]:
    for node in nodes:
        yield node.mark, node.end or node.mark


def _stars(found: re.Match[str]) -> str:
    return "*" * len(found[0])
