"""How what the desk knows is put into the forms that the API answers with."""

from __future__ import annotations

from typing import Any

from core.alerting.alerts import Alert
from core.articles import Article
from core.plain_text import one_line
from desk.stories import Card
from web.api import answers


def story_form(card: Card) -> answers.Story:
    """Return a story."""
    case = card.case
    return answers.Story(
        id=case.id,
        state=case.state.value,
        level=case.level.value,
        title=card.title,
        url=case.url,
        language=card.language,
        snippet="".join(piece.text for piece in card.snippet),
        owner=case.owner,
        first_at=case.first_at,
        last_at=case.last_at,
        rules=tuple(
            answers.RuleOfStory(
                id=rule.id, title=one_line(rule.title), level=rule.level.value, wrong=rule.wrong
            )
            for rule in case.rules
        ),
        outlets=tuple(
            answers.OutletOfStory(
                source=outlet.source,
                name=outlet.name,
                at=outlet.at,
                copies=outlet.copies,
                article=outlet.article,
            )
            for outlet in card.outlets
        ),
        alerts=tuple(alert.id for alert in case.alerts),
    )


def alert_form(alert: Alert) -> answers.AlertOfRule:
    """Return an alert."""
    data = alert.article.data
    return answers.AlertOfRule(
        id=alert.id,
        rule=alert.match.rule_id,
        level=alert.match.level.value,
        state=alert.state.value,
        created_at=alert.created_at,
        reason=one_line(alert.reason),
        story=alert.case_id,
        article=alert.article.id,
        version=alert.article.version,
        title=data.title,
        url=data.url,
        source=data.source,
        language=data.language,
        snippet=alert.match.snippet.text,
    )


def line_fields(article: Article) -> dict[str, Any]:
    """Return the fields of an article without its text."""
    data = article.data
    return {
        "id": article.id,
        "version": article.version,
        "title": data.title,
        "url": data.url,
        "source": data.source,
        "language": data.language,
        "published_at": data.published_at,
        "first_seen_at": article.first_seen_at,
    }


def text_form(article: Article) -> answers.ArticleText:
    """Return an article in one version."""
    return answers.ArticleText(
        **line_fields(article),
        text=article.data.text,
        authors=article.data.authors,
        event=article.event.value,
    )
