"""Telethon's messages as values of ours. Needs the `telegram` extra."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from telethon import utils
from telethon.tl import types

from crawler.account.channel_client import ChannelMessage, ChannelMessages

_MEDIA = {
    types.MessageMediaPhoto: "photo",
    types.MessageMediaPoll: "poll",
    types.MessageMediaGeo: "location",
    types.MessageMediaGeoLive: "location",
    types.MessageMediaVenue: "location",
    types.MessageMediaContact: "contact",
}


def channel_messages(
    channel: Any, messages: Iterable[Any], chats: Iterable[Any], *, more: bool
) -> ChannelMessages:
    """Return what a channel answered; messages of other chats are left out.

    `channel` is telethon's Channel, `chats` are those that the messages speak of.
    """
    titles = {chat.id: getattr(chat, "title", "") or "" for chat in chats}
    own = [
        message
        for message in messages
        if getattr(getattr(message, "peer_id", None), "channel_id", None) == channel.id
    ]
    return ChannelMessages(
        name=next(names_of(channel), ""),
        title=channel.title or "",
        messages=tuple(
            _message(message, titles) for message in own if isinstance(message, types.Message)
        ),
        service=tuple(message.id for message in own if isinstance(message, types.MessageService)),
        more=more,
    )


def names_of(channel: Any) -> Iterator[str]:
    """Yield the names under which a channel can be found now, its main one first."""
    if getattr(channel, "username", None):
        yield channel.username
    for known in getattr(channel, "usernames", None) or ():
        if known.active and known.username != getattr(channel, "username", None):
            yield known.username


def _message(message: Any, titles: dict[int, str]) -> ChannelMessage:
    media = message.media
    said = message.message or ""
    page = media.webpage if isinstance(media, types.MessageMediaWebPage) else None
    return ChannelMessage(
        number=message.id,
        published_at=message.date.astimezone(UTC),
        text="\n".join(filter(None, (said, *_words_of(media)))),
        linked=tuple(filter(None, (getattr(page, key, None) for key in ("title", "description")))),
        media=tuple(filter(None, [_kind_of(media)])),
        links=tuple(_links(said, message.entities or (), page)),
        tags=tuple(_tags(said, message.entities or ())),
        author=message.post_author or "",
        forwarded_from=_forwarded_from(message.fwd_from, titles),
        edited=message.edit_date is not None and not message.edit_hide,
        unsupported=isinstance(media, types.MessageMediaUnsupported),
        album=message.grouped_id,
    )


def _words_of(media: Any) -> Iterator[str]:
    """Yield what is asked and named, which counts as what is said."""
    if isinstance(media, types.MessageMediaPoll):
        yield media.poll.question.text
        yield from (answer.text.text for answer in media.poll.answers)
    elif isinstance(media, types.MessageMediaDocument) and _kind_of(media) == "document":
        yield from (
            attribute.file_name
            for attribute in getattr(media.document, "attributes", ())
            if isinstance(attribute, types.DocumentAttributeFilename)
        )


def _kind_of(media: Any) -> str:
    if not isinstance(media, types.MessageMediaDocument):
        return _MEDIA.get(type(media), "")
    for attribute in getattr(media.document, "attributes", None) or ():
        if isinstance(attribute, types.DocumentAttributeSticker):
            return "sticker"
        if isinstance(attribute, types.DocumentAttributeVideo):
            return "video"
        if isinstance(attribute, types.DocumentAttributeAudio) and attribute.voice:
            return "voice"
    return "document"


def _links(said: str, entities: Iterable[Any], page: Any) -> Iterator[str]:
    for entity, text in _marked(said, entities):
        if isinstance(entity, types.MessageEntityTextUrl):
            yield entity.url
        elif isinstance(entity, types.MessageEntityUrl):
            yield text if "://" in text else f"https://{text}"
    if getattr(page, "url", None):
        yield page.url


def _tags(said: str, entities: Iterable[Any]) -> Iterator[str]:
    for entity, text in _marked(said, entities):
        if isinstance(entity, types.MessageEntityHashtag):
            yield text.removeprefix("#").partition("@")[0]


def _marked(said: str, entities: Iterable[Any]) -> list[tuple[Any, str]]:
    """Return each mark with its text; Telegram counts in the units of UTF-16."""
    marks = list(entities)
    return list(zip(marks, utils.get_inner_text(said, marks), strict=True))


def _forwarded_from(header: Any, titles: dict[int, str]) -> str:
    if header is None:
        return ""
    origin = getattr(header.from_id, "channel_id", 0)
    return titles.get(origin) or header.from_name or ""
