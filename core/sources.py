"""What is watched: sources, and the entries found at them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.articles import StubKind
from core.exported import exported_as
from core.failures import FailureKind
from core.looks import Looks
from core.passed_over import PassedOver
from core.vantages import VantagesDiffer


class SourceKind(StrEnum):
    """How new articles of a source are found."""

    FEED = "feed"
    """A syndication feed whose address is known."""
    HOMEPAGE = "homepage"
    """An outlet's front door; the best of its feed, news sitemap and list is discovered."""
    SITEMAP = "sitemap"
    """A sitemap, or an index of sitemaps."""
    PAGE = "page"
    """A web page that lists articles."""
    TELEGRAM = "telegram"
    """The public preview of a Telegram channel: each post is an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place that publishes, as the user configured it."""

    name: str
    title: str = ""
    """The outlet's name as readers see it; given by the user, so a page cannot forge it."""
    kind: SourceKind
    url: str
    language: str | None = None
    """ISO 639-1 code when the source writes in one language; a prior, never a gate."""
    tags: frozenset[str] = frozenset()
    every: timedelta | None = None
    """Fixed polling interval; None lets the schedule decide."""
    links: str | None = None
    """Selector of the links on a listing page; None finds them by itself."""
    proxies: tuple[str, ...] = field(default=(), repr=False)
    """Vantages that it is asked from, in their order: addresses of proxies, which may hold
    credentials, so they are left out of repr, or `direct` for this machine."""
    user_agent: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """More request headers; may hold credentials."""
    max_age: timedelta | None = None
    """How old an article may be that people are told of; None for what holds everywhere."""
    cookies_file: str | None = None
    """File of cookies in Netscape's format."""
    render: bool = False
    """Whether its pages are loaded in a browser."""
    by_account: bool = field(default=False, repr=False)
    """Whether its channel is read by an account of ours; kept out of repr, and so of exports, whose
    form is promised."""
    hosts: tuple[str, ...] = field(default=(), repr=False)
    """Hosts beside its own whose outlets it speaks for; kept out of repr, and so of exports, whose
    form is promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A link to an article, as a feed or a page announced it."""

    url: str
    """Absolute http(s) URL as announced."""
    title: str = ""
    published_at: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    tags: tuple[str, ...] = ()
    summary: str = ""
    """Plain text the feed gave, markup removed."""
    in_own_words: bool = field(default=False, repr=False, compare=False)
    """Whether the outlet says by title and summary what the article says, as a feed does; in a
    list, the title is the text of a link."""
    markup: str = field(default="", repr=False, compare=False)
    """What the feed gave of the article, as it came, where that is more than the summary holds.
    This and the field before are kept out of repr, and so of exports, whose form is promised."""
    guid: str = field(default="", repr=False)
    """What its source calls it, if anything."""

    @property
    def words(self) -> bytes:
        """A sign of all that is said of the article: other words have another."""
        said = f"{self.title}\x00{self.summary}\x00{self.markup}"
        return hashlib.sha256(said.encode(errors="replace")).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server needs to answer "not modified" for one URL."""

    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    """Hash of the last body: some servers change the ETag at every request."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a homepage's articles are announced, as discovery chose it."""

    kind: SourceKind
    url: str
    how: str = ""
    """What was chosen and why, for people."""
    passed_over: tuple[PassedOver, ...] = ()
    """What was not chosen: feeds that were read come first, then what was not even there."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How what a homepage leads to was last compared with what the homepage shows."""

    next_at: datetime
    """When it is compared again."""
    changed_at: datetime | None = None
    """When another address was chosen than before; None if that never was."""
    change: str = ""
    """From what to what and why, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """Where the schedule stands for one source."""

    name: str
    next_poll_at: datetime = field(metadata=exported_as("next_check_at"))
    next_poll_reason: str = field(default="", metadata=exported_as("next_check_reason"))
    """Why then, as the schedule said it."""
    last_polled_at: datetime | None = field(default=None, metadata=exported_as("last_checked_at"))
    last_success_at: datetime | None = None
    consecutive_failures: int = 0
    last_error: str | None = None
    found: Found | None = None
    """For a homepage source, what discovery chose."""
    validators: Validators = Validators()
    active: bool = True
    """False when the source is no longer in the configuration; its articles stay."""
    polls: int = field(default=0, metadata=exported_as("checks"))
    """How many times the source was polled."""
    failure_weight: float = 0.0
    """Sum over the present row of failures, each weighing by its class."""
    rhythm: bytes | None = field(default=None, repr=False)
    """When the source publishes, as `core.rhythm.Rhythm` packs it; None until it is observed."""
    last_full_at: datetime | None = None
    """When a whole document was last received, instead of "not modified"."""
    next_poll_full: bool = field(default=False, metadata=exported_as("next_check_full"))
    """Whether the next poll asks for the whole document, modified or not."""
    last_new_at: datetime | None = None
    """When an entry was last seen for the first time."""
    last_gap_at: datetime | None = None
    last_gap: str | None = None
    """What was found when more had been published between two polls than the list holds."""
    burst_until: datetime | None = field(default=None, metadata=exported_as("hot_until"))
    """End of the burst that the source is in; it is polled more often until then."""
    last_status_code: int | None = None
    health: SourceHealth | None = None
    """None until it was judged."""
    last_failure: FailureKind | None = field(default=None, repr=False)
    """Class of the failure that `last_error` tells people of. This and what follows is kept out of
    repr, and so of exports, whose form is promised."""
    comparison: Comparison | None = field(default=None, repr=False)
    """Of a homepage; None when it never was compared."""
    empty_since: datetime | None = field(default=None, repr=False)
    """Since when its documents hold no entry at all; None when the last one held any."""
    vantages: VantagesDiffer | None = field(default=None, repr=False)
    """That it was last read from one vantage and not from another; None when they agree."""
    changing_parts: tuple[str, ...] = field(default=(), repr=False)
    """Parts of its addresses that change at every poll, and say nothing of its articles."""


class Health(StrEnum):
    """How a source fares."""

    HEALTHY = "healthy"
    QUIET = "quiet"
    """Fewer articles than usual, though not so few that something must be wrong."""
    DEGRADED = "degraded"
    """Something is lost or late: failed polls, pages that are no articles, a gap."""
    GEO = "geo"
    """It is read, though only from some of the vantages that it is asked from."""
    BLIND = "blind"
    """It could publish, and we would not know."""
    BLOCKED = "blocked"
    """The outlet, or somebody before it, refuses us."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """The health of a source, as it was last judged."""

    health: Health
    reason: str
    since: datetime
    notified: Health | None = field(default=None, metadata=exported_as("told"))
    """What people were last notified of; None when nothing, or that it is well again."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the entries that a source announced within some time."""

    stored: int = 0
    pending: int = 0
    stubs: int = 0
    """Pages served in an article's place."""
    rejected: int = 0
    """Other pages that were no articles."""
    refused: int = 0
    """Articles the outlet would not give: 401, 403, 429, 451, robots.txt."""
    failed: int = 0
    """Articles that could not be fetched for other reasons."""
    future_dates: int = 0
    """Entries dated after they were found."""

    @property
    def settled(self) -> int:
        """Entries that came to an end."""
        return self.stored + self.lost

    @property
    def lost(self) -> int:
        """Entries that came to an end and are no articles."""
        return self.stubs + self.rejected + self.refused + self.failed


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When a source is polled next, and why then."""

    at: datetime
    reason: str
    full: bool = False
    """Whether to ask for the whole document then: some servers say "not modified" for ever."""


class EntryStatus(StrEnum):
    """How far an entry has come."""

    PENDING = "pending"
    STORED = "stored"
    REJECTED = "rejected"
    """Fetched, but it is not an article; the reason says why."""
    FAILED = "failed"
    """Could not be fetched and will not be tried again by itself."""


class EntryCause(StrEnum):
    """Why an entry stands where it does. It is counted and judged by this, never by its words."""

    OLD = "old"
    """Published before the source was watched; known, and not followed."""
    DUPLICATE = "duplicate"
    """Another address of an article that is stored."""
    UNFETCHED = "unfetched"
    """It could not be fetched: the failure's kind and status say more."""
    EMPTY = "empty"
    STUB = "stub"
    NOT_HTML = "not_html"
    SANDBOX = "sandbox"
    PDF_ENCRYPTED = "pdf_encrypted"
    PDF_BROKEN = "pdf_broken"
    PDF_NO_TEXT = "pdf_no_text"
    PDF_SCANNED = "pdf_scanned"
    """From `empty` on: its page is no article; see `RejectReason`, whose values these are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """An entry as it was last announced."""

    source: str
    url: str
    title: str
    guid: str = ""
    published_at: datetime | None = None
    words: bytes | None = None
    """Sign of what a feed said, where an article is made of that for want of its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedEntry:
    """An entry that storage follows from discovery to a stored article or a stated reason."""

    id: int
    source: str
    key: str
    """Canonical URL: the entry's identity."""
    entry: Entry
    status: EntryStatus
    reason: str = ""
    """Short and of few kinds, so that entries can be counted by it."""
    detail: str = ""
    """What a person needs beyond the reason."""
    attempts: int = 0
    discovered_at: datetime
    next_attempt_at: datetime | None = None
    settled_at: datetime | None = None
    article_id: int | None = None
    cause: EntryCause | None = field(default=None, repr=False)
    """What `reason` says in words; None while there is nothing to say. This and what follows is
    kept out of repr, and so of exports, whose form is promised."""
    failure: FailureKind | None = field(default=None, repr=False)
    """Of one that could not be fetched, the class of the last failure."""
    failure_status: int | None = field(default=None, repr=False)
    """The HTTP status of that failure, if it was an answer."""
    stub: StubKind | None = field(default=None, repr=False)
    """Of a page in the article's place, which kind it was."""
    looks: Looks | None = field(default=None, repr=False)
    """How many attempts in a row have found the same; None while there was none."""


class PollOutcome(StrEnum):
    """What one poll of a source came to."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    FAILED = "failed"


class SkipKind(StrEnum):
    """Why something that a document announces is not followed."""

    NO_LINK = "no_link"
    NOT_A_WEB_ADDRESS = "not_a_web_address"
    REPEATED = "repeated"
    """An earlier entry of the same document leads to the same address."""
    BEYOND_READ = "beyond_read"
    """The document has more than is read of any."""
    BROKEN_MARKUP = "broken_markup"
    """It is opened, and cannot be read out of what stands around it."""
    ANOTHER_SITE = "another_site"
    THIS_PAGE = "this_page"
    NO_ARTICLE = "no_article"
    """It stands among links to articles and leads to something else."""
    SERVICE_MESSAGE = "service_message"
    NO_NUMBER = "no_number"
    """A post without an address."""
    ANOTHER_CHANNEL = "another_channel"
    """A post that says it is of another channel than the one that was asked for."""
    TOO_MANY_A_DAY = "too_many_a_day"
    TOO_DEEP = "too_deep"
    REPEATING = "repeating"
    """Its path repeats itself."""
    PERMUTED = "permuted"
    """One of too many combinations of parameters."""
    BEYOND_NEWEST = "beyond_newest"
    """One poll takes so many; the rest is new again at the next."""
    BEFORE_WATCH = "before_watch"
    """It was listed when the source was first read; one of so many that they are only counted."""
    MAY_HAVE_MOVED = "may_have_moved"
    """Of an old date, in an index of which not every part has been read yet."""
    ARCHIVE = "archive"
    """One of so many pages of an old date at once that an archive was put up."""
    NOT_REMEMBERED = "not_remembered"
    """Of an old date, in a sitemap too large to tell its new pages from the others."""
    OTHER = "other"
    """Noted by a version that had other words for it."""


@dataclass(frozen=True, slots=True)
class SkipReason:
    """Why an entry is left out: the kind for us, the words for people."""

    kind: SkipKind
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Skipped:
    """Entries of one document that were left out for one reason."""

    kind: SkipKind = field(repr=False)
    """Kept out of repr, and so of exports, whose form is promised."""
    reason: str
    """The kind in words."""
    count: int
    example: str
    at: datetime | None = None
    """When that document was read."""
