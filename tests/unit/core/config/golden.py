"""Loads the example configurations the way their golden files were made."""

from __future__ import annotations

import contextlib
from pathlib import Path

from core.config import ConfigError, load_config

REJECTED = Path(__file__).parent / "rejected"
ENVIRON = {"EMPTY": "", "TOKEN": "token-from-the-environment"}


def rejection(case: Path) -> str:
    """Return what a person sees who runs a rejected configuration, without machine paths."""
    with contextlib.chdir(case.parent):
        try:
            loaded = load_config(case.name, environ=ENVIRON)
        except ConfigError as error:
            return f"{error}\n"
    raise AssertionError(f"{case.name} was accepted: {loaded.config!r}")
