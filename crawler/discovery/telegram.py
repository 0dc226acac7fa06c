"""Reading the public preview of a Telegram channel, `https://t.me/s/NAME`, which needs no account.

Telegram documents no such page; what is read here are the class names that it has used for years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from core.sources import Entry, SkipKind, SkipReason
from core.urls import absolute_http_url
from crawler.discovery.announced_dates import read_date
from crawler.discovery.charsets import decode_document
from crawler.discovery.documents import (
    NotATelegramPreview,
    SkippedEntry,
    TelegramDocument,
    TelegramPost,
    reported,
)
from crawler.discovery.entries import REPEATED
from crawler.discovery.listing_html import html_tree, text_of, words_of
from crawler.discovery.plaintext import SUMMARY_LIMIT, TAG_LIMIT, TITLE_LIMIT, plain_text

if TYPE_CHECKING:
    from lxml import etree

SERVICE_MESSAGE = SkipReason(SkipKind.SERVICE_MESSAGE, "service message")
NO_NUMBER = SkipReason(SkipKind.NO_NUMBER, "post without an address")
ANOTHER_CHANNEL = SkipReason(SkipKind.ANOTHER_CHANNEL, "post of another channel")

SITE = "https://t.me/"
_LINKED = re.compile(r"(?:https?:)?//(?:www\.)?t\.me/(?:s/)?([^?#]{1,80}?)/?(?:[?#].*)?")
_PREVIEW = re.compile(r"/s/([A-Za-z0-9_]{1,64})(?:/|\Z)")
_POST = re.compile(r"(?:(?P<name>[A-Za-z0-9_]{1,64})?/)?(?P<number>[0-9]{1,12})")
"""Some pages leave out the name of the channel, for it is that of the page."""
_MEDIA = {
    "tgme_widget_message_photo_wrap": "photo",
    "tgme_widget_message_video_player": "video",
    "tgme_widget_message_roundvideo_player": "video",
    "tgme_widget_message_voice_player": "voice",
    "tgme_widget_message_document_wrap": "document",
    "tgme_widget_message_poll": "poll",
    "tgme_widget_message_sticker_wrap": "sticker",
    "tgme_widget_message_location_wrap": "location",
    "tgme_widget_message_contact_wrap": "contact",
}
_QUOTED = frozenset({"tgme_widget_message_reply", "tgme_widget_message_link_preview"})
"""What another post or page says; its text, pictures and links are not this post's own."""
_MORE = frozenset({"tme_messages_more", "tgme_messages_more"})
_WORDS = (
    "tgme_widget_message_text",
    "tgme_widget_message_poll_question",
    "tgme_widget_message_poll_option_text",
    "tgme_widget_message_document_title",
)
"""Where a post has its words: what is asked and named counts as what is said."""
_PREVIEW_WORDS = ("link_preview_title", "link_preview_description")
_UNSUPPORTED = re.compile(r"open\s+telegram", re.IGNORECASE)
_MOST_LINKS = 50
_MOST_ANCHORS = 1_000
"""Anchors of a post that are looked at; a post has 4,096 characters."""
_DETAIL_LIMIT = 200
_TITLE_LENGTH = 120
_SHORTEST_SENTENCE = 25
"""Characters; shorter ones are mostly initials, abbreviations and cries ("Breaking!")."""
_SENTENCE_END = re.compile(r"[.!?…]+[»”\"')]*(?=\s)")
_LETTER = re.compile(r"[^\W_]")
_ADDRESS = re.compile(r"\b[a-z]+://\S+", re.IGNORECASE)


def parse_telegram(body: bytes, url: str, *, content_type: str | None = None) -> TelegramDocument:
    """Read a page of a channel's preview, the one that `url` answered with.

    `content_type` is the HTTP header, whose charset counts. Posts come oldest first, one for each
    number; a group of pictures is one post. Service messages (channel created, post pinned) are in
    `skipped`, and so are posts of another channel: a page speaks for its own alone. A channel
    without posts is a channel. Raises NotATelegramPreview with a reason for people, and nothing
    else, whatever the bytes are.
    """
    root = html_tree(decode_document(body, content_type))
    if root is None:
        raise NotATelegramPreview("the answer was empty", url=url)
    shown = _PREVIEW.match(urlsplit(url).path)
    channel = shown[1] if shown else ""
    posts: dict[int, TelegramPost] = {}
    skipped: list[SkippedEntry] = []
    is_preview = False
    for message in _with_class(root, "tgme_widget_message"):
        is_preview = True
        post = _Message(message).post(channel)
        if isinstance(post, SkippedEntry):
            skipped.append(post)
        elif post.number in posts:
            skipped.append(SkippedEntry(REPEATED, post.entry.url))
        else:
            posts[post.number] = post
    title = _first(root, "tgme_channel_info_header_title")
    if not is_preview and title is None:
        raise NotATelegramPreview(_what_it_is(root), url=url)
    return TelegramDocument(
        posts=tuple(posts[number] for number in sorted(posts)),
        title="" if title is None else text_of(title, TITLE_LIMIT),
        older=_older(root, url, posts),
        skipped=reported(skipped),
    )


class _Message:
    """One message of the page, its parts found in one walk."""

    def __init__(self, message: etree._Element) -> None:
        self._message = message
        self._parts: dict[str, list[etree._Element]] = {}
        for element in _own_parts(message):
            for name in dict.fromkeys(words_of(element)):
                self._parts.setdefault(name, []).append(element)

    def post(self, channel: str) -> TelegramPost | SkippedEntry:
        """Return the post of a channel, which may be unknown, or why it is none."""
        given = self._message.get("data-post") or self._own_link()
        address = _POST.fullmatch(given)
        if "service_message" in words_of(self._message):
            return SkippedEntry(SERVICE_MESSAGE, given[:_DETAIL_LIMIT])
        name = (address["name"] or channel) if address else ""
        if address is None or not name:
            return SkippedEntry(NO_NUMBER, given[:_DETAIL_LIMIT])
        if channel and name.casefold() != channel.casefold():
            return SkippedEntry(ANOTHER_CHANNEL, given[:_DETAIL_LIMIT])
        text = self._words()
        media = tuple(dict.fromkeys(kind for name, kind in _MEDIA.items() if name in self._parts))
        return TelegramPost(
            entry=Entry(
                url=f"{SITE}{name}/{address['number']}",
                title=title_of_post(text),
                published_at=self._published(),
                authors=tuple(filter(None, [self._text("tgme_widget_message_from_author")])),
                tags=self._hashtags(),
                summary=plain_text(text, SUMMARY_LIMIT),
            ),
            number=int(address["number"]),
            text=text,
            media=media,
            links=self._links(),
            forwarded_from=self._text("tgme_widget_message_forwarded_from_name") or None,
            edited=any(
                "edited" in (meta.text or "").lower().split()
                for meta in self._named("tgme_widget_message_meta")
            ),
            unsupported=any(
                _UNSUPPORTED.search(text_of(label, _DETAIL_LIMIT))
                for label in self._named("message_media_not_supported_label")
            ),
        )

    def _own_link(self) -> str:
        """Return what the link of a post's day names: the post itself, as `data-post` would."""
        for date in self._named("tgme_widget_message_date"):
            if linked := _LINKED.fullmatch(date.get("href") or ""):
                return linked[1]
        return ""

    def _named(self, name: str) -> list[etree._Element]:
        return self._parts.get(name, [])

    def _text(self, name: str) -> str:
        found = self._named(name)
        return text_of(found[0], TITLE_LIMIT) if found else ""

    def _words(self) -> str:
        """Return what the post says, asks and names; of one that only links, what it leads to."""
        own = "\n".join(filter(None, (_lines_of(part) for part in self._texts(*_WORDS))))
        if says_something(own):
            return own
        led_to = (
            text_of(part, SUMMARY_LIMIT)
            for preview in self._named("tgme_widget_message_link_preview")
            for name in _PREVIEW_WORDS
            for part in _with_class(preview, name)
        )
        return "\n".join(filter(None, (own, *led_to)))

    def _texts(self, *names: str) -> list[etree._Element]:
        """Return the outermost elements of these names: some markup nests one in another."""
        outermost: list[etree._Element] = []
        for name in names:
            for element in self._named(name):
                if outermost and outermost[-1] in element.iterancestors():
                    continue
                outermost.append(element)
        return outermost

    def _published(self) -> datetime | None:
        for date in self._named("tgme_widget_message_date"):
            for time in date.iter("time"):
                return read_date(time.get("datetime"))
        return None

    def _anchors(self) -> Iterator[tuple[str, etree._Element]]:
        for text in self._texts("tgme_widget_message_text"):
            for anchor in islice(text.iter("a"), _MOST_ANCHORS):
                address = absolute_http_url(SITE, anchor.get("href") or "")
                if address is not None:
                    yield address, anchor

    def _links(self) -> tuple[str, ...]:
        found = [address for address, _ in self._anchors() if not _hashtag(address)]
        for preview in self._named("tgme_widget_message_link_preview"):
            found.extend(filter(None, [absolute_http_url(SITE, preview.get("href") or "")]))
        return tuple(dict.fromkeys(found))[:_MOST_LINKS]

    def _hashtags(self) -> tuple[str, ...]:
        tags = (plain_text(_hashtag(address), TAG_LIMIT) for address, _ in self._anchors())
        return tuple(dict.fromkeys(filter(None, tags)))[:_MOST_LINKS]


def _with_class(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return (element for element in root.iter("*") if name in words_of(element))


def _first(root: etree._Element, name: str) -> etree._Element | None:
    return next(_with_class(root, name), None)


def _own_parts(message: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements of a message: not those inside what it quotes, nor of one nested in it."""
    from lxml import etree

    walk = etree.iterwalk(message, events=("start",))
    for _, element in walk:
        if element is message or not isinstance(element.tag, str):
            continue
        words = words_of(element)
        if "tgme_widget_message" in words:
            walk.skip_subtree()
            continue
        yield element
        if not _QUOTED.isdisjoint(words):
            walk.skip_subtree()


def _lines_of(text: etree._Element) -> str:
    return text_of(text, SUMMARY_LIMIT, lines=True)


def _hashtag(address: str) -> str:
    """Return the tag that `address` searches a channel for; empty if it is another address."""
    parts = urlsplit(address)
    if parts.hostname != "t.me":
        return ""
    searched = parse_qs(parts.query).get("q", [""])[0]
    return searched[1:] if searched.startswith("#") else ""


def says_something(text: str) -> bool:
    """Tell whether a text has words beside addresses."""
    return any(map(_LETTER.search, _ADDRESS.sub("", text).splitlines()))


def title_of_post(text: str) -> str:
    """Return the first line with letters if it is short, else its first sentence or words."""
    lines = [line for line in text.splitlines() if _LETTER.search(line)]
    says = (line for line in lines if _LETTER.search(_ADDRESS.sub("", line)))
    line = next(says, lines[0] if lines else "")
    if len(line) <= _TITLE_LENGTH:
        return line
    ends = (found.end() for found in _SENTENCE_END.finditer(line[: _TITLE_LENGTH + 1]))
    end = next((end for end in ends if end >= _SHORTEST_SENTENCE), None)
    if end is not None:
        return line[:end]
    head, _, _ = line[:_TITLE_LENGTH].rpartition(" ")
    return f"{(head or line[: _TITLE_LENGTH - 1]).rstrip(' ,;:–—-')}…"


def _older(root: etree._Element, url: str, posts: dict[int, TelegramPost]) -> str | None:
    """Return the page before this one, whose posts have numbers below that of the page's button."""
    buttons = (element for element in root.iter("a") if not _MORE.isdisjoint(words_of(element)))
    before = next(filter(None, (button.get("data-before") for button in buttons)), "")
    shown = _PREVIEW.match(urlsplit(url).path) or next(
        (_PREVIEW.match("/s" + urlsplit(post.entry.url).path) for post in posts.values()), None
    )
    if shown is None or not re.fullmatch(r"[0-9]{1,12}", before):
        return None
    return f"{SITE}s/{shown[1]}?before={before}"


def _what_it_is(root: etree._Element) -> str:
    if next(_with_class(root, "tgme_page"), None) is not None:
        return (
            "the channel has no public preview: Telegram shows its contact page instead "
            "(it is private, restricted, a group, a person or a bot, or there is none)"
        )
    return "this is not a page of Telegram's channel preview"
