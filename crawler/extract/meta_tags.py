"""A page's meta tags under one spelling of their names: outlets write each in a dozen ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.own_place import OwnPlace
from crawler.extract.remembering import remembered

MAX_METAS = 2_000
"""Meta tags that are read; real pages have some tens."""
MAX_KEY = 60
"""Characters of a name that are looked at."""

_BREAKS = re.compile(r"[^0-9a-z]+")
_PREFIXES = frozenset(
    {
        "og", "article", "dc", "dct", "dcterms", "rnews", "sailthru", "parsely", "cxenseparse",
        "cxenseparser", "recs", "mediator", "news", "newsarticle", "schema", "page", "post", "bt",
        "vr", "swiftype", "shareaholic", "content", "twitter", "meta",
    }
)  # fmt: skip
"""First parts of a name that say whose vocabulary it is, and nothing else."""


class MetaTags:
    """The contents of meta tags, by their names in one spelling, or without any vocabulary."""

    def __init__(self, tree: HtmlElement, place: OwnPlace) -> None:
        self._named: dict[str, list[str]] = {}
        for element in islice(tree.iter("meta"), MAX_METAS):
            content = element.get("content")
            if not content or not content.strip():
                continue
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                key = element.get(attribute)
                # Microdata stands in the body as well, also in cards of other stories.
                if key and not (attribute == "itemprop" and place.is_elsewhere(element)):
                    self._named.setdefault(_named(key[:MAX_KEY]), []).append(content)
        self._bare: dict[str, list[str]] = {}
        for name, contents in self._named.items():
            self._bare.setdefault(bare(name), []).extend(contents)

    def first(self, *names: str) -> str:
        """Return the first content under the first of these names that is there."""
        return next((value for name in names for value in self._named.get(name, ())), "")

    def values(self, names: Iterable[str]) -> list[str]:
        """Return all contents under these names, in their order."""
        return [value for name in names for value in self._named.get(name, ())]

    def bare_values(self, names: Sequence[str]) -> list[str]:
        """Return all contents under these names, whatever vocabulary they were prefixed with."""
        return [value for name in names for value in self._bare.get(name, ())]


@remembered(MAX_KEY, 2_048)
def bare(key: str) -> str:
    """Return a name without the vocabulary before it and without any breaks in it."""
    parts = [part for part in _BREAKS.split(key.lower()) if part]
    while len(parts) > 1 and parts[0] in _PREFIXES:
        parts.pop(0)
    return "".join(parts)


@remembered(MAX_KEY, 2_048)
def _named(key: str) -> str:
    """Return a name in the one spelling in which it is asked for: `og:site_name`, `dc:title`."""
    return ":".join(filter(None, _BREAKS.split(key.lower())))
