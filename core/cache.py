"""Where things are kept that can be made again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def cache_directory(environ: Mapping[str, str] | None = None) -> Path | None:
    """Return the directory for generated word forms and the like, which need not exist yet.

    `WIREWATCH_CACHE` names it; an empty value means that nothing is kept. Otherwise it is
    `wirewatch` in the user's cache directory (XDG Base Directory Specification). None where there
    is no place for it.
    """
    environ = os.environ if environ is None else environ
    chosen = environ.get("WIREWATCH_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = environ.get("XDG_CACHE_HOME")
    if base and Path(base).is_absolute():
        return Path(base) / "wirewatch"
    home = environ.get("HOME")
    return Path(home) / ".cache" / "wirewatch" if home else None
