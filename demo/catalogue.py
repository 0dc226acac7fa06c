"""The outlets that are built in: invented, each with another system, format and bad habit."""

from __future__ import annotations

from dataclasses import replace

from demo.library import library
from demo.outlets import FeedFormat, Layout, Outlet

_OUTLETS = (
    Outlet(
        slug="steppe-courier",
        name="Steppe Courier",
        language="en",
        layout=Layout.BROADCASTER,
        tagline="Independent reporting from Central Asia",
        tags=("independent", "regional"),
        feed_path="/api/rss/zqkteo",
        article_path="/a/{slug}/{number}.html",
        timezone="Europe/Prague",
        page_bytes=130_000,
    ),
    Outlet(
        slug="vestnik-peremen",
        name="Вестник перемен",
        language="ru",
        layout=Layout.WORDPRESS,
        tagline="Независимое издание о миграции и границах",
        tags=("independent",),
        timezone="Asia/Bishkek",
        page_bytes=110_000,
    ),
    Outlet(
        slug="volga-segodnya",
        name="Волга сегодня",
        language="ru",
        layout=Layout.BITRIX,
        tagline="Новости региона",
        tags=("regional",),
        charset="windows-1251",
        feed_path="/bitrix/rss.php",
        followed_by_feed=True,
        feed_moved_from="/rss/news.xml",
        article_path="/news/{published:%Y}/{number}/",
        timezone="Europe/Samara",
        page_bytes=70_000,
    ),
    Outlet(
        slug="nevskaya-khronika",
        name="Невская хроника",
        language="ru",
        layout=Layout.VISIBLE_DATE,
        tagline="Городская газета",
        tags=("regional",),
        feed_format=FeedFormat.RDF,
        feed_path="/index.rdf",
        followed_by_feed=True,
        article_path="/materials/{slug}.html",
        timezone="Europe/Moscow",
        page_bytes=60_000,
        gzip=False,
        fail_first=3,
        fail_every=25,
    ),
    Outlet(
        slug="dniprovski-novyny",
        name="Дніпровські новини",
        language="uk",
        layout=Layout.DRUPAL,
        tagline="Регіональне видання",
        tags=("independent", "regional"),
        feed_format=FeedFormat.ATOM,
        feed_path="/atom.xml",
        article_path="/node/{number}",
        timezone="Europe/Kyiv",
        page_bytes=100_000,
    ),
    Outlet(
        slug="dala-zhanalyktary",
        name="Дала жаңалықтары",
        language="kk",
        layout=Layout.JSONLD,
        tagline="Қазақстан мен өңір жаңалықтары",
        tags=("regional",),
        feed_path="/rss",
        followed_by_feed=True,
        article_path="/kk/news/{slug}-{number}",
        links_redirect=True,
        timezone="Asia/Almaty",
        page_bytes=150_000,
        changing_etag=True,
    ),
    Outlet(
        slug="ala-too-kabar",
        name="Ала-Тоо кабар",
        language="ky",
        layout=Layout.AMP,
        tagline="Күн сайынкы кабарлар",
        tags=("independent", "regional"),
        feed_path="/ky/feed.xml",
        article_path="/ky/{published:%Y-%m-%d}/{slug}",
        timezone="Asia/Bishkek",
        page_bytes=80_000,
        delay=0.4,
    ),
    Outlet(
        slug="zarafshon-xabarlari",
        name="Zarafshon xabarlari",
        language="uz",
        layout=Layout.OPENGRAPH,
        tagline="Mintaqa yangiliklari",
        tags=("regional",),
        feed_format=FeedFormat.JSON,
        feed_path="/feed.json",
        followed_by_feed=True,
        article_path="/uz/{published:%Y/%m/%d}/{slug}/",
        timezone="Asia/Tashkent",
        page_bytes=90_000,
    ),
    Outlet(
        slug="pomir-nomai",
        name="Помир-нома",
        language="tg",
        layout=Layout.STATIC,
        tagline="Рӯзномаи минтақавӣ",
        tags=("independent",),
        feed_format=FeedFormat.ATOM,
        feed_path="/feed",
        advertises_feed=False,
        article_path="/maqola/{number}.html",
        timezone="Asia/Dushanbe",
        page_bytes=30_000,
        gzip=False,
    ),
)


def built_in_outlets() -> tuple[Outlet, ...]:
    """Return the built-in outlets with their stories."""
    return tuple(
        replace(outlet, stories=library(outlet.language).stories.get(outlet.slug, ()))
        for outlet in _OUTLETS
    )
