"""Whether everything is in order: what `wirewatch doctor` looks at, one function a check."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from alerts.receivers import build_receivers
from core.alerting.deliveries import DeliveryStatus
from core.articles import ArticleData
from core.config import WatchConfig
from core.errors import WirewatchError
from crawler.extract import extract_article
from crawler.parse.sandbox import Sandbox
from desk.database import open_configured
from scheduler.running_config import load_running_config

LOW_DISK = 500 * 1024 * 1024
"""Bytes of free disk below which a warning is due: some days of raw pages of 200 outlets."""

_PAGE = b"""<html lang="en"><head><title>Doctor</title></head><body><article><h1>Doctor</h1>
<p>This is a page that the doctor reads to see whether the parser process starts, works and ends.
It says nothing else, but it says it in enough words to be taken for an article by anyone.</p>
</article></body></html>"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and what it found."""

    name: str
    ok: bool
    detail: str


def run_checkup(path: Path) -> tuple[Finding, ...]:
    """Run every check that makes sense; an unusable configuration ends the list."""
    try:
        live = load_running_config(path)
    except WirewatchError as error:
        return (Finding("configuration", False, f"{error.message.splitlines()[0]} …"),)
    config = live.config
    failures = live.rules.run_tests()
    return (
        Finding("configuration", True, f"{len(live.sources)} sources, {len(config.rules)} rules"),
        Finding("rule tests", not failures, f"{len(failures)} fail" if failures else "all pass"),
        *(_guarded(name, look, config) for name, look in _checks()),
    )


def _checks() -> Iterator[tuple[str, Callable[[WatchConfig], str]]]:
    yield "database", _database
    yield "judgements", _judgements
    yield "parser", _parser
    yield "disk", _disk
    yield "receivers", _receivers
    yield "addresses", _addresses
    yield "contact", _contact


def _guarded(name: str, look: Callable[[WatchConfig], str], config: WatchConfig) -> Finding:
    try:
        return Finding(name, True, look(config))
    except (WirewatchError, OSError) as error:
        return Finding(name, False, str(error))


def _database(config: WatchConfig) -> str:
    with open_configured(config) as store:
        current, head = store.schema_revision()
        counts = store.delivery_counts().items()
        waiting = sum(number for (_, status), number in counts if status is DeliveryStatus.PENDING)
        return f"{store.dialect}, schema {current} of {head}, {waiting} deliveries waiting"


def _judgements(config: WatchConfig) -> str:
    with open_configured(config) as store:
        broken = store.broken_count()
    if broken:
        raise WirewatchError(
            f"the rules broke down on {broken} article versions, which are judged again;"
            " the log has `article_not_judged` with their addresses"
        )
    return "no article breaks the rules down"


def _parser(config: WatchConfig) -> str:
    with Sandbox(1, 20.0, config.crawl.parser_memory_mb) as sandbox:
        article = sandbox.call(extract_article, _PAGE, "https://example.org/doctor")
    if not isinstance(article, ArticleData):
        raise WirewatchError(f"a plain page was not read: {article.detail}")
    return f"reads pages within {config.crawl.parser_memory_mb} MiB"


def _disk(config: WatchConfig) -> str:
    url = config.database.get_secret_value()
    if not url.startswith("sqlite:///"):
        return "the database is elsewhere"
    free = shutil.disk_usage(Path(url.removeprefix("sqlite:///")).parent).free
    if free < LOW_DISK:
        raise WirewatchError(f"only {free // 2**20} MiB free where the database is")
    return f"{free / 2**30:.1f} GiB free where the database is"


def _receivers(config: WatchConfig) -> str:
    built = build_receivers(config)
    if not built:
        raise WirewatchError("none: alerts are stored, and nobody hears")
    names = ", ".join(f"{name} ({receiver.kind})" for name, receiver in built.items())
    return f"{names}; try one with `wirewatch test-receiver NAME`"


def _addresses(config: WatchConfig) -> str:
    with open_configured(config) as store:
        orphaned = store.orphaned_work([receiver.name for receiver in config.receivers])
    if orphaned:
        waits = "; ".join(
            f"for '{work.receiver}' {work.alerts} alerts, {work.messages} messages and"
            f" {work.escalations} escalations wait"
            for work in orphaned
        )
        raise WirewatchError(
            f"{waits}, and no receiver is called so: the daemon asks the routes who hears instead;"
            " what nobody does is `dead` in `wirewatch deliveries list`"
        )
    return "nothing waits for a receiver that is not configured"


def _contact(config: WatchConfig) -> str:
    if not config.crawl.contact:
        raise WirewatchError("`crawl.contact` is missing: site owners cannot reach you")
    return config.crawl.contact
