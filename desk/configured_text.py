"""Where a rule or a source stands in the files of the configuration, and what is written there.

Secrets are blotted out, as in everything of the files that is shown.
"""

from __future__ import annotations

import difflib
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import yaml

from core.config.sections.rules import RuleConfig
from core.config.sections.sources import SourceConfig
from core.config.yaml_tree import Mapping, Scalar, Sequence, parse_yaml
from desk.yaml_editing import last_line
from scheduler.running_config import RunningConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredText:
    """One item of a list of the configuration, as YAML."""

    text: str
    """A list of one item, with no indentation."""
    file: str = ""
    """Empty when it stands in no file by itself: it is written out of what runs."""
    line: int = 1
    """Of its first line in the file."""
    indent: str = ""
    lines: tuple[str, ...] = ()
    """All lines of the file."""

    def patch(self, changed: str, base: Path) -> str:
        """Return what makes the file say another text, for `patch -p1` in the folder `base`.

        Empty when there is no such file, when it has changed since it was read, or when a secret
        stands so near that it would be shown.
        """
        path = Path(self.file)
        try:
            raw = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return ""
        before = _LINE.findall(raw)
        shown = [*self.lines, *[""] * len(before)][: len(before)]
        if any(
            "*" not in mask and mask != line.rstrip("\r\n")
            for mask, line in zip(shown, before, strict=True)
        ):
            return ""
        end = "\r\n" if before and before[0].endswith("\r\n") else "\n"
        length = self.text.rstrip("\n").count("\n") + 1
        new = textwrap.indent(changed.strip("\n"), self.indent).split("\n")
        after = [
            *before[: self.line - 1],
            *(f"{line}{end}" for line in new),
            *before[self.line - 1 + length :],
        ]
        name = path.relative_to(base) if path.is_relative_to(base) else Path(path.name)
        secret = {
            line for mask, line in zip(shown, before, strict=True) if mask != line.rstrip("\r\n")
        }
        for context in (3, 2, 1):
            diff = list(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", n=context))
            if not any(line[1:] in secret for line in diff[2:]):
                return "".join(map(_ended, diff))
        return ""


_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_END = "\n\\ No newline at end of file\n"


def _ended(line: str) -> str:
    """Return a line of a patch, which says of the last of a file where it has no end."""
    return line if line.endswith("\n") else line + _NO_END


def text_of(live: RunningConfig, section: str, name: str) -> ConfiguredText | None:
    """Return what is written of the rule or source of a name; None when there is no such item."""
    for file, lines in live.loaded.lines.items():
        found = _in_file(file, lines, section, name)
        if found is not None:
            return found
    items: tuple[RuleConfig | SourceConfig, ...] = (
        live.config.rules if section == "rules" else live.config.sources
    )
    for item in items:
        if name in (getattr(item, "id", None), getattr(item, "name", None)):
            return ConfiguredText(text=_written(item))
    return None


def _in_file(file: str, lines: list[str], section: str, name: str) -> ConfiguredText | None:
    # Stars stand for secrets, and are no YAML; the places are the same without them.
    readable = "\n".join(line.replace("*", "x") for line in lines)
    root, _ = parse_yaml(readable.encode(), file)
    lines = _without_headers(root, lines)
    listed = root.items.get(section) if isinstance(root, Mapping) else None
    if not isinstance(listed, Sequence):
        return None
    for item in listed.items:
        if not isinstance(item, Mapping) or not _is_called(item, name):
            continue
        first, last = item.mark.line, last_line(item, lines)
        beginning = lines[first - 1][: item.mark.column - 1]
        indent = beginning[: len(beginning) - len(beginning.lstrip())]
        if beginning.strip() != "-":
            return None  # it shares its line with others
        while last > first and not lines[last - 1].strip():
            last -= 1
        # A comment may stand further left than its rule; it does not say how far the rule stands.
        text = "\n".join(line.removeprefix(indent) for line in lines[first - 1 : last])
        return ConfiguredText(
            text=f"{text}\n", file=file, line=first, indent=indent, lines=tuple(lines)
        )
    return None


def _without_headers(root: object, lines: list[str]) -> list[str]:
    """Blot out what is sent to sources to be let in: of all, for a patch shows what stands near."""
    listed = root.items.get("sources") if isinstance(root, Mapping) else None
    shown = list(lines)
    for item in listed.items if isinstance(listed, Sequence) else ():
        headers = item.items.get("headers") if isinstance(item, Mapping) else None
        for value in headers.items.values() if isinstance(headers, Mapping) else ():
            for number in range(value.mark.line, last_line(value, lines) + 1):
                line = shown[number - 1]
                start = value.mark.column - 1 if number == value.mark.line else 0
                shown[number - 1] = line[:start] + re.sub(r"[^\s,{}]", "*", line[start:])
    return shown


def _is_called(item: Mapping, name: str) -> bool:
    for naming in ("id", "name"):
        node = item.items.get(naming)
        # A name with a star in it was made readable, too.
        if isinstance(node, Scalar) and node.value == name.replace("*", "x"):
            return True
    return False


def _written(item: RuleConfig | SourceConfig) -> str:
    values = item.model_dump(mode="json", exclude_unset=True)
    return yaml.safe_dump([values], allow_unicode=True, sort_keys=False, width=100)
