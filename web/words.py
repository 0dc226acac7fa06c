"""The words of the interface in its languages, and what a page must know of who looks."""

from __future__ import annotations

import functools
import gettext
from datetime import datetime, tzinfo
from importlib.resources import files
from io import BytesIO
from typing import Protocol

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("en", "ru")
"""Languages of the interface, the one that its source is written in first."""


class Words:
    """The words of the interface in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, text: str) -> str:
        """Return a text in the language."""
        return self._catalogue.gettext(text)

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the form of a text for a number, with the number in it as `%(n)s`."""
        return self._catalogue.ngettext(one, many, number) % {"n": f"{number:,}"}


def words_for(wanted: str) -> Words:
    """Return the words in the first language of an Accept-Language header that there is."""
    for part in wanted[:200].split(","):
        code = part.partition(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return _words(code)
    return _words(LANGUAGES[0])


@functools.cache
def _words(language: str) -> Words:
    return Words(language)


def _catalogue(language: str) -> gettext.NullTranslations:
    file = files("web") / "translations" / f"{language}.po"
    if not file.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Viewer(Protocol):
    """Who looks at a page: in which language, where and when."""

    @property
    def words(self) -> Words:
        """The words of their language."""
        ...

    @property
    def zone(self) -> tzinfo | None:
        """Their time zone."""
        ...

    @property
    def now(self) -> datetime:
        """This moment."""
        ...
