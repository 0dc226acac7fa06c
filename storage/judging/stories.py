"""Stories: the place of each article among those that share its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from storage.database.engine import Database, batches, insert_into
from storage.database.tables.alerts import StoryArticleRow, StoryRow
from storage.database.tables.crawl import ArticleRow, VersionRow
from storage.judging.judging_records import PlacedArticle, Story, StoryMember, StoryPlacement

_BATCH = 1_000


class Stories(Database):
    """Queries about stories."""

    def placed_articles(self, since: datetime, most: int) -> Iterator[PlacedArticle]:
        """Yield the last `most` articles placed since a time, the oldest first."""
        query = (
            select(StoryArticleRow.article_id)
            .where(StoryArticleRow.seen_at >= since)
            .order_by(col(StoryArticleRow.seen_at).desc(), col(StoryArticleRow.article_id).desc())
            .limit(most)
        )
        with self._reading() as session:
            ids = list(session.exec(query))[::-1]
        for batch in batches(ids, _BATCH):
            with self._reading() as session:
                yield from _placed(session, batch)

    def story_of(self, article_id: int) -> Story | None:
        """Return the story of an article with everybody who has it, in the order they came."""
        with self._reading() as session:
            placed = session.get(StoryArticleRow, article_id)
            if placed is None:
                return None
            story = session.get_one(StoryRow, placed.story_id)
            query = (
                select(StoryArticleRow, ArticleRow, VersionRow.title)
                .join(ArticleRow, col(ArticleRow.id) == StoryArticleRow.article_id)
                .join(
                    VersionRow,
                    (col(VersionRow.article_id) == ArticleRow.id)
                    & (col(VersionRow.number) == ArticleRow.latest_version),
                )
                .where(StoryArticleRow.story_id == placed.story_id)
                .order_by(col(StoryArticleRow.seen_at), col(StoryArticleRow.article_id))
            )
            members = tuple(
                StoryMember(
                    article_id=row.article_id,
                    source=article.source,
                    title=title,
                    url=article.key,
                    seen_at=row.seen_at,
                    relation=row.relation,
                    of=row.of_article,
                    containment=row.containment,
                    shared_words=row.shared_words,
                )
                for row, article, title in session.exec(query)
            )
            return Story(story.id, story.first_source, story.first_at, members)


def put_placements(
    session: Session, dialect: str, placed: Sequence[tuple[int, datetime, StoryPlacement]]
) -> None:
    """Write the places of articles (id, when first seen, place); the last one stands."""
    if not placed:
        return
    stories = {
        placement.story: {
            "id": placement.story,
            "first_source": placement.first_source,
            "first_at": placement.first_at,
        }
        for _, _, placement in placed
    }
    # Stories before their articles, each in order of ids: judges in several processes may place
    # articles of the same stories.
    story = insert_into(dialect, StoryRow)
    session.exec(
        story.on_conflict_do_update(
            index_elements=["id"],
            set_={"first_source": story.excluded.first_source, "first_at": story.excluded.first_at},
        ),
        params=[stories[key] for key in sorted(stories)],
    )
    values = {
        article_id: {
            "article_id": article_id,
            "story_id": placement.story,
            "relation": placement.relation,
            "of_article": placement.of,
            "containment": placement.containment,
            "shared_words": placement.shared_words,
            "sketch": placement.sketch,
            "seen_at": seen_at,
        }
        for article_id, seen_at, placement in placed
    }
    article = insert_into(dialect, StoryArticleRow)
    kept = (
        "story_id",
        "relation",
        "of_article",
        "containment",
        "shared_words",
        "sketch",
        "seen_at",
    )
    session.exec(
        article.on_conflict_do_update(
            index_elements=["article_id"],
            set_={name: getattr(article.excluded, name) for name in kept},
        ),
        params=[values[key] for key in sorted(values)],
    )


def _placed(session: Session, ids: Sequence[int]) -> list[PlacedArticle]:
    query = (
        select(StoryArticleRow, ArticleRow.source, VersionRow.published_at)
        .join(ArticleRow, col(ArticleRow.id) == StoryArticleRow.article_id)
        .join(
            VersionRow,
            (col(VersionRow.article_id) == ArticleRow.id)
            & (col(VersionRow.number) == ArticleRow.latest_version),
        )
        .where(col(StoryArticleRow.article_id).in_(ids))
        .order_by(col(StoryArticleRow.seen_at), col(StoryArticleRow.article_id))
    )
    return [
        PlacedArticle(row.article_id, source, row.seen_at, published_at, row.story_id, row.sketch)
        for row, source, published_at in session.exec(query)
    ]
