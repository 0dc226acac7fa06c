"""Many alerts as one message: counts, a chart, who was named most, and cases by level. Pure.

What is shown was planned once, for every receiver (`alerts.dispatch.digests`); what has no line of
its own is counted. Here it is put into words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.dispatch.digests import plan_digest
from alerts.messages.alert_view import (
    Mention,
    mentions,
    rule_name,
    source_name,
)
from alerts.messages.message import Message
from alerts.messages.named_entities import named_entities
from alerts.messages.what_was_done import case_notes, note_words, state_words
from alerts.messages.who_says_so import badges_of, order_of
from core.alerting.alerts import Alert
from core.alerting.cases import case_name
from core.alerting.matches import Level, SpanKind
from core.alerting.message_kinds import MessageKind
from core.articles import ArticleEvent
from core.config.sections.vocabulary import EntityConfig
from core.deciding.digests import CaseInDigest, DigestAlert, DigestCase, DigestFacts, DigestPlan
from core.plain_text import one_line, shorten

MAX_RULES = 4
"""Rules named of one case; the rest is counted."""
MAX_OUTLETS = 6
MAX_NOTES = 2
"""Notes of one case; the last ones are shown."""
REASON_LENGTH = 120
BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = 12
"""Columns of the chart: two hours each for a day, fourteen for a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The cases of one level, or what is about ourselves."""

    level: Level
    """The highest in it."""
    cases: tuple[Mention, ...]
    """Each by its first article of the digest, those with most alerts first."""
    left_out: int = 0
    """Cases for which there was no room."""
    own: bool = False
    """Whether it is about ourselves."""

    @property
    def title(self) -> str:
        """The heading: what level, and how many cases."""
        count = len(self.cases) + self.left_out
        if self.own:
            return f"Wirewatch itself · {count} alert{'s' * (count != 1)}"
        return f"{self.level.value.capitalize()} · {_stories(count)}"

    @property
    def more(self) -> str:
        """What there was no room for, in words; empty when there was."""
        if not self.left_out:
            return ""
        if self.own:
            return f"and {self.left_out} more alert{'s' * (self.left_out != 1)}"
        return f"and {self.left_out} more {'story' if self.left_out == 1 else 'stories'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSummary:
    """A digest as a reader sees it."""

    kind: MessageKind
    title: str
    level: Level
    """The highest level in it."""
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
    known: int
    """Cases that are not shown, since their reader got them before and nothing happened since."""
    test: bool

    @property
    def known_line(self) -> str:
        """What the reader knows already, in words; empty when that is nothing."""
        if not self.known:
            return ""
        cases = f"{self.known} case{'s' * (self.known != 1)} that you know already"
        return f"and {cases}" if self.sections else f"Nothing new: {cases}"


def summarize_digest(message: Message, entities: Mapping[str, EntityConfig]) -> DigestSummary:
    """Put into words what is shown of a digest or a summary."""
    plan = message.digest or plan_digest(DigestFacts(alerts=traces_of(message.alerts)))
    loaded: dict[int, list[Alert]] = {}
    for alert in message.alerts:
        loaded.setdefault(alert.case_id, []).append(alert)
    known = [case for case in plan.cases if case.became is CaseInDigest.KNOWN]
    levels = sorted({case.level for case in plan.cases}, key=lambda level: -level.rank)
    sections = (
        *(_section(message, plan, loaded, level, entities) for level in levels),
        _section(message, plan, loaded, None, entities),
    )
    return DigestSummary(
        kind=message.kind,
        title=_title(message, plan),
        level=levels[0],
        alerts=len(plan.raised),
        cases=len(plan.cases),
        begins=message.shown(min(plan.raised)),
        ends=message.shown(max(plan.raised)),
        chart=chart(plan.raised),
        entities=_named_most(plan, message.alerts, entities),
        sections=tuple(section for section in sections if section is not None),
        known=len(known),
        test=message.test,
    )


def traces_of(alerts: Iterable[Alert]) -> tuple[DigestAlert, ...]:
    """Return what is asked of alerts to plan a digest of them."""
    return tuple(
        DigestAlert(
            id=alert.id,
            case=alert.case_id,
            article=alert.article.id,
            rule=alert.match.rule_id,
            level=alert.match.level,
            source=alert.article.data.source,
            event=alert.event,
            occasion=alert.occasion,
            counts=bool(alert.reason) and alert.event is ArticleEvent.PUBLISHED,
            created_at=alert.created_at,
            entities=frozenset(
                span.label for span in alert.match.spans if span.kind is SpanKind.ENTITY
            ),
        )
        for alert in alerts
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


def _title(message: Message, plan: DigestPlan) -> str:
    stories = sum(not case.own for case in plan.cases)
    alerts = sum(case.alerts for case in plan.cases if not case.own)
    own = len(plan.raised) - alerts
    counted = [f"{_stories(stories)}, {alerts} alert{'s' * (alerts != 1)}"] if stories else []
    if own:
        counted.append(f"{own} about Wirewatch itself")
    name = "Digest" if message.kind is MessageKind.DIGEST else "Summary of what was held back"
    return f"{name}: {', '.join(counted)}"


def _stories(count: int) -> str:
    return f"{count} stor{'ies' if count != 1 else 'y'}"


def _section(
    message: Message,
    plan: DigestPlan,
    loaded: Mapping[int, Sequence[Alert]],
    level: Level | None,
    entities: Mapping[str, EntityConfig],
) -> Section | None:
    """Return what is new of a level, or, without one, about ourselves; None when nothing is."""
    cases = [
        case
        for case in plan.cases
        if case.became is not CaseInDigest.KNOWN and (None if case.own else case.level) is level
    ]
    if not cases:
        return None
    shown = [case for case in cases if case.shown and case.id in loaded]
    return Section(
        level=cases[0].level,
        cases=tuple(_case(message, case, loaded[case.id], entities) for case in shown),
        left_out=len(cases) - len(shown),
        own=level is None,
    )


def _case(
    message: Message,
    case: DigestCase,
    alerts: Sequence[Alert],
    entities: Mapping[str, EntityConfig],
) -> Mention:
    """Show a case in one line: its first article, and all of it or what is new about it."""
    first, *_ = mentions(message, alerts)
    titles = {alert.match.rule_id: rule_name(alert) for alert in alerts}
    rules = _first_few([titles.get(rule, rule) for rule in case.rules])
    first = replace(first, level=case.level, case=case_name(case.id))
    written = tuple(note_words(note) for note in case.notes[-MAX_NOTES:])
    if case.became is CaseInDigest.NEWS:
        outlets = [source_name(message, source) for source in case.sources]
        return replace(first, rules=(), news=_news(case, alerts, rules, outlets, written))
    others = dict.fromkeys(source_name(message, source) for source in case.sources)
    others.pop(first.outlet, None)
    return replace(
        first,
        rules=rules,
        outlets=() if case.own else tuple(others),
        notes=(*case_notes(alerts), *written),
        voices=badges_of(message, case.id),
        order=order_of(message, case.id, entities, alerts[0].article.data.language, phrase=True),
    )


def _news(
    case: DigestCase,
    alerts: Sequence[Alert],
    rules: Sequence[str],
    outlets: Sequence[str],
    written: Sequence[str],
) -> tuple[str, ...]:
    """Say what is new about a case that its reader knows."""
    news: list[str] = []
    if outlets:
        named = ", ".join(_first_few(outlets, MAX_OUTLETS))
        news.append(f"{len(outlets)} more outlet{'s' * (len(outlets) != 1)} ({named})")
    if case.rules:
        many = len(case.rules)
        news.append(f"{many} more rule{'s' * (many != 1)} ({', '.join(rules)})")
    news += [event.value for event in case.events]
    if case.change is not None:
        news.append(state_words(case.change))
    news += written
    if not news:  # another number of matches: its words are the news
        said = (one_line(alert.reason).strip() for alert in alerts)
        news += [shorten(words, REASON_LENGTH) for words in said if words][-1:]
    return tuple(news)


def _first_few(names: Sequence[str], most: int = MAX_RULES) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(names))
    more = len(unique) - most
    return unique[:most] + ((f"{more} more",) if more > 0 else ())


def _named_most(
    plan: DigestPlan, alerts: Iterable[Alert], entities: Mapping[str, EntityConfig]
) -> tuple[tuple[str, int], ...]:
    names: dict[str, str] = {}
    for alert in alerts:
        for entity in named_entities(alert, entities):
            names.setdefault(entity.id, entity.name)
    return tuple((names.get(entity, entity), count) for entity, count in plan.named)
