"""What every receiver shows of an alert, chosen and cleaned once: title, time, hits, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.messages.about import BADGES, HEALTH_MARK, OURSELVES, WHERE, About, about_of
from alerts.messages.message import ActionLink, Message
from alerts.messages.named_entities import (
    NEW,
    NamedEntity,
    as_written,
    named_entities,
    new_names,
)
from alerts.messages.phrasing import ENGLISH, FROM_THE_FEED, and_more, level_word, reason_words
from alerts.messages.snippet_pieces import Piece, snippet_pieces
from alerts.messages.what_was_done import NAME_LENGTH, change_line, note_line
from alerts.messages.who_says_so import badges_of, order_of
from core.alerting.alerts import Alert, AlertState
from core.alerting.cases import case_name
from core.alerting.matches import Level, SpanKind
from core.alerting.message_kinds import MessageKind
from core.articles import ArticleData, ArticleEvent, WordsFrom
from core.config.sections.vocabulary import EntityConfig
from core.plain_text import one_line, shorten, web_link
from core.words import Words, worded

TITLE_LENGTH = 280
"""Characters of a title: longer than any headline, short enough for every receiver's limits."""


MAX_TERMS = 8


MENTION_LENGTH = 180


MAX_MORE = 12
"""Other articles named in one alert; the rest is counted."""


_NO_PAGE = re.compile(r"https?://[^/]*\.invalid/")
"""A name that RFC 6761 keeps from ever being one."""


MAX_HANDLED = 3


REASON_LENGTH = 600
"""Characters of why: a headline before and after, and the words of three passages."""


MAX_JOINED = 4
"""Outlets named in the heading of an update."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An article in a list: what a reader needs to decide whether to open it."""

    level: Level
    rules: tuple[str, ...]
    title: str
    url: str | None
    outlet: str
    at: datetime
    """When it was published, or seen."""
    outlets: tuple[str, ...] = ()
    """Of a case: everybody else who has it."""
    notes: tuple[str, ...] = ()
    """That its page was not read. Of a case: what happened to it, and who sees to it: `edited`,
    `taken on by aigul`."""
    news: tuple[str, ...] = ()
    """Of a case that the reader knows: what is new about it, in place of all the rest."""
    case: str = ""
    """What people call the case by; empty for an article in a message about its case."""
    voices: str = ""
    """Of a case: who stands behind it, by their tags."""
    order: str = ""
    """Of a case: who had it first, who copies whom, and what each adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSummary:
    """One alert as a reader sees it, free of anything but visible text."""

    kind: MessageKind = MessageKind.ALERT
    about: About = About.ARTICLE
    heading: str = ""
    """What the message is, unless it is a first alert: `More on this story: 2 more outlets`."""
    other_rules: tuple[str, ...] = ()
    """Other rules that fired on the same article."""
    more: tuple[Mention, ...] = ()
    """Other articles of the same story or group."""
    left_out: int = 0
    """Alerts of the message for which there was no room."""
    links: tuple[ActionLink, ...] = ()
    alert_id: str = ""
    case: str = ""
    """What people call its case by, at the terminal and among each other: `c41`."""
    voices: str = ""
    """Who stands behind it, by their tags: `1 independent, 2 state`."""
    order: str = ""
    """Who had it first, who copies whom, and what each adds; empty for a single outlet."""

    level: Level
    rule: str
    title: str
    url: str | None
    """http or https, or None."""
    outlet: str
    language: str | None
    published_at: datetime | None
    seen_at: datetime
    reason: str
    """What an alert over time is about; empty when the match itself is the news."""
    stored: str = ""
    """How to read what the page said, where it was edited or is gone; or that it was never read."""
    handled: tuple[str, ...] = ()
    """What people did about it so far: `Taken on: aigul, 20 Nov 09:15 UTC`."""
    snippet: tuple[Piece, ...]
    terms: tuple[str, ...]
    """The words that were hit, as the article writes them."""
    entities: tuple[NamedEntity, ...]
    """Whom and what the article names, what no entity is last."""
    test: bool
    words: Words = ENGLISH
    """Those that its reader is told what is not the article's own in."""

    @property
    def named(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Names in the order people, places, bodies, others: (heading, names) pairs."""
        return tuple(
            (heading, tuple(entity.name for entity in entities))
            for heading, entities in self.entities_by_kind
        )

    @property
    def entities_by_kind(self) -> tuple[tuple[str, tuple[NamedEntity, ...]], ...]:
        """Return those named in the same order: (heading, entities) pairs."""
        groups = (
            (self.words(heading), tuple(x for x in self.entities if x.kind == kind))
            for kind, heading in _HEADINGS
        )
        return tuple((heading, entities) for heading, entities in groups if entities)

    @property
    def is_health(self) -> bool:
        """Whether it is news of ourselves: of a source, a receiver, a rule."""
        return self.about is not About.ARTICLE

    @property
    def badge(self) -> str:
        """What the message is headed by: the rule, or what of ourselves it is about."""
        return self.words(BADGES[self.about]) if self.is_health else self.rule

    @property
    def link_label(self) -> str:
        """What the link to `url` is called."""
        return self.words("Open the source") if self.is_health else self.words(READ)

    @property
    def why(self) -> str:
        """Why the reader gets this, in one line."""
        if self.is_health:
            said = self.words("Wirewatch about itself (%(level)s) · more: %(command)s")
            return said % {"level": self.level_word, "command": WHERE[self.about]}
        rules = ", ".join((self.rule, *self.other_rules))
        said = f"{self.rules_label}: {rules} ({self.level_word})"
        found = self.words("found: %(words)s") % {"words": ", ".join(self.terms)}
        return f"{said} · {found}" if self.terms else said

    @property
    def level_word(self) -> str:
        """What the reader calls the level."""
        return level_word(self.level, self.words)

    @property
    def rules_label(self) -> str:
        """What stands before the names of the rules."""
        return self.words("Rules") if self.other_rules else self.words("Rule")

    @property
    def origin(self) -> str:
        """The outlet, and who stands behind the story: `Kloop · 1 independent, 2 state`."""
        return f"{self.outlet} · {self.voices}" if self.voices else self.outlet

    @property
    def leads(self) -> tuple[str, ...]:
        """Lines that stand before the title: what the message is, why, and what was done."""
        lines = (self.heading, self.reason, self.stored, *self.handled)
        return tuple(line for line in lines if line)

    @property
    def time(self) -> tuple[str, datetime]:
        """The time that matters to the reader, with its label."""
        if self.is_health:
            return self.words("Noticed"), self.seen_at
        if self.published_at is not None:
            return self.words("Published"), self.published_at
        return self.words("Seen"), self.seen_at


_HEADINGS = (
    ("person", worded("People")),
    ("place", worded("Places")),
    ("body", worded("Organisations")),
    ("group", worded("Groups")),
    ("other", worded("Also named")),
    (NEW, worded("Also named, on no list")),
)
DIFF, SHOW = "wirewatch articles diff", "wirewatch articles show"
READ = worded("Read the article")
"""What the link to an article is called."""


def summarize(message: Message, entities: Mapping[str, EntityConfig]) -> AlertSummary:
    """Choose and clean what is shown of `message`; `entities` gives names their proper form."""
    alert = message.alert
    data = alert.article.data
    return AlertSummary(
        level=alert.match.level,
        rule=rule_name(alert),
        title=shown_title(data, message.words),
        # Where a page is gone, the link would lead nowhere: what it said is stored.
        url=None if alert.event is ArticleEvent.REMOVED else article_link(data),
        outlet=outlet_name(message, alert),
        language=data.language,
        published_at=message.shown(data.published_at) if data.published_at else None,
        seen_at=message.shown(alert.article.first_seen_at),
        reason=reason_words(alert.reason, message.words, REASON_LENGTH),
        stored=_stored(alert, message.words),
        handled=_handled(message),
        snippet=snippet_pieces(alert.match.snippet),
        terms=_terms(alert),
        entities=(*named_entities(alert, entities), *new_names(alert)),
        test=message.test,
        words=message.words,
        kind=message.kind,
        about=about_of(alert),
        heading=_heading(message),
        other_rules=_other_rules(message),
        more=(more := mentions(message, message.alerts, without=alert.article.id))[:MAX_MORE],
        left_out=max(0, len(more) - MAX_MORE) + max(0, message.size - len(message.alerts)),
        links=message.links,
        alert_id=alert.id,
        case=case_name(alert.case_id),
        voices="" if about_of(alert) is not About.ARTICLE else badges_of(message, alert.case_id),
        order=order_of(message, alert.case_id, entities, data.language),
    )


def _stored(alert: Alert, words: Words) -> str:
    """Say how to read an article as it was, when it is no longer so, or that nobody could."""
    article = alert.article.id
    match alert.event:
        case ArticleEvent.EDITED:
            return words("What changed: %(command)s") % {"command": f"{DIFF} {article}"}
        case ArticleEvent.REMOVED:
            return words("What it said: %(command)s") % {"command": f"{SHOW} {article}"}
        case _ if alert.article.data.words_from is WordsFrom.FEED:
            return words("From the feed only: its page could not be read")
        case _:
            return ""


def shown_title(data: ArticleData, words: Words, length: int = TITLE_LENGTH) -> str:
    """Return the title of an article for readers."""
    return shorten(one_line(data.title).strip(), length) or words("(no title)")


def mark_of(alert: AlertSummary, marks: Mapping[Level, str]) -> str:
    """Return the mark of a message: of its level, or of news of ourselves whatever its level."""
    return HEALTH_MARK if alert.is_health else marks[alert.level]


def rule_name(alert: Alert) -> str:
    """Return the name of an alert's rule for readers."""
    return shorten(one_line(alert.match.rule_title).strip() or alert.match.rule_id, 140)


def mentions(
    message: Message, alerts: Iterable[Alert], *, without: int | None = None
) -> tuple[Mention, ...]:
    """Return the articles of alerts, each once with all rules that fired on it, as they came."""
    by_article: dict[int, list[Alert]] = {}
    for alert in alerts:
        by_article.setdefault(alert.article.id, []).append(alert)
    return tuple(
        _mention(message, several) for key, several in by_article.items() if key != without
    )


def _mention(message: Message, alerts: Sequence[Alert]) -> Mention:
    first = alerts[0]
    data = first.article.data
    return Mention(
        level=max((alert.match.level for alert in alerts), key=lambda level: level.rank),
        rules=tuple(dict.fromkeys(rule_name(alert) for alert in alerts)),
        title=shown_title(data, message.words, MENTION_LENGTH),
        url=article_link(data),
        outlet=outlet_name(message, first),
        at=message.shown(data.published_at or first.article.first_seen_at),
        notes=(message.words(FROM_THE_FEED),) if data.words_from is WordsFrom.FEED else (),
    )


def article_link(data: ArticleData) -> str | None:
    """Return the address of an article to show; None for our health alerts, which have no page."""
    link = web_link(data.canonical_url) or web_link(data.url)
    return None if link is None or _NO_PAGE.match(link) else link


def outlet_name(message: Message, alert: Alert) -> str:
    """Return the name for readers of an alert's source; our own for news of ourselves."""
    if about_of(alert) is not About.ARTICLE:
        return OURSELVES
    return source_name(message, alert.article.data.source)


def source_name(message: Message, source: str) -> str:
    """Return the name for readers of a source of a message."""
    named = shorten(one_line(message.outlets.get(source, source) or "").strip(), 80)
    return named or one_line(source)


def _other_rules(message: Message) -> tuple[str, ...]:
    lead = message.alert
    rules = (
        rule_name(alert)
        for alert in message.alerts[1:]
        if alert.article.id == lead.article.id and alert.match.rule_id != lead.match.rule_id
    )
    return tuple(dict.fromkeys(rules))


def _heading(message: Message) -> str:
    words = message.words
    match message.kind:
        case MessageKind.UPDATE:
            before = {alert.article.data.source for alert in message.earlier}
            now = dict.fromkeys(alert.article.data.source for alert in message.alerts)
            joined = [source for source in now if source not in before]
            named = ", ".join(
                shorten(one_line(message.outlets.get(source, source)).strip(), NAME_LENGTH)
                for source in joined[:MAX_JOINED]
            )
            if len(joined) > MAX_JOINED:
                named += f" {and_more(len(joined) - MAX_JOINED, words)}"
            said = words("More on this: %(outlets)s joined") % {"outlets": named}
            return said if joined else words("More on this")
        case MessageKind.ESCALATION:
            return words("Nobody has taken this on yet")
        case MessageKind.REMINDER:
            return words("Put off until now")
        case _:
            return ""


def _handled(message: Message) -> tuple[str, ...]:
    """Say what was done about the alerts of a message, and what was written about their case."""
    written = message.notes[-MAX_HANDLED:]
    notes = (note_line(note, message.zone, message.words) for note in written)
    return (*_done(message), *notes)


def _done(message: Message) -> tuple[str, ...]:
    """Say what was done about the alerts of a message, once for each rule that differs."""
    said: dict[str, list[str]] = {}
    for alert in message.alerts:
        change = alert.handled
        if change is None or (
            change.state is AlertState.ESCALATED and message.kind is MessageKind.ESCALATION
        ):
            continue
        rules = said.setdefault(change_line(change, message.zone, message.words), [])
        if (rule := rule_name(alert)) not in rules:
            rules.append(rule)
    covered = sum(alert.handled is not None for alert in message.alerts)
    several = len(said) > 1 or covered < len(message.alerts)  # what holds for all needs no names
    return tuple(
        shorten(f"{', '.join(rules)} – {line}" if several else line, 300)
        for line, rules in list(said.items())[:MAX_HANDLED]
    )


def _terms(alert: Alert) -> tuple[str, ...]:
    data = alert.article.data
    words: dict[str, str] = {}
    for span in alert.match.spans:
        if span.kind is SpanKind.TERM:
            word = shorten(one_line(as_written(data, span)).strip(), NAME_LENGTH)
            if word:
                words.setdefault(word.casefold(), word)
    return tuple(words.values())[:MAX_TERMS]
