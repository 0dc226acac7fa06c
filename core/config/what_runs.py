"""The configuration as far as a question to the database needs it, whatever is wrong with the file.

A daemon goes on with the last good configuration when its file is broken. Who asks how it fares, or
takes on an alert, needs its database and no rule, and must not be sent away for a typo.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from core.cache import cache_directory
from core.config.loader import ConfigNotFoundError, load_config
from core.config.problems import ConfigError
from core.config.remembered_database import recall_database
from core.config.watch import WatchConfig


@dataclass(frozen=True, slots=True)
class WhatRuns:
    """A configuration to ask the database by."""

    config: WatchConfig
    """Of a broken file, what is sound in it, with the database that the daemon runs on."""
    broken: str | None = None
    """The first error of the file; None when there is none."""


def load_what_runs(path: Path) -> WhatRuns:
    """Read a configuration; of a broken one, find the database.

    The daemon's last start knows it best; without one, the file itself does, if what is wrong with
    it leaves no doubt. Raises what `load_config` raises when no database is found.
    """
    try:
        return WhatRuns(load_config(path).config)
    except ConfigError as error:
        sound, known, first = error.sound, error.database_known, first_error(error)
        refused: ConfigError | ConfigNotFoundError = error
    except ConfigNotFoundError as error:
        sound, known, first, refused = None, False, error.message, error
    config = sound or WatchConfig()
    last = recall_database(path, cache_directory())
    if last is not None and database_is_there(last):
        return WhatRuns(config.model_copy(update={"database": SecretStr(last)}), first)
    if known and database_is_there(config.database.get_secret_value()):
        return WhatRuns(config, first)
    raise refused


def first_error(error: ConfigError) -> str:
    """Return the first of what is wrong, in one line."""
    errors = (problem for problem in error.problems if problem.severity == "error")
    return next((problem.headline() for problem in errors), "it has errors")


def database_is_there(url: str) -> bool:
    """Tell whether a database may be asked: a mere question must not make a new file."""
    if not url.startswith("sqlite:///"):
        return True
    return Path(url.removeprefix("sqlite:///").partition("?")[0]).is_file()
