"""Decides whether what was seen of a rule is worth an alert, and says why in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.over_time.history import EVERYTHING, Event, History
from core.config.sections.over_time import (
    FlatlineConfig,
    FrequencyConfig,
    OverTimeConfig,
    SpikeConfig,
)
from core.config.values import duration_text

FEWEST_WEEKS = 2
"""Past weeks that a spike is compared with at least: one week alone may have been the odd one."""

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Decision:
    """An alert over time, or why there is none."""

    alerts: bool
    reason: str
    keys: tuple[str, ...] = ()
    """What the alert is about; counting starts afresh for these."""


def decide(config: OverTimeConfig, history: History, new: tuple[Event, ...]) -> Decision:
    """Decide after a match that brought the events `new`, which `history` holds already.

    The time is that of the newest event: articles are counted by when they were first seen, in
    UTC, so that a late judgement comes out as a prompt one would have.
    """
    if not new:
        return Decision(False, "an edit of an article that was counted before")
    at = max(event.at for event in new)
    if config.frequency:
        return _frequency(config.frequency, history, new, at)
    if config.spike:
        return _spike(config.spike, history, at)
    if config.new_term:
        return _new_term(config.new_term.learn, history, new, at)
    return Decision(False, "matches of this rule alert only when they stop coming")


def _frequency(
    config: FrequencyConfig, history: History, new: tuple[Event, ...], at: datetime
) -> Decision:
    within = duration_text(config.within)
    counted = [event.key for event in new if (event.key == EVERYTHING) == (config.by == "rule")]
    reached, most = [], 0
    for key in dict.fromkeys(counted):
        after = at - config.within
        count = history.count(key, max(after, history.notified.get(key, after)), at)
        most = max(most, count)
        if count >= config.count:
            reached.append((key, count))
    if not reached:
        return Decision(False, f"{_matches(most)} within {within}, of {config.count}")
    said = ", ".join(f"{_matches(count)}{_about(key)}" for key, count in reached)
    return Decision(True, f"{said} within {within}", tuple(key for key, _ in reached))


def _spike(config: SpikeConfig, history: History, at: datetime) -> Decision:
    within = duration_text(config.within)
    now = history.count(EVERYTHING, at - config.within, at)
    first = history.first() or at
    weeks = [
        week for week in range(1, config.weeks + 1) if at - week * _WEEK - config.within >= first
    ]
    if len(weeks) < FEWEST_WEEKS:
        return Decision(False, f"{_matches(now)} within {within}; too little history to compare")
    past = [
        history.count(EVERYTHING, at - week * _WEEK - config.within, at - week * _WEEK)
        for week in weeks
    ]
    usual = sum(past) / len(past)
    said = f"{_matches(now)} within {within}, usually {usual:.1f} at this hour of the week"
    notified = history.notified.get(EVERYTHING)
    if notified is not None and notified > at - config.within:
        return Decision(False, f"{said}; told already")
    if now >= config.at_least and now >= config.times * usual:
        return Decision(True, said, (EVERYTHING,))
    return Decision(False, said)


def _new_term(learn: timedelta, history: History, new: tuple[Event, ...], at: datetime) -> Decision:
    fresh = [
        event.key
        for event in new
        if event.key != EVERYTHING and len(history.events.get(event.key, ())) == 1
    ]
    if not fresh:
        return Decision(False, "nothing that was not seen before")
    first = history.first() or at
    names = ", ".join(key.partition(":")[2] for key in fresh)
    if at - first < learn:
        return Decision(False, f"still learning: {names}")
    return Decision(True, f"first time with {names}", tuple(fresh))


def decide_flatline(config: FlatlineConfig, history: History, now: datetime) -> Decision:
    """Decide at `now` whether matches have stopped coming.

    Alerts once, until enough matches have come again; and never before the rule was watched for as
    long as it waits.
    """
    within = duration_text(config.within)
    since = history.first()
    if since is None or now - since < config.within:
        return Decision(False, f"watched for less than {within}")
    count = history.count(EVERYTHING, now - config.within, now)
    said = f"{_matches(count)} within {within}, fewer than {config.at_least}"
    if count >= config.at_least:
        return Decision(False, f"{_matches(count)} within {within}")
    notified = history.notified.get(EVERYTHING)
    if notified is not None and history.count(EVERYTHING, notified, now) < config.at_least:
        return Decision(False, f"{said}; told already")
    return Decision(True, said, (EVERYTHING,))


def _matches(count: int) -> str:
    return "1 match" if count == 1 else f"{count} matches"


def _about(key: str) -> str:
    kind, _, name = key.partition(":")
    return {"source": f" in {name}", "entity": f" with {name}"}.get(kind, "")
