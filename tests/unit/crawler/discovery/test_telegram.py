"""Pages as t.me/s/NAME writes them, made here."""

from __future__ import annotations

import pickle
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sources import SkipKind
from crawler.discovery import NotATelegramPreview, TelegramDocument, TelegramPost, parse_telegram
from tests.cpu import times_the_work

URL = "https://t.me/s/outlet"
TEN = datetime(2026, 5, 1, 10, tzinfo=UTC)
HEADER = (
    '<div class="tgme_channel_info_header"><div class="tgme_channel_info_header_title">'
    '<span dir="auto">Вестник 🗞</span></div></div>'
)


def message(inside: str = "", number: int = 5, meta: str = "", classes: str = "") -> str:
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap js-widget_message {classes}"'
        f' data-post="outlet/{number}" data-view="x"><div class="tgme_widget_message_bubble">'
        '<div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name"'
        f' href="https://t.me/outlet"><span dir="auto">Вестник</span></a></div>{inside}'
        '<div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">'
        '<span class="tgme_widget_message_views">3.1K</span>'
        f'<span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date"'
        f' href="https://t.me/outlet/{number}"><time datetime="2026-05-01T15:00:00+05:00"'
        ' class="time">10:00</time></a></span></div></div></div></div></div>'
    )


def text(inside: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{inside}</div>'


def preview(*messages: str, more: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>Вестник – Telegram</title></head><body>{HEADER}"
        f'<section class="tgme_channel_history js-message_history">{more}{"".join(messages)}'
        "</section></body></html>"
    )


def read(page: str, url: str = URL) -> TelegramDocument:
    return parse_telegram(page.encode(), url)


def only(*messages: str) -> TelegramPost:
    document = read(preview(*messages))
    assert len(document.posts) == 1
    return document.posts[0]


def test_a_post_has_its_address_title_time_and_text() -> None:
    post = only(message(text("Принят новый закон.<br/><br/>Он вступит в силу <b>завтра</b>.")))
    assert post.entry.url == "https://t.me/outlet/5"
    assert post.entry.title == "Принят новый закон."
    assert post.entry.published_at == TEN
    assert post.entry.summary == "Принят новый закон. Он вступит в силу завтра."
    assert post.text == "Принят новый закон.\n\nОн вступит в силу завтра."
    assert post.number == 5
    assert (post.media, post.links, post.forwarded_from) == ((), (), None)
    assert not post.edited
    assert not post.unsupported


def test_posts_come_oldest_first_with_the_channels_title() -> None:
    document = read(preview(message(text("b"), 12), message(text("c"), 13), message(text("a"), 9)))
    assert [post.number for post in document.posts] == [9, 12, 13]
    assert document.title == "Вестник 🗞"


def test_emoji_stay_and_line_breaks_of_the_source_do_not() -> None:
    emoji = '<i class="emoji" style="background-image:url(x)"><b>🔥</b></i>'
    custom = '<tg-emoji emoji-id="1"><i class="emoji"><b>👍</b></i></tg-emoji>'
    post = only(message(text(f"{emoji} Во<i>д</i>а\n и хлеб{custom}")))
    assert post.text == "🔥 Вода и хлеб👍"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Короткая строка. И вторая фраза<br>Дальше", "Короткая строка. И вторая фраза"),
        ("❗️❗️❗️<br>Главное", "Главное"),
        (
            "Президент г. Ташкента подписал указ о новых мерах. " + "Подробности письма. " * 9,
            "Президент г. Ташкента подписал указ о новых мерах.",
        ),
        ("слово " * 40, ("слово " * 20).strip() + "…"),
        ("ы" * 300, "ы" * 119 + "…"),
    ],
)
def test_the_title_is_the_first_line_or_sentence_cut_at_a_word(body: str, title: str) -> None:
    post = only(message(text(body)))
    assert post.entry.title == title
    assert len(post.entry.title) <= 121


def test_links_are_kept_and_hashtags_are_tags() -> None:
    post = only(
        message(
            text(
                '<a href="https://outlet.example/1?a=1&amp;b=2" target="_blank">Читать</a>'
                '<a href="https://t.me/other">@other</a><a href="?q=%23%D1%82%D1%80%D1%83%D0%B4">'
                '#труд</a><a href="javascript:alert(1)">x</a><a href="https://t.me/other">y</a>'
            )
            + '<a class="tgme_widget_message_link_preview" href="https://preview.example/">'
            '<div class="link_preview_title">Заголовок чужой страницы</div></a>'
        )
    )
    assert post.links == (
        "https://outlet.example/1?a=1&b=2", "https://t.me/other", "https://preview.example/",
    )  # fmt: skip
    assert post.entry.tags == ("труд",)
    assert "чужой" not in post.text


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ('<a class="tgme_widget_message_photo_wrap 123" href="x"></a>', "photo"),
        ('<a class="tgme_widget_message_video_player js" href="x"></a>', "video"),
        ('<a class="tgme_widget_message_voice_player" href="x"></a>', "voice"),
        ('<a class="tgme_widget_message_document_wrap" href="x"></a>', "document"),
        ('<div class="tgme_widget_message_poll js-poll"></div>', "poll"),
        ('<div class="tgme_widget_message_sticker_wrap"></div>', "sticker"),
    ],
)
def test_media_without_text_are_posts_without_text(markup: str, kind: str) -> None:
    post = only(message(markup))
    assert (post.media, post.text, post.entry.title) == ((kind,), "", "")


def test_a_group_of_pictures_is_one_post_with_its_caption() -> None:
    pictures = (
        '<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="x"></a>'
        '<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="y"></a>'
        '<a class="tgme_widget_message_video_player grouped_media_wrap" href="z"></a>'
    )
    post = only(
        message(f'<div class="tgme_widget_message_grouped_wrap">{pictures}</div>{text("Подпись")}')
    )
    assert (post.media, post.text) == (("photo", "video"), "Подпись")


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">'
        "Кто за?</div></div>",
        '<a class="tgme_widget_message_document_wrap"><div class="tgme_widget_message_document_'
        'title">Кто за?</div></a>',
    ],
)
def test_what_a_poll_asks_and_the_name_of_a_document_are_words_of_the_post(markup: str) -> None:
    post = only(message(markup))
    assert (post.entry.title, post.text) == ("Кто за?", "Кто за?")
    with_caption = only(message(markup + text("Голосуем")))
    assert (with_caption.entry.title, with_caption.text) == ("Голосуем", "Голосуем\nКто за?")


def test_the_answers_of_a_poll_are_read_without_their_numbers() -> None:
    options = "".join(
        '<div class="tgme_widget_message_poll_option">'
        f'<div class="tgme_widget_message_poll_option_percent">{percent}%</div>'
        f'<div class="tgme_widget_message_poll_option_text">{answer}</div></div>'
        for answer, percent in (("Повестка", 60), ("Контракт", 40))
    )
    asked = '<div class="tgme_widget_message_poll_question">Что пришло?</div>'
    post = only(message(f'<div class="tgme_widget_message_poll">{asked}{options}</div>'))
    assert post.text == "Что пришло?\nПовестка\nКонтракт"


@pytest.mark.parametrize("own", ["https://outlet.example/1", "", "👉 https://outlet.example/1"])
def test_a_post_that_only_links_says_what_it_leads_to(own: str) -> None:
    leads_to = (
        '<a class="tgme_widget_message_link_preview" href="https://outlet.example/1">'
        '<div class="link_preview_site_name">Вестник</div>'
        '<div class="link_preview_title">Объявлен призыв</div>'
        '<div class="link_preview_description">С первого числа.</div></a>'
    )
    post = only(message(text(own) + leads_to))
    assert post.text == f"{own}\nОбъявлен призыв\nС первого числа.".strip()
    assert post.entry.title == "Объявлен призыв"


@pytest.mark.parametrize("given", ["/7", "7", "outlet/7", "OUTLET/7"])
def test_a_post_without_the_name_of_its_channel_belongs_to_the_page(given: str) -> None:
    post = only(message(text("Мобилизация"), 7).replace("outlet/7", given, 1))
    assert post.entry.url.casefold() == "https://t.me/outlet/7"
    assert post.number == 7


def test_a_post_that_says_it_is_of_another_channel_is_skipped() -> None:
    forged = message(text("Мобилизация отменена"), 7).replace("outlet/7", "victim/7")
    document = read(preview(message(text("a"), 6), forged))
    assert [post.number for post in document.posts] == [6]
    assert [(skipped.reason.kind, skipped.detail) for skipped in document.skipped] == [
        (SkipKind.ANOTHER_CHANNEL, "victim/7")
    ]


def test_forwards_and_edits_are_told_and_what_is_answered_is_not_its_text() -> None:
    post = only(
        message(
            '<div class="tgme_widget_message_forwarded_from">Forwarded from <a '
            'class="tgme_widget_message_forwarded_from_name" href="https://t.me/b/1"><span>Другой '
            'канал</span></a></div><a class="tgme_widget_message_reply" '
            'href="https://t.me/outlet/3?single"><div class="tgme_widget_message_metatext '
            'js-message_reply_text">Старый текст</div>'
            '<i class="tgme_widget_message_photo_wrap"></i></a>' + text("Новый текст"),
            meta="edited &nbsp;",
        )
    )
    assert post.forwarded_from == "Другой канал"
    assert post.edited
    assert post.text == "Новый текст"
    assert post.media == ()


def test_the_text_of_a_reply_or_nested_text_is_not_repeated() -> None:
    post = only(
        message(
            '<a class="tgme_widget_message_reply" href="https://t.me/outlet/3">' + text("Старый")
            + "</a>" + text(text("Новый"))
        )
    )  # fmt: skip
    assert post.text == "Новый"


def test_a_signed_post_has_an_author() -> None:
    post = only(message(text("x"), meta='<span class="tgme_widget_message_from_author">А</span>'))
    assert post.entry.authors == ("А",)


def test_posts_that_only_the_app_shows_are_kept_and_marked() -> None:
    label = '<div class="message_media_not_supported_label">{}</div>'
    post = only(message(label.format("Please open Telegram to view this post")))
    assert post.unsupported
    assert post.text == ""
    assert not only(message(label.format("Media is too big") + text("x"))).unsupported


@pytest.mark.parametrize("link", ["https://t.me/outlet/5", "//t.me/s/outlet/5?single", "/5"])
def test_a_post_without_its_mark_is_named_by_the_link_of_its_day(link: str) -> None:
    page = preview(
        message(text("a"))
        .replace(' data-post="outlet/5"', "")
        .replace('href="https://t.me/outlet/5"', f'href="{link}"')
    )
    document = read(page)
    if link == "/5":
        assert [skipped.reason.words for skipped in document.skipped] == ["post without an address"]
    else:
        assert [post.entry.url for post in document.posts] == ["https://t.me/outlet/5"]


def test_a_link_to_another_channel_names_no_post_of_this_one() -> None:
    foreign = (
        message(text("a"))
        .replace(' data-post="outlet/5"', "")
        .replace('href="https://t.me/outlet/5"', 'href="https://t.me/rival/5"')
    )
    assert read(preview(foreign)).posts == ()


def test_service_messages_repeats_and_posts_without_address_are_skipped_with_a_reason() -> None:
    document = read(
        preview(
            message(text("Channel created"), 1, classes="service_message"),
            message(text("a"), 2),
            message(text("b"), 2),
            message(text("c"), 3).replace('data-post="outlet/3"', 'data-post="../../x"'),
        )
    )
    assert [post.text for post in document.posts] == ["a"]
    assert [(skipped.reason.words, skipped.detail) for skipped in document.skipped] == [
        ("service message", "outlet/1"),
        ("same link as an earlier entry", "https://t.me/outlet/2"),
        ("post without an address", "../../x"),
    ]


@pytest.mark.parametrize("name", ["tgme_messages_more", "tme_messages_more"])
def test_the_older_page_is_the_one_before_the_button_says(name: str) -> None:
    more = (
        f'<a href="/s/outlet?after=90" class="{name}" data-after="90"></a>'
        f'<a href="/s/outlet?before=71" class="{name} js-messages_more" data-before="71"></a>'
    )
    assert read(preview(more=more)).older == "https://t.me/s/outlet?before=71"
    assert (
        read(preview(message(text("x")), more=more), "https://t.me/outlet").older
        == "https://t.me/s/outlet?before=71"
    )


@pytest.mark.parametrize("before", ["", "x", "-1", "71&q=1"])
def test_without_a_number_there_is_no_older_page(before: str) -> None:
    more = f'<a class="tme_messages_more" data-before="{before}"></a>'
    assert read(preview(message(text("x")), more=more)).older is None
    assert read(preview(message(text("x")))).older is None


def test_a_channel_without_posts_is_a_channel() -> None:
    document = read(preview())
    assert (document.posts, document.title, document.older) == ((), "Вестник 🗞", None)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (
            '<div class="tgme_page"><div class="tgme_page_title">Outlet</div></div>',
            "no public preview",
        ),
        ("<html><p>Hello</p></html>", "not a page of Telegram"),
        ("", "the answer was empty"),
        ("<!-- -->", "the answer was empty"),
    ],
)
def test_other_pages_are_refused_with_a_reason(page: str, reason: str) -> None:
    with pytest.raises(NotATelegramPreview, match=reason) as caught:
        read(page)
    assert caught.value.url == URL


def test_the_refusal_survives_the_way_out_of_the_sandbox() -> None:
    error = NotATelegramPreview("no", url=URL)
    error = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (error.message, error.url) == ("no", URL)


def test_text_that_looks_like_markup_does_not_stay_markup() -> None:
    assert only(message(text("a &lt;script&gt;alert(1)&lt;/script&gt; b"))).text == "a b"


def test_a_post_without_a_readable_time_has_none() -> None:
    page = preview(message(text("x")).replace("2026-05-01T15:00:00+05:00", "yesterday"))
    assert read(page).posts[0].entry.published_at is None


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000 + message(text("x")),
        "<div class='tgme_widget_message' data-post='a/1'>" * 50_000,
        "<div " + " ".join(f"a{number}" for number in range(100_000)) + ">" + message(text("x")),
        '<div class="tgme_widget_message" data-post="a/1">'
        + '<div class="tgme_widget_message_text">' * 2_000
        + "x" * 1_000_000,
        "<a '" * 500_000,
    ],
    ids=["nesting", "nested messages", "attributes", "nested texts", "open quotes"],
)
def test_hostile_pages_cost_no_more_than_honest_ones(body: str) -> None:
    honest = preview(*(message(text("Принят закон. " * 20), number) for number in range(500)))

    def done_with() -> None:
        with suppress(NotATelegramPreview):
            read(body)

    assert times_the_work(done_with, lambda: read(honest)) < 40  # 3 at most, for as many bytes


@given(
    st.binary(max_size=300)
    | st.text("<>div a/='\"&;tgme_widget_message", max_size=300).map(str.encode)
    | st.binary(max_size=200).map(lambda body: preview(message(text("@"))).encode() + body)
)
def test_any_bytes_give_a_document_or_a_reason(body: bytes) -> None:
    with suppress(NotATelegramPreview):
        document = parse_telegram(body, URL)
        assert all(post.entry.url.startswith("https://t.me/") for post in document.posts)
