"""Sources written into the files of a configuration, and switched off and on there.

A file is put in place as a whole, and what it said before comes back when the configuration would
be refused with it. A daemon takes the change on by its reload, as any other change.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.config import LoadedConfig, load_config
from core.config.yaml_tree import parse_yaml
from core.errors import WirewatchError
from core.opml import OpmlError, parse_opml
from core.urls import UrlError, canonical_url
from desk.errors import UnknownNameError
from desk.source_editing import (
    NewSource,
    line_of_override,
    line_of_source,
    overridden,
    switched,
    with_include,
    with_source,
)

ADDED = "added-sources.yaml"
"""The file for sources that are added by command, beside watch.yaml."""


class SourceFileError(WirewatchError):
    """A file of the configuration is not changed as asked; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where something was written."""

    file: Path
    line: int
    changed: bool = True
    """False when it stood there already."""


def add_source(config: Path, source: NewSource) -> Written:
    """Write a source into the file for added ones, and include that where it is not.

    Raises SourceFileError when its name or address is taken, and ConfigError for a configuration
    that is refused already, or would be.
    """
    with _alone(config):
        loaded = load_config(config)
        refuse_taken(loaded, source)
        file = config.parent / ADDED
        text = with_source(_read(file) if file.exists() else "", source)
        line = None if text is None else line_of_source(text, source.name)
        if text is None or line is None:
            raise SourceFileError(f"{file}:1: another source cannot be added to this by itself")
        with _taken_back(config, file):
            was_there = file.exists()
            _write(file, text, like=config)
            if not _includes(load_config(config), file):
                _include(config, file)
            elif not was_there:
                _touch(config)  # a daemon watches the files that it knows
            load_config(config)
        return Written(file, line)


def switch_source(config: Path, name: str, *, enabled: bool) -> Written:
    """Switch a source off or on in the file that it stands in.

    Raises UnknownNameError, SourceFileError, and ConfigError for a configuration that is refused
    already, or would be.
    """
    with _alone(config):
        loaded = load_config(config)
        known = {source.name: source for source in loaded.config.sources}
        if name not in known:
            raise UnknownNameError("source", name, known)
        file, line = place_of(loaded, name)
        if known[name].enabled is enabled:
            return Written(file, line, changed=False)
        beside = _overriding_file(loaded, name)
        if beside is None and file.suffix.lower() == ".opml":
            # A feed reader writes its file anew: what is ours stands in a file of ours.
            beside = config.parent / ADDED
        if beside is not None:
            return _switch_beside(config, beside, name, enabled=enabled)
        text = switched(_read(file), name, enabled=enabled)
        if text is None:
            said = "false" if not enabled else "true"
            raise SourceFileError(f"{file}:{line}: write `enabled: {said}` here by hand")
        with _taken_back(file):
            _write(file, text, like=file)
            load_config(config)
        return Written(file, line)


def _overriding_file(loaded: LoadedConfig, name: str) -> Path | None:
    """Return the file that says of a source in another one whether it is on."""
    for file in map(Path, loaded.lines):
        if file.suffix.lower() != ".opml":
            with suppress(SourceFileError):
                if line_of_override(_read(file), name) is not None:
                    return file
    return None


def _switch_beside(config: Path, file: Path, name: str, *, enabled: bool) -> Written:
    was_there = file.exists()
    text = overridden(_read(file) if was_there else "", name, enabled=enabled)
    line = None if text is None else line_of_override(text, name)
    if text is None or line is None:
        said = f"`overrides: {{sources: {{{name}: {{enabled: {str(enabled).lower()}}}}}}}`"
        raise SourceFileError(f"{file}:1: write {said} here by hand")
    with _taken_back(config, file):
        _write(file, text, like=file if was_there else config)
        if not _includes(load_config(config), file):
            _include(config, file)
        load_config(config)
    return Written(file, line)


def refuse_taken(loaded: LoadedConfig, source: NewSource) -> None:
    """Raise SourceFileError when a source has this name, or is at this address."""
    wanted = _key(source.address)
    for known in loaded.config.sources:
        same_name, url = known.name == source.name, known.to_source().url
        if not same_name and _key(url) != wanted:
            continue
        file, line = place_of(loaded, known.name)
        what = "is there already" if same_name else f"is at {url} already"
        off = "" if known.enabled else f"; `wirewatch sources enable {known.name}` switches it on"
        raise SourceFileError(f"{file}:{line}: source '{known.name}' {what}{off}")


def place_of(loaded: LoadedConfig, name: str) -> tuple[Path, int]:
    """Return the file and the line that a source stands in."""
    for file in map(Path, loaded.lines):
        line = _line_in(file, name)
        if line is not None:
            return file, line
    return loaded.path, 1


def _line_in(file: Path, name: str) -> int | None:
    if file.suffix.lower() == ".opml":
        try:
            outlines = parse_opml(file.read_bytes()).outlines
        except (OSError, OpmlError):
            return None
        return next((outline.line for outline in outlines if outline.name == name), None)
    try:
        return line_of_source(_read(file), name)
    except SourceFileError:
        return None


def _key(address: str) -> str:
    try:
        return canonical_url(address)
    except UrlError:
        return address


def _includes(loaded: LoadedConfig, file: Path) -> bool:
    real = file.resolve()
    return any(known.resolve() == real for known in loaded.files)


def _include(config: Path, file: Path) -> None:
    text = with_include(_read(config), file.name)
    if text is None:
        root, _ = parse_yaml(config.read_bytes(), str(config))
        keys = getattr(root, "keys", {})
        line = keys["include"].line if "include" in keys else 1
        raise SourceFileError(f"{config}:{line}: write `include: [{file.name}]` here by hand")
    _write(config, text, like=config)


def _read(file: Path) -> str:
    """Return the text of a file with plain line ends, which `_write` makes its own again."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceFileError(f"{file}:1: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SourceFileError(f"{file}:1: this file is not UTF-8") from None
    return text.replace("\r\n", "\n")


def _write(file: Path, text: str, *, like: Path) -> None:
    """Put a file in place at once, with the rights of `like`; links keep leading to it."""
    real = file.resolve()
    try:
        before = real.read_bytes() if real.exists() else b""
        if b"\r\n" in before:
            text = text.replace("\n", "\r\n")
        mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
        _put(real, mark + text.encode(), like)
    except OSError as error:
        raise SourceFileError(f"{file}:1: cannot be written: {error.strerror}") from None


def _put(real: Path, data: bytes, like: Path) -> None:
    rights = like.stat()
    opened, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(opened, "wb") as new:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
            os.fchmod(new.fileno(), rights.st_mode & 0o7777)
            with suppress(OSError):  # only root gives files away
                os.fchown(new.fileno(), rights.st_uid, rights.st_gid)
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)


def _touch(file: Path) -> None:
    try:
        os.utime(file)
    except OSError as error:
        raise SourceFileError(f"{file}:1: it cannot be written: {error.strerror}") from error


@contextmanager
def _taken_back(*files: Path) -> Iterator[None]:
    """Give files back what they said when what is done with them fails."""
    before = {file: file.read_bytes() if file.exists() else None for file in files}
    try:
        yield
    except BaseException:
        for file, data in before.items():
            if data is None:
                file.unlink(missing_ok=True)
            elif not file.exists() or file.read_bytes() != data:
                _put(file.resolve(), data, file)
        raise


@contextmanager
def _alone(config: Path) -> Iterator[None]:
    """Hold the folder of a configuration: two commands would each write what the other does not."""
    try:
        folder = os.open(config.resolve().parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield  # there is no such folder, and so no configuration: loading it says so
        return
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
