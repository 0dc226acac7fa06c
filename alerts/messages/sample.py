"""The sample that `wirewatch test-receiver` sends: shaped like an alert, and plainly a test."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.messages.message import Message
from alerts.messages.phrasing import ENGLISH
from core.alerting.alerts import Alert
from core.alerting.matches import Field, Level, Match, Snippet, Span, SpanKind
from core.articles import Article, ArticleData
from core.words import Words, worded

_OUTLET = worded("Wirewatch test")
_TITLE = worded("A test from Wirewatch: this is how an alert looks")
_TEXT = worded(
    "Nothing has happened: somebody asked Wirewatch to show that *alerts* arrive here. In a real "
    "one, this passage is the part of the article that a *rule* found, with the words it looked "
    "for marked, and the link above leads to the article itself."
)


def sample_message(now: datetime, words: Words = ENGLISH) -> Message:
    """Return a harmless alert; its ids differ from call to call, so that no receiver drops it."""
    text, spans = _hits(words(_TEXT))
    article = Article(
        id=0,
        version=1,
        version_id=0,
        data=ArticleData(
            url="https://example.org/a-test-from-wirewatch",
            title=words(_TITLE),
            text=text,
            source="wirewatch-test",
            published_at=now - timedelta(minutes=3),
            language=words.language,
            site_name=words(_OUTLET),
        ),
        first_seen_at=now,
        fetched_at=now,
        content_sha256="0" * 64,
    )
    match = Match(
        rule_id="test-receiver",
        rule_title=words("Test of this receiver"),
        level=Level.NORMAL,
        spans=spans,
        snippet=Snippet(text, tuple((span.start, span.end) for span in spans)),
    )
    stamp = f"{now.timestamp():.0f}"
    return Message(
        delivery_id=f"dlv_test_{stamp}",
        alerts=(Alert(id=f"alt_test_{stamp}", match=match, article=article, created_at=now),),
        outlets={article.data.source: words(_OUTLET)},
        sent_at=now,
        test=True,
        words=words,
    )


def _hits(marked: str) -> tuple[str, tuple[Span, ...]]:
    """Return a text without the stars in it, and what stood between them as hits."""
    text, spans = "", list[Span]()
    for index, part in enumerate(marked.split("*")):
        if index % 2:
            spans.append(Span(Field.TEXT, len(text), len(text) + len(part), part, SpanKind.TERM))
        text += part
    return text, tuple(spans)
