"""Messages of a channel as a page of bytes, and what is read of one. Pure.

The page is evidence of what Telegram said, as an HTML page is; so it is written and read in one
place, with the addresses, titles and words that the channel's preview would give.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from core.sources import Entry
from core.urls import absolute_http_url
from crawler.discovery.documents import (
    NotATelegramPreview,
    SkippedEntry,
    TelegramDocument,
    TelegramPost,
    reported,
)
from crawler.discovery.plaintext import SUMMARY_LIMIT, TAG_LIMIT, TITLE_LIMIT, plain_text
from crawler.discovery.telegram import SERVICE_MESSAGE, SITE, says_something, title_of_post

if TYPE_CHECKING:
    from crawler.account.channel_client import ChannelMessages

CONTENT_TYPE = "application/json; charset=utf-8"

Values = dict[str, Any]


def written_page(found: ChannelMessages) -> bytes:
    """Return a page for these messages; the same messages give the same bytes."""
    page = {
        "channel": found.name,
        "title": found.title,
        "more": found.more,
        "service": sorted(found.service),
        "messages": [
            {key: value for key, value in asdict(message).items() if value not in ("", (), None)}
            for message in sorted(found.messages, key=lambda message: message.number)
        ],
    }
    return json.dumps(page, ensure_ascii=False, default=datetime.isoformat).encode()


def parse_account_page(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,  # noqa: ARG001 - every parser is told
) -> TelegramDocument:
    """Read a page of messages. Messages of one album are one post, under its first number."""
    page: Values = json.loads(body)
    name: str = page["channel"]
    asked = url.partition("/s/")[2].partition("?")[0]
    if name.casefold() != asked.casefold():
        raise NotATelegramPreview(f"this is the channel {name}, not {asked}", url=url)
    service = [SkippedEntry(SERVICE_MESSAGE, f"{name}/{number}") for number in page["service"]]
    groups = [list(group) for _, group in groupby(page["messages"], key=_post_of)]
    if page["more"] and groups and groups[0][0].get("album") is not None and len(groups) > 1:
        groups.pop(0)  # its first messages may stand before this page, and they give it its number
    posts = tuple(_post(name, group) for group in groups)
    oldest = groups[0][0]["number"] if groups else min(page["service"], default=0)
    return TelegramDocument(
        posts=posts,
        title=plain_text(page["title"], TITLE_LIMIT),
        older=f"{SITE}s/{name}?before={oldest}" if page["more"] and oldest else None,
        skipped=reported(service),
    )


def _post_of(message: Values) -> object:
    return message.get("album") or -message["number"]


def _post(name: str, group: Sequence[Values]) -> TelegramPost:
    first = group[0]
    text = _folded("\n".join(filter(None, (message.get("text") for message in group))))
    if not says_something(text):
        text = _folded("\n".join(filter(None, (text, *_all(group, "linked")))))
    author = plain_text(next(_all(group, "author"), ""), TITLE_LIMIT)
    return TelegramPost(
        entry=Entry(
            url=f"{SITE}{name}/{first['number']}",
            title=title_of_post(text),
            published_at=datetime.fromisoformat(first["published_at"]),
            authors=(author,) if author else (),
            tags=tuple(
                dict.fromkeys(
                    tag for given in _all(group, "tags") if (tag := plain_text(given, TAG_LIMIT))
                )
            ),
            summary=plain_text(text, SUMMARY_LIMIT),
        ),
        number=first["number"],
        text=text,
        media=tuple(dict.fromkeys(_all(group, "media"))),
        links=tuple(
            dict.fromkeys(
                filter(None, (absolute_http_url(SITE, link) for link in _all(group, "links")))
            )
        ),
        forwarded_from=plain_text(next(_all(group, "forwarded_from"), ""), TITLE_LIMIT) or None,
        edited=any(message["edited"] for message in group),
        unsupported=any(message["unsupported"] for message in group),
    )


def _all(group: Sequence[Values], key: str) -> Iterator[str]:
    """Yield what the messages of a post have under a key, one text or several."""
    for message in group:
        value = message.get(key, ())
        yield from (value,) if isinstance(value, str) else value


def _folded(text: str) -> str:
    """Return the lines of a text as those of a preview are, so that one is no edit of the other."""
    lines = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()[:SUMMARY_LIMIT].rstrip()
