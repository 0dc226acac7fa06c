"""What a digest shows of its cases, and what it only counts. Pure: facts in, a plan out.

A case that its receiver got in full, and of which nothing new is known, takes no line: it is
counted. What is new about a known one is a line that says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from alerts.messages.about import about_us
from core.alerting.alerts import AlertChange
from core.alerting.matches import Level
from core.articles import ArticleEvent
from core.deciding.digests import (
    CaseInDigest,
    DigestAlert,
    DigestCase,
    DigestFacts,
    DigestPlan,
    ToldBefore,
)

MAX_CASES = {Level.HIGH: 24, Level.NORMAL: 16, Level.LOW: 8}
"""Cases shown of each level: what matters more gets more room."""
MAX_OWN = 8
"""Alerts about ourselves that are shown."""
MAX_ENTITIES = 8


def plan_digest(facts: DigestFacts) -> DigestPlan:
    """Return what of a digest is shown and what is counted."""
    by_case: dict[int, list[DigestAlert]] = {}
    for alert in facts.alerts:
        by_case.setdefault(alert.case, []).append(alert)
    cases = _with_room(
        sorted((_case(case, alerts, facts) for case, alerts in by_case.items()), key=_first_shown)
    )
    return DigestPlan(
        cases=cases,
        load=_load(facts.alerts[0].id, cases, by_case),
        raised=tuple(alert.created_at for alert in facts.alerts),
        named=_named_most(facts.alerts),
    )


def _case(case: int, alerts: Sequence[DigestAlert], facts: DigestFacts) -> DigestCase:
    before = facts.before.get(case)
    rules, sources = (alert.rule for alert in alerts), (alert.source for alert in alerts)
    notes = facts.notes.get(case, ())
    change = None
    if before is not None:
        rules = (rule for rule in rules if rule not in {alert.rule for alert in before.alerts})
        known = {alert.source for alert in before.alerts}
        sources = (source for source in sources if source not in known)
        notes = tuple(note for note in notes if note.at > before.at)
        change = _last_since(before, facts.changes.get(case, ()))
    found = DigestCase(
        id=case,
        became=CaseInDigest.TOLD,
        level=max((alert.level for alert in alerts), key=lambda level: level.rank),
        alerts=len(alerts),
        shown=False,
        own=about_us(alerts[0].rule, alerts[0].source),
        rules=tuple(dict.fromkeys(rules)),
        sources=tuple(dict.fromkeys(sources)),
        events=_events(alerts, before),
        change=change,
        notes=notes,
    )
    if before is None:
        return found
    new = found.rules or found.sources or found.events or found.change or found.notes
    counted = any(alert.counts for alert in alerts if not _told(alert, before))
    became = CaseInDigest.NEWS if new or counted else CaseInDigest.KNOWN
    return replace(found, became=became)


def _told(alert: DigestAlert, before: ToldBefore) -> bool:
    return any(alert.id == told.id for told in before.alerts)


def _events(alerts: Iterable[DigestAlert], before: ToldBefore | None) -> tuple[ArticleEvent, ...]:
    """Return what happened to the articles of a case, without what was told by any rule."""
    told = set() if before is None else {_happening(alert) for alert in before.alerts}
    return tuple(
        dict.fromkeys(
            alert.event
            for alert in alerts
            if alert.event is not ArticleEvent.PUBLISHED and _happening(alert) not in told
        )
    )


def _happening(alert: DigestAlert) -> tuple[int, str]:
    return alert.article, alert.occasion


def _last_since(before: ToldBefore, changes: Sequence[AlertChange]) -> AlertChange | None:
    """Return the last thing done about a case since it was told.

    What was said of one rule alone leaves the case as it was.
    """
    since = [change for change in changes if change.at > before.at and not change.only_rule]
    return since[-1] if since else None


def _first_shown(case: DigestCase) -> tuple[bool, int, int]:
    return case.became is CaseInDigest.KNOWN, -case.level.rank, -case.alerts


def _with_room(cases: Iterable[DigestCase]) -> tuple[DigestCase, ...]:
    """Give lines to cases as long as there is room for their kind."""
    taken: Counter[Level | None] = Counter()
    planned: list[DigestCase] = []
    for case in cases:
        kind = None if case.own else case.level
        room = MAX_OWN if kind is None else MAX_CASES[kind]
        shown = case.became is not CaseInDigest.KNOWN and taken[kind] < room
        taken[kind] += shown
        planned.append(replace(case, shown=shown))
    return tuple(planned)


def _load(
    lead: str, cases: Sequence[DigestCase], by_case: dict[int, list[DigestAlert]]
) -> tuple[str, ...]:
    """Put first what the lines are made of: of each case that has one what adds to it."""
    shown = [by_case[case.id] for case in cases if case.shown]
    begins = (alerts[0].id for alerts in shown)
    adds = (alert.id for alerts in shown for alert in _adding(alerts))
    everything = (alert.id for case in cases for alert in by_case[case.id])
    return tuple(dict.fromkeys((lead, *begins, *adds, *everything)))


def _adding(alerts: Iterable[DigestAlert]) -> list[DigestAlert]:
    """Return the alerts of a case by which a rule, an outlet or an event first comes up."""
    seen: set[object] = set()
    adding: list[DigestAlert] = []
    for alert in alerts:
        parts = {("rule", alert.rule), ("source", alert.source), ("event", alert.event)}
        if not parts <= seen:
            adding.append(alert)
            seen |= parts
    return adding


def _named_most(alerts: Iterable[DigestAlert]) -> tuple[tuple[str, int], ...]:
    articles = {(alert.article, entity) for alert in alerts for entity in alert.entities}
    counts = Counter(entity for _, entity in articles)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_ENTITIES])
