"""Where the tests' temporary files are: in memory, if the machine has room for them there.

Hundreds of tests make a database, and commits wait for the disk; a new PostgreSQL database costs
six times as much on one. What survives a killed process is the same in both places, and no test
asks for more.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it are made by tempfile
ROOM = 2 * 1024**3
"""Bytes that must be free; containers often have 64 MB."""


def keep_temporary_files_in_memory() -> None:
    """Have this process and its children make temporary files in memory, unless told where."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked for again
