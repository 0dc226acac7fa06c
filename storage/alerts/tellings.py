"""Who tells a story: its articles, as far as they say who says what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, func, select

from core.alerting.accounts import Telling
from core.alerting.matches import Field, SpanKind
from storage.database.engine import Database, batches
from storage.database.tables.alerts import MatchRow, StoryArticleRow
from storage.database.tables.crawl import ArticleRow, VersionRow

MOST_TELLINGS = 200
"""Articles of a story that are looked at, the first that were seen: who comes after two hundred
others changes nothing about who stands behind it."""
MOST_TEXTS = 40
"""The same where their texts are read, too."""
MOST_STORIES = 30
"""Stories of which texts are read for one message; of more it is only said who had them first."""
TEXT_LENGTH = 8_000
"""Characters of each text that are read."""


class Tellings(Database):
    """Queries about who tells a story."""

    def tellings_of_stories(self, stories: Collection[int]) -> dict[int, tuple[Telling, ...]]:
        """Return the articles of stories without their texts, by story, each in that order."""
        with self._reading() as session:
            return tellings_of(session, stories)

    def tellings(self, story: int, *, texts: bool = False) -> tuple[Telling, ...]:
        """Return the articles of a story, the first that was seen first."""
        with self._reading() as session:
            return tellings_of(session, [story], texts=texts).get(story, ())


def tellings_of(
    session: Session,
    stories: Iterable[int],
    *,
    texts: bool = False,
    until: datetime | None = None,
    least: int = 1,
) -> dict[int, tuple[Telling, ...]]:
    """Return the articles of stories, of each the first that was seen first.

    With `until`, those that were judged by then: what is asked later is answered the same. Stories
    of fewer than `least` articles are left out.
    """
    found: dict[int, list[Telling]] = {}
    for batch in batches(sorted(set(stories))):
        for story, telling in _tellings(session, batch, texts, until, least):
            found.setdefault(story, []).append(telling)
    return {story: tuple(tellings) for story, tellings in found.items()}


def _tellings(
    session: Session, stories: Sequence[int], texts: bool, until: datetime | None, least: int
) -> Iterator[tuple[int, Telling]]:
    place = func.row_number().over(
        partition_by=col(StoryArticleRow.story_id),
        order_by=(col(StoryArticleRow.seen_at), col(StoryArticleRow.article_id)),
    )
    first = VersionRow.number == 1
    among = func.count().over(partition_by=col(StoryArticleRow.story_id))
    placed = (
        sa_select(col(StoryArticleRow.article_id).label("article"))
        .add_columns(place.label("place"), among.label("among"))
        .join(VersionRow, (col(VersionRow.article_id) == StoryArticleRow.article_id) & first)
        .where(col(StoryArticleRow.story_id).in_(stories))
    )
    if until is not None:
        placed = placed.where(col(VersionRow.judged_at) <= until)
    ranked = placed.subquery()
    text: ColumnElement[str] = func.substr(col(VersionRow.text), 1, TEXT_LENGTH if texts else 0)
    query = (
        select(StoryArticleRow, ArticleRow.source, VersionRow.published_at)
        .add_columns(col(VersionRow.title), text)
        .join(ranked, ranked.c.article == col(StoryArticleRow.article_id))
        .join(ArticleRow, col(ArticleRow.id) == StoryArticleRow.article_id)
        .join(VersionRow, (col(VersionRow.article_id) == ArticleRow.id) & first)
        .where(ranked.c.place <= (MOST_TEXTS if texts else MOST_TELLINGS))
        .where(ranked.c.among >= least)
        .order_by(col(StoryArticleRow.seen_at), col(StoryArticleRow.article_id))
    )
    rows = session.execute(query).all()
    named = _entities(session, [row.article_id for row, *_ in rows]) if texts else {}
    for row, source, published_at, title, beginning in rows:
        yield (
            row.story_id,
            Telling(
                article=row.article_id,
                source=source,
                seen_at=row.seen_at,
                published_at=published_at,
                sketch=row.sketch,
                text=f"{title}\n{beginning}" if texts else "",
                entities=tuple(
                    (label, (title if field == Field.TITLE.value else beginning)[start:end])
                    for label, (field, start, end) in named.get(row.article_id, {}).items()
                ),
            ),
        )


def _entities(
    session: Session, articles: Sequence[int]
) -> dict[int, dict[str, tuple[str, int, int]]]:
    """Return whom and what articles named when they were first seen, and where."""
    found: dict[int, dict[str, tuple[str, int, int]]] = {}
    for batch in batches(articles):
        query = (
            select(VersionRow.article_id, MatchRow.spans)
            .join(MatchRow, col(MatchRow.version_id) == VersionRow.id)
            .where(col(VersionRow.article_id).in_(batch), VersionRow.number == 1)
            .order_by(col(MatchRow.id))
        )
        for article, spans in session.exec(query):
            for field, start, end, label, kind in spans:
                if kind == SpanKind.ENTITY.value:
                    found.setdefault(article, {}).setdefault(label, (field, start, end))
    return found
