"""Subscriptions of feed readers: an OPML file as `sources:` of a watch.yaml, and the reverse."""

from __future__ import annotations

import json
from dataclasses import dataclass

from core.config import WatchConfig
from core.opml import OpmlError, OpmlSkipped, parse_opml, write_opml
from core.sources import SourceKind

__all__ = ["Exported", "Imported", "OpmlError", "export_sources", "import_sources"]


@dataclass(frozen=True, slots=True)
class Imported:
    """An OPML file as YAML."""

    yaml: str
    skipped: tuple[OpmlSkipped, ...]
    """Outlines that were left out, each with its line and reason."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Sources as OPML."""

    opml: bytes
    left_out: int
    """Sources that are neither feeds nor homepages, which feed readers cannot follow."""


def import_sources(data: bytes, file: str) -> Imported:
    """Turn an OPML file into `sources:`; `file` is its name. Raises OpmlError with its line."""
    document = parse_opml(data)
    lines = [f"# From {file}", "sources:"]
    for outline in document.outlines:
        address = "feed" if outline.kind is SourceKind.FEED else "url"
        parts = [f"name: {_quoted(outline.name)}", f"title: {_quoted(outline.title)}"]
        parts.append(f"{address}: {_quoted(outline.url)}")
        if outline.language:
            parts.append(f"language: {_quoted(outline.language)}")
        if outline.tags:
            parts.append(f"tags: [{', '.join(map(_quoted, outline.tags))}]")
        lines.append(f"  - {{{', '.join(parts)}}}")
    return Imported("\n".join(lines) + "\n", tuple(document.skipped))


def export_sources(config: WatchConfig) -> Exported:
    """Return the configured feeds and homepages as OPML for feed readers."""
    sources = [source.to_source() for source in config.sources]
    others = sum(source.kind not in (SourceKind.FEED, SourceKind.HOMEPAGE) for source in sources)
    return Exported(write_opml(sources), others)


def _quoted(text: str) -> str:
    """Return a YAML scalar: JSON's strings are some, whatever they hold."""
    return json.dumps(text.replace("${", "$${"), ensure_ascii=False)
