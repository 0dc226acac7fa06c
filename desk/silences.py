"""Silences: keeping some alerts from being told for a time, on record; and what one would keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from alerts.dispatch.group_dispatch import silence_covers
from alerts.dispatch.routing import facts_of
from alerts.dispatch.silence_review import (
    LONGEST,
    USUAL,
    Concern,
    ReviewedSilence,
    TooLong,
    concerns,
    is_everything,
    too_long,
)
from core.alerting.alerts import Alert
from core.alerting.silences import Silence
from core.config import WatchConfig
from core.config.sections.health import OWN_RULES
from core.config.sections.routes import SilenceMatch
from core.errors import WirewatchError
from desk.errors import NotThereError, UnknownNameError
from desk.names import named_alert, named_silence
from storage import Store

__all__ = [
    "LONGEST",
    "USUAL",
    "Concern",
    "EmptySilenceError",
    "ReviewedSilence",
    "Silence",
    "SilenceOfEverythingError",
    "TooLong",
    "TooLongError",
    "add",
    "end",
    "kept",
    "listed",
    "match_of",
    "reviewed",
    "story_named",
    "would_keep",
]

_PAGE = 200

Conditions = Mapping[str, Sequence[str]]
"""What a silence asks for, by the names of `SilenceMatch`: `rules`, `sources`, `tags` …"""


class EmptySilenceError(WirewatchError):
    """A silence without a condition would keep everything."""


class SilenceOfEverythingError(WirewatchError):
    """A silence would keep everything, and nobody said that it is to."""


class TooLongError(WirewatchError):
    """A silence would last longer than it may."""

    def __init__(self, why: TooLong) -> None:
        """Refuse a silence for its length."""
        super().__init__(f"the silence is too long: {why}")
        self.why = why


def match_of(
    store: Store,
    config: WatchConfig,
    conditions: Conditions,
    story_of: str | None = None,
    *,
    everything: bool = False,
) -> SilenceMatch:
    """Return what a silence with these conditions matches; all that are given must hold.

    `story_of` names an alert whose story is meant; with `everything` nothing need be left out.
    Raises UnknownNameError for a name that the configuration has not, since such a silence would
    keep nothing; NotThereError without such an alert or story; EmptySilenceError when nothing is
    asked for, SilenceOfEverythingError when what is asked for leaves nothing out.
    """
    given: dict[str, object] = {name: tuple(asked) for name, asked in conditions.items() if asked}
    check_names(config, conditions)
    if story_of is not None:
        given["story"] = story_named(store, story_of)
    if not given:
        raise EmptySilenceError
    match = SilenceMatch.model_validate(given)
    if is_everything(match, config) and not everything:
        raise SilenceOfEverythingError
    return match


def story_named(store: Store, name: str) -> int:
    """Return the id of the story of an alert that a person means. Raises NotThereError."""
    alert = store.alert(named_alert(store, name))
    story = None if alert is None else store.story_id(alert.article.id)
    if story is None:
        raise NotThereError(f"story of alert '{name}'")
    return story


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
    long: bool = False,
) -> Silence:
    """Keep alerts that match from being told from now on. They are stored all the same.

    More than a month needs `long`, and more than a year is refused: raises TooLongError.
    """
    why = too_long(lasting, long=long)
    if why is not None:
        raise TooLongError(why)
    return store.add_silence(
        match, author=author, reason=reason, starts_at=now, ends_at=now + lasting
    )


def listed(store: Store, now: datetime, *, ended: bool = False) -> tuple[Silence, ...]:
    """Return silences, those that end last first; with `ended` those that are over, too."""
    return tuple(store.silences(after=None if ended else now))


def end(store: Store, name: str, now: datetime) -> Silence:
    """End a silence now; it stays on record. Raises NotThereError when there is none such."""
    return store.end_silence(named_silence(store, name), now)


def kept(store: Store, silences: Sequence[Silence]) -> dict[str, int]:
    """Return by id how many alerts silences kept from somebody so far."""
    counts = store.kept_by_silences([silence.id for silence in silences])
    return {silence.id: counts.get(silence.id, 0) for silence in silences}


def reviewed(store: Store, config: WatchConfig, now: datetime) -> tuple[ReviewedSilence, ...]:
    """Return the silences in force that are broad, long or old, with what they kept so far."""
    in_force = [silence for silence in listed(store, now) if silence.starts_at <= now]
    found = [(silence, why) for silence in in_force if (why := concerns(silence, config, now))]
    counts = kept(store, [silence for silence, _ in found])
    return tuple(ReviewedSilence(silence, why, counts[silence.id]) for silence, why in found)


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
            untold = tuple(name for name in receivers if silence_covers(match, facts, name))
            if untold:
                yield alert, untold
        after = page.next
        if after is None:
            return
