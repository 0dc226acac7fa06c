"""The shape of watch.yaml, as pydantic models; the JSON Schema and the reference come from here.

Descriptions are written for the person who writes the file: they are what an editor shows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    SecretStr,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from core.alerting import Level
from core.config.fields import (
    Duration,
    EntityKind,
    HeaderName,
    HeaderValue,
    HttpUrl,
    Identifier,
    LanguageCode,
    LinkSelector,
    Listen,
    Network,
    SecretHeaderValue,
    SecretHttpUrl,
    Section,
    SomeTime,
    TelegramChannel,
    WikidataId,
)
from core.config.sections.chats import (
    AlertmanagerConfig,
    AppriseConfig,
    DiscordConfig,
    MatrixConfig,
    MattermostConfig,
    TeamsConfig,
    TelegramConfig,
)
from core.config.sections.over_time import OverTimeConfig
from core.config.sections.receivers import (
    RECEIVER_KINDS,
    AtomConfig,
    ConsoleConfig,
    EmailConfig,
    FileConfig,
    ReceiverConfig,
    SlackConfig,
    SmtpConfig,
    WebhookConfig,
)
from core.config.sections.routes import EscalateConfig, InhibitConfig, RouteConfig, RouteMatch
from core.sources import Health, Source, SourceKind

__all__ = [
    "LANGUAGES",
    "RECEIVER_KINDS",
    "AlertmanagerConfig",
    "AnyOfConfig",
    "AppriseConfig",
    "AtomConfig",
    "ByLanguage",
    "ConceptConfig",
    "ConsoleConfig",
    "CrawlSection",
    "DiscordConfig",
    "EmailConfig",
    "EntityConfig",
    "EscalateConfig",
    "FileConfig",
    "InhibitConfig",
    "MatrixConfig",
    "MattermostConfig",
    "NetworkSection",
    "OverTimeConfig",
    "ReceiverConfig",
    "RetentionSection",
    "RouteConfig",
    "RouteMatch",
    "RuleConfig",
    "RuleTest",
    "Section",
    "SlackConfig",
    "SmtpConfig",
    "SourceConfig",
    "SourceFilter",
    "TeamsConfig",
    "TelegramConfig",
    "WatchConfig",
    "WebSection",
    "WebhookConfig",
]

LANGUAGES = ("ru", "en", "uk", "kk", "ky", "uz", "tg")
"""The languages of the first beat: what detection chooses from unless configured otherwise."""


REVISIT = tuple(timedelta(hours=hours) for hours in (0.5, 2, 6, 24, 72, 168))
"""Newsrooms edit most in the first hours; corrections come within days."""


class CrawlSection(Section):
    """How pages are fetched."""

    contact: str | None = Field(
        None,
        description="Address that site owners can write to, sent in the User-Agent: "
        "`mailto:desk@example.org` or a web page.",
    )
    concurrency: int = Field(16, ge=1, le=256, description="Pages fetched at once, over all hosts.")
    per_host_concurrency: int = Field(
        2, ge=1, le=16, description="Pages fetched at once from one host."
    )
    per_host_delay: Duration = Field(
        timedelta(seconds=1), description="Shortest pause between two requests to one host."
    )
    timeout: SomeTime = Field(timedelta(seconds=30), description="Longest time for one page.")
    every: SomeTime | None = Field(
        None,
        description="Fixed polling interval of sources that name none. Left out, each source is "
        "polled by its own rhythm: between every 2 minutes and once a day.",
    )
    browser: str | None = Field(
        None,
        min_length=1,
        description="Path of the Chromium that loads the pages of sources with `render`. Left "
        "out, the one that `playwright install chromium` brings.",
    )
    revisit: tuple[SomeTime, ...] = Field(
        REVISIT,
        description="Ages, counted from its last change, at which an article is looked at again "
        "for edits and removal. `[]` looks at none again.",
    )
    languages: tuple[LanguageCode, ...] = Field(
        LANGUAGES, min_length=1, description="Languages that detection chooses from."
    )
    parser_processes: int = Field(
        2, ge=1, le=64, description="Sandboxed processes that parse what came from the internet."
    )
    parser_timeout: SomeTime = Field(
        timedelta(seconds=5), description="Longest time for parsing one page or feed."
    )
    parser_memory_mb: int = Field(
        768, ge=256, le=16384, description="Memory limit of one parser process, in MiB."
    )
    max_entries_per_poll: int = Field(
        200,
        ge=1,
        le=10_000,
        description="New entries taken from one poll of one source; the newest are taken first "
        "and the rest are counted as left out.",
    )


HEALTH_RULE = "source-health"
"""Rule id of alerts about sources; routes may name it, rules may not be called so."""
RECEIVER_RULE = "receiver-health"
"""The same for alerts about receivers that do not answer."""
OWN_RULES = frozenset({HEALTH_RULE, RECEIVER_RULE})


class HealthSection(Section):
    """Which changes in the health of sources are alerts."""

    tell: tuple[Health, ...] = Field(
        (Health.DEGRADED, Health.BLIND, Health.BLOCKED),
        description="States that are told as alerts of the rule `source-health`, through the same "
        "routes: `quiet`, `degraded`, `blind`, `blocked`. Its recovery is told too. `[]` tells "
        "nothing.",
    )


SHORTEST_LINK_SECRET = 16


class WebSection(Section):
    """The pages behind the links in alerts: acknowledge, snooze, dismiss, mute."""

    url: HttpUrl = Field(description="The address that readers of alerts reach it by.")
    listen: Listen = Field(
        "127.0.0.1:8750", description="Where it listens, as `host:port`; put a proxy before it."
    )
    secret: SecretStr = Field(
        description="What links are signed with, at least 16 characters. Or `secret_file`."
    )

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SHORTEST_LINK_SECRET:
            raise PydanticCustomError(
                "short_secret",
                "this must have at least {least} characters",
                {"least": SHORTEST_LINK_SECRET},
            )
        return value


class NetworkSection(Section):
    """What may be connected to besides the public internet."""

    allow: tuple[Network, ...] = Field(
        (),
        description="Private networks that crawler and receivers may reach, as `CIDR` or "
        "`CIDR:port`, for example `127.0.0.1/32:8080`. Everything private is refused unless it is "
        "listed.",
    )


class RetentionSection(Section):
    """How long things are kept. Articles, matches and alerts are kept for good."""

    raw_pages: Duration | None = Field(
        timedelta(days=90),
        description="How long the bytes of fetched pages are kept; their hash, headers and time "
        "stay. `null` keeps them for good.",
    )


ADDRESSES = {
    "url": SourceKind.HOMEPAGE,
    "feed": SourceKind.FEED,
    "sitemap": SourceKind.SITEMAP,
    "page": SourceKind.PAGE,
    "telegram": SourceKind.TELEGRAM,
}
"""Keys that say where a source's articles are announced; it needs exactly one."""


class SourceConfig(Section):
    """One outlet, or one section of it."""

    name: Identifier = Field(description="Short unique name: letters, digits, `.`, `_`, `-`.")
    title: str = Field(
        "", max_length=200, description="The outlet's name as readers of alerts see it."
    )
    url: HttpUrl | None = Field(
        None,
        description="The outlet's homepage; the best of its feed, news sitemap and list of "
        "articles is found by itself.",
    )
    feed: HttpUrl | None = Field(None, description="Address of an RSS, Atom, RDF or JSON feed.")
    sitemap: HttpUrl | None = Field(
        None, description="Address of a news sitemap, a sitemap or an index of sitemaps."
    )
    page: HttpUrl | None = Field(None, description="Address of a page that lists articles.")
    links: LinkSelector | None = Field(
        None,
        description="Which links of `page` (or of the homepage) are articles, as a CSS selector "
        "or an XPath that begins with `/` or `(`. Left out, they are found by themselves.",
    )
    telegram: TelegramChannel | None = Field(
        None,
        description="Name of a public Telegram channel (or the address of its preview page); "
        "each post is an article.",
    )
    language: LanguageCode | None = Field(
        None, description="Language it writes in, when there is one; a hint for detection."
    )
    tags: tuple[Identifier, ...] = Field((), description="Labels that rules and routes select by.")
    every: SomeTime | None = Field(None, description="Fixed polling interval.")
    proxy: SecretHttpUrl | None = Field(
        None, description="HTTP proxy for this source; an empty value means none."
    )

    user_agent: HeaderValue | None = Field(
        None, description="Sent instead of our own name to hosts of this source's own domain."
    )
    headers: dict[HeaderName, SecretHeaderValue] = Field(
        {},
        description="More request headers, sent to hosts of this source's own domain only. Values "
        "may hold secrets: `${TOKEN}`.",
    )
    cookies: str | None = Field(
        None,
        min_length=1,
        description="File of cookies in the format of Netscape and curl, relative to this file; "
        "sent to hosts of this source's own domain only.",
    )

    render: bool = Field(
        False,
        description="Load its articles and its listing `page` in a browser, for outlets whose "
        "pages are made by scripts. Needs the `render` extra; a page then costs a hundred times "
        "as much. Not with `proxy`, `headers` or `cookies`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_proxy_is_none(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("proxy") == "":
            return {key: value for key, value in data.items() if key != "proxy"}
        return data

    @model_validator(mode="after")
    def _one_address(self) -> SourceConfig:
        given = [name for name in ADDRESSES if getattr(self, name) is not None]
        if len(given) != 1:
            known = ", ".join(f"`{name}`" for name in ADDRESSES)
            raise PydanticCustomError("source_address", f"a source needs one of {known}")
        if self.links is not None and given[0] not in ("page", "url"):
            raise PydanticCustomError("source_links", "`links` belongs to `page` or `url`")
        # The browser dials through a proxy of ours, and takes headers along to other hosts.
        clash = next((k for k in ("proxy", "headers", "cookies") if getattr(self, k)), None)
        if self.render and clash:
            raise PydanticCustomError("source_render", f"`render` does not go with `{clash}`")
        return self

    def to_source(self) -> Source:
        """Return the domain type."""
        kind, address = next(
            (kind, address)
            for name, kind in ADDRESSES.items()
            if (address := getattr(self, name)) is not None
        )
        return Source(
            name=self.name,
            title=self.title or self.name,
            kind=kind,
            url=address,
            language=self.language,
            tags=frozenset(self.tags),
            every=self.every,
            links=self.links,
            proxy=self.proxy.get_secret_value() if self.proxy else None,
            user_agent=self.user_agent,
            headers=tuple((name, value.get_secret_value()) for name, value in self.headers.items()),
            cookies_file=self.cookies,
            render=self.render,
        )


Terms = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


def _list_or_map(value: object) -> str:
    return "[map]" if isinstance(value, dict) else "[list]"


Vetoes = Annotated[
    Annotated[Terms, Tag("[list]")] | Annotated[dict[LanguageCode, Terms], Tag("[map]")],
    Discriminator(_list_or_map),
]
"""Queries, or queries by the language of their words."""


class ByLanguage(Section):
    """A section whose other keys are language codes, each with a list of terms."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[LanguageCode, Terms]

    @model_validator(mode="after")
    def _has_terms(self) -> ByLanguage:
        if not self.terms:
            raise PydanticCustomError(
                "no_terms", "no terms: give at least one language, such as `ru: [...]`"
            )
        return self

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """Terms by language code."""
        return dict(self.__pydantic_extra__ or {})


class ConceptConfig(ByLanguage):
    """One meaning, as words in several languages: `ru: [мигрант]`, `en: [migrant]`."""

    unless: Vetoes | None = Field(
        None,
        description="Contexts in which the words mean something else, as queries, or as queries "
        "by language: a hit that shares a word with a hit of one of them does not count.",
    )

    @property
    def vetoes(self) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
        """Queries of `unless` with the language of their words; None where none is named."""
        if isinstance(self.unless, dict):
            return tuple(self.unless.items())
        return () if self.unless is None else ((None, self.unless),)


class EntityConfig(ByLanguage):
    """One person, body or place, with its names by language."""

    kind: EntityKind = Field("other", description="`person`, `body`, `place`, `group` or `other`.")
    wikidata: WikidataId | None = Field(
        None, description="Its item in Wikidata, such as `Q7747`: mails link its name to it."
    )
    case: bool = Field(
        True, description="Whether a capital in a name requires a capital in the text."
    )


class SourceFilter(Section):
    """Narrows a rule to some sources."""

    names: tuple[str, ...] = Field((), description="Source names; `*` stands for any text.")
    tags: tuple[str, ...] = Field((), description="A source with any of these tags.")


class RuleTest(Section):
    """A text that a rule must match, or must not."""

    text: str = Field(description="The article's text.")
    title: str = Field("", description="The article's title.")
    language: LanguageCode | None = Field(None, description="Detected when left out.")
    match: bool = Field(description="Whether the rule must fire on this text.")


class AnyOfConfig(Section):
    """A number of queries, whichever."""

    at_least: int = Field(ge=1, le=100, description="How many of them must be found.")
    of: Terms = Field(description="The queries.")

    @model_validator(mode="after")
    def _can_be_reached(self) -> AnyOfConfig:
        if self.at_least > len(self.of):
            raise PydanticCustomError("any_of", "`at_least` is more than there are queries in `of`")
        return self


Occasion = Literal["published", "edited", "removed"]


class RuleConfig(Section):
    """What to watch for."""

    planned: ClassVar[dict[str, str]] = {
        "suppress": "`suppress` comes with a later version",
    }

    id: Identifier = Field(description="Short unique id; it stays the same over the rule's life.")
    title: str = Field("", description="What a reader of the alert sees; the id when empty.")
    level: Level = Field(Level.NORMAL, description="`low`, `normal` or `high`.")
    when: str | None = Field(
        None,
        description="A query: terms joined by AND, OR, NOT, NEAR/n and parentheses. A term is "
        '`word`, `word*`, `=exact`, `"a phrase"`, `$concept` or `@entity`. See docs/rules.md.',
    )
    all: tuple[str, ...] = Field((), description="Every one of these must be found.")
    any: tuple[str, ...] = Field((), description="At least one of these must be found.")
    any_of: AnyOfConfig | None = Field(None, description="At least some of these must be found.")
    none: tuple[str, ...] = Field((), description="None of these may be found.")
    language: LanguageCode | None = Field(
        None,
        description="Whose inflection the bare words of the queries take; guessed from their "
        "letters when left out. Articles in every language are looked at all the same.",
    )
    sources: SourceFilter | None = Field(None, description="Only articles of these sources.")
    on: tuple[Occasion, ...] = Field(
        ("published",),
        min_length=1,
        description="What to alert about: `published` (its first match, be it in an edited "
        "version), `edited` (a change to an article it matches or matched), `removed` (the page "
        "is gone, or something else stands in its place).",
    )
    over_time: OverTimeConfig | None = Field(
        None, description="Alert by how often the rule matches. See docs/over_time.md."
    )
    topics: tuple[Identifier, ...] = Field((), description="Labels that routes select by.")
    tests: tuple[RuleTest, ...] = Field((), description="Checked by `wirewatch check`.")

    @model_validator(mode="after")
    def _looks_for_something(self) -> RuleConfig:
        if not (self.when or self.all or self.any or self.any_of):
            raise PydanticCustomError("rule_empty", "a rule needs `when`, `all`, `any` or `any_of`")
        return self


class WatchConfig(Section):
    """Everything Wirewatch knows about what to watch and whom to tell."""

    planned: ClassVar[dict[str, str]] = {
        "silences": "silences are set while the daemon runs: `wirewatch silences add`"
    }

    database: SecretStr = Field(
        SecretStr("sqlite:///wirewatch.db"),
        description="`sqlite:///FILE` (relative to this file) or "
        "`postgresql+psycopg://USER@HOST/NAME`. May hold a password, so it is a secret.",
    )
    crawl: CrawlSection = Field(CrawlSection(), description="How pages are fetched.")
    network: NetworkSection = Field(
        NetworkSection(), description="What may be reached besides the public internet."
    )
    web: WebSection | None = Field(
        None, description="Where links in alerts lead; left out, alerts have none."
    )
    health: HealthSection = Field(
        HealthSection(), description="Which changes in the health of sources are alerts."
    )
    retention: RetentionSection = Field(RetentionSection(), description="How long things are kept.")
    include: tuple[str, ...] = Field(
        (),
        description="More files of this shape, relative to this one; `*` works. Their lists "
        "and maps are added to those here.",
    )
    sources: tuple[SourceConfig, ...] = Field((), description="The outlets that are watched.")
    concepts: dict[Identifier, ConceptConfig] = Field(
        {}, description="Meanings in several languages; rules say `$name`."
    )
    entities: dict[Identifier, EntityConfig] = Field(
        {}, description="People, bodies and places; rules say `@name`, and alerts highlight them."
    )
    rules: tuple[RuleConfig, ...] = Field((), description="What to watch for.")
    receivers: tuple[ReceiverConfig, ...] = Field((), description="Who hears about it.")
    routes: tuple[RouteConfig, ...] = Field(
        (), description="Left out: every alert goes to every receiver."
    )
    inhibit: tuple[InhibitConfig, ...] = Field(
        (), description="Alerts that keep others about the same from being told."
    )
