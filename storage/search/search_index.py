"""Search as the store offers it: what waits for the index of words, and what the index finds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from sqlmodel import Session, col, func, select

from core.articles import Article
from core.searching import (
    FoundVersions,
    IndexedVersion,
    SearchLag,
    Stretch,
    ToIndex,
    VersionFound,
    Wanted,
    is_newer_folding,
)
from storage.crawl.stored_articles import article_rows, stored_article
from storage.database.engine import Database, batches, sqlite_file
from storage.database.tables.crawl import ArticleRow, VersionRow
from storage.search.postgresql_index import PostgresqlIndex
from storage.search.sqlite_file import SearchFile
from storage.search.sqlite_index import SqliteIndex
from storage.search.word_index import IndexState, Late, WordIndex

MOST_WAITING = 2_000
"""Versions that are counted: while an index is made anew, every search asks how many wait."""


class SearchIndexes(Database):
    """Queries about the index of words.

    Whoever folds words (see `alerts.rules.indexing`) fills it: storage knows nothing of languages.
    """

    @cached_property
    def _words(self) -> WordIndex:
        file = sqlite_file(self._engine.url)
        if file is None:
            return PostgresqlIndex(self._engine)
        return SqliteIndex(SearchFile(file))

    def close(self) -> None:
        """Close the connections, those to the index as well."""
        if "_words" in self.__dict__:
            self._words.close()
        super().close()

    def versions_to_index(self, folding: str, limit: int = 200) -> ToIndex:
        """Return versions that wait for the index, the oldest first.

        One that was made with an older folding, or for another database under the same name, is
        begun anew. One of a newer folding is left alone: two processes that make it anew over each
        other would never end.
        """
        state = self._words.state()
        with self._reading() as session:
            if not _is_of(session, state, folding) and not is_newer_folding(state.folding, folding):
                self._words.begin(folding, instead_of=state)
                state = self._words.state()
            if state.folding != folding:
                return ToIndex((), state.up_to, state.up_to)
            part = self._words.to_refill()
            after = state.up_to if part is None else part.filled_to
            query = article_rows().where(col(VersionRow.id) > after)
            if part is not None:
                query = query.where(col(VersionRow.id) <= part.last_id)
            rows = session.exec(query.order_by(col(VersionRow.id)).limit(limit)).all()
            late = () if rows or part is not None else self._words.late().versions
            if late:
                which = article_rows().where(col(VersionRow.id).in_(late))
                rows = session.exec(which.order_by(col(VersionRow.id))).all()
        articles = tuple(
            stored_article(article, version)
            for article, version in rows
            if not article.is_health_alert
        )
        up_to = rows[-1][1].id if rows and not late else after
        if part is not None and len(rows) < limit:
            up_to = part.last_id
        return ToIndex(articles, after, up_to, None if part is None else part.number)

    def index_versions(
        self, batch: ToIndex, items: Sequence[IndexedVersion], noted: Collection[str]
    ) -> bool:
        """Put a batch into the index in one transaction; it was examined for the marks `noted`.

        Returns False, and changes nothing, when somebody else was quicker.
        """
        if batch.segment is not None:
            return self._words.refill(
                batch.segment, items, after=batch.after, up_to=batch.up_to, noted=noted
            )
        content = batch.articles[-1].content_sha256 if batch.articles else ""
        return self._words.add(
            items, after=batch.after, up_to=batch.up_to, content=content, noted=noted
        )

    def tend_index(self) -> bool:
        """Put a part of the index in order that gets no more versions; False when all are."""
        return self._words.tend()

    def clear_index(self, folding: str) -> None:
        """Forget the index, to make it anew."""
        self._words.begin(folding)

    def forget_in_index(self, versions: Collection[int]) -> None:
        """Let the index go of versions that are no more."""
        self._words.forget(versions)

    def search_lag(self, folding: str | None = None, seconds: float | None = None) -> SearchLag:
        """Return how far the index is behind what is stored.

        One of another database, or of another folding where one is given, knows nothing of it.
        With `seconds`, what could not be found out in that time is not taken for indexed.
        """
        state = self._words.state()
        with self._reading() as session:
            if not _is_of(session, state, folding):
                state = IndexState("", 0, 0, "", None)
            some = select(VersionRow.id).where(col(VersionRow.id) > state.up_to).limit(MOST_WAITING)
            waiting = session.exec(select(func.count()).select_from(some.subquery())).one()
        # What was committed late is in no part yet, and must hide nothing that is.
        late = self._words.late(seconds) if state.up_to else Late((), 0)
        return SearchLag(late.whole_to, waiting + len(late.versions), state.last_at)

    def find_versions(
        self,
        wanted: Wanted,
        stretch: Stretch,
        limit: int,
        deadline: float,
        folding: str | None = None,
    ) -> FoundVersions:
        """Return the versions that the index takes for wanted, the newest first.

        `deadline` is a moment of the monotonic clock, at which it says how far it got. Nothing is
        found where `search_lag` says that everything waits.
        """
        state = self._words.state()
        with self._reading() as session:
            known = _is_of(session, state, folding)
        if not known:
            return FoundVersions((), looked_to=0, complete=True)
        return self._words.find(wanted, stretch, limit, deadline)

    def versions_found(self, ids: Sequence[int]) -> list[VersionFound]:
        """Return versions by their ids, in that order; those that are no more are left out."""
        found: dict[int, VersionFound] = {}
        with self._reading() as session:
            for batch in batches(ids):
                query = article_rows().where(
                    col(VersionRow.id).in_(batch), col(ArticleRow.is_health_alert).is_(False)
                )
                for article, version in session.exec(query):
                    found[version.id] = VersionFound(
                        stored_article(article, version), article.latest_version
                    )
        return [found[id_] for id_ in ids if id_ in found]

    def numbered_versions(self, article: Article, numbers: Sequence[int]) -> list[Article]:
        """Return the versions of an article that have these numbers, in their order."""
        query = (
            article_rows()
            .where(ArticleRow.id == article.id, col(VersionRow.number).in_(numbers))
            .order_by(col(VersionRow.number))
        )
        with self._reading() as session:
            return [stored_article(*found) for found in session.exec(query)]


def _is_of(session: Session, state: IndexState, folding: str | None) -> bool:
    """Tell whether an index is one of this database and, where one is given, of this folding."""
    return folding in {None, state.folding} and not _is_of_another_database(session, state)


def _is_of_another_database(session: Session, state: IndexState) -> bool:
    """Tell whether the last version in an index is another one than in the database.

    As when a database was restored from a copy, and its words were not.
    """
    if not state.last:
        return False
    query = select(VersionRow.content_sha256).where(VersionRow.id == state.last)
    content = session.exec(query).one_or_none()
    if content is not None:
        return content != state.content
    newest = session.exec(select(func.max(VersionRow.id))).one()
    return (newest or 0) < state.last
