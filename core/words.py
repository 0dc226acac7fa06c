"""What readers are told, in their language: a catalogue for each package that speaks.

A catalogue is a `.po` file beside the code that uses its words, compiled when it is first needed.
The words stand in the source in English, which needs no catalogue.
"""

from __future__ import annotations

import functools
import gettext
from importlib.resources import files
from io import BytesIO

LANGUAGES = ("en", "ru")
"""Languages that there are words in, the one that the source is written in first."""


class Words:
    """The words of a package in one language."""

    def __init__(self, package: str, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(package, language)

    def __call__(self, text: str) -> str:
        """Return a text in the language."""
        return self._catalogue.gettext(text) if text else ""

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the form of a text for a number, with the number in it as `%(n)s`."""
        return self._catalogue.ngettext(one, many, number) % {"n": f"{number:,}"}

    def form_of(self, one: str, many: str, number: int) -> str:
        """Return the form of a text for a number, with nothing put into it."""
        return self._catalogue.ngettext(one, many, number)

    def numbered(self, one: str, many: str, number: int) -> str:
        """Return the same with the number in plain digits."""
        return self._catalogue.ngettext(one, many, number) % {"n": number}


@functools.cache
def words_in(package: str, language: str) -> Words:
    """Return the words of a package in a language that there is."""
    return Words(package, language)


def worded(text: str) -> str:
    """Mark words that are translated where they are shown."""
    return text


def _catalogue(package: str, language: str) -> gettext.NullTranslations:
    file = files(package) / "translations" / f"{language}.po"
    if not file.is_file():
        return gettext.NullTranslations()
    # Loaded where needed: most commands speak English alone.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
