"""Which database the daemon runs on, by configuration file, for when that file is broken.

The file then may not say it any more. A line in the cache directory does, as it was at the last
start. An address with a host may have a password and is not written down.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from core.private_files import private_folder


def remember_database(config: Path, url: str, directory: Path | None) -> None:
    """Write down the database of a daemon; where that is not possible, do nothing."""
    if directory is None or not url.startswith("sqlite:///"):
        return
    file = _file(config, directory)
    with contextlib.suppress(OSError, UnicodeEncodeError):
        private_folder(file.parent)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=file.parent, prefix=".database-", delete=False
        ) as unfinished:
            unfinished.write(url)
        Path(unfinished.name).replace(file)


def recall_database(config: Path, directory: Path | None) -> str | None:
    """Return the database that the daemon of a configuration ran on last, None when unknown."""
    if directory is None:
        return None
    try:
        return _file(config, directory).read_text(encoding="utf-8") or None
    except (OSError, UnicodeDecodeError):
        return None


def _file(config: Path, directory: Path) -> Path:
    name = hashlib.sha256(os.fsencode(os.path.realpath(config))).hexdigest()[:32]
    return directory / "databases" / name
