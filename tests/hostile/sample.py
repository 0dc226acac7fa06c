"""What one hostile document is: its bytes, what reads it, and what it attacks.

Bodies are made when asked for, since together they take more memory than a parser is allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

SITE = "https://example.org"
"""The site that the documents belong to; a server puts its own address in its place."""
CANARY = "canary-7f3a91"
"""What the file says that hostile XML wants to read; it must turn up nowhere."""


class Kind(StrEnum):
    """What a document pretends to be, and so which parser reads it."""

    PAGE = "page"
    PDF = "pdf"
    FRONT = "front page"
    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    TELEGRAM = "telegram preview"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True)
class Bait:
    """What hostile XML is told to reach: an address that a test listens at, and a secret file."""

    url: str = "http://127.0.0.1:9/bait"
    file: str = "file:///etc/hostname"


@dataclass(frozen=True, slots=True)
class Sample:
    """One hostile document."""

    name: str
    kind: Kind
    attacks: str
    """What it is meant to break."""
    make: Callable[[], bytes]
    content_type: str | None = None
    """The header it is served with; None for the usual one of its kind."""
    coding: str = ""
    """The Content-Encoding it is served with."""
    keeps: str = ""
    """Words of honest text in it that reading must not lose."""
    says: str = ""
    """Pattern of the reason that must be given, for documents that cannot be read."""
    quick: bool = False
    """Whether it is read in every test run, as a representative of its kind."""


SENTENCES = (
    "The town council of Karakol met on Tuesday to discuss the old bridge over the river.",
    "Engineers had closed it in March after the spring flood washed out two of its piers.",
    "Drivers have since taken the long way round, which adds forty minutes to every journey.",
    "The mayor said that repairs would begin before winter and would cost nine million soms.",
    "Several residents asked why the money for last year's repairs had not been spent at all.",
    "A committee of five members will report on the contracts by the end of next month.",
)
PROSE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
KEPT = "closed it in March"
RUSSIAN = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "Городской совет во вторник обсудил ремонт старого моста через реку на окраине города.",
        "Инженеры закрыли мост в марте, после того как весенний паводок размыл две его опоры.",
        "С тех пор водители едут в объезд, и каждая поездка занимает на сорок минут больше.",
        "Мэр заявил, что работы начнутся до зимы и обойдутся бюджету в девять миллионов сомов.",
    )
)
RUSSIAN_KEPT = "весенний паводок"


def page(body: str, head: str = "", *, prose: str = PROSE) -> bytes:
    """Return a web page with an honest article before `body`."""
    return (
        f"<!DOCTYPE html><html><head><title>Bridge stays closed</title>{head}</head>"
        f"<body><article><h1>Bridge stays closed</h1>{prose}</article>{body}</body></html>"
    ).encode("utf-8", "surrogatepass")


def rss(items: str, *, channel: str = "", prolog: str = "") -> bytes:
    """Return an RSS feed."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{prolog}<rss version="2.0"><channel>'
        f"<title>Hostile Herald</title>{channel}{items}</channel></rss>"
    ).encode("utf-8", "surrogatepass")


def item(number: int = 1, *, title: str = "", link: str = "", more: str = "") -> str:
    """Return an item of an RSS feed."""
    title = title or f"Story {number}"
    link = link or f"https://example.org/news/{number}/story"
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def sitemap(body: str, *, root: str = "urlset", prolog: str = "") -> bytes:
    """Return a sitemap."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{prolog}'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</{root}>'
    ).encode()


def location(address: str, more: str = "") -> str:
    """Return one page of a sitemap."""
    return f"<url><loc>{address}</loc>{more}</url>"
