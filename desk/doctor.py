"""Whether everything is in order: what `wirewatch doctor` looks at, one function a check."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from alerts.dispatch.duty import addressable
from alerts.receivers import build_receivers
from core.alerting.deliveries import DeliveryStatus
from core.articles import ArticleData
from core.clock import utc_now
from core.config import WatchConfig, load_what_runs
from core.errors import WirewatchError
from crawler.extract import extract_article
from crawler.parse.sandbox import Sandbox
from desk.database import open_configured
from desk.pulse import Life, in_words, pulse
from desk.silences import ReviewedSilence, listed, reviewed
from scheduler.instance_lock import other_names
from scheduler.running_config import load_running_config

"""Age of a sign of life from which on a daemon does not count as running."""

LOW_DISK = 500 * 1024 * 1024
"""Bytes of free disk below which a warning is due: some days of raw pages of 200 outlets."""

LATEST_SIGN = timedelta(seconds=60)
"""Age up to which a sign of life counts, as in `wirewatch healthcheck`."""

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
    warning: bool = False
    """Whether there is something to look at all the same."""


def run_checkup(path: Path) -> tuple[Finding, ...]:
    """Run every check that makes sense; an unusable configuration ends the list."""
    try:
        live = load_running_config(path)
    except WirewatchError as error:
        first = error.message.splitlines()[0]
        return (Finding("configuration", False, f"{first} …"), *_meanwhile(path))
    config = live.config
    failures = live.rules.run_tests()
    return (
        Finding("configuration", True, f"{len(live.sources)} sources, {len(config.rules)} rules"),
        Finding("rule tests", not failures, f"{len(failures)} fail" if failures else "all pass"),
        *(_guarded(name, look, config) for name, look in _checks()),
        *_file_of(config),
    )


def _meanwhile(path: Path) -> Iterator[Finding]:
    """Say what goes on while the file is broken: perhaps a daemon with the last good one."""
    try:
        config = load_what_runs(path).config
    except WirewatchError:
        return
    yield _guarded("daemon", _goes_on, config)
    yield _guarded("database", _database, config)


def _goes_on(config: WatchConfig) -> str:
    found = pulse(config, utc_now(), LATEST_SIGN)
    if found.life not in (Life.ALIVE, Life.IDLE):
        raise WirewatchError("does not run, and would not start with this file")
    return "runs on the last good configuration"


def _taken(config: WatchConfig) -> str:
    found = pulse(config, utc_now(), LATEST_SIGN)
    if found.life not in (Life.ALIVE, Life.IDLE):
        return "no daemon runs"
    if found.refused is not None:
        raise WirewatchError(
            f"the daemon refused it at {found.refused.at:%Y-%m-%d %H:%M} UTC and goes on with the"
            f" last good one: {found.refused.said}"
        )
    return "the daemon runs on what it took last"


def _checks() -> Iterator[tuple[str, Callable[[WatchConfig], str]]]:
    yield "database", _database
    yield "daemon", _daemon
    yield "in force", _taken
    yield "judgements", _judgements
    yield "parser", _parser
    yield "disk", _disk
    yield "receivers", _receivers
    yield "silences", _silences
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


def _daemon(config: WatchConfig) -> str:
    found = pulse(config, utc_now(), LATEST_SIGN)
    if found.life is Life.AHEAD:
        raise WirewatchError("its last sign of life lies ahead: the clock was set back")
    if found.untouched:
        raise WirewatchError("; ".join(map(in_words, found.untouched)))
    return "it does what is due" if found.life is Life.ALIVE else "none runs"


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


def _file_of(config: WatchConfig) -> Iterator[Finding]:
    """Look at who can get at a SQLite file, and by which names."""
    url = config.database.get_secret_value()
    if not url.startswith("sqlite:///"):
        return
    names, file = other_names(url), Path(url.removeprefix("sqlite:///").partition("?")[0])
    if names:
        yield Finding(
            "file",
            False,
            f"{file} has {names} more name{'s' * (names != 1)} (hard links): who opens the database"
            " by another one misses the latest changes and damages it; keep one name",
        )
    beside = (file.with_name(file.name + end) for end in ("", "-wal", "-shm"))
    if open_to_others := [path for path in beside if _is_open_to_others(path)]:
        named = " ".join(str(path) for path in open_to_others)
        yield Finding(
            "file", True, f"others may read what it holds: chmod 600 {named}", warning=True
        )


def _is_open_to_others(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & 0o077)
    except OSError:
        return False


def _receivers(config: WatchConfig) -> str:
    built = build_receivers(config)
    if not built:
        raise WirewatchError("none: alerts are stored, and nobody hears")
    names = ", ".join(f"{name} ({receiver.kind})" for name, receiver in built.items())
    return f"{names}; try one with `wirewatch test-receiver NAME`"


def _silences(config: WatchConfig) -> str:
    now = utc_now()
    with open_configured(config) as store:
        in_force = listed(store, now)
        found = reviewed(store, config, now)
    if found:
        raise WirewatchError("; ".join(_reviewed_words(one) for one in found))
    return f"{len(in_force)} in force, none of them broad, long or old"


def _reviewed_words(found: ReviewedSilence) -> str:
    silence = found.silence
    why = ", ".join(concern.value for concern in found.concerns)
    return (
        f"{silence.name} of {silence.author} is {why}: since {silence.starts_at:%Y-%m-%d}, until"
        f" {silence.ends_at:%Y-%m-%d}, kept {found.kept} alert{'s' * (found.kept != 1)} untold"
    )


def _addresses(config: WatchConfig) -> str:
    with open_configured(config) as store:
        orphaned = store.orphaned_work(addressable(config))
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
