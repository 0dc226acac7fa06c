"""Cases: what people work on. A story, or an article that is in none, by every rule that fired.

Pure: the alerts of a case in, the case as people see it out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.alerting.alerts import Alert, AlertState
from core.alerting.matches import Level
from core.articles import ArticleEvent

SEEN_TO = (AlertState.ACKNOWLEDGED, AlertState.SNOOZED, AlertState.DISMISSED)
"""States that somebody put a case into."""
_NEEDIEST_FIRST = (
    AlertState.ESCALATED,
    AlertState.OPEN,
    AlertState.SNOOZED,
    AlertState.ACKNOWLEDGED,
    AlertState.DISMISSED,
)


@dataclass(frozen=True, slots=True)
class CaseRule:
    """A rule that fired on a case."""

    id: str
    title: str
    level: Level
    wrong: bool = False
    """Whether somebody said that the rule was wrong here, while the case goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A story, or a single article, as one piece of work."""

    id: int
    """Of the story, which is that of its first article."""
    level: Level
    """The highest of the rules that were not said to be wrong."""
    state: AlertState
    owner: str | None
    """Who brought it into that state; None while nobody did."""
    title: str
    url: str
    """Of the article that it began with."""
    outlets: tuple[str, ...]
    """Names of the sources, in the order in which they had it."""
    rules: tuple[CaseRule, ...]
    """In the order of their levels, the highest first."""
    events: tuple[ArticleEvent, ...]
    """What happened to its articles later: edited, removed."""
    first_at: datetime
    last_at: datetime
    """When its first and its last alert were raised."""
    alerts: tuple[Alert, ...] = field(repr=False)
    """The oldest first. Kept out of repr, and so of exports: they can be asked for."""

    @property
    def name(self) -> str:
        """What people call it by: `c41`."""
        return case_name(self.id)


def case_name(case_id: int) -> str:
    """Return what people call a case by."""
    return f"c{case_id}"


def case_of(alerts: Sequence[Alert]) -> Case:
    """Return the case that alerts make up, which must all be of one and know what was done.

    Its state is the neediest of its alerts': one that is open makes it open, though others were
    dismissed. What was set aside as a mistake of a rule counts only where nothing else is left.
    """
    known = sorted(alerts, key=lambda alert: (alert.created_at, alert.id))
    counting = [alert for alert in known if not is_set_aside(alert)] or known
    first = known[0]
    state = neediest(alert.state for alert in counting)
    change = next(alert for alert in counting if alert.state is state).handled
    return Case(
        id=first.case_id,
        level=max((alert.match.level for alert in counting), key=lambda level: level.rank),
        state=state,
        owner=change.by if change is not None and state in SEEN_TO else None,
        title=first.article.data.title,
        url=first.article.data.url,
        outlets=tuple(dict.fromkeys(alert.article.data.source for alert in known)),
        rules=_rules(known),
        events=tuple(
            dict.fromkeys(
                alert.event for alert in known if alert.event is not ArticleEvent.PUBLISHED
            )
        ),
        first_at=first.created_at,
        last_at=known[-1].created_at,
        alerts=tuple(known),
    )


def leading_alert(case: Case) -> Alert:
    """Return the alert that a case is shown by: of the highest level, the first."""
    counting = [alert for alert in case.alerts if not is_set_aside(alert)] or list(case.alerts)
    return max(counting, key=lambda alert: (alert.match.level.rank, -alert.created_at.timestamp()))


def neediest(states: Iterable[AlertState]) -> AlertState:
    """Return the state that asks most of people, of some."""
    return min(states, key=_NEEDIEST_FIRST.index)


def needier(states: Collection[AlertState]) -> frozenset[AlertState]:
    """Return the states that ask more of people than any of these."""
    first = min(map(_NEEDIEST_FIRST.index, states))
    return frozenset(_NEEDIEST_FIRST[:first])


def is_set_aside(alert: Alert) -> bool:
    """Tell whether an alert was dismissed as a mistake of its rule, and the case goes on."""
    change = alert.handled
    return alert.state is AlertState.DISMISSED and change is not None and change.only_rule


def _rules(alerts: Sequence[Alert]) -> tuple[CaseRule, ...]:
    rules: dict[str, CaseRule] = {}
    for alert in alerts:
        match = alert.match
        rules[match.rule_id] = CaseRule(
            match.rule_id, match.rule_title, match.level, is_set_aside(alert)
        )
    return tuple(sorted(rules.values(), key=lambda rule: (-rule.level.rank, rule.id)))
