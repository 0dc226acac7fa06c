"""Many alerts as one message: counts, a chart, who was named most, and cases by level. Pure.

What is shown is chosen here once, for every receiver; what there is no room for is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.messages.alert_view import (
    Mention,
    mentions,
    named_entities,
    outlet_name,
    rule_name,
)
from alerts.messages.message import Message
from alerts.messages.what_was_done import case_notes
from alerts.messages.who_says_so import badges_of, order_of
from core.alerting.alerts import Alert
from core.alerting.cases import case_name
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.config.sections.vocabulary import EntityConfig

MAX_CASES = {Level.HIGH: 24, Level.NORMAL: 16, Level.LOW: 8}
"""Cases shown of each level: what matters more gets more room."""
MAX_RULES = 4
"""Rules named of one case; the rest is counted."""
MAX_ENTITIES = 8
MAX_OUTLETS = 6
BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = 12
"""Columns of the chart: two hours each for a day, fourteen for a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The cases of one level."""

    level: Level
    cases: tuple[Mention, ...]
    """Each by its first article of the digest, those with most alerts first."""
    left_out: int = 0
    """Cases for which there was no room."""

    @property
    def title(self) -> str:
        """The heading: what level, and how many cases."""
        count = len(self.cases) + self.left_out
        return f"{self.level.value.capitalize()} · {count} stor{'ies' if count != 1 else 'y'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSummary:
    """A digest as a reader sees it."""

    kind: MessageKind
    title: str
    alerts: int
    cases: int
    begins: datetime
    ends: datetime
    """When the first and the last alert were raised."""
    chart: str
    """Alerts over that time, as bars; empty when there is nothing to compare."""
    entities: tuple[tuple[str, int], ...]
    """Names and in how many articles they stand, the most frequent first."""
    sections: tuple[Section, ...]
    left_out: int
    """Cases that are in no section: the message holds more than it could be given."""
    test: bool

    @property
    def level(self) -> Level:
        """The highest level in it."""
        return max((section.level for section in self.sections), key=lambda level: level.rank)


def summarize_digest(message: Message, entities: Mapping[str, EntityConfig]) -> DigestSummary:
    """Choose and clean what is shown of a digest or a summary."""
    by_case: dict[int, list[Alert]] = {}
    for alert in message.alerts:
        by_case.setdefault(alert.case_id, []).append(alert)
    by_level: dict[Level, list[list[Alert]]] = {}
    for alerts in by_case.values():
        by_level.setdefault(_highest(alerts), []).append(alerts)
    levels = sorted(by_level, key=lambda level: -level.rank)
    cases = max(message.cases, len(by_case))
    times = [alert.created_at for alert in message.alerts]
    return DigestSummary(
        kind=message.kind,
        title=_title(message, cases),
        alerts=message.size,
        cases=cases,
        begins=message.shown(min(times)),
        ends=message.shown(max(times)),
        chart=chart(times),
        entities=_named_most(message.alerts, entities),
        sections=tuple(_section(message, level, by_level[level], entities) for level in levels),
        left_out=cases - len(by_case),
        test=message.test,
    )


def _highest(alerts: Sequence[Alert]) -> Level:
    return max((alert.match.level for alert in alerts), key=lambda level: level.rank)


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


def _title(message: Message, cases: int) -> str:
    counted = f"{cases} stor{'ies' if cases != 1 else 'y'}"
    alerts = f"{message.size} alert{'s' * (message.size != 1)}"
    name = "Digest" if message.kind is MessageKind.DIGEST else "Summary of what was held back"
    return f"{name}: {counted}, {alerts}"


def _section(
    message: Message,
    level: Level,
    cases: list[list[Alert]],
    entities: Mapping[str, EntityConfig],
) -> Section:
    largest = sorted(cases, key=len, reverse=True)
    room = MAX_CASES[level]
    return Section(
        level=level,
        cases=tuple(_case(message, alerts, entities) for alerts in largest[:room]),
        left_out=max(0, len(largest) - room),
    )


def _case(
    message: Message, alerts: Sequence[Alert], entities: Mapping[str, EntityConfig]
) -> Mention:
    """Show a case in one line: its first article, all rules and outlets, and what became of it."""
    first, *_ = mentions(message, alerts)
    rules = tuple(dict.fromkeys(rule_name(alert) for alert in alerts))
    more = len(rules) - MAX_RULES
    others = dict.fromkeys(outlet_name(message, alert) for alert in alerts)
    others.pop(first.outlet, None)
    return replace(
        first,
        level=_highest(alerts),
        rules=rules[:MAX_RULES] + ((f"{more} more",) if more > 0 else ()),
        outlets=tuple(others),
        notes=case_notes(alerts),
        case=case_name(alerts[0].case_id),
        voices=badges_of(message, alerts[0].case_id),
        order=order_of(
            message, alerts[0].case_id, entities, alerts[0].article.data.language, phrase=True
        ),
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
