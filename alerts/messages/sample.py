"""The sample that `wirewatch test-receiver` sends: shaped like an alert, and plainly a test."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.messages.message import Message
from core.alerting.alerts import Alert
from core.alerting.matches import Field, Level, Match, Snippet, Span, SpanKind
from core.articles import Article, ArticleData

_TITLE = "A test from Wirewatch: this is how an alert looks"
_TEXT = (
    "Nothing has happened: somebody asked Wirewatch to show that alerts arrive here. In a real "
    "one, this passage is the part of the article that a rule found, with the words it looked "
    "for marked, and the link above leads to the article itself."
)
_MARKED = ("alerts", "rule")


def sample_message(now: datetime) -> Message:
    """Return a harmless alert; its ids differ from call to call, so that no receiver drops it."""
    spans = tuple(
        Span(Field.TEXT, _TEXT.index(word), _TEXT.index(word) + len(word), word, SpanKind.TERM)
        for word in _MARKED
    )
    article = Article(
        id=0,
        version=1,
        version_id=0,
        data=ArticleData(
            url="https://example.org/a-test-from-wirewatch",
            title=_TITLE,
            text=_TEXT,
            source="wirewatch-test",
            published_at=now - timedelta(minutes=3),
            language="en",
            site_name="Wirewatch test",
        ),
        first_seen_at=now,
        fetched_at=now,
        content_sha256="0" * 64,
    )
    match = Match(
        rule_id="test-receiver",
        rule_title="Test of this receiver",
        level=Level.NORMAL,
        spans=spans,
        snippet=Snippet(_TEXT, tuple((span.start, span.end) for span in spans)),
    )
    stamp = f"{now.timestamp():.0f}"
    return Message(
        delivery_id=f"dlv_test_{stamp}",
        alerts=(Alert(id=f"alt_test_{stamp}", match=match, article=article, created_at=now),),
        outlets={article.data.source: "Wirewatch test"},
        sent_at=now,
        test=True,
    )
