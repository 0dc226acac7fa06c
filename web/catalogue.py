"""The words of the interface: which there are, and which of them a language lacks.

python -m web.catalogue        writes the words that are new into the files of the languages
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
FILES = HERE / "translations"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "words": None, "worded": None, "n_": (1, 2), "plural": (1, 2),
}  # fmt: skip
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true"}}


def used() -> Catalog:
    """Return the words that pages and templates use."""
    catalogue = Catalog(fuzzy=False)
    found = extract_from_dir(
        HERE, method_map=_METHODS, options_map=_OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
    )
    for _file, _line, message, _comments, _context in found:
        catalogue.add(message)
    return catalogue


def known(file: Path) -> Catalog:
    """Return the words of a language."""
    with file.open("rb") as source:
        return read_po(source, locale=file.stem)


def lacking(file: Path) -> Iterator[str]:
    """Yield the words that a language has no translation of."""
    translated = known(file)
    for message in used():
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        there = translated.get(name)
        texts = () if there is None else there.string
        several = (texts,) if isinstance(texts, str) else tuple(texts or ())
        if not several or not all(several):
            yield name


def refresh(file: Path) -> None:
    """Write into the file of a language what is new, and take out what is used no more."""
    translated = known(file)
    translated.update(used(), no_fuzzy_matching=True)
    translated.obsolete.clear()
    with file.open("wb") as target:
        write_po(target, translated, width=96, no_location=True, sort_output=True, omit_header=True)


if __name__ == "__main__":
    for language in sorted(FILES.glob("*.po")):
        refresh(language)
