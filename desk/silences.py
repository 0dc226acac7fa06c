"""Silences: keeping some alerts from being told for a time, on record; and what one would keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from alerts.dispatch.group_dispatch import silence_covers
from alerts.dispatch.routing import facts_of
from core.alerting.alerts import Alert
from core.alerting.silences import Silence
from core.config import WatchConfig
from core.config.sections.health import OWN_RULES
from core.config.sections.routes import SilenceMatch
from core.errors import WirewatchError
from desk.errors import NotThereError, UnknownNameError
from storage import Store

__all__ = ["EmptySilenceError", "Silence", "add", "end", "listed", "match_of", "would_keep"]

_PAGE = 200

Conditions = Mapping[str, Sequence[str]]
"""What a silence asks for, by the names of `SilenceMatch`: `rules`, `sources`, `tags` …"""


class EmptySilenceError(WirewatchError):
    """A silence without a condition would keep everything."""


def match_of(
    store: Store, config: WatchConfig, conditions: Conditions, story_of: str | None = None
) -> SilenceMatch:
    """Return what a silence with these conditions matches; all that are given must hold.

    `story_of` is an alert whose story is meant. Raises UnknownNameError for a name that the
    configuration has not, since such a silence would keep nothing; NotThereError without such an
    alert or story; EmptySilenceError when nothing is asked for.
    """
    given: dict[str, object] = {name: tuple(asked) for name, asked in conditions.items() if asked}
    check_names(config, conditions)
    if story_of is not None:
        alert = store.alert(story_of)
        if alert is None:
            raise NotThereError(f"alert '{story_of}'")
        story = store.story_id(alert.article.id)
        if story is None:
            raise NotThereError(f"story of alert '{story_of}'")
        given["story"] = story
    if not given:
        raise EmptySilenceError
    return SilenceMatch.model_validate(given)


def check_names(config: WatchConfig, conditions: Conditions) -> None:
    """Refuse a name that the configuration has not. Raises UnknownNameError."""
    known = {
        "rules": {rule.id for rule in config.rules} | set(OWN_RULES),
        "sources": {source.name for source in config.sources},
        "tags": {tag for source in config.sources for tag in source.tags},
        "topics": {topic for rule in config.rules for topic in rule.topics},
        "entities": set(config.entities),
        "receivers": {receiver.name for receiver in config.receivers},
    }
    for condition, names in known.items():
        for asked in conditions.get(condition, ()):
            if asked not in names and not any(fnmatchcase(name, asked) for name in names):
                raise UnknownNameError(condition, asked, names)


def add(
    store: Store,
    match: SilenceMatch,
    now: datetime,
    *,
    lasting: timedelta,
    author: str,
    reason: str = "",
) -> Silence:
    """Keep alerts that match from being told from now on. They are stored all the same."""
    return store.add_silence(
        match, author=author, reason=reason, starts_at=now, ends_at=now + lasting
    )


def listed(store: Store, now: datetime, *, ended: bool = False) -> tuple[Silence, ...]:
    """Return silences, those that end last first; with `ended` those that are over, too."""
    return tuple(store.silences(after=None if ended else now))


def end(store: Store, silence_id: str, now: datetime) -> Silence:
    """End a silence now; it stays on record. Raises StorageError when there is none such."""
    return store.end_silence(silence_id, now)


def would_keep(
    store: Store, config: WatchConfig, match: SilenceMatch, since: datetime
) -> Iterator[tuple[Alert, tuple[str, ...]]]:
    """Yield the alerts since a time that a silence would have kept, each with from whom.

    The newest come first. Who is not named by any route would not have heard of it anyway, so an
    alert that was to reach nobody the silence speaks of is left out.
    """
    after = None
    while True:
        page = store.alerts(since=since, after=after, limit=_PAGE)
        for alert in page.items:
            story = store.story_id(alert.article.id)
            facts = facts_of(alert.match, alert.article, config, story=story)
            receivers = dict.fromkeys(
                notification.receiver for notification in store.notifications(alert.id)
            )
            kept = tuple(name for name in receivers if silence_covers(match, facts, name))
            if kept:
                yield alert, kept
        after = page.next
        if after is None:
            return
