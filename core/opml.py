"""Reading and writing OPML, the format in which feed readers exchange their subscriptions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from core.errors import WirewatchError
from core.sources import Source, SourceKind
from core.urls import UrlError, canonical_url, host_of

MAX_BYTES = 1024 * 1024
"""Largest file that is read; a thousand subscriptions are about 200 kB."""
_LONGEST_NAME = 60
_MOST_OUTLINES = 10_000
_UNFIT = re.compile(r"[^\w]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class OpmlError(WirewatchError):
    """This is not an OPML file."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlOutline:
    """A subscription, as a source."""

    line: int
    name: str
    title: str
    kind: SourceKind
    """FEED, or HOMEPAGE where only a site's address is given."""
    url: str
    language: str | None = None
    tags: tuple[str, ...] = ()
    """Folders and categories."""


@dataclass(frozen=True, slots=True)
class OpmlSkipped:
    """An outline that is no source, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpmlDocument:
    """What a file holds, in its order."""

    outlines: tuple[OpmlOutline, ...]
    skipped: tuple[OpmlSkipped, ...]


def parse_opml(data: bytes) -> OpmlDocument:
    """Read the outlines with an address; folders become tags.

    Names are made of titles, unique within the file. Tolerant of what readers write: no `type`,
    `title` instead of `text`, nested folders, a wrong encoding declaration. Entities and external
    references are never resolved. Raises OpmlError.
    """
    if len(data) > MAX_BYTES:
        raise OpmlError(f"the file is larger than {MAX_BYTES // 1024} KiB")
    parser = etree.XMLParser(
        recover=True, no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise OpmlError(f"not XML: {error.msg}", error.lineno or 1) from None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise OpmlError("not OPML: its first element is not <opml>")
    return _Collector().collected(root)


class _Collector:
    """Walks the outlines and gives each source its name."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._addresses: set[str] = set()
        self._outlines: list[OpmlOutline] = []
        self._skipped: list[OpmlSkipped] = []

    def collected(self, root: etree._Element) -> OpmlDocument:
        """Return everything; folders are known by the path to them."""
        tags_of: dict[etree._Element, tuple[str, ...]] = {}
        for number, element in enumerate(root.iter("{*}outline")):
            if number >= _MOST_OUTLINES:
                self._skip(element, f"beyond the first {_MOST_OUTLINES:,}")
                break
            parent = element.getparent()
            tags = tags_of.get(parent, ()) if parent is not None else ()
            if any(_given(element, key) for key in ("xmlUrl", "htmlUrl", "url")):
                self._take(element, tags)
            else:
                folder = identifier(_given(element, "text", "title"))
                tags_of[element] = (*tags, folder) if folder else tags
                if not len(element):
                    self._skip(element, "neither an address nor a folder")
        return OpmlDocument(tuple(self._outlines), tuple(self._skipped))

    def _take(self, element: etree._Element, tags: tuple[str, ...]) -> None:
        feed, site = _given(element, "xmlUrl", "url"), _given(element, "htmlUrl")
        url = feed or site
        try:
            key, host = canonical_url(url), host_of(url)
        except UrlError as error:
            self._skip(element, error.message)
            return
        if key in self._addresses:
            self._skip(element, "the address stands twice")
            return
        self._addresses.add(key)
        title = _given(element, "title", "text") or host
        categories = (identifier(name) for name in _given(element, "category").split(","))
        language = _given(element, "language").lower().partition("-")[0]
        self._outlines.append(
            OpmlOutline(
                line=_line(element),
                name=self._unique(identifier(title) or identifier(host)),
                title=title[:200],
                kind=SourceKind.FEED if feed else SourceKind.HOMEPAGE,
                url=url,
                language=language if _LANGUAGE.fullmatch(language) else None,
                tags=tuple(dict.fromkeys([*tags, *filter(None, categories)])),
            )
        )

    def _skip(self, element: etree._Element, reason: str) -> None:
        text = _given(element, "text", "title", "xmlUrl")[:100]
        self._skipped.append(OpmlSkipped(_line(element), text, reason))

    def _unique(self, name: str) -> str:
        chosen, number = name, 1
        while chosen in self._names:
            number += 1
            chosen = f"{name}-{number}"
        self._names.add(chosen)
        return chosen


def write_opml(sources: Iterable[Source], title: str = "Wirewatch sources") -> bytes:
    """Return OPML 2.0 with an outline for each source that feed readers can follow.

    Homepages have no `xmlUrl`; tags are categories, so that a source stands once. Sitemaps, listing
    pages and channels are left out: no reader follows them.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _clean(title)
    body = etree.SubElement(root, "body")
    for source in sources:
        if source.kind not in (SourceKind.FEED, SourceKind.HOMEPAGE):
            continue
        outline = etree.SubElement(body, "outline", text=_clean(source.title or source.name))
        if source.kind is SourceKind.FEED:
            outline.set("type", "rss")
            outline.set("xmlUrl", source.url)
        else:
            outline.set("htmlUrl", source.url)
        if source.language:
            outline.set("language", source.language)
        if source.tags:
            outline.set("category", ",".join(sorted(source.tags)))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def identifier(text: str) -> str:
    """Return a name for watch.yaml made of a title: letters, digits and hyphens; may be empty."""
    return _UNFIT.sub("-", text.casefold().replace("_", "-")).strip("-")[:_LONGEST_NAME].strip("-")


def _given(element: etree._Element, *keys: str) -> str:
    """Return the first of these attributes that is given, whatever case its name is written in."""
    attributes = {str(name).lower(): str(value) for name, value in element.attrib.items()}
    found = (attributes.get(key.lower(), "").strip() for key in keys)
    return " ".join(next(filter(None, found), "").split())


def _line(element: etree._Element) -> int:
    line: object = element.sourceline
    return line if isinstance(line, int) else 1


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff")
