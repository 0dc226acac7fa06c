"""All about one story: its text with the hits, who had it when, why it alerted, who was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from alerts.messages.named_entities import NEW, NamedEntity, named_entities, new_names
from alerts.rules import RuleExplanation
from core.alerting.alerts import Alert, AlertChange
from core.alerting.cases import needier
from core.alerting.notes import CaseNote
from core.alerting.notifications import Notification
from core.articles import Article, ArticleEvent
from core.plain_text import one_line, shorten
from desk import alerts as desk_alerts
from desk.alerts import CaseOutlet
from desk.article_sheet import hits_of
from desk.articles import Difference, difference
from desk.context import Desk
from desk.errors import NotThereError
from desk.marked_text import Paragraph, left_out, marked_text
from desk.stories import STATES, Card, story
from storage import Store

__all__ = ["Deed", "NamedEntity", "Neighbours", "RuleExplanation", "StorySheet", "Turn", "sheet"]

MOST_TOLD = 40
MOST_EDITS = 5
MOST_TURNS = 60
_LOOKED_BACK = 10
"""Versions among which the last change is looked for."""
_NEIGHBOURS_AMONG = 50
"""Stories among which the next one is looked for; who is further down goes by the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something that an outlet did: it had the story, edited it, or took it down."""

    article: int
    source: str
    name: str
    tags: tuple[str, ...]
    at: datetime
    delay: timedelta
    title: str
    language: str | None
    event: ArticleEvent
    copies: str | None
    """Whom it repeats, by name; None for own words and for what came later."""
    adds: tuple[str, ...] = ()
    """Names and numbers that nobody had before."""
    note: str = ""
    """What changed, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that somebody did about the story, or wrote about it."""

    at: datetime
    by: str
    change: AlertChange | None = None
    note: str = ""
    wrong_rule: str = ""
    """Of what was said about one rule alone, that rule."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a story stands among those of its shelf."""

    place: int
    of: int
    more: bool
    """Whether the shelf has more than were looked at."""
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySheet:
    """All about one story."""

    card: Card
    article: Article
    """The one that is shown."""
    outlet: str
    paragraphs: tuple[Paragraph, ...]
    text_left: int
    """Characters of the text that are not among them."""
    versions: int
    turns: tuple[Turn, ...]
    outlets_left: int
    """Outlets that are not among them."""
    edits: tuple[tuple[str, Difference], ...]
    """The latest edits of its articles, each with the outlet's name."""
    rules: tuple[RuleExplanation, ...]
    """Why the rules that fired do so, as they are now."""
    gone_rules: tuple[str, ...]
    """Rules that fired and are no longer configured."""
    told: tuple[Notification, ...]
    named: tuple[NamedEntity, ...]
    deeds: tuple[Deed, ...]
    alerts_left: int
    """Alerts of which it is not shown who was told and what was done."""
    neighbours: Neighbours | None


def sheet(desk: Desk, case_id: int) -> StorySheet:
    """Return all about the story that an article belongs to. Raises NotThereError."""
    store, running = desk.store, desk.running()
    card = story(desk, case_id)
    shown = store.article(card.article)
    if shown is None:
        raise NotThereError(f"article {card.article}")
    matches = hits_of(store, shown)
    fired = {alert.match.rule_id for alert in card.case.alerts}
    explained = tuple(
        rule
        for rule in running.rules.explain(shown.data, shown.first_seen_at)
        if rule.rule_id in fired
    )
    details = desk_alerts.sheet(store, card.alert_id, running.config)
    alerts = card.case.alerts
    return StorySheet(
        card=card,
        article=shown,
        outlet=one_line(running.outlet_of(shown.data.source)),
        paragraphs=marked_text(shown.data, matches),
        text_left=left_out(shown.data),
        versions=len(store.versions(shown.id)),
        turns=_turns(desk, card, details.outlets),
        outlets_left=max(0, len(card.outlets) - MOST_TURNS),
        edits=tuple(_edits(desk, alerts)),
        rules=explained,
        gone_rules=tuple(sorted(fired - {rule.rule_id for rule in explained})),
        told=_told(store, alerts),
        named=_named(desk, alerts),
        deeds=_deeds(store, alerts, details.notes),
        alerts_left=max(0, len(alerts) - MOST_TOLD),
        neighbours=_neighbours(desk, card),
    )


def article_ids(desk: Desk, case_id: int) -> tuple[int, ...]:
    """Return the articles of a story, those of all its outlets. Raises NotThereError."""
    card = story(desk, case_id)
    had = (outlet.article for outlet in card.outlets)
    return tuple(dict.fromkeys((*had, *(alert.article.id for alert in card.case.alerts))))


def _turns(desk: Desk, card: Card, outlets: tuple[CaseOutlet, ...]) -> tuple[Turn, ...]:
    store, name = desk.store, desk.running().outlet_of
    began = min((outlet.at for outlet in card.outlets), default=card.case.first_at)
    adding = {outlet.source: outlet for outlet in outlets}
    turns = []
    for had in card.outlets[:MOST_TURNS]:
        article = store.article(had.article, 1) or store.article(had.article)
        known = adding.get(had.source)
        turns.append(
            Turn(
                article=had.article,
                source=had.source,
                name=had.name,
                tags=desk.running().tags_of(had.source),
                at=had.at,
                delay=had.delay,
                title=shorten(one_line(article.data.title), 300) if article else "",
                language=article.data.language if article else None,
                event=ArticleEvent.PUBLISHED,
                copies=had.copies,
                adds=(*known.names, *known.numbers) if known else (),
            )
        )
    later = {
        (alert.article.id, alert.occasion): alert
        for alert in card.case.alerts
        if alert.event is not ArticleEvent.PUBLISHED
    }
    turns.extend(
        Turn(
            article=alert.article.id,
            source=alert.article.data.source,
            name=one_line(name(alert.article.data.source)),
            tags=(),
            at=alert.created_at,
            delay=max(alert.created_at - began, timedelta()),
            title=shorten(one_line(alert.article.data.title), 300),
            language=alert.article.data.language,
            event=alert.event,
            copies=None,
            note=alert.reason,
        )
        for alert in later.values()
    )
    return tuple(sorted(turns, key=lambda turn: (turn.at, turn.article)))


def _edits(desk: Desk, alerts: tuple[Alert, ...]) -> Iterator[tuple[str, Difference]]:
    edited = dict.fromkeys(
        alert.article.id for alert in reversed(alerts) if alert.event is ArticleEvent.EDITED
    )
    for article_id in list(edited)[:MOST_EDITS]:
        found = _last_change(desk.store, article_id)
        if found is None:
            continue
        yield one_line(desk.running().outlet_of(found.newer.data.source)), found


def _last_change(store: Store, article_id: int) -> Difference | None:
    """Return the last change that a reader notices: being taken down changes no word."""
    numbers = [version.version for version in store.versions(article_id)][-_LOOKED_BACK:]
    for old, new in reversed(list(pairwise(numbers))):
        found = difference(store, article_id, old, new)
        if not found.change.trivial:
            return found
    return None


def _told(store: Store, alerts: tuple[Alert, ...]) -> tuple[Notification, ...]:
    """Return who was told of any of the alerts, each message of a receiver once."""
    told: dict[tuple[str, str], Notification] = {}
    for alert in alerts[:MOST_TOLD]:
        for notification in store.notifications(alert.id):
            key = (notification.receiver, notification.delivery_id or notification.state.value)
            told.setdefault(key, notification)
    return tuple(sorted(told.values(), key=lambda notification: notification.created_at))[
        :MOST_TOLD
    ]


def _named(desk: Desk, alerts: tuple[Alert, ...]) -> tuple[NamedEntity, ...]:
    named: dict[str, NamedEntity] = {}
    for alert in alerts:
        for entity in named_entities(alert, desk.config.entities):
            named.setdefault(entity.id, entity)
    for alert in alerts:
        for new in new_names(alert):
            named.setdefault(f"{NEW} {new.name.casefold()}", new)
    return tuple(named.values())


def _deeds(
    store: Store, alerts: tuple[Alert, ...], notes: tuple[CaseNote, ...]
) -> tuple[Deed, ...]:
    deeds: dict[tuple[object, ...], Deed] = {}
    for alert in alerts[:MOST_TOLD]:
        for change in store.alert_changes(alert.id):
            wrong = alert.match.rule_id if change.only_rule else ""
            key = (change.at, change.by, change.state, wrong)
            deeds[key] = Deed(at=change.at, by=change.by, change=change, wrong_rule=wrong)
    written = [Deed(at=note.at, by=note.by, note=note.text) for note in notes]
    return tuple(sorted((*deeds.values(), *written), key=lambda deed: deed.at))


def _neighbours(desk: Desk, card: Card) -> Neighbours | None:
    states = STATES[card.shelf]
    # One of its alerts may be in the state while another makes the story more pressing.
    ids = desk.store.case_ids(states, _NEIGHBOURS_AMONG + 1, without=needier(states))
    more = len(ids) > _NEIGHBOURS_AMONG
    ids = ids[:_NEIGHBOURS_AMONG]
    if card.key not in ids:
        return None
    at = ids.index(card.key)
    return Neighbours(
        place=at + 1,
        of=len(ids),
        more=more,
        before=ids[at - 1] if at else None,
        after=ids[at + 1] if at + 1 < len(ids) else None,
    )
