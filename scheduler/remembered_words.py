"""Words of articles remembered over restarts, so that the rules are warm from the first article.

A file of words in the cache directory, one a line. It says nothing about rules: after a change they
are looked up anew. Whatever is wrong with it costs a little time and nothing else.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from pathlib import Path

from alerts.rules import RuleSet
from core.private_files import private_folder

MOST = 100_000
"""Words kept; looking them all up takes about a second."""

_FILE = "words.txt"


def recall_words(rules: RuleSet, directory: Path | None) -> int:
    """Look up the words of earlier runs; return how many there were."""
    if directory is None:
        return 0
    try:
        words = (directory / _FILE).read_text(encoding="utf-8").split("\n")[:MOST]
    except (OSError, UnicodeDecodeError):
        return 0
    rules.prewarm(word for word in words if word and not word.isspace())
    return len(words)


def remember_words(rules: RuleSet, directory: Path | None) -> None:
    """Write down the words that `rules` remembers, the latest first."""
    if directory is None:
        return
    words = itertools.islice(rules.memo(), MOST)
    with contextlib.suppress(OSError, UnicodeEncodeError):
        private_folder(directory)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=directory, prefix=".words-", delete=False
        ) as unfinished:
            unfinished.write("\n".join(words))
        Path(unfinished.name).replace(directory / _FILE)
