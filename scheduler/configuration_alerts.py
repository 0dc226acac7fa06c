"""Tells people that a changed configuration is refused, and that one is taken again.

The file is saved in an editor and the daemon is somewhere else: without a message, its author
believes that the new rules are in force.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Protocol

from alerts.dispatch.deciders import DECIDERS
from alerts.judging.own_alerts import own_alert
from core.alerting.matches import Level
from core.config import ConfigError, Problem, WatchConfig
from core.config.sections.health import CONFIGURATION_RULE
from core.config.what_runs import first_error
from core.deciding.deciders import Deciders
from core.errors import WirewatchError
from scheduler.heartbeat import CONFIGURATION
from scheduler.running_config import Stamps
from storage.judging.judging_records import HealthAlert


class Configurations(Protocol):
    """The part of storage that tells of configurations."""

    def commit_refusal(
        self,
        sign: str,
        occasion: str,
        said: str,
        health_alert: HealthAlert,
        now: datetime,
        deciders: Deciders,
    ) -> bool:
        """Keep that a configuration is refused, and alert about it once per occasion."""
        ...

    def commit_acceptance(
        self, sign: str, health_alert: HealthAlert, now: datetime, deciders: Deciders
    ) -> bool:
        """Keep that a configuration is taken, and alert about it if the last one was refused."""
        ...


def tell_refusal(
    store: Configurations, config: WatchConfig, occasion: str, error: WirewatchError, now: datetime
) -> bool:
    """Alert that a changed configuration is refused; return whether that is new.

    `config` is what runs on: its routes say who hears of it.
    """
    first = said_of(error)
    errors = sum(problem.severity == "error" for problem in _problems(error))
    more = f" ({errors} errors in all)" if errors > 1 else ""
    text = f"{first}{more}. The last good configuration keeps running."
    health_alert = _alert(config, "The changed configuration is refused", text, Level.NORMAL, now)
    return store.commit_refusal(CONFIGURATION, occasion, first, health_alert, now, DECIDERS)


def tell_acceptance(store: Configurations, config: WatchConfig, now: datetime) -> bool:
    """Alert that the configuration is taken, if people heard that it was refused."""
    text = "The changed configuration is in force."
    health_alert = _alert(config, "The configuration is taken again", text, Level.LOW, now)
    return store.commit_acceptance(CONFIGURATION, health_alert, now, DECIDERS)


def said_of(error: WirewatchError) -> str:
    """Return what is wrong with a configuration, in one line."""
    return first_error(error) if isinstance(error, ConfigError) else str(error)


def refused_files(error: WirewatchError, stamps: Stamps) -> str:
    """Return a name for the files that are refused: the same as long as they say the same."""
    read = error.stamps if isinstance(error, ConfigError) else ()
    paths = {stamp.path for stamp in (*stamps, *read)}
    digest = hashlib.sha256()
    for path in sorted(paths):
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        digest.update(f"{path} {len(content)} ".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()


def _problems(error: WirewatchError) -> tuple[Problem, ...]:
    return error.problems if isinstance(error, ConfigError) else ()


def _alert(config: WatchConfig, title: str, text: str, level: Level, now: datetime) -> HealthAlert:
    """Return an alert for whoever the routes say; when they lead to nobody, for everybody."""
    return own_alert(
        config,
        (CONFIGURATION_RULE, "Health of the configuration"),
        level,
        title,
        text,
        now,
        otherwise=[receiver.name for receiver in config.receivers],
    )
