"""Values that are not in the file itself: `${VAR}`, `${VAR:-default}` and `*_file` secrets.

Both are resolved after parsing, so what they hold is never read as YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.config.masking import SECRET_KEYS
from core.config.problems import Mark, Problem
from core.config.yaml_tree import Mapping as MappingNode
from core.config.yaml_tree import Node, Scalar, Sequence

MAX_SECRET_BYTES = 64 * 1024

_REFERENCE = re.compile(r"\$(?:(\$)(?=\{)|\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|(\{))")


@dataclass(slots=True)
class Resolved:
    """What filling in a file came to."""

    problems: list[Problem] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    """Files that were read, or are to be read by others; a change in one is a reason to reload."""
    variables: dict[str, str] = field(default_factory=dict)
    """The variables that were used, by name."""


def resolve(root: Node, base: Path, environ: Mapping[str, str]) -> Resolved:
    """Fill in variables and secret files, in place. Relative paths start at `base`."""
    resolved = Resolved()
    for node in _walk(root):
        if isinstance(node, Scalar) and node.value is not None and "${" in node.value:
            node.value = _interpolate(node.value, node.mark, environ, resolved)
    for node in _walk(root):
        if isinstance(node, MappingNode):
            _read_secret_files(node, base, resolved)
            _anchor_files(node, base, resolved)
    return resolved


def _interpolate(text: str, mark: Mark, environ: Mapping[str, str], resolved: Resolved) -> str:
    def value(reference: re.Match[str]) -> str:
        escaped, name, default, broken = reference.groups()
        if escaped:
            return "$"
        if broken:
            message = "a variable is written ${NAME} or ${NAME:-default}"
            resolved.problems.append(Problem(mark, message, "$${ is a plain ${"))
            return ""
        if environ.get(name):
            resolved.variables[name] = environ[name]
            return environ[name]
        if default is not None:
            return default
        state = "empty" if name in environ else "not set"
        message = f"environment variable {name} is {state}"
        resolved.problems.append(Problem(mark, message, f"${{{name}:-…}} gives a default"))
        return ""

    return _REFERENCE.sub(value, text)


def variables_in(text: str) -> list[str]:
    """Return the names of the variables that a text refers to."""
    return [found[2] for found in _REFERENCE.finditer(text) if found[2]]


def read_files_of(mapping: MappingNode) -> list[tuple[str, str]]:
    """Return the keys of a map that name secret files, each with the key of the secret."""
    return [
        (key, target)
        for key in mapping.items
        if (target := key.removesuffix("_file")) != key and target in SECRET_KEYS | {"url"}
    ]


def _read_secret_files(mapping: MappingNode, base: Path, resolved: Resolved) -> None:
    for key, target in read_files_of(mapping):
        node = mapping.items.pop(key)
        mark = mapping.keys.pop(key)
        if target in mapping.items:
            message = f"'{target}' and '{key}' are both given; keep one"
            resolved.problems.append(Problem(mark, message))
            continue
        # Whatever goes wrong below is reported once: an empty text keeps the section's shape, and
        # further problems at the same place are left out.
        mapping.keys[target] = mark
        value, at = "", mark
        if not isinstance(node, Scalar) or not node.value:
            resolved.problems.append(Problem(mark, f"'{key}' needs the path of a file"))
        else:
            path = base / Path(node.value).expanduser()
            resolved.files.append(path)
            try:
                value = _secret_in(path)
            except _UnfitFileError as error:
                at = node.mark
                resolved.problems.append(Problem(at, f"{node.value} {error}"))
        mapping.items[target] = Scalar(value, at, at)


def _secret_in(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SECRET_BYTES + 1)
        value = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise _UnfitFileError("is not UTF-8 text") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _UnfitFileError(f"cannot be read: {why(error)}") from None
    if len(data) > MAX_SECRET_BYTES:
        raise _UnfitFileError("is too large for a secret")
    if not value:
        raise _UnfitFileError("is empty")
    return value


class _UnfitFileError(Exception):
    """A file that cannot serve as a secret; the message ends a sentence that names it."""


def why(error: OSError | ValueError) -> str:
    """Return the reason in the system's words, without the path that the message names anyway."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _anchor_files(mapping: MappingNode, base: Path, resolved: Resolved) -> None:
    """Make files that are read, and those that receivers write, relative to the configuration."""
    for key in ("ca_file", "cookies"):
        node = mapping.items.get(key)
        if isinstance(node, Scalar) and node.value:
            _anchor(node, base, resolved)
    account = mapping.items.get("telegram")
    session = account.items.get("session") if isinstance(account, MappingNode) else None
    if isinstance(session, Scalar) and session.value:
        # It is there after the login only, which is then a reason to look again.
        path = base / Path(session.value).expanduser()
        resolved.files.append(path)
        session.value = str(path)
    for key in ("file", "atom"):
        receiver = mapping.items.get(key)
        node = receiver.items.get("path") if isinstance(receiver, MappingNode) else None
        if isinstance(node, Scalar) and node.value:
            _anchor_written(node, base, resolved)


def _anchor_written(node: Scalar, base: Path, resolved: Resolved) -> None:
    if node.value is None:
        return
    path = base / Path(node.value).expanduser()
    if not path.parent.is_dir():
        message = f"{node.value} cannot be written: its folder does not exist"
        resolved.problems.append(Problem(node.mark, message))
    node.value = str(path)


def _anchor(node: Scalar, base: Path, resolved: Resolved) -> None:
    if node.value is None:
        return
    path = base / Path(node.value).expanduser()
    try:
        with path.open("rb"):
            resolved.files.append(path)
    except (OSError, ValueError) as error:
        message = f"{node.value} cannot be read: {why(error)}"
        resolved.problems.append(Problem(node.mark, message))
    node.value = str(path)


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
