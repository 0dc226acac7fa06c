"""Decides whether a match makes an alert over time, and says why in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.over_time.history import EVERYTHING, Event, History
from core.config.sections.over_time import (
    FrequencyConfig,
    OverTimeConfig,
    SpikeConfig,
)
from core.config.values import duration_text
from core.reasons import Reason, ReasonKind

FEWEST_WEEKS = 2
"""Past weeks that a spike is compared with at least: one week alone may have been the odd one."""

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Decision:
    """An alert over time, or why there is none."""

    alerts: bool
    reason: str
    told: tuple[Event, ...] = ()
    """The matches that the alert is about: they make no other number full."""


def decide(
    config: OverTimeConfig, history: History, new: tuple[Event, ...], seen_at: datetime
) -> Decision:
    """Decide after a match that brought the events `new`, which `history` holds already.

    Matches count at their own times, not at those of their judgement: one that comes late is
    counted with what lay around it, before and after. So the order of judgements decides no more
    than where overlapping windows are cut, and none that is full stays untold. The article was
    seen at `seen_at`; of what was over long before, the reason says when that was.
    """
    if not new:
        return Decision(False, "an edit of an article that was counted before")
    at = max(event.at for event in new)
    if config.frequency:
        decision = _frequency(config.frequency, history, new)
        return _dated(decision, seen_at - config.frequency.within)
    if config.spike:
        return _dated(_spike(config.spike, history, at), seen_at - config.spike.within)
    if config.new_term:
        return _new_term(config.new_term.learn, history, new, at)
    return Decision(False, "matches of this rule alert only when they stop coming")


def _dated(decision: Decision, recent: datetime) -> Decision:
    last = max((event.at for event in decision.told), default=None)
    if last is None or last > recent:
        return decision
    said = Reason(ReasonKind.UNTIL, reason=decision.reason, time=f"{last:%d %b %H:%M}")
    return replace(decision, reason=said)


def _frequency(config: FrequencyConfig, history: History, new: tuple[Event, ...]) -> Decision:
    within = duration_text(config.within)
    counted = [event for event in new if (event.key == EVERYTHING) == (config.by == "rule")]
    reached: list[tuple[str, list[Event]]] = []
    most = 0
    for event in counted:
        windows = [
            _untold(history.between(event.key, end - config.within, end))
            for end in _ends(history, event.key, event.at, config.within)
        ]
        full = next((window for window in windows if len(window) >= config.count), None)
        most = max(most, *(len(window) for window in windows))
        if full is not None:
            reached.append((event.key, full))
    if not reached:
        return Decision(False, f"{matches_text(most)} within {within}, of {config.count}")
    said = [_matches(len(window), key) for key, window in reached]
    told = tuple(event for _, window in reached for event in window)
    return Decision(True, Reason(ReasonKind.WITHIN, matches=said, length=within), told)


def _untold(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if not event.told]


def _ends(history: History, key: str, at: datetime, within: timedelta) -> list[datetime]:
    """Return where windows that hold a moment end, the earliest first: always at a match."""
    later = (event.at for event in history.between(key, at, at + within))
    return list(dict.fromkeys((at, *(end for end in later if end < at + within))))


def _spike(config: SpikeConfig, history: History, at: datetime) -> Decision:
    decisions = [
        _spike_until(config, history, end) for end in _ends(history, EVERYTHING, at, config.within)
    ]
    return next((decision for decision in decisions if decision.alerts), decisions[0])


def _spike_until(config: SpikeConfig, history: History, at: datetime) -> Decision:
    within = duration_text(config.within)
    matches = history.between(EVERYTHING, at - config.within, at)
    now = len(matches)
    first = history.first() or at
    weeks = [
        week for week in range(1, config.weeks + 1) if at - week * _WEEK - config.within >= first
    ]
    if len(weeks) < FEWEST_WEEKS:
        return Decision(
            False, f"{matches_text(now)} within {within}; too little history to compare"
        )
    past = [
        history.count(EVERYTHING, at - week * _WEEK - config.within, at - week * _WEEK)
        for week in weeks
    ]
    usual = sum(past) / len(past)
    said = Reason(
        ReasonKind.UNUSUALLY_MANY, matches=_matches(now), length=within, usual=f"{usual:.1f}"
    )
    if any(event.told for event in matches):
        return Decision(False, f"{said}; told already")
    if now >= config.at_least and now >= config.times * usual:
        return Decision(True, said, tuple(matches))
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
    return Decision(True, Reason(ReasonKind.FIRST_TIME, names=names))


def matches_text(count: int) -> str:
    """Write how many matches there are."""
    return "1 match" if count == 1 else f"{count} matches"


_OF = {"source": ReasonKind.MATCHES_IN, "entity": ReasonKind.MATCHES_WITH}


def _matches(count: int, key: str = EVERYTHING) -> Reason:
    kind, _, name = key.partition(":")
    if kind not in _OF:
        return Reason(ReasonKind.MATCHES, n=count)
    return Reason(_OF[kind], n=count, name=name)
