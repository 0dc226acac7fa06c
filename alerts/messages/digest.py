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
from alerts.messages.phrasing import ENGLISH, EVENTS, and_more, level_word, reason_words
from alerts.messages.what_was_done import case_notes, note_words, state_words
from alerts.messages.who_says_so import badges_of, order_of
from core.alerting.alerts import Alert
from core.alerting.cases import case_name
from core.alerting.matches import Level, SpanKind
from core.alerting.message_kinds import MessageKind
from core.articles import ArticleEvent
from core.config.sections.vocabulary import EntityConfig
from core.deciding.digests import CaseInDigest, DigestAlert, DigestCase, DigestFacts, DigestPlan
from core.words import Words

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
    words: Words = ENGLISH

    @property
    def title(self) -> str:
        """The heading: what level, and how many cases."""
        count = len(self.cases) + self.left_out
        if self.own:
            alerts = self.words.numbered("%(n)s alert", "%(n)s alerts", count)
            return self.words("Wirewatch itself") + f" · {alerts}"
        level = level_word(self.level, self.words).capitalize()
        return f"{level} · {_stories(count, self.words)}"

    @property
    def more(self) -> str:
        """What there was no room for, in words; empty when there was."""
        if not self.left_out:
            return ""
        if self.own:
            return self.words.numbered(
                "and %(n)s more alert", "and %(n)s more alerts", self.left_out
            )
        return self.words.numbered("and %(n)s more story", "and %(n)s more stories", self.left_out)


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
    words: Words = ENGLISH

    @property
    def known_line(self) -> str:
        """What the reader knows already, in words; empty when that is nothing."""
        if not self.known:
            return ""
        if self.sections:
            return self.words.numbered(
                "and %(n)s case that you know already",
                "and %(n)s cases that you know already",
                self.known,
            )
        return self.words.numbered(
            "Nothing new: %(n)s case that you know already",
            "Nothing new: %(n)s cases that you know already",
            self.known,
        )


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
        words=message.words,
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
    words = message.words
    counted: list[str] = []
    if stories:
        counted = [
            _stories(stories, words),
            words.numbered("%(n)s alert", "%(n)s alerts", alerts),
        ]
    if own:
        counted.append(
            words.numbered("%(n)s about Wirewatch itself", "%(n)s about Wirewatch itself", own)
        )
    digest = message.kind is MessageKind.DIGEST
    name = words("Digest") if digest else words("Summary of what was held back")
    return f"{name}: {', '.join(counted)}"


def _stories(count: int, words: Words) -> str:
    return words.numbered("%(n)s story", "%(n)s stories", count)


def also_told(mention: Mention, words: Words) -> str:
    """Say who else has a case: `also Kabar, 24.kg and 3 more`."""
    named = ", ".join(mention.outlets[:MAX_OUTLETS])
    if (more := len(mention.outlets) - MAX_OUTLETS) > 0:
        named += f" {and_more(more, words)}"
    return words("also %(outlets)s") % {"outlets": named}


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
        words=message.words,
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
    words = message.words
    rules = _first_few([titles.get(rule, rule) for rule in case.rules], words)
    first = replace(first, level=case.level, case=case_name(case.id))
    written = tuple(note_words(note, words) for note in case.notes[-MAX_NOTES:])
    if case.became is CaseInDigest.NEWS:
        outlets = [source_name(message, source) for source in case.sources]
        return replace(first, rules=(), news=_news(case, alerts, rules, outlets, written, words))
    others = dict.fromkeys(source_name(message, source) for source in case.sources)
    others.pop(first.outlet, None)
    return replace(
        first,
        rules=rules,
        outlets=() if case.own else tuple(others),
        notes=(*first.notes, *case_notes(alerts, words), *written),
        voices=badges_of(message, case.id),
        order=order_of(message, case.id, entities, alerts[0].article.data.language, phrase=True),
    )


def _news(
    case: DigestCase,
    alerts: Sequence[Alert],
    rules: Sequence[str],
    outlets: Sequence[str],
    written: Sequence[str],
    words: Words,
) -> tuple[str, ...]:
    """Say what is new about a case that its reader knows."""
    news: list[str] = []
    if outlets:
        named = ", ".join(_first_few(outlets, words, MAX_OUTLETS))
        many = words.numbered("%(n)s more outlet", "%(n)s more outlets", len(outlets))
        news.append(f"{many} ({named})")
    if case.rules:
        many = words.numbered("%(n)s more rule", "%(n)s more rules", len(case.rules))
        news.append(f"{many} ({', '.join(rules)})")
    news += [words(EVENTS[event]) for event in case.events]
    if case.change is not None:
        news.append(state_words(case.change, words))
    news += written
    if not news:  # another number of matches: its words are the news
        said = (reason_words(alert.reason, words, REASON_LENGTH) for alert in alerts)
        news += [reason for reason in said if reason][-1:]
    return tuple(news)


def _first_few(names: Sequence[str], words: Words, most: int = MAX_RULES) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(names))
    more = len(unique) - most
    return unique[:most] + ((words("%(n)s more") % {"n": more},) if more > 0 else ())


def _named_most(
    plan: DigestPlan, alerts: Iterable[Alert], entities: Mapping[str, EntityConfig]
) -> tuple[tuple[str, int], ...]:
    names: dict[str, str] = {}
    for alert in alerts:
        for entity in named_entities(alert, entities):
            names.setdefault(entity.id, entity.name)
    return tuple((names.get(entity, entity), count) for entity, count in plan.named)
