"""Many alerts as one message: counts, a small chart, who was named most, and stories by rule. Pure.

What is shown is chosen here once, for every receiver; what there is no room for is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.messages.alert_view import Mention, mentions, named_entities, outlet_name, rule_name
from alerts.messages.message import Message
from core.alerting.alerts import Alert
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.config.sections.vocabulary import EntityConfig

MAX_RULES = 12
MAX_STORIES = 8
"""Stories shown of one rule."""
MAX_ENTITIES = 8
MAX_OUTLETS = 6
BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = 12
"""Columns of the chart: two hours each for a day, fourteen for a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What one rule brought."""

    rule: str
    level: Level
    alerts: int
    stories: tuple[Mention, ...]
    left_out: int = 0
    """Stories for which there was no room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSummary:
    """A digest as a reader sees it."""

    kind: MessageKind
    title: str
    alerts: int
    stories: int
    begins: datetime
    ends: datetime
    """When the first and the last alert were raised."""
    chart: str
    """Alerts over that time, as bars; empty when there is nothing to compare."""
    entities: tuple[tuple[str, int], ...]
    """Names and in how many articles they stand, the most frequent first."""
    sections: tuple[Section, ...]
    left_out: int
    """Alerts that are not in any section."""
    test: bool

    @property
    def level(self) -> Level:
        """The highest level in it."""
        return max((section.level for section in self.sections), key=lambda level: level.rank)


def summarize_digest(message: Message, entities: Mapping[str, EntityConfig]) -> DigestSummary:
    """Choose and clean what is shown of a digest or a summary."""
    by_rule: dict[str, list[Alert]] = {}
    for alert in message.alerts:
        by_rule.setdefault(alert.match.rule_id, []).append(alert)
    sections = sorted(
        (_section(message, alerts) for alerts in by_rule.values()),
        key=lambda section: (-section.level.rank, -section.alerts, section.rule),
    )
    shown = tuple(sections[:MAX_RULES])
    stories = {_story(alert) for alert in message.alerts}
    times = [alert.created_at for alert in message.alerts]
    return DigestSummary(
        kind=message.kind,
        title=_title(message, len(stories)),
        alerts=message.size,
        stories=len(stories),
        begins=min(times),
        ends=max(times),
        chart=chart(times),
        entities=_named_most(message.alerts, entities),
        sections=shown,
        left_out=message.size - sum(section.alerts for section in shown),
        test=message.test,
    )


def chart(times: Iterable[datetime]) -> str:
    """Return how many times fall into each twelfth of the time they span, as a row of bars."""
    moments = sorted(times)
    if len(moments) < 3 or moments[-1] - moments[0] < timedelta(minutes=_COLUMNS):
        return ""
    span = (moments[-1] - moments[0]) / _COLUMNS
    counts = [0] * _COLUMNS
    for moment in moments:
        counts[min(_COLUMNS - 1, int((moment - moments[0]) / span))] += 1
    top = max(counts)
    return "".join(BARS[count * (len(BARS) - 1) // top] for count in counts)


def _title(message: Message, stories: int) -> str:
    alerts = f"{message.size} alert{'s' * (message.size != 1)}"
    counted = f"{alerts}, {stories} stor{'ies' if stories != 1 else 'y'}"
    name = "Digest" if message.kind is MessageKind.DIGEST else "Summary of what was held back"
    return f"{name}: {counted}"


def _story(alert: Alert) -> tuple[str, int]:
    """Return what stands for the story of an alert; an article without one is its own."""
    return ("article", alert.article.id) if alert.story is None else ("story", alert.story)


def _section(message: Message, alerts: list[Alert]) -> Section:
    by_story: dict[tuple[str, int], list[Alert]] = {}
    for alert in alerts:
        by_story.setdefault(_story(alert), []).append(alert)
    largest = sorted(by_story.values(), key=len, reverse=True)
    stories = []
    for several in largest[:MAX_STORIES]:
        first = mentions(message, several[:1])[0]
        others = dict.fromkeys(outlet_name(message, alert) for alert in several)
        others.pop(first.outlet, None)
        stories.append(replace(first, outlets=tuple(others)))
    return Section(
        rule=rule_name(alerts[0]),
        level=max((alert.match.level for alert in alerts), key=lambda level: level.rank),
        alerts=len(alerts),
        stories=tuple(stories),
        left_out=max(0, len(largest) - MAX_STORIES),
    )


def _named_most(
    alerts: Iterable[Alert], entities: Mapping[str, EntityConfig]
) -> tuple[tuple[str, int], ...]:
    names: dict[str, str] = {}
    articles: set[tuple[int, str]] = set()
    for alert in alerts:
        for entity in named_entities(alert, entities):
            names.setdefault(entity.id, entity.name)
            articles.add((alert.article.id, entity.id))
    counts = Counter(entity for _, entity in articles)
    top = sorted(counts.items(), key=lambda item: (-item[1], names[item[0]]))[:MAX_ENTITIES]
    return tuple((names[entity], count) for entity, count in top)
