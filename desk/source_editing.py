"""Changes to the text of a configuration file that add a source or switch one off. Pure.

All the rest stays as its author wrote it. None is returned for a text that is written in a way
that is not foreseen.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from core.config.yaml_tree import Mapping, Scalar, Sequence, node_at, parse_yaml
from desk.yaml_editing import before_end, in_brackets, inserted, last_line, replaced, with_item

HEAD = "# Sources that `wirewatch sources add` wrote. They are yours: change them as you like.\n"
_PLAIN = re.compile(r"[A-Za-z][\w.-]*")
_BOOLEANS = frozenset({"yes", "no", "true", "false", "on", "off", "null", "y", "n"})


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source that is to be written down."""

    name: str
    key: str
    """The key of its address: `url`, `feed`, `sitemap`, `telegram`."""
    address: str

    def in_yaml(self) -> str:
        """Return it as an item of `sources`."""
        return f"{{name: {_scalar(self.name)}, {self.key}: {_scalar(self.address)}}}"


def with_source(text: str, source: NewSource) -> str | None:
    """Return the text of a file with one more source, the last of its list."""
    return _with_listed(text or HEAD, "sources", source.in_yaml())


def with_include(text: str, name: str) -> str | None:
    """Return the text of a file that includes one more."""
    return _with_listed(text, "include", _scalar(name))


def line_of_source(text: str, name: str) -> int | None:
    """Return the line on which a source begins; None when it does not stand there."""
    item = _source(text, name)
    return None if item is None else item.mark.line


def switched(text: str, name: str, *, enabled: bool) -> str | None:
    """Return the text of a file with a source of its list switched on or off."""
    item = _source(text, name)
    if item is None:
        return None
    said = item.items.get("enabled")
    if isinstance(said, Scalar) and said.value is not None:
        return _sound(replaced(text, said, "true" if enabled else "false"))
    if said is not None or enabled:
        return None if said is not None else text
    if in_brackets(text, item):
        return _sound(before_end(text, item, ", enabled: false"))
    lines = text.split("\n")
    indent = " " * (next(iter(item.keys.values())).column - 1)
    return _sound(inserted(lines, last_line(item, lines), [f"{indent}enabled: false"]))


def line_of_override(text: str, name: str) -> int | None:
    """Return the line on which a source is overridden; None when it is not there."""
    listed = _overrides(text)
    mark = listed.keys.get(name) if listed is not None else None
    return None if mark is None else mark.line


def overridden(text: str, name: str, *, enabled: bool) -> str | None:
    """Return the text of a file in which a source of another one is switched on or off."""
    text = text or HEAD
    said = "true" if enabled else "false"
    line = f"{_scalar(name)}: {{enabled: {said}}}"
    nothing, problems = parse_yaml(text.encode("utf-8", "replace"), "")
    root = _root(text)
    if root is None and (problems or nothing is not None):
        return None
    known = root.items.get("overrides") if root else None
    if root is None or ("overrides" not in root.items and not in_brackets(text, root)):
        end = "" if text.endswith("\n") else "\n"
        gap = "" if root is None else "\n"
        return _sound(f"{text}{end}{gap}overrides:\n  sources:\n    {line}\n")
    if not isinstance(known, Mapping) or not known.items or in_brackets(text, known):
        return None
    listed, lines = known.items.get("sources"), text.split("\n")
    if listed is None:
        indent = " " * (next(iter(known.keys.values())).column - 1)
        new = [f"{indent}sources:", f"{indent}  {line}"]
        return _sound(inserted(lines, last_line(known, lines), new))
    if not isinstance(listed, Mapping) or not listed.items or in_brackets(text, listed):
        return None
    override = listed.items.get(name)
    if override is None:
        indent = " " * (next(iter(listed.keys.values())).column - 1)
        return _sound(inserted(lines, last_line(listed, lines), [f"{indent}{line}"]))
    value = override.items.get("enabled") if isinstance(override, Mapping) else None
    if not isinstance(value, Scalar) or value.value is None:
        return None
    return _sound(replaced(text, value, said))


def _overrides(text: str) -> Mapping | None:
    root = _root(text)
    listed = node_at(root, ("overrides", "sources")) if root is not None else None
    return listed if isinstance(listed, Mapping) else None


def _source(text: str, name: str) -> Mapping | None:
    root = _root(text)
    listed = root.items.get("sources") if root else None
    for item in listed.items if isinstance(listed, Sequence) else ():
        named = item.items.get("name") if isinstance(item, Mapping) else None
        if isinstance(item, Mapping) and isinstance(named, Scalar) and named.value == name:
            return item
    return None


def _with_listed(text: str, key: str, item: str) -> str | None:
    nothing, problems = parse_yaml(text.encode("utf-8", "replace"), "")
    root = _root(text)
    if root is None and (problems or nothing is not None):
        return None
    if root is None or (key not in root.items and not in_brackets(text, root)):
        # At the very end: comments that stand below the last section are about that.
        end = "" if text.endswith("\n") else "\n"
        gap = "" if root is None else "\n"
        return _sound(f"{text}{end}{gap}{key}:\n  - {item}\n")
    known = root.items.get(key)
    if isinstance(known, Sequence) and not known.items:
        return _sound(before_end(text, known, item))
    if isinstance(known, Scalar) and known.value is None and not in_brackets(text, root):
        return _sound(inserted(text.split("\n"), root.keys[key].line, [f"  - {item}"]))
    return _sound(with_item(text, root, key, item, [f"- {item}"]))


def _root(text: str) -> Mapping | None:
    root, problems = parse_yaml(text.encode("utf-8", "replace"), "")
    return root if isinstance(root, Mapping) and root.items and not problems else None


def _sound(text: str) -> str | None:
    """Return a text that can be read, or None."""
    return text if _root(text) is not None else None


def _scalar(text: str) -> str:
    """Return a YAML scalar; JSON's strings are some, whatever they hold."""
    if _PLAIN.fullmatch(text) and text.isascii() and text.lower() not in _BOOLEANS:
        return text
    return json.dumps(text.replace("${", "$${"), ensure_ascii=False)
