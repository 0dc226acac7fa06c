"""Stories as people at the desk see them: a card in a list, and a sheet with all about one.

A story is what people work on: a case of alerts, by all rules and with all outlets that have it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.messages.about import About, about_of
from alerts.messages.alert_view import rule_name
from alerts.messages.own_news import in_words_of
from alerts.messages.snippet_pieces import Piece, snippet_pieces
from alerts.stories.accounts import accounts_of
from core.alerting.accounts import Account
from core.alerting.alerts import Alert, AlertChange, AlertState
from core.alerting.cases import SEEN_TO, Case, is_set_aside, leading_alert
from core.alerting.matches import Level
from core.articles import ArticleEvent
from core.plain_text import one_line, shorten
from desk.context import Desk
from desk.errors import NotThereError
from storage import Cursor, Page

__all__ = ["About", "Asked", "Card", "CardOutlet", "Shelf", "card_of", "listed", "story"]

CARD_SNIPPET = 260
"""Characters of a card's passage: two lines of it are shown."""
CARD_OUTLETS = 3
"""Outlets named on a card; of the others there is a count."""
_TITLE_LENGTH = 300


class Shelf(StrEnum):
    """Where a story lies, by what was done about it."""

    OPEN = "open"
    TAKEN = "taken"
    LATER = "later"
    CLOSED = "closed"


STATES: dict[Shelf, frozenset[AlertState]] = {
    Shelf.OPEN: frozenset({AlertState.OPEN, AlertState.ESCALATED}),
    Shelf.TAKEN: frozenset({AlertState.ACKNOWLEDGED}),
    Shelf.LATER: frozenset({AlertState.SNOOZED}),
    Shelf.CLOSED: frozenset({AlertState.DISMISSED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which stories are wanted; each condition that is given must hold."""

    shelf: Shelf = Shelf.OPEN
    level: Level | None = None
    rule: str | None = None
    source: str | None = None
    language: str | None = None
    since: datetime | None = None

    @property
    def narrowed(self) -> bool:
        """Whether something is asked for beside the shelf."""
        return any((self.level, self.rule, self.source, self.language, self.since))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOutlet:
    """An outlet that has a story."""

    source: str
    name: str
    at: datetime
    delay: timedelta
    """After the first."""
    copies: str | None
    """Whom it repeats, by name; None for own words."""
    article: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A story in a list."""

    case: Case
    about: About
    alert_id: str
    """What acts on it: what is done about one alert of a case holds for all."""
    article: int
    """The article that is shown: the one with the alert that matters most."""
    title: str
    language: str | None
    rule: str
    rule_id: str
    reason: str
    snippet: tuple[Piece, ...]
    outlets: tuple[CardOutlet, ...]
    change: AlertChange | None
    """What brought it into its state; None while nothing was done."""

    @property
    def shelf(self) -> Shelf:
        """Where it lies."""
        return next(shelf for shelf, states in STATES.items() if self.case.state in states)

    @property
    def fate(self) -> ArticleEvent | None:
        """What became of its page last: edited, taken down; None while it is as it was."""
        last = max(self.case.alerts, key=lambda alert: alert.created_at)
        gone = (ArticleEvent.EDITED, ArticleEvent.REMOVED)
        return last.event if last.event in gone else None

    @property
    def key(self) -> int:
        """What its page is called by."""
        return self.case.id

    @property
    def own(self) -> int:
        """How many outlets have words of their own."""
        return sum(1 for outlet in self.outlets if outlet.copies is None)

    @property
    def copies(self) -> int:
        """How many outlets only repeat others."""
        return len(self.outlets) - self.own


def listed(desk: Desk, asked: Asked, *, after: Cursor | None = None, limit: int = 20) -> Page[Card]:
    """Return stories, the one with the newest alert first, in pages."""
    cards: list[Card] = []
    while True:
        page = desk.store.cases(
            state=STATES[asked.shelf],
            level=asked.level,
            rule=asked.rule,
            source=asked.source,
            language=asked.language,
            since=asked.since,
            after=after,
            limit=limit - len(cards),
        )
        # One of its alerts may be in the state while another makes the story more pressing.
        kept = [case for case in page.items if case.state in STATES[asked.shelf]]
        cards.extend(_cards(desk, kept))
        after = page.next
        if after is None or len(cards) >= limit:
            return Page(tuple(cards), after)


def card_in(card: Card, language: str) -> Card:
    """Return a card with its words in a language, where it is news of ourselves that has them."""
    shown = leading_alert(card.case)
    told = in_words_of(shown, language)
    if told is shown:
        return card
    return replace(
        card,
        title=shorten(one_line(told.article.data.title), _TITLE_LENGTH),
        language=told.article.data.language,
        snippet=snippet_pieces(told.match.snippet, CARD_SNIPPET),
    )


def story(desk: Desk, case_id: int) -> Card:
    """Return the story that an article belongs to, as a card. Raises NotThereError."""
    case = desk.store.case(case_id)
    if case is None:
        raise NotThereError(f"story {case_id}")
    return _cards(desk, [case])[0]


def card_of(desk: Desk, alert_id: str) -> Card:
    """Return the story of an alert, as a card. Raises NotThereError."""
    alert = desk.store.alert(alert_id)
    if alert is None:
        raise NotThereError(f"alert '{alert_id}'")
    return story(desk, alert.case_id)


def _cards(desk: Desk, cases: Sequence[Case]) -> list[Card]:
    stories = {alert.story for case in cases for alert in case.alerts if alert.story is not None}
    told = desk.store.tellings_of_stories(stories)
    return [_card(desk, case, accounts_of(told.get(case.id, ()))) for case in cases]


def _card(desk: Desk, case: Case, accounts: Collection[Account]) -> Card:
    counting = [alert for alert in case.alerts if not is_set_aside(alert)] or list(case.alerts)
    shown = leading_alert(case)
    data = shown.article.data
    return Card(
        case=case,
        about=about_of(shown),
        alert_id=shown.id,
        article=shown.article.id,
        title=shorten(one_line(data.title), _TITLE_LENGTH) or data.url,
        language=data.language,
        rule=rule_name(shown),
        rule_id=shown.match.rule_id,
        reason=shown.reason,
        snippet=snippet_pieces(shown.match.snippet, CARD_SNIPPET),
        outlets=_outlets(desk, case, accounts),
        change=_change(case, counting),
    )


def _outlets(desk: Desk, case: Case, accounts: Collection[Account]) -> tuple[CardOutlet, ...]:
    name = desk.running().outlet_of
    if not accounts:
        first = case.alerts[0]
        source = first.article.data.source
        return (
            CardOutlet(
                source=source,
                name=one_line(name(source)),
                at=first.article.first_seen_at,
                delay=timedelta(),
                copies=None,
                article=first.article.id,
            ),
        )
    began = min(account.at for account in accounts)
    return tuple(
        CardOutlet(
            source=account.source,
            name=one_line(name(account.source)),
            at=account.at,
            delay=account.at - began,
            copies=None if account.copies is None else one_line(name(account.copies.source)),
            article=account.article,
        )
        for account in accounts
    )


def _change(case: Case, counting: Sequence[Alert]) -> AlertChange | None:
    if case.state not in SEEN_TO:
        return None
    changes = [alert.handled for alert in counting if alert.handled is not None]
    return max(
        (change for change in changes if change.state is case.state),
        key=lambda change: change.at,
        default=None,
    )
