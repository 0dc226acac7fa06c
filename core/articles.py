"""What is read: fetched pages, extracted articles, stored versions and their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """The bytes a server sent, with what is needed to prove it."""

    url: str
    """The URL that was asked for."""
    final_url: str
    """The URL that answered, after redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime


class TextReader(StrEnum):
    """Which way of reading a page gave the text of its article."""

    FAST = "fast"
    """The first pass, which nearly all pages need alone."""
    THOROUGH = "thorough"
    """The slow pass over the page as it came, with all its comparisons."""
    STATED = "stated"
    """The text that the page states for search engines (JSON-LD)."""
    BLOCKS = "blocks"
    """The sentences of the heaviest block, joined."""


class TextDoubt(StrEnum):
    """Why one way of reading a page was not enough."""

    HARDLY_ANY = "hardly_any"
    """Much less was read than the page has sentences."""
    SENTENCES_LEFT_OUT = "sentences_left_out"
    """More sentences were left out than read, and nothing says that they are furniture."""
    STATED_TEXT_MISSING = "stated_text_missing"
    """The text that the page states is mostly not in what was read."""


@dataclass(frozen=True, slots=True)
class TextOpinion:
    """What one reader's text was worth; the best won."""

    reader: TextReader
    score: float


class WordsFrom(StrEnum):
    """Whose words an article is made of. Stored by its value."""

    PAGE = "page"
    """Its own page, PDF or post."""
    FEED = "feed"
    """What the feed said of it: its page could not be read so far."""


@dataclass(frozen=True, slots=True)
class TextReading:
    """How the text of a page in doubt was found."""

    reader: TextReader
    doubt: TextDoubt
    opinions: tuple[TextOpinion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleData:
    """An article as extracted: no identity, no history."""

    url: str
    title: str
    text: str
    source: str = ""
    """Name of the source it came from; empty for a file given by hand."""
    canonical_url: str | None = None
    """What the page itself names as its address."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    site_name: str | None = None
    tags: tuple[str, ...] = ()
    words_from: WordsFrom = WordsFrom.PAGE
    date_is_guess: bool = field(default=False, repr=False)
    """Whether `published_at` was looked for in the page and may be another date that stands there.
    Kept out of repr, and so of exports, whose form is promised."""
    reading: TextReading | None = field(default=None, compare=False)
    """How the text was found, where the first pass left a doubt; not stored."""
    marked: bool = field(default=True, compare=False, repr=False)
    """Whether its page marks anything as an article, its time or what it is about; not stored."""


class RejectReason(StrEnum):
    """Why a fetched page is not an article."""

    EMPTY = "empty"
    """No article text was found."""
    STUB = "stub"
    """An anti-bot, consent or error page that was served in the article's place."""
    NOT_HTML = "not_html"
    """The body is not a web page."""
    SANDBOX = "sandbox"
    """Reading it took too long or too much memory."""
    PDF_ENCRYPTED = "pdf_encrypted"
    """A PDF that asks for a password."""
    PDF_BROKEN = "pdf_broken"
    """A PDF that cannot be opened, or none of whose pages can be read."""
    PDF_NO_TEXT = "pdf_no_text"
    """A PDF whose pages say nothing."""
    PDF_SCANNED = "pdf_scanned"
    """A PDF of images, which nothing here can read."""


class StubKind(StrEnum):
    """What a page is that was served in an article's place."""

    ANTI_BOT = "anti_bot"
    ACCESS_DENIED = "access_denied"
    NOT_FOUND = "not_found"
    SERVER_ERROR = "server_error"
    CONSENT = "consent"
    JAVASCRIPT = "javascript"
    FRONT_PAGE = "front_page"
    """The article's address leads to the outlet's front page."""
    PLACEHOLDER = "placeholder"
    """What stands at an address without being its article: it says the same at another, has nothing
    of what was announced, or speaks to its reader alone."""

    @property
    def denies_the_article(self) -> bool:
        """Whether such a page says there is no article, rather than standing before one."""
        return self in (StubKind.NOT_FOUND, StubKind.FRONT_PAGE)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A page that is not an article, and why."""

    reason: RejectReason
    detail: str
    """For people; nothing is decided by it."""
    stub: StubKind | None = None
    """Of a stub, which kind; None for everything else."""


class Absence(StrEnum):
    """What made an article seem gone."""

    STATUS = "status"
    """Its server said so: 404, 410, 451."""
    NOT_FOUND = "not_found"
    """A page that says so came with a status that does not."""
    FRONT_PAGE = "front_page"
    """Its address leads to the front page."""
    EMPTY = "empty"
    """Its page has no text any more."""
    NOT_HTML = "not_html"
    """Its address has something that is no web page."""
    ELSEWHERE = "elsewhere"
    """Its address leads to another text."""
    REPLACED = "replaced"
    """Its page says something else altogether: an edit, or what a site shows while it is down."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An article seemed gone at the last look, which a second one is to decide."""

    kind: Absence
    note: str
    """The same for people."""
    since: datetime | None = None
    """When it first seemed so; kept for what takes more than two looks."""
    looks: int = 1
    """How many looks in a row have found it so."""


class ArticleEvent(StrEnum):
    """What happened to an article at a version of it."""

    PUBLISHED = "published"
    EDITED = "edited"
    """Its title or text changed in substance."""
    REMOVED = "removed"
    """Its page is gone, or something else stands in its place; the text is the one before."""
    RESTORED = "restored"
    """It is back as it was."""
    OPENED = "opened"
    """Its page can be read now and says what the feed had said: the same news, with more words."""
    ATTRIBUTED = "attributed"
    """Its own outlet announced it, after others had: the same news, by whom and of when it is."""
    REVERTED = "reverted"
    """It says again what an earlier version said: on record, and nothing to tell anybody."""

    @property
    def is_first(self) -> bool:
        """Whether the article is news at this version, rather than news that changed."""
        return self in (ArticleEvent.PUBLISHED, ArticleEvent.OPENED, ArticleEvent.ATTRIBUTED)


class Untold(StrEnum):
    """Why nobody is told that a version matches. Stored by its value."""

    OLD = "old"
    """It was old already when it was first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One stored version of an article."""

    id: int
    version: int
    """1 for the first text seen, counting up with each edit."""
    version_id: int
    data: ArticleData
    first_seen_at: datetime
    fetched_at: datetime
    """When this version was fetched."""
    content_sha256: str
    evidence_id: int | None = None
    event: ArticleEvent = ArticleEvent.PUBLISHED
    note: str = ""
    """What changed against the version before, or how the page went, in one line."""
    untold: Untold | None = None
    """Why nobody is told what it matches; None while it is not judged, and of all other news."""
    new_since: datetime | None = field(default=None, repr=False)
    """Of another article at the address of an earlier one, when it was first seen there. Kept out
    of repr, and so of exports, whose form is promised."""

    @property
    def seen_at(self) -> datetime:
        """When what this version belongs to was first seen, whatever stood there before."""
        return self.new_since or self.first_seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVisit:
    """An article that is to be looked at again, with what the look needs."""

    article_id: int
    key: str
    data: ArticleData
    """The latest version."""
    version: int
    event: ArticleEvent
    changed_at: datetime
    """When the latest version was fetched."""
    visits: int
    """How often it was looked at again before."""
    etag: str | None = None
    last_modified: str | None = None
    doubt: Doubt | None = None
    """Why the last look found it gone; a second one decides."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name that an article is known by. Equal names mean one article, if texts agree."""

    name: str
    by_content: bool = False
    """Whether the name is made of title and text, which then need not be compared again."""


@dataclass(frozen=True, slots=True)
class FirstSight:
    """When a source first showed an article."""

    at: datetime
    read_before: datetime | None
    """When the source had last been read without it; None: it was never read before."""


class RecordOutcome(StrEnum):
    """What storing an article came to."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    """Another URL of the same article; the stored one keeps its identity."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome of storing an article, and which version now stands."""

    outcome: RecordOutcome
    article_id: int
    version_id: int
    opened: bool = False
    """Whether this is the first version of an article with the words of its own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a server sent at a moment, kept so that it can be shown later."""

    id: int
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    fetched_at: datetime
    sha256: str
    """SHA-256 of the uncompressed body, hex."""
    size: int
    """Bytes of the uncompressed body."""
    body: bytes | None
    """None when retention has removed the bytes; hash, headers and time stay."""
    final_url: str = ""
    """The URL that answered, after redirects."""
