"""JSON Feed (https://jsonfeed.org/version/1.1), read without trusting the type of any value."""

from __future__ import annotations

import json
from typing import Any

from crawler.discovery.documents import NotAFeed
from crawler.discovery.raw_entries import RawEntry, RawFeed


def read_json_feed(text: str) -> RawFeed:
    """Read a JSON Feed; raises NotAFeed when the JSON is broken or something else."""
    try:
        document = json.loads(text, strict=False)  # raw line breaks inside strings are common
    except (ValueError, RecursionError):
        raise NotAFeed("this looks like JSON but cannot be read as JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise NotAFeed("this is JSON, but not a JSON Feed: it has no list of items")
    return RawFeed(
        parser="json",
        title=_text(document.get("title")),
        language=_text(document.get("language")),
        older=_text(document.get("next_url")),
        entries=[_entry(item) for item in document["items"] if isinstance(item, dict)],
    )


def _entry(item: dict[str, Any]) -> RawEntry:
    identity = _text(item.get("id"))
    links = [_text(item.get("url")), _text(item.get("external_url"))]
    if identity.startswith(("http://", "https://")):
        links.append(identity)
    authors = item.get("authors")
    people = authors if isinstance(authors, list) else [item.get("author")]
    tags = item.get("tags")
    return RawEntry(
        links=links,
        guid=identity,
        title=_text(item.get("title")),
        summary=next(
            filter(None, (_text(item.get(k)) for k in ("summary", "content_text", "content_html"))),
            "",
        ),
        content=_text(item.get("content_html")) or _text(item.get("content_text")),
        dates=[_text(item.get("date_published")), _text(item.get("date_modified"))],
        authors=[_text(person.get("name")) for person in people if isinstance(person, dict)],
        tags=[_text(tag) for tag in tags] if isinstance(tags, list) else [],
        language=_text(item.get("language")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
