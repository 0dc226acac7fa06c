"""YAML text → a tree of nodes that know where they stand in the file.

We compose the tree from parser events ourselves. The usual loaders recurse (100,000 `[` crash
them), expand aliases (322 bytes become 28 MB), let a second key silently replace the first and
turn `12:30:00` into 45000. Here size and depth are bounded, aliases and tags are refused,
duplicate keys are reported, and every scalar but null stays the text that was written: the
models know which fields are numbers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import yaml

from core.config.problems import Mark, Problem
from core.config.yaml_advice import cut_by_hash, syntax_problem

MAX_BYTES = 1024 * 1024
"""Largest configuration file. A concept pack in seven languages is about 20 kB."""
MAX_DEPTH = 50
"""Deepest nesting. The configuration's own shape needs six levels."""

_NULLS = ("", "~", "null", "Null", "NULL")

Step = str | int


@dataclass(slots=True)
class Scalar:
    """A single value: text, or None for null."""

    value: str | None
    mark: Mark
    end: Mark


@dataclass(slots=True)
class Sequence:
    """A list."""

    mark: Mark
    items: list[Node] = field(default_factory=list)
    end: Mark | None = None


@dataclass(slots=True)
class Mapping:
    """Keys and values, each key once, in the order written."""

    mark: Mark
    items: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)
    end: Mark | None = None
    refused: list[tuple[str, Node]] = field(default_factory=list)
    """What was written but does not count, such as a second value of a key; it may be secret."""


Node = Scalar | Sequence | Mapping


def parse_yaml(data: bytes, file: str) -> tuple[Node | None, list[Problem]]:
    """Read one YAML document. Return its root (None when it is unusable) and every problem."""
    start = Mark(file, 1, 1)
    if len(data) > MAX_BYTES:
        return None, [Problem(start, f"the file is larger than {MAX_BYTES // 1024} KiB")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, [Problem(Mark(file, line, 1), "this line is not UTF-8")]
    composer = _Composer(file, text)
    try:
        root = composer.compose(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        stop = syntax_problem(error, file, text)
        return None, [*(known for known in composer.problems if known.mark != stop.mark), stop]
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        return None, [Problem(Mark(file, line, 1), f"not valid YAML: {error.reason}")]
    except yaml.YAMLError as error:
        return None, [*composer.problems, Problem(start, f"not valid YAML: {error}")]
    except _TooDeepError as error:
        return None, [
            *composer.problems,
            Problem(error.mark, f"nested deeper than {MAX_DEPTH} levels"),
        ]
    return root, composer.problems


def sound_part(data: bytes, file: str) -> Mapping | None:
    """Return what stands whole at the top of a document before the place where it breaks off."""
    text = data[:MAX_BYTES].decode("utf-8-sig", errors="replace")
    composer = _Composer(file, text)
    with contextlib.suppress(yaml.YAMLError, _TooDeepError):
        composer.compose(yaml.parse(text, Loader=yaml.CSafeLoader))
    return composer.top


class _ParserMark(Protocol):
    """Where the parser stands; it has two mark classes of this shape."""

    line: int
    column: int


class _TooDeepError(Exception):
    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark


class _Composer:
    """Turns the stream of events into nodes; depth is bounded, so recursion is safe."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.split("\n")
        self._depth = 0
        self.top: Mapping | None = None
        """The outermost map, as far as it was read."""
        self.problems: list[Problem] = []

    def compose(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._report(event, "a second document starts here; one file holds one")
                    second = self._node(next(events), events)
                    if isinstance(root, Mapping):
                        root.refused.append(("", second))
                    break
                root = self._node(next(events), events)
        return root

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event]) -> Node:
        mark = self._mark(event.start_mark)
        end = self._mark(event.end_mark)
        self._refuse_indirection(event)
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.style in (None, "")
            cut = self._cut(event.value, end) if is_plain else None
            self.problems += [cut] if cut is not None else []
            return Scalar(None if is_plain and event.value in _NULLS else event.value, mark, end)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(f"*{event.anchor}", mark, end)  # refused, but not missing as well
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _TooDeepError(mark)
        node: Node
        if isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(mark, events)
        else:
            node = self._mapping(mark, events)
        self._depth -= 1
        return node

    def _refuse_indirection(self, event: yaml.Event) -> None:
        """Report anchors, aliases and tags without repeating them: they may be a bare password."""
        for what, sign in (
            ("aliases", "*" if isinstance(event, yaml.AliasEvent) else None),
            ("anchors", "&" if getattr(event, "anchor", None) else None),
            ("tags", "!" if getattr(event, "tag", None) else None),
        ):
            if sign:
                advice = f"a text that starts with `{sign}` needs quotes"
                self._report(event, f"{what} are not supported ({advice})")
                return

    def _sequence(self, mark: Mark, events: Iterator[yaml.Event]) -> Sequence:
        sequence = Sequence(mark)
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                sequence.end = self._mark(event.end_mark)
                break
            sequence.items.append(self._node(event, events))
        return sequence

    def _mapping(self, mark: Mark, events: Iterator[yaml.Event]) -> Mapping:
        mapping = Mapping(mark)
        if self.top is None:
            self.top = mapping
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                mapping.end = self._mark(event.end_mark)
                break
            key = self._node(event, events)
            value = self._node(next(events), events)
            if not isinstance(key, Scalar) or key.value is None:
                self.problems.append(Problem(key.mark, "a key must be plain text"))
                mapping.refused += [("", key), ("", value)]
            elif key.value in mapping.items:
                first = mapping.keys[key.value]
                mapping.refused.append((key.value, value))
                self.problems.append(
                    Problem(
                        key.mark, f"'{key.value}' stands here twice (first in line {first.line})"
                    )
                )
            else:
                mapping.items[key.value] = value
                mapping.keys[key.value] = key.mark
        return mapping

    def _cut(self, value: str, end: Mark) -> Problem | None:
        return cut_by_hash(self._file, self._lines, value, end.line - 1, end.column - 1)

    def _mark(self, mark: _ParserMark | None) -> Mark:
        if mark is None:
            return Mark(self._file, 1, 1)
        return Mark(self._file, mark.line + 1, mark.column + 1)

    def _report(self, event: yaml.Event, message: str) -> None:
        self.problems.append(Problem(self._mark(event.start_mark), message))


def plain(node: Node) -> object:
    """Return the node as plain dicts, lists, strings and None."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.items.items()}


def locate(root: Node, path: tuple[Step, ...], *, key: bool = False) -> Mark:
    """Return where `path` stands: the deepest part of it that exists.

    A text step into a list finds the item with that `name` or `id`; where one item may stand for a
    list of one, it is its own first. With `key`, the last step's
    key is meant, not its value.
    """
    node: Node = root
    for depth, step in enumerate(path):
        if isinstance(node, Mapping) and isinstance(step, str) and step in node.items:
            if key and depth == len(path) - 1:
                return node.keys[step]
            node = node.items[step]
            continue
        if step == 0 and isinstance(node, Mapping):
            continue
        found = _list_item(node, step)
        if found is None:
            break
        node = found
    return node.mark


def node_at(root: Node, path: tuple[Step, ...]) -> Node | None:
    """Return the node at `path`, or None when there is none."""
    node: Node | None = root
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.items.get(step)
        else:
            node = _list_item(node, step)
        if node is None:
            return None
    return node


def _list_item(node: Node | None, step: Step) -> Node | None:
    if not isinstance(node, Sequence):
        return None
    if isinstance(step, int):
        return node.items[step] if 0 <= step < len(node.items) else None
    for item in node.items:
        if isinstance(item, Mapping):
            for naming in ("name", "id"):
                named = item.items.get(naming)
                if isinstance(named, Scalar) and named.value == step:
                    return item
    return None
