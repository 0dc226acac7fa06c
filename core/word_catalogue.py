"""Which words a package uses, and which of them a language lacks; for who writes translations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "words": None, "worded": None, "n_": (1, 2), "plural": (1, 2), "numbered": (1, 2),
}  # fmt: skip
_METHODS = [
    ("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2"),
]  # fmt: skip
_OPTIONS = {method: {"trimmed": "true"} for method, how in _METHODS if how == "jinja2"}


@dataclass(frozen=True, slots=True)
class WordCatalogue:
    """The words of some folders of code, and the files that hold them in other languages."""

    code: tuple[Path, ...]
    translations: Path

    @property
    def files(self) -> list[Path]:
        """The files of the languages."""
        return sorted(self.translations.glob("*.po"))

    def used(self) -> Catalog:
        """Return the words that code and templates use."""
        catalogue = Catalog(fuzzy=False)
        for folder in self.code:
            found = extract_from_dir(
                folder,
                method_map=_METHODS,
                options_map=_OPTIONS,
                keywords=KEYWORDS,
                strip_comment_tags=True,
            )
            for _file, _line, message, _comments, _context in found:
                catalogue.add(message)
        return catalogue

    def lacking(self, file: Path) -> Iterator[str]:
        """Yield the words that a language has no translation of."""
        translated = known(file)
        for message in self.used():
            if not message.id:
                continue
            name = message.id if isinstance(message.id, str) else message.id[0]
            there = translated.get(name)
            texts = () if there is None else there.string
            several = (texts,) if isinstance(texts, str) else tuple(texts or ())
            if not several or not all(several):
                yield name

    def refresh(self) -> None:
        """Write into the file of each language what is new, and take out what is used no more."""
        for file in self.files:
            translated = known(file)
            translated.update(self.used(), no_fuzzy_matching=True)
            translated.obsolete.clear()
            with file.open("wb") as target:
                write_po(
                    target,
                    translated,
                    width=96,
                    no_location=True,
                    sort_output=True,
                    omit_header=True,
                )


def known(file: Path) -> Catalog:
    """Return the words of a language."""
    with file.open("rb") as source:
        return read_po(source, locale=file.stem)
