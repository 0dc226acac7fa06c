"""Generated word forms, kept on disk: generating takes a thousand times as long as reading.

A file is named after the vocabulary it was made for: its words, the dictionaries, and the version
of our own rules. A vocabulary that changed takes the words it shares from older files and generates
the rest. Whatever is wrong with a file, it only costs the time to generate again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import cast

from alerts.rules.languages import slavic
from alerts.rules.languages.slavic import Slavic
from core.private_files import private_folder

RULES = "2"
"""Changes whenever the same dictionary may give a word other forms."""

KEPT = 8
"""Files kept, the newest ones."""

Word = tuple[str, str]
"""A language and a folded word."""

Forms = dict[Word, frozenset[str]]


def load_or_generate(words: Collection[Word], directory: Path | None) -> Forms:
    """Return the forms of Russian and Ukrainian words.

    `directory` is where files are kept; it is made when missing. None, or a directory that cannot
    be written, means that nothing is kept.
    """
    wanted = sorted(set(words))
    if not wanted:
        return {}
    if directory is None:
        return {word: _generated(word) for word in wanted}
    dictionaries = _dictionaries(wanted)
    file = directory / f"forms-{dictionaries}-{_digest(wanted)}.txt"
    known = _read(file)
    if known.keys() >= set(wanted):
        _touch(file)
        return {word: known[word] for word in wanted}
    for older in _newest_first(directory, dictionaries):
        known = {**_read(older), **known}
    forms = {word: known.get(word) or _generated(word) for word in wanted}
    _write(file, forms)
    return forms


def _generated(word: Word) -> frozenset[str]:
    return slavic.forms(word[1], cast("Slavic", word[0]))


def _dictionaries(words: Iterable[Word]) -> str:
    """Return a name for the dictionaries and rules that forms of these languages come from."""
    languages = sorted({language for language, _ in words})
    versions = [slavic.dictionary_version(cast("Slavic", language)) for language in languages]
    return hashlib.sha256("\n".join((RULES, *versions)).encode()).hexdigest()[:12]


def _digest(words: Iterable[Word]) -> str:
    listed = "\n".join(f"{language} {word}" for language, word in words)
    return hashlib.sha256(listed.encode()).hexdigest()[:24]


def _read(file: Path) -> Forms:
    """Return the forms of a file; nothing when it is missing, cut off or not one of ours."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    *lines, end = content.split("\n")
    if end != "" or not lines or lines.pop(0) != _HEADER or not lines or lines.pop() != _FOOTER:
        return {}
    forms: Forms = {}
    for line in lines:
        language, word, *others = line.split(" ")
        forms[language, word] = frozenset((word, *others))
    return forms


_HEADER = "# word forms, generated; may be deleted"
_FOOTER = "# end"


def _write(file: Path, forms: Forms) -> None:
    lines = [
        f"{language} {word} {' '.join(sorted(found - {word}))}".rstrip()
        for (language, word), found in forms.items()
    ]
    content = "\n".join((_HEADER, *lines, _FOOTER, ""))
    with contextlib.suppress(OSError):
        private_folder(file.parent)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=file.parent, prefix=".forms-", delete=False
        ) as unfinished:
            unfinished.write(content)
        Path(unfinished.name).replace(file)
        for old in _newest_first(file.parent, "")[KEPT:]:
            old.unlink(missing_ok=True)


def _newest_first(directory: Path, dictionaries: str) -> list[Path]:
    try:
        found = [(file.stat().st_mtime_ns, file) for file in directory.glob("forms-*.txt")]
    except OSError:
        return []
    prefix = f"forms-{dictionaries}"
    return [file for _, file in sorted(found, reverse=True) if file.name.startswith(prefix)]


def _touch(file: Path) -> None:
    with contextlib.suppress(OSError):
        os.utime(file)
