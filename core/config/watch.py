"""The shape of watch.yaml as a whole; the JSON Schema and the reference come from here.

Descriptions, here and in the sections, are written for the person who writes the file: they are
what an editor shows.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import (
    Field,
    SecretStr,
)

from core.config.fields import (
    Identifier,
    LanguageCode,
    Section,
    TimeZone,
)
from core.config.sections.crawl import CrawlSection, NetworkSection, RetentionSection
from core.config.sections.health import HealthSection
from core.config.sections.heartbeat import HeartbeatSection
from core.config.sections.new_names import NewNamesSection
from core.config.sections.overrides import OverridesSection
from core.config.sections.receivers import (
    ReceiverConfig,
)
from core.config.sections.routes import INDEPENDENT, InhibitConfig, RouteConfig
from core.config.sections.rules import RuleConfig
from core.config.sections.schedules import ScheduleConfig
from core.config.sections.searches import SearchConfig
from core.config.sections.sources import SourceConfig
from core.config.sections.telegram_account import TelegramAccountSection
from core.config.sections.vocabulary import ConceptConfig, EntityConfig
from core.config.sections.web import WebSection


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
    language: LanguageCode | None = Field(
        None,
        description="Language of messages, where a receiver has none of its own: `ru` or `en` "
        "(English where left out, or another); people, bodies and places are named in any "
        "language, without one in that of each article.",
    )
    timezone: TimeZone | None = Field(
        None,
        description="Zone in which times are shown and meant where nothing nearer names one, such "
        "as `Asia/Bishkek`. Left out: commands show this machine's own, all else is UTC.",
    )
    crawl: CrawlSection = Field(CrawlSection(), description="How pages are fetched.")
    network: NetworkSection = Field(
        NetworkSection(), description="What may be reached besides the public internet."
    )
    telegram: TelegramAccountSection | None = Field(
        None, description="An account of your own, for channels without a public preview."
    )
    web: WebSection | None = Field(
        None, description="Where links in alerts lead; left out, alerts have none."
    )
    health: HealthSection = Field(
        HealthSection(), description="Which changes in the health of sources are alerts."
    )
    heartbeat: HeartbeatSection | None = Field(
        None, description="A watchman outside, who hears regularly that everything goes on."
    )
    retention: RetentionSection = Field(RetentionSection(), description="How long things are kept.")
    include: tuple[str, ...] = Field(
        (),
        description="More files of this shape, relative to this one; `*` works. Their lists "
        "and maps are added to those here.",
    )
    trust: tuple[str, ...] = Field(
        (),
        description="Included files that are your own words, as paths like those of `include`: "
        "only they may use `${NAME}` and name files that are read or written. Counts in the main "
        "file.",
    )
    sources: tuple[SourceConfig, ...] = Field((), description="The outlets that are watched.")
    badges: tuple[Identifier, ...] = Field(
        ("state", INDEPENDENT),
        max_length=8,
        description="Tags of sources that every message shows: who stands behind the story.",
    )
    concepts: dict[Identifier, ConceptConfig] = Field(
        {}, description="Meanings in several languages; rules say `$name`."
    )
    entities: dict[Identifier, EntityConfig] = Field(
        {}, description="People, bodies and places; rules say `@name`, and alerts highlight them."
    )
    new_names: NewNamesSection | None = Field(
        None, description="Whether alerts name people, bodies and places that are no entity yet."
    )
    rules: tuple[RuleConfig, ...] = Field((), description="What to watch for.")
    overrides: OverridesSection = Field(
        OverridesSection(),
        description="What is different about rules and sources of included files.",
    )
    searches: tuple[SearchConfig, ...] = Field(
        (), description="Searches under a name, asked again by `wirewatch search --saved NAME`."
    )
    receivers: tuple[ReceiverConfig, ...] = Field((), description="Who hears about it.")
    schedules: tuple[ScheduleConfig, ...] = Field(
        (), description="Who is on duty when, from calendars; routes say `schedule:NAME`."
    )
    routes: tuple[RouteConfig, ...] = Field(
        (), description="Left out: every alert goes to every receiver."
    )
    inhibit: tuple[InhibitConfig, ...] = Field(
        (), description="Alerts that keep others about the same from being told."
    )
