"""Draws the golden screens anew: `python -m tests.integration.screens.regenerate`.

Look at each that changed before committing it: it is what people see.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.integration.empty_database import empty_database
from tests.integration.screens.screens import GOLDEN, all_files
from tests.integration.screens.small_newsroom import small_newsroom


def main() -> None:
    """Write every screen, and remove those that are no more."""
    with (
        tempfile.TemporaryDirectory() as folder,
        small_newsroom(empty_database(Path(folder) / "screens.db")) as newsroom,
    ):
        wanted = all_files(newsroom)
    for path in GOLDEN.glob("*.txt"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
