"""A made-up article and alert, in Russian, that tests bend to their needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alerts.messages.message import Message
from core.alerting.alerts import Alert
from core.alerting.matches import Field, Level, Match, Snippet, Span, SpanKind
from core.articles import Article, ArticleData
from core.config.sections.vocabulary import EntityConfig

SENT_AT = datetime(2026, 11, 20, 8, 6, 30, tzinfo=UTC)
PUBLISHED_AT = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)

TITLE = "Новым гражданам закрыли выезд: мигрантов разворачивают на границе"
TEXT = (
    "Мужчин, получивших российский паспорт, больше не выпускают из страны, рассказали трое "
    "мигрантов из Оша. По их словам, на пункте пропуска «Маштаково» каждому вручили повестку. "
    "Глава ведомства Тимур Осмонов заявил, что уклонистов вернут, а в Бишкеке назвали "
    "мобилизацию «личным делом» каждого."
)
SNIPPET = TEXT[:175]

ENTITIES = {
    "osmonov": EntityConfig.model_validate(
        {"kind": "person", "ru": ["Тимур Осмонов", "Осмонов"], "en": ["Timur Osmonov"]}
    ),
    "bishkek": EntityConfig.model_validate({"kind": "place", "ru": ["Бишкек"], "en": ["Bishkek"]}),
}


def span(label: str, word: str, kind: SpanKind = SpanKind.TERM) -> Span:
    """Point at the first occurrence of `word` in the text."""
    start = TEXT.index(word)
    return Span(Field.TEXT, start, start + len(word), label, kind)


def article(**changes: Any) -> Article:
    """Return a stored article; `changes` go to its data."""
    data = ArticleData(
        url="https://outlet.example/news/1",
        title=TITLE,
        text=TEXT,
        source="outlet",
        language="ru",
        published_at=PUBLISHED_AT,
    )
    return Article(
        id=7,
        version=1,
        version_id=11,
        data=replace(data, **changes),
        first_seen_at=datetime(2026, 11, 20, 8, 6, tzinfo=UTC),
        fetched_at=datetime(2026, 11, 20, 8, 6, 5, tzinfo=UTC),
        content_sha256="ab" * 32,
    )


def match(**changes: Any) -> Match:
    """Return a match with two terms, a person and a place."""
    hits = [(SNIPPET.index(word), len(word)) for word in ("паспорт", "мигрантов", "повестку")]
    made = Match(
        rule_id="new-citizens",
        rule_title="New citizens and the draft",
        level=Level.HIGH,
        spans=(
            span("мигрант", "мигрантов"),
            span("повестка", "повестку"),
            span("osmonov", "Тимур Осмонов", SpanKind.ENTITY),
            span("bishkek", "Бишкеке", SpanKind.ENTITY),
        ),
        snippet=Snippet(SNIPPET, tuple((start, start + size) for start, size in hits)),
    )
    return replace(made, **changes)


def message(
    *,
    title: str = TITLE,
    url: str = "https://outlet.example/news/1",
    outlet: str = "Outlet",
    snippet: Snippet | None = None,
    rule_title: str = "New citizens and the draft",
    delivery_id: str = "dlv_0123456789abcdef0123456789abcdef",
    attempt: int = 1,
    sent_at: datetime = SENT_AT,
    test: bool = False,
    published_at: datetime | None = PUBLISHED_AT,
) -> Message:
    """Return a notice of the sample alert."""
    changes: dict[str, Any] = {"rule_title": rule_title}
    if snippet is not None:
        changes["snippet"] = snippet
    alert = Alert(
        id="alt_0123456789abcdef0123456789abcdef",
        match=match(**changes),
        article=article(title=title, url=url, published_at=published_at),
        created_at=datetime(2026, 11, 20, 8, 6, 10, tzinfo=UTC),
    )
    return Message(
        delivery_id=delivery_id,
        alerts=(alert,),
        outlets={alert.article.data.source: outlet},
        attempt=attempt,
        sent_at=sent_at,
        test=test,
    )
