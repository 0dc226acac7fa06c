"""Files of ours hold what people read and whom they watch: they are their owner's alone.

Only what is made anew gets these rights; what is there keeps those that somebody gave it.
"""

from __future__ import annotations

import os
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing. Raises OSError."""
    if path.is_dir():
        return
    private_folder(path.parent)  # `mkdir(parents=True)` leaves those above it to the umask
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def private_file(path: str | Path, flags: int) -> int:
    """Open a file for `open(..., opener=private_file)`, making it if that is asked for."""
    return os.open(path, flags | os.O_CLOEXEC, FILE_MODE)
