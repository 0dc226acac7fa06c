"""Articles: one identity over all addresses of a text, one version per text it was seen with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import UpdateBase, bindparam
from sqlmodel import Session, col, select, update

from core.articles import (
    Alias,
    ArticleData,
    ArticleEvent,
    FetchedPage,
    Recorded,
    RecordOutcome,
    WordsFrom,
)
from core.claims import UNASKED, Bringer, Standing
from core.errors import StorageError
from core.opened_page import opened
from core.sources import Validators
from core.text_changes import compare
from core.version_events import event_of
from storage.crawl.aliases import add_aliases, article_of_aliases
from storage.crawl.corrections import corrected, in_own_words
from storage.crawl.earlier_versions import latest_of, stored_under, told_before
from storage.crawl.held_entries import forget_words, give_article, hold_entry, settle_as_stored
from storage.crawl.new_versions import NewVersion
from storage.crawl.raw_pages import RawPages, pack
from storage.database.columns import CleanText, UtcDateTime, key_hash
from storage.database.engine import insert_into
from storage.database.tables.crawl import ArticleRow, EntryRow, VersionRow

PlanVisit = Callable[[datetime], datetime | None]
"""Says when an article that last changed at a time is looked at again; None for never."""


def never(_changed_at: datetime) -> datetime | None:
    """Plan no visit."""
    return None


class Articles(RawPages):
    """Queries about articles and their versions."""

    def record(
        self,
        data: ArticleData,
        page: FetchedPage | None,
        *,
        key: str,
        entry_id: int | None = None,
        aliases: Sequence[Alias] = (),
        validators: Validators | None = None,
        plan_visit: PlanVisit = never,
        bringer: Bringer = UNASKED,
        words: bytes | None = None,
    ) -> Recorded:
        """Store an article under its canonical URL `key` and settle its entry; safe to repeat.

        Known by its key, an article with another title or text gets a new version, unless the
        change is trivial (`core.text_changes`). Known by one of `aliases` only, it is a DUPLICATE:
        its own address is what edits are looked for at. The same title and text are UNCHANGED, or
        DUPLICATE when another entry brought them first. The page becomes the version's evidence;
        a version that has evidence keeps it. What others announced first is corrected when the
        article's own outlet does; an entry that is another source's since is not settled. `words`
        are those of `record_announced`, where the feed goes on speaking for the article.
        """
        packed = None if page is None else pack(page)
        found = NewVersion.found(data, packed)
        now = self._clock()
        with self._writing() as session:
            announced = None
            if entry_id is not None:
                # Entry before article, in every transaction that holds both.
                announced, source = hold_entry(session, entry_id)
                entry_id = entry_id if bringer.source in (None, source) else None
            recorded = None
            if bringer.standing is not Standing.FOREIGN:
                recorded = self._opened(session, found, key, announced, now)
            recorded = recorded or self._record(
                session, found, key, entry_id, aliases, now, bringer
            )
            if recorded.outcome is not RecordOutcome.UNCHANGED:
                add_aliases(session, self.dialect, recorded.article_id, aliases)
            if recorded.outcome is RecordOutcome.NEW or recorded.opened:
                _set_visit(session, recorded.article_id, plan_visit(now), validators)
            if entry_id is not None:
                settle_as_stored(session, entry_id, recorded, now, words)
            return recorded

    def record_announced(
        self,
        data: ArticleData,
        *,
        key: str,
        entry_id: int,
        aliases: Sequence[Alias] = (),
        words: bytes | None = None,
        bringer: Bringer = UNASKED,
    ) -> Recorded:
        """Store an article made of what a feed says of it; its entry waits on for the page.

        `words` is the sign of what the feed says, by which it is known when it says another thing.
        Safe to repeat. An article that is there already, by its key or by one of `aliases`, stays
        as it is: its own words are better. Only whose it is, and of when, is corrected.
        """
        found = NewVersion.found(data, None)
        now = self._clock()
        with self._writing() as session:
            hold_entry(session, entry_id)
            stored = stored_under(session, key)
            if stored is not None:
                told = in_own_words(found.data, stored[1])
                found = NewVersion.found(told, None)
                recorded = self._corrected(
                    session, *stored, found, entry_id, bringer, now
                ) or Recorded(RecordOutcome.UNCHANGED, stored[0].id, stored[1].id)
            else:
                recorded = self._record(session, found, key, entry_id, aliases, now, bringer)
                if recorded.outcome is RecordOutcome.NEW:
                    add_aliases(session, self.dialect, recorded.article_id, aliases)
            give_article(session, entry_id, recorded.article_id, words)
            return recorded

    def record_said_anew(self, data: ArticleData, *, key: str, words: bytes) -> Recorded | None:
        """Store a feed's other words as a version of the article made of its words; safe to repeat.

        Return None where there is none such any more: its page speaks for itself.
        """
        found = NewVersion.found(data, None)
        now = self._clock()
        with self._writing() as session:
            entry = session.exec(
                select(EntryRow)
                .where(EntryRow.key_hash == key_hash(key))
                .with_for_update(key_share=True)
            ).one_or_none()
            if entry is None or entry.article_id is None:
                return None
            query = select(ArticleRow).where(ArticleRow.id == entry.article_id)
            article = session.exec(query.with_for_update(key_share=True)).one()
            latest = latest_of(session, article)
            if latest.words_from != WordsFrom.FEED.value:
                entry.words_sha256 = None  # nobody asks about the feed's words any more
                return None
            entry.words_sha256 = words
            forget_words(session, entry.id)
            edited = self._edited(session, article, latest, found, now)
            return edited or Recorded(RecordOutcome.UNCHANGED, article.id, latest.id)

    def _opened(
        self,
        session: Session,
        found: NewVersion,
        key: str,
        announced: int | None,
        now: datetime,
    ) -> Recorded | None:
        """Let the page take the place of what the feed said, in the article made of that.

        Return None where there is none such, or where the page belongs to another article: the one
        under the address that it was found at.
        """
        if announced is None or found.data.words_from is not WordsFrom.PAGE:
            return None
        query = select(ArticleRow).where(ArticleRow.id == announced)
        article = session.exec(query.with_for_update(key_share=True)).one()
        latest = latest_of(session, article)
        if latest.words_from != WordsFrom.FEED.value:
            return None
        digest = key_hash(key)
        if article.key_hash != digest:
            # Not held: who holds two articles could wait for one that holds them the other way.
            another = select(ArticleRow.id).where(ArticleRow.key_hash == digest)
            if session.exec(another).one_or_none() is not None:
                return None
        return self._edited(session, article, latest, found, now)

    def _record(
        self,
        session: Session,
        found: NewVersion,
        key: str,
        entry_id: int | None,
        aliases: Sequence[Alias],
        now: datetime,
        bringer: Bringer,
    ) -> Recorded:
        stored = stored_under(session, key)
        if stored is None:
            twin = article_of_aliases(session, aliases, found.data)
            if twin is not None:
                held = stored_under(session, twin[0].key) or twin
                known = self._corrected(session, *held, found, entry_id, bringer, now)
                return known or Recorded(RecordOutcome.DUPLICATE, twin[0].id, twin[1].id)
            own = bringer.standing is Standing.OWN
            article_id = self._new_article(session, found.data.source, key, entry_id, now, own=own)
            if article_id is not None:
                version_id = self._add_version(session, (article_id, 1), found, now)
                return Recorded(RecordOutcome.NEW, article_id, version_id)
            stored = stored_under(session, key)  # another process was faster
            if stored is None:
                raise StorageError("an article vanished while it was stored", url=key)
        article, latest = stored
        known = self._corrected(session, article, latest, found, entry_id, bringer, now)
        known = known or self._edited(session, article, latest, found, now)
        if known is not None:
            return known
        if latest.evidence_id is None and found.page is not None:
            latest.evidence_id = self._keep_page(session, found.page)
        return Recorded(_same_content(article, entry_id), article.id, latest.id)

    def _corrected(
        self,
        session: Session,
        article: ArticleRow,
        latest: VersionRow,
        found: NewVersion,
        entry_id: int | None,
        bringer: Bringer,
        now: datetime,
    ) -> Recorded | None:
        """Let an article's own outlet say whose it is and of when, after others did.

        Return None where that is known. The version that says so is judged like the first one.
        """
        says_otherwise = corrected(article, latest, found.data, entry_id, bringer)
        if says_otherwise is None:
            return None
        if not says_otherwise:
            return Recorded(RecordOutcome.UNCHANGED, article.id, latest.id)
        note = "announced by its own outlet"
        since = latest.new_since
        newer = replace(found, event=ArticleEvent.ATTRIBUTED, note=note, new_since=since)
        recorded = self._next_version(session, article, newer, now)
        first = latest.words_from == WordsFrom.FEED.value
        return replace(recorded, opened=first and found.data.words_from is WordsFrom.PAGE)

    def _edited(
        self,
        session: Session,
        article: ArticleRow,
        latest: VersionRow,
        found: NewVersion,
        now: datetime,
        *,
        anew: bool = False,
    ) -> Recorded | None:
        """Add a version if something of substance is new; return None if nothing is.

        The first words of the page itself are always a version, be they those of the feed.
        """
        if latest.words_from == WordsFrom.FEED.value and found.data.words_from is WordsFrom.PAGE:
            event, note = opened(latest.title, latest.text, found.data)
            newer = replace(found, event=event, note=note)
            recorded = self._next_version(session, article, newer, now)
            return replace(recorded, opened=True)
        gone = latest.event == ArticleEvent.REMOVED.value
        same = latest.content_sha256 == found.content
        change = (
            None if same else compare(latest.title, latest.text, found.data.title, found.data.text)
        )
        if not gone and (change is None or change.trivial):
            return None
        event, note = event_of(change, told_before(session, article.id), found.said)
        since = latest.new_since
        if anew and event is ArticleEvent.EDITED:
            event, note = ArticleEvent.PUBLISHED, "another article, announced at the same address"
            since = now
        newer = replace(found, event=event, note=note, new_since=since)
        return self._next_version(session, article, newer, now)

    def _next_version(
        self, session: Session, article: ArticleRow, newer: NewVersion, now: datetime
    ) -> Recorded:
        article.latest_version += 1
        place = (article.id, article.latest_version)
        version_id = self._add_version(session, place, newer, now)
        return Recorded(RecordOutcome.UPDATED, article.id, version_id)

    def _new_article(
        self,
        session: Session,
        source: str,
        key: str,
        entry_id: int | None,
        now: datetime,
        *,
        own: bool,
    ) -> int | None:
        """Insert the article of a key, with room for version 1; return None if it is there."""
        article_id: int | None = session.exec(
            _insert_article(self.dialect),
            params={
                "key": key,
                "key_hash": key_hash(key),
                "source": source,
                "first_seen_at": now,
                "latest_version": 1,
                "first_entry_id": entry_id,
                "by_own_outlet": own,
            },
        ).scalar_one_or_none()
        return article_id

    def _add_version(
        self, session: Session, place: tuple[int, int], newer: NewVersion, now: datetime
    ) -> int:
        """Insert a version at `place`, an article's id and a version number; return its id."""
        data, packed = newer.data, newer.page
        evidence_id = None if packed is None else self._keep_page(session, packed)
        version_id: int = session.exec(
            _insert_version(self.dialect),
            params={
                "article_id": place[0],
                "number": place[1],
                "url": data.url,
                "title": data.title,
                "text": data.text,
                "source": data.source,
                "canonical_url": data.canonical_url,
                "authors": data.authors,
                "published_at": data.published_at,
                "language": data.language,
                "site_name": data.site_name,
                "tags": data.tags,
                "words_from": data.words_from.value,
                "date_is_guess": data.date_is_guess,
                "content_sha256": newer.content,
                "headline_sign": newer.said.headline,
                "text_sign": newer.said.text,
                "fetched_at": now if packed is None else packed.page.fetched_at,
                "evidence_id": evidence_id,
                "event": newer.event.value,
                "note": newer.note,
                "new_since": newer.new_since,
            },
        ).scalar_one()
        return version_id


def _set_visit(
    session: Session, article_id: int, at: datetime | None, validators: Validators | None
) -> None:
    if at is None:
        return
    session.exec(
        _update_visit(),
        params={
            "visited": article_id,
            "at": at,
            "tag": validators.etag if validators else None,
            "stamp": validators.last_modified if validators else None,
        },
    )


def _same_content(article: ArticleRow, entry_id: int | None) -> RecordOutcome:
    if entry_id is None or article.first_entry_id == entry_id:
        return RecordOutcome.UNCHANGED
    if article.first_entry_id is None:
        article.first_entry_id = entry_id
        return RecordOutcome.UNCHANGED
    return RecordOutcome.DUPLICATE


@cache
def _update_visit() -> UpdateBase:
    return (
        update(ArticleRow)
        .where(col(ArticleRow.id) == bindparam("visited"))
        .values(
            next_visit_at=bindparam("at", type_=UtcDateTime),
            etag=bindparam("tag", type_=CleanText),
            last_modified=bindparam("stamp", type_=CleanText),
        )
        .execution_options(synchronize_session=False)
    )


@cache
def _insert_article(dialect: str) -> UpdateBase:
    return (
        insert_into(dialect, ArticleRow)
        # Two entries may lead to one article at once: the second waits here, then finds it.
        .on_conflict_do_nothing(index_elements=["key_hash"])
        .returning(col(ArticleRow.id))
    )


@cache
def _insert_version(dialect: str) -> UpdateBase:
    return insert_into(dialect, VersionRow).returning(col(VersionRow.id))
