"""How the daemon stands: what waits, when it gave a sign, what it runs by, who is logged in."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import yaml

from core.due_work import DueWork, QueueDepths
from core.people import DeskSession, Role
from desk.context import Desk
from desk.errors import NotThereError
from desk.pulse import Refusal
from scheduler.heartbeat import CONFIGURATION, CRAWLED, HEARTBEAT, RULES, STARTED
from scheduler.left_undone import due_work
from scheduler.untouched import Untouched, untouched

_ELSEWHERE = {"sources", "rules", "concepts", "entities"}
"""Sections that have pages of their own, and thousands of lines."""


class NotYoursError(NotThereError):
    """Somebody wants to end a session of another, and may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The place of the database."""

    folder: str
    used: int
    """Bytes of the database."""
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonState:
    """How the daemon stands at a moment."""

    started_at: datetime | None
    beat_at: datetime | None
    crawled_at: datetime | None
    rules_since: datetime | None
    configured_at: datetime | None
    """When a configuration was last taken or refused after the start."""
    refused: Refusal | None
    depths: QueueDepths
    due: tuple[DueWork, ...]
    """What has been due the longest, of each kind of which something is."""
    untouched: tuple[Untouched, ...]
    """What of it was left undone for too long."""
    files: tuple[str, ...]
    configuration: str
    """What runs, as YAML, without secrets and without what has pages of its own."""
    sessions: tuple[DeskSession, ...]
    disk: Disk | None
    versions: Mapping[str, str]


def state(desk: Desk) -> DaemonState:
    """Return how the daemon stands now."""
    store, now = desk.store, desk.now()
    beats = {
        name: store.last_heartbeat(name)
        for name in (HEARTBEAT, STARTED, CRAWLED, RULES, CONFIGURATION)
    }
    at = {name: beat[0] if beat else None for name, beat in beats.items()}
    configured = beats[CONFIGURATION]
    due = due_work(store, desk.config, now)
    loaded = desk.running().loaded
    return DaemonState(
        started_at=at[STARTED],
        beat_at=at[HEARTBEAT],
        crawled_at=at[CRAWLED],
        rules_since=at[RULES],
        configured_at=at[CONFIGURATION],
        refused=Refusal(*configured) if configured and configured[1] else None,
        depths=store.queue_depths(),
        due=tuple(due),
        untouched=untouched(due, now, at[STARTED]),
        files=tuple(str(file) for file in loaded.files),
        configuration=_configuration(desk),
        sessions=store.desk_sessions(now),
        disk=_disk(desk),
        versions=_versions(desk),
    )


def end_session(desk: Desk, ended: str, by: DeskSession) -> None:
    """Log a browser out: one's own, or, for who administers, anybody's.

    Raises NotThereError, and NotYoursError.
    """
    found = next((one for one in desk.store.desk_sessions(desk.now()) if one.id == ended), None)
    if found is None:
        raise NotThereError("such session")
    if found.person != by.person and not by.role.covers(Role.ADMINISTER):
        raise NotYoursError("session of yours like that")
    desk.store.end_session(ended)


def _configuration(desk: Desk) -> str:
    # Secrets are of a type that never says what it holds.
    values = desk.config.model_dump(mode="json", exclude_unset=True, exclude=_ELSEWHERE)
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100)


def _disk(desk: Desk) -> Disk | None:
    url = desk.config.database.get_secret_value()
    if not url.startswith("sqlite:///"):
        return None
    file = Path(url.removeprefix("sqlite:///").partition("?")[0])
    if not file.exists():
        return None
    used = sum(
        part.stat().st_size for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()
    )
    return Disk(folder=str(file.parent), used=used, free=shutil.disk_usage(file.parent).free)


def _versions(desk: Desk) -> Mapping[str, str]:
    revision, newest = desk.store.schema_revision()
    kind = desk.config.database.get_secret_value().partition(":")[0].partition("+")[0]
    return {
        "Wirewatch": version("wirewatch"),
        "Python": platform.python_version(),
        "SQLite" if kind == "sqlite" else "database": (
            sqlite3.sqlite_version if kind == "sqlite" else kind
        ),
        "schema": revision if revision == newest else f"{revision} / {newest}",
    }
