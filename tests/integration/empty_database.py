"""A database with our tables and nothing in them: migrations take longer than most tests."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from storage import open_store


@functools.cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        open_store(f"sqlite:///{path}").close()
        return path.read_bytes()


def empty_database(path: Path) -> str:
    """Put an empty database at a path; return its address."""
    path.write_bytes(_empty())
    return f"sqlite:///{path}"
