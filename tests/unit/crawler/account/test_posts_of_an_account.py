"""Messages as telethon gives them, and the posts that they are beside those of a preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from telethon.tl import types

from crawler.account.channel_client import ChannelMessages
from crawler.account.post_mapping import channel_messages
from crawler.discovery import NotATelegramPreview, TelegramDocument, TelegramPost, parse_telegram
from crawler.discovery.account_page import parse_account_page, written_page
from crawler.extract.telegram_posts import read_channel

URL = "https://t.me/s/outlet"
TEN = datetime(2026, 5, 1, 10, tzinfo=UTC)
BISHKEK = timezone(timedelta(hours=6))


def channel(number: int = 77, **more: Any) -> Any:
    values = {"title": "Вестник 🗞", "username": "Outlet", "broadcast": True, **more}
    return types.Channel(id=number, photo=types.ChatPhotoEmpty(), date=TEN, **values)


def message(text: str, number: int = 5, *, of: int = 77, **more: Any) -> Any:
    return types.Message(id=number, peer_id=types.PeerChannel(of), date=TEN, message=text, **more)


def document(*attributes: Any) -> Any:
    held = types.Document(
        id=1, access_hash=2, file_reference=b"", date=TEN, mime_type="x/y", size=9, dc_id=2,
        attributes=list(attributes),
    )  # fmt: skip
    return types.MessageMediaDocument(document=held)


def given(*messages: Any, more: bool = False, chats: tuple[Any, ...] = ()) -> ChannelMessages:
    return channel_messages(channel(), messages, (channel(), *chats), more=more)


def read(*messages: Any, more: bool = False, chats: tuple[Any, ...] = ()) -> TelegramDocument:
    return parse_account_page(written_page(given(*messages, more=more, chats=chats)), URL)


def post(*messages: Any, chats: tuple[Any, ...] = ()) -> TelegramPost:
    (found,) = read(*messages, chats=chats).posts
    return found


def test_a_message_is_the_post_that_the_preview_shows() -> None:
    html = (
        '<div class="tgme_widget_message" data-post="Outlet/5">'
        '<div class="tgme_widget_message_text">Суд вынес  решение.<br>Подробнее: '
        '<a href="https://kloop.example/1">тут</a> '
        '<a href="https://t.me/s/Outlet?q=%23суд">#суд</a></div>'
        '<a class="tgme_widget_message_date"><time datetime="2026-05-01T10:00:00+00:00"></time></a>'
        "</div>"
    )
    (shown,) = parse_telegram(html.encode(), URL).posts
    text = "Суд вынес  решение.\nПодробнее: тут #суд"
    entities = [
        types.MessageEntityTextUrl(text.index("тут"), 3, "https://kloop.example/1"),
        types.MessageEntityHashtag(text.index("#"), 4),
    ]
    assert post(message(text, entities=entities)) == shown
    assert shown.entry.tags == ("суд",)


def test_marks_are_counted_as_telegram_counts() -> None:
    text = "🗞🗞 #суд kloop.example/1"
    entities = [types.MessageEntityHashtag(5, 4), types.MessageEntityUrl(10, 15)]
    found = post(message(text, entities=entities))
    assert (found.entry.tags, found.links) == (("суд",), ("https://kloop.example/1",))


def test_a_time_of_any_zone_is_the_same_moment() -> None:
    said = message("Суд вынес решение.")
    said.date = TEN.astimezone(BISHKEK)
    assert post(said).entry.published_at == TEN


def test_polls_and_names_of_documents_are_words() -> None:
    words = types.TextWithEntities
    asked = types.Poll(
        id=1,
        question=words("Кто виноват?", []),
        answers=[types.PollAnswer(words(option, []), b"x") for option in ("Никто", "Все")],
        hash=0,
    )
    poll = types.MessageMediaPoll(asked, types.PollResults())
    found = post(message("", media=poll))
    assert (found.text, found.media) == ("Кто виноват?\nНикто\nВсе", ("poll",))
    found = post(message("", media=document(types.DocumentAttributeFilename("Указ 17.pdf"))))
    assert (found.text, found.media) == ("Указ 17.pdf", ("document",))


@pytest.mark.parametrize(
    ("attribute", "kind"),
    [
        (types.DocumentAttributeVideo(duration=1, w=1, h=1), "video"),
        (types.DocumentAttributeAudio(duration=1, voice=True), "voice"),
        (types.DocumentAttributeSticker("x", types.InputStickerSetEmpty()), "sticker"),
    ],
)
def test_the_file_name_of_a_film_is_no_word(attribute: Any, kind: str) -> None:
    media = document(types.DocumentAttributeFilename("IMG_1.mp4"), attribute)
    found = post(message("", media=media))
    assert (found.text, found.media) == ("", (kind,))


def test_a_message_that_only_links_says_what_it_leads_to() -> None:
    page = types.WebPage(
        id=1, url="https://kloop.example/1", display_url="kloop", hash=0, title="Суд решил"
    )
    media = types.MessageMediaWebPage(page)
    assert post(message("https://kloop.example/1", media=media)).entry.title == "Суд решил"
    assert post(message("Слова.", media=media)).text == "Слова."


def test_an_album_is_one_post_under_its_first_number() -> None:
    photo = types.MessageMediaPhoto()
    found = post(
        message("", 9, grouped_id=3, media=photo),
        message("Слова.", 8, grouped_id=3, media=photo),
        message("", 7, grouped_id=3, media=photo),
    )
    assert (found.number, found.text, found.media) == (7, "Слова.", ("photo",))


def test_an_album_that_may_begin_on_the_page_before_is_read_there() -> None:
    page = read(message("а", 9), message("б", 8, grouped_id=3), message("в", 7), more=True)
    assert [post.number for post in page.posts] == [7, 8, 9]
    page = read(message("а", 9), message("б", 8, grouped_id=3), more=True)
    assert [post.number for post in page.posts] == [9]
    assert page.older == "https://t.me/s/Outlet?before=9"


def test_service_messages_and_those_of_other_channels_are_no_posts() -> None:
    created = types.MessageService(
        id=1, peer_id=types.PeerChannel(77), date=TEN, action=types.MessageActionChannelCreate("x")
    )
    page = read(message("чужое", 6, of=99), message("своё", 5), created)
    assert [(post.number, post.text) for post in page.posts] == [(5, "своё")]
    assert sum(skipped.count for skipped in page.skipped) == 1


def test_a_page_of_another_channel_is_not_read() -> None:
    page = written_page(replace(given(message("слова")), name="victim"))
    with pytest.raises(NotATelegramPreview, match="this is the channel victim, not outlet"):
        parse_account_page(page, URL)


def test_forwards_edits_and_signatures_are_told() -> None:
    header = types.MessageFwdHeader(date=TEN, from_id=types.PeerChannel(99))
    found = post(
        message("Слова.", fwd_from=header, edit_date=TEN, post_author="Асель"),
        chats=(channel(99, title="Другой", username="other"),),
    )
    assert (found.forwarded_from, found.edited, found.entry.authors) == ("Другой", True, ("Асель",))
    assert not post(message("Слова.", edit_date=TEN, edit_hide=True)).edited


def test_the_same_messages_give_the_same_bytes() -> None:
    said = [message("а", 9), message("б", 8)]
    assert written_page(given(*said)) == written_page(given(*reversed(said)))


def test_posts_become_articles_as_those_of_a_preview_do() -> None:
    page = written_page(given(message("Суд вынес решение по делу журналистов."), message("", 6)))
    read_page = read_channel(page, URL, source="outlet", by_account=True)
    first, second = read_page.articles
    assert first.url == "https://t.me/Outlet/5"  # type: ignore[union-attr]
    assert first.site_name == "Вестник 🗞"  # type: ignore[union-attr]
    assert second.detail == "the post has no words, only: nothing"  # type: ignore[union-attr]
