"""watch.yaml and its includes → a `WatchConfig`, or every problem at once.

Each source, rule, receiver and route is validated by itself, so one bad item hides no other, and
the cross-checks (and the checks that callers bring, such as compiling the rules) still run on
what is sound.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config.calendars import Calendars, with_calendars
from core.config.extras import missing_extras
from core.config.foreign_files import refuse_reads
from core.config.included_paths import named_paths
from core.config.language_codes import language_problems
from core.config.masking import HiddenValues, masked_lines, secret_texts
from core.config.new_names import with_new_names
from core.config.opml_tree import opml_tree
from core.config.overrides import OverriddenRule, with_overrides
from core.config.places import place
from core.config.problems import (
    ConfigError,
    Finding,
    Mark,
    Problem,
    Severity,
    any_error,
    render_problems,
)
from core.config.references import check_references, check_unused
from core.config.secrets import Resolved, resolve, why
from core.config.source_overrides import with_source_overrides
from core.config.stamps import FileStamp, file_stamp
from core.config.twins import part_twins
from core.config.validation import validate_tree
from core.config.watch import WatchConfig
from core.config.yaml_tree import MAX_BYTES, Node, Scalar, Sequence, locate, parse_yaml, sound_part
from core.config.yaml_tree import Mapping as MappingNode
from core.environment import whole_environment
from core.errors import WirewatchError

MAX_FILES = 500
"""Most files one configuration may include."""

Check = Callable[[WatchConfig], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A sound configuration and what it was read from."""

    config: WatchConfig
    path: Path
    files: tuple[Path, ...]
    """Every file that was read; a change in one is a reason to reload."""
    warnings: tuple[Problem, ...]
    fingerprint: str
    """SHA-256 over the resolved files, hex."""
    lines: Mapping[str, list[str]]
    stamps: tuple[FileStamp, ...] = ()
    """Of those files, from before each was read: what changed meanwhile is found changed."""
    overridden: tuple[OverriddenRule, ...] = ()
    """Rules that are not as their own files say."""

    def warning_text(self) -> str:
        """Return the warnings as they are shown to a person."""
        return render_problems(self.warnings, self.lines)


class ConfigNotFoundError(WirewatchError):
    """There is no configuration file."""


def load_config(
    path: Path | str,
    *,
    environ: Mapping[str, str] | None = None,
    checks: Iterable[Check] = (),
) -> LoadedConfig:
    """Read a configuration file and everything it includes.

    `environ` is where `${VAR}` looks (the process environment by default). `checks` run on the
    sound part and their findings are reported with the rest. Raises `ConfigError` with every
    problem, or `ConfigNotFoundError` when the file itself is missing.
    """
    reader = _Reader(Path(path), whole_environment() if environ is None else environ)
    reader.read_all()
    parted = part_twins(reader.merged())
    overridden = with_overrides(parted.root, complete=not reader.broken_off)
    root, idle = with_source_overrides(overridden.root, complete=not reader.broken_off)
    config, invalid = validate_tree(root)
    calendars = with_calendars(config, root)
    config, nameless = with_new_names(calendars.config, root)
    reader.note(calendars)
    first = [*reader.problems, *language_problems(root)]
    reported = {problem.mark for problem in first}
    referring = check_references(config, root, overridden.off)
    findings = [*referring, *(f for check in checks for f in check(config))]
    later = [*invalid, *parted.problems, *overridden.problems, *idle]
    later += [place(root, reader.lines, finding) for finding in findings]
    later += [*_bare_database(config, root), *calendars.problems, *nameless]
    later += missing_extras(config, root)
    # What could not be filled in (a variable, a secret file) is reported once, not also as empty.
    problems = [*first, *(problem for problem in later if problem.mark not in reported)]
    if not any_error(problems):
        # What is wrong elsewhere would be named as unused, too: only a sound file is asked.
        problems += [place(root, reader.lines, found) for found in check_unused(config, root)]
    hidden = HiddenValues({**reader.hidden, **parted.names})
    problems = [hidden.clean(problem) for problem in problems]
    if any_error(problems):
        raise _refused(problems, reader)
    return LoadedConfig(
        config=_with_absolute_database(config, reader.path.parent),
        path=reader.path,
        files=tuple(reader.files),
        warnings=tuple(sorted(problems, key=lambda problem: problem.mark)),
        fingerprint=reader.digest.hexdigest(),
        lines=reader.lines,
        stamps=reader.all_stamps(),
        overridden=overridden.rules,
    )


def _refused(problems: list[Problem], reader: _Reader) -> ConfigError:
    """Return the error, with what of the configuration is sound."""
    root, _ = with_source_overrides(with_overrides(reader.merged(broken_off=True)).root)
    config, _ = validate_tree(root)
    if "database" in root.items:
        known = "database" in config.model_fields_set and not _bare_database(config, root)
    else:  # left out, unless it is what cannot be read
        known = not reader.broken_off and root.items.keys() <= WatchConfig.model_fields.keys()
    sound = _with_absolute_database(config, reader.path.parent)
    return ConfigError(
        problems, reader.lines, sound, database_known=known, stamps=reader.all_stamps()
    )


class _Reader:
    """Follows includes; keeps one tree per file, and what went wrong."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.path = path
        self.files: list[Path] = []
        self.stamps: dict[Path, FileStamp] = {}
        self.problems: list[Problem] = []
        self.lines: dict[str, list[str]] = {}
        self.hidden: dict[str, str] = {}
        self.digest = hashlib.sha256()
        self._environ = environ
        self.broken_off = False
        """Whether a file could not be read to its end."""
        self._roots: list[MappingNode] = []
        self._parts: list[MappingNode] = []
        """What stands at the top of files that could not."""
        self._seen: set[Path] = set()
        self._trusted: set[str] = set()
        """Included files that may read what the main file may."""

    def read_all(self) -> None:
        if not self.path.is_file():
            raise ConfigNotFoundError(
                f"{self.path} does not exist; `wirewatch init` writes one to start from"
            )
        queue = [(self.path, Mark(str(self.path), 1, 1))]
        while queue:
            path, wanted_at = queue.pop(0)
            real = Path(os.path.realpath(path))
            if real in self._seen:
                continue
            if len(self.files) >= MAX_FILES:
                self.problems.append(Problem(wanted_at, f"more than {MAX_FILES} files included"))
                break
            self._seen.add(real)
            root = self._read(path, wanted_at)
            if root is not None:
                self._roots.append(root)
                queue += self._includes(root, path)

    def note(self, calendars: Calendars) -> None:
        """Take note of more files that were read."""
        self.files += calendars.files
        self.lines.update(calendars.lines)
        self.digest.update(calendars.digest)

    def all_stamps(self) -> tuple[FileStamp, ...]:
        """Return the stamps of all files, those that could not be read included."""
        more = {path: file_stamp(path) for path in self.files if path not in self.stamps}
        return (*self.stamps.values(), *more.values())

    def _read(self, path: Path, wanted_at: Mark) -> MappingNode | None:
        self.stamps[path] = file_stamp(path)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            self.problems.append(Problem(wanted_at, f"{path} cannot be read: {why(error)}"))
            self.broken_off = True
            return None
        self.files.append(path)
        name = str(path)
        if path.suffix.lower() == ".opml":
            return self._read_opml(data, name)
        root, problems = parse_yaml(data, name)
        self.lines[name] = masked_lines(data.decode("utf-8-sig", errors="replace"), root)
        self.problems += problems
        if root is None:
            self._keep_part(data, path, whole=bool(self._roots and not problems))
            if not problems:
                harmless: Severity = "warning" if self._roots else "error"
                self.problems.append(
                    Problem(Mark(name, 1, 1), "the file is empty", severity=harmless)
                )
            return None
        if not isinstance(root, MappingNode):
            self.problems.append(Problem(root.mark, "the file must be a map of sections"))
            return None
        as_written = dict.fromkeys(secret_texts(root), "***")
        resolved = self._filled_in(root, path)
        self.problems += resolved.problems
        self.files += resolved.files
        self.hidden.update(as_written)
        self.hidden.update(dict.fromkeys(secret_texts(root), "***"))
        self.hidden.update((value, f"${{{name}}}") for name, value in resolved.variables.items())
        self.digest.update(repr(_flat(root)).encode())
        return root

    def _filled_in(self, root: MappingNode, path: Path) -> Resolved:
        """Fill in what a file may read; of one that is included and not trusted, nothing."""
        if self._is_trusted(path):
            resolved = resolve(root, path.parent, self._environ)
            if path == self.path:
                # Only now: a trusted path may hold a variable, as an included one may.
                named = named_paths(root.items.get("trust"), path.parent)
                resolved.problems += named.problems
                self._trusted = {os.path.realpath(found) for found, _ in named.paths}
            return resolved
        refused = refuse_reads(root)
        resolved = resolve(root, path.parent, {})
        resolved.problems += refused
        return resolved

    def _is_trusted(self, path: Path) -> bool:
        return path == self.path or os.path.realpath(path) in self._trusted

    def _keep_part(self, data: bytes, path: Path, *, whole: bool) -> None:
        self.broken_off |= not whole
        part = sound_part(data, str(path))
        if part is not None:
            self._filled_in(part, path)  # what is wrong with it is reported once it is read
            self._parts.append(part)

    def _read_opml(self, data: bytes, name: str) -> MappingNode | None:
        root, problems = opml_tree(data, name)
        self.lines[name] = data.decode("utf-8-sig", errors="replace").split("\n")
        self.problems += problems
        if root is not None:
            self.digest.update(repr(_flat(root)).encode())
        return root

    def _includes(self, root: MappingNode, path: Path) -> list[tuple[Path, Mark]]:
        named = named_paths(root.items.get("include"), path.parent)
        self.problems += named.problems
        if self._is_trusted(path):
            return named.paths
        home = os.path.realpath(path.parent)
        wanted = []
        for found, mark in named.paths:
            if Path(os.path.realpath(found)).is_relative_to(home):
                wanted.append((found, mark))
            else:
                said = f"an included file cannot include {found}, outside of its own folder"
                self.problems.append(Problem(mark, said))
        return wanted

    def merged(self, *, broken_off: bool = False) -> MappingNode:
        """Return one tree: lists are joined, maps are joined, anything else stands once.

        With `broken_off`, what stands at the top of files that could not be read to their end, too.
        """
        top = MappingNode(Mark(str(self.path), 1, 1))
        for root in (*self._roots, *(self._parts if broken_off else ())):
            for key, node in root.items.items():
                mark = root.keys[key]
                standing = top.items.get(key)
                if standing is None or _is_null(standing):
                    top.items[key], top.keys[key] = _copy(node), mark
                elif _is_null(node):
                    continue  # `rules:` with nothing below it yet
                elif isinstance(standing, Sequence) and isinstance(node, Sequence):
                    standing.items += node.items
                elif isinstance(standing, MappingNode) and isinstance(node, MappingNode):
                    self._merge_maps(standing, node, key)
                else:
                    self._report_twice(key, mark, top.keys[key])
        return top

    def _merge_maps(self, into: MappingNode, more: MappingNode, section: str) -> None:
        for key, node in more.items.items():
            standing = into.items.get(key)
            if (
                section == "overrides"  # `rules` of several files: each rule is overridden once
                and isinstance(standing, MappingNode)
                and isinstance(node, MappingNode)
            ):
                grown = MappingNode(standing.mark, dict(standing.items), dict(standing.keys))
                into.items[key] = grown
                self._merge_maps(grown, node, f"{section}.{key}")
            elif key in into.items:
                self._report_twice(f"{section}.{key}", more.keys[key], into.keys[key])
            else:
                into.items[key], into.keys[key] = node, more.keys[key]

    def _report_twice(self, what: str, mark: Mark, first: Mark) -> None:
        self.problems.append(
            Problem(mark, f"'{what}' stands twice (first at {first.file}:{first.line})")
        )


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _copy(node: Node) -> Node:
    """Return a container that can grow without changing the file's own tree."""
    if isinstance(node, Sequence):
        return Sequence(node.mark, list(node.items))
    if isinstance(node, MappingNode):
        return MappingNode(node.mark, dict(node.items), dict(node.keys))
    return node


def _flat(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [_flat(item) for item in node.items]
    return sorted((key, _flat(value)) for key, value in node.items.items())


def _bare_database(config: WatchConfig, root: Node) -> list[Problem]:
    url = config.database.get_secret_value()
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return []
    mark = locate(root, ("database",))
    return [
        Problem(mark, "use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME as the database")
    ]


def _with_absolute_database(config: WatchConfig, base: Path) -> WatchConfig:
    """Make a relative SQLite path relative to the configuration file, wherever we are started."""
    url = config.database.get_secret_value()
    if not url.startswith("sqlite:///"):
        return config
    path, mark, query = url.removeprefix("sqlite:///").partition("?")
    if not path or path == ":memory:":
        return config
    absolute = (base.resolve() / Path(path).expanduser()).as_posix()
    secret = type(config.database)(f"sqlite:///{absolute}{mark}{query}")
    return config.model_copy(update={"database": secret})
