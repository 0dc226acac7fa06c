"""Every endpoint of the API: what it is asked, what it does, what it answers.

The table at the end is what routes, checks and the published description are made from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from core.alerting.deliveries import DeliveryStatus
from core.errors import StorageError
from core.people import ApiToken, Role
from core.plain_text import one_line
from desk import alerts as desk_alerts
from desk import overview, stories
from desk.context import Desk
from desk.database import Cursor
from desk.errors import NotThereError
from desk.search import SearchFilters
from desk.stories import Asked
from web.api import answers, questions
from web.api.forms import alert_form, line_fields, story_form, text_form


class BadCursorError(ValueError):
    """`before` is not the `next` of a page of this list."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of a program, checked."""

    desk: Desk
    token: ApiToken
    path: Mapping[str, str]
    asked: Any
    """The question, of the type that the endpoint names."""

    def number(self) -> int:
        """Return the number in the address. Raises NotThereError when it is none."""
        text = self.path["id"]
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise NotThereError(f"thing with the number {text[:40]!r}")
        return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the API."""

    method: str
    path: str
    summary: str
    role: Role
    question: type[questions.Question]
    answer: type[BaseModel]
    do: Callable[[Call], BaseModel]

    @property
    def acts(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


def _cursor(before: str | None, kind: type[int | str]) -> Cursor | None:
    try:
        found = Cursor.parse(before) if before else None
    except StorageError:
        raise BadCursorError from None
    if found is not None and not isinstance(found.id, kind):
        raise BadCursorError
    return found


# -- asking


def list_stories(call: Call) -> answers.Page[answers.Story]:
    """Return stories of a shelf."""
    asked: questions.StoriesAsked = call.asked
    page = stories.listed(
        call.desk,
        Asked(
            shelf=asked.shelf,
            level=asked.level,
            rule=asked.rule,
            source=asked.source,
            language=asked.language,
            since=asked.since,
        ),
        after=_cursor(asked.before, int),
        limit=asked.limit,
    )
    return answers.Page[answers.Story](
        items=tuple(map(story_form, page.items)), next=str(page.next) if page.next else None
    )


def show_story(call: Call) -> answers.Story:
    """Return one story."""
    return story_form(stories.story(call.desk, call.number()))


def list_alerts(call: Call) -> answers.Page[answers.AlertOfRule]:
    """Return alerts."""
    asked: questions.AlertsAsked = call.asked
    page = call.desk.store.alerts(
        rule=asked.rule,
        state=asked.state,
        level=asked.level,
        source=asked.source,
        since=asked.since,
        after=_cursor(asked.before, str),
        limit=asked.limit,
    )
    return answers.Page[answers.AlertOfRule](
        items=tuple(map(alert_form, page.items)), next=str(page.next) if page.next else None
    )


def show_alert(call: Call) -> answers.AlertOfRule:
    """Return one alert."""
    return alert_form(desk_alerts.alert_of(call.desk.store, call.path["id"]))


def list_articles(call: Call) -> answers.Page[answers.ArticleLine]:
    """Return articles, each in its latest version."""
    asked: questions.ArticlesAsked = call.asked
    page = call.desk.store.articles(
        source=asked.source,
        since=asked.since,
        after=_cursor(asked.before, int),
        limit=asked.limit,
    )
    return answers.Page[answers.ArticleLine](
        items=tuple(answers.ArticleLine(**line_fields(article)) for article in page.items),
        next=str(page.next) if page.next else None,
    )


def show_article(call: Call) -> answers.ArticleText:
    """Return an article in one version."""
    asked: questions.VersionAsked = call.asked
    found = call.desk.store.article(call.number(), asked.version)
    if found is None:
        raise NotThereError(f"article {call.path['id']} in that version")
    return text_form(found)


def list_versions(call: Call) -> answers.Page[answers.ArticleText]:
    """Return all versions of an article, the newest first."""
    found = call.desk.store.versions(call.number())
    if not found:
        raise NotThereError(f"article {call.path['id']}")
    return answers.Page[answers.ArticleText](
        items=tuple(text_form(article) for article in reversed(found)), next=None
    )


def search(call: Call) -> answers.Found:
    """Search every version ever stored."""
    asked: questions.SearchAsked = call.asked
    _cursor(asked.before, int)
    filters = SearchFilters(
        since=asked.since, source=asked.source, language=asked.language, versions=asked.versions
    )
    page = call.desk.search.search(asked.q, filters, asked.before, asked.limit)
    return answers.Found(
        items=tuple(
            answers.Hit(
                **line_fields(hit.article),
                snippet="".join(piece.text for piece in hit.snippet),
                still_there=hit.still_there,
            )
            for hit in page.items
        ),
        next=page.next,
        understood=page.understood.text,
        count=None if page.count is None else str(page.count),
        looked_back_to=page.looked.back_to,
        complete=page.looked.complete,
    )


def list_sources(call: Call) -> answers.Page[answers.SourceLine]:
    """Return the sources, those in trouble first."""
    name = call.desk.running().outlet_of
    return answers.Page[answers.SourceLine](
        items=tuple(
            answers.SourceLine(
                name=line.source,
                title=one_line(name(line.source)),
                health=line.health.value,
                reason=one_line(line.reason),
                since=line.since,
                last_new_at=line.last_new_at,
                last_success_at=line.last_success_at,
            )
            for line in overview.health(call.desk).lines
        ),
        next=None,
    )


def list_deliveries(call: Call) -> answers.Page[answers.DeliveryLine]:
    """Return messages."""
    asked: questions.DeliveriesAsked = call.asked
    page = call.desk.store.deliveries(
        receiver=asked.receiver,
        status=DeliveryStatus(asked.status) if asked.status else None,
        after=_cursor(asked.before, str),
        limit=asked.limit,
    )
    return answers.Page[answers.DeliveryLine](
        items=tuple(
            answers.DeliveryLine(
                id=delivery.id,
                alert=delivery.alert_id,
                receiver=delivery.receiver,
                status=delivery.status.value,
                attempts=delivery.attempts,
                created_at=delivery.created_at,
                next_attempt_at=delivery.next_attempt_at,
                last_detail=one_line(delivery.last_detail),
            )
            for delivery in page.items
        ),
        next=str(page.next) if page.next else None,
    )


def list_silences(call: Call) -> answers.Page[answers.SilenceLine]:
    """Return the silences that are not over."""
    return answers.Page[answers.SilenceLine](
        items=tuple(
            answers.SilenceLine(
                id=silence.id,
                match=silence.match.model_dump(mode="json", exclude_defaults=True),
                author=silence.author,
                reason=silence.reason,
                starts_at=silence.starts_at,
                ends_at=silence.ends_at,
            )
            for silence in call.desk.store.silences(after=call.desk.now())
        ),
        next=None,
    )


# -- acting


def acknowledge(call: Call) -> answers.Done:
    """Take a story on."""
    asked: questions.Acknowledge = call.asked
    card, signed = stories.story(call.desk, call.number()), call.desk.signed(call.token.name)
    ids = desk_alerts.acknowledge(call.desk.store, card.alert_id, signed, asked.note)
    return _done(call, ids)


def snooze(call: Call) -> answers.Done:
    """Put a story off until a time, when it notifies again."""
    asked: questions.Snooze = call.asked
    card, signed = stories.story(call.desk, call.number()), call.desk.signed(call.token.name)
    until = asked.until(signed.at)
    return _done(
        call, desk_alerts.snooze(call.desk.store, card.alert_id, signed, until, asked.note)
    )


def dismiss(call: Call) -> answers.Done:
    """Say that a story was not worth it, or that one rule was wrong about it."""
    asked: questions.Dismiss = call.asked
    card, signed = stories.story(call.desk, call.number()), call.desk.signed(call.token.name)
    ids = {alert.id for alert in card.case.alerts}
    if asked.only_rule is not None and asked.only_rule not in ids:
        raise NotThereError(f"alert '{asked.only_rule[:80]}' in this story")
    return _done(
        call,
        desk_alerts.dismiss(
            call.desk.store,
            asked.only_rule or card.alert_id,
            signed,
            asked.reason,
            only_rule=asked.only_rule is not None,
        ),
    )


def mute(call: Call) -> answers.Muted:
    """Silence a story for some days, and take it on; an article without one is only taken on."""
    asked: questions.Mute = call.asked
    card, signed = stories.story(call.desk, call.number()), call.desk.signed(call.token.name)
    muted = desk_alerts.mute(
        call.desk.store, card.alert_id, signed, timedelta(days=asked.days), asked.why
    )
    until = muted.silence.ends_at if muted.silence else None
    return answers.Muted(**_done(call, muted.alerts).model_dump(), muted_until=until)


def reopen(call: Call) -> answers.Done:
    """Open a story again."""
    asked: questions.Reopen = call.asked
    card, signed = stories.story(call.desk, call.number()), call.desk.signed(call.token.name)
    return _done(call, desk_alerts.reopen(call.desk.store, card.alert_id, signed, asked.note))


def write_note(call: Call) -> answers.NoteWritten:
    """Write a note about a story."""
    asked: questions.WriteNote = call.asked
    card, signed = stories.story(call.desk, call.number()), call.desk.signed(call.token.name)
    written = desk_alerts.note(call.desk.store, card.alert_id, signed, asked.text)
    return answers.NoteWritten(by=written.by, at=written.at, text=written.text)


def _done(call: Call, ids: tuple[str, ...]) -> answers.Done:
    overview.forget_counts(call.desk)
    state = stories.story(call.desk, call.number()).case.state
    return answers.Done(alerts=ids, state=state.value)


def _ask(
    path: str, summary: str, question: type[questions.Question], answer: type[BaseModel],
    do: Callable[[Call], BaseModel],
) -> Endpoint:  # fmt: skip
    return Endpoint(
        method="GET", path=path, summary=summary, role=Role.READ,
        question=question, answer=answer, do=do,
    )  # fmt: skip


def _act(
    path: str, summary: str, question: type[questions.Question], answer: type[BaseModel],
    do: Callable[[Call], BaseModel],
) -> Endpoint:  # fmt: skip
    return Endpoint(
        method="POST", path=path, summary=summary, role=Role.WORK,
        question=question, answer=answer, do=do,
    )  # fmt: skip


ENDPOINTS: tuple[Endpoint, ...] = (
    _ask("/stories", "Stories of a shelf, the one with the newest alert first",
         questions.StoriesAsked, answers.Page[answers.Story], list_stories),
    _ask("/stories/{id}", "One story", questions.Nothing, answers.Story, show_story),
    _act("/stories/{id}/acknowledge", "Take a story on",
         questions.Acknowledge, answers.Done, acknowledge),
    _act("/stories/{id}/snooze", "Put a story off", questions.Snooze, answers.Done, snooze),
    _act("/stories/{id}/dismiss", "Say that a story was not worth it",
         questions.Dismiss, answers.Done, dismiss),
    _act("/stories/{id}/mute", "Hear no more of a story", questions.Mute, answers.Muted, mute),
    _act("/stories/{id}/reopen", "Open a story again", questions.Reopen, answers.Done, reopen),
    _act("/stories/{id}/notes", "Write a note about a story",
         questions.WriteNote, answers.NoteWritten, write_note),
    _ask("/alerts", "Alerts, the newest first",
         questions.AlertsAsked, answers.Page[answers.AlertOfRule], list_alerts),
    _ask("/alerts/{id}", "One alert", questions.Nothing, answers.AlertOfRule, show_alert),
    _ask("/articles", "Articles, the newest first",
         questions.ArticlesAsked, answers.Page[answers.ArticleLine], list_articles),
    _ask("/articles/{id}", "An article in one version",
         questions.VersionAsked, answers.ArticleText, show_article),
    _ask("/articles/{id}/versions", "All versions of an article, the newest first",
         questions.Nothing, answers.Page[answers.ArticleText], list_versions),
    _ask("/search", "Every version ever stored, in the language of the rules, the newest first",
         questions.SearchAsked, answers.Found, search),
    _ask("/sources", "Sources and how they fare, those in trouble first",
         questions.Nothing, answers.Page[answers.SourceLine], list_sources),
    _ask("/deliveries", "Messages, the newest first",
         questions.DeliveriesAsked, answers.Page[answers.DeliveryLine], list_deliveries),
    _ask("/silences", "Silences that are not over",
         questions.Nothing, answers.Page[answers.SilenceLine], list_silences),
)  # fmt: skip
