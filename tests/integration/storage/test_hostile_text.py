"""Text that came from the internet must neither break a database nor shift what points into it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta, timezone

from alerts.dispatch.deciders import DECIDERS
from core.alerting.matches import Field as Part
from core.alerting.matches import Snippet, Span
from core.articles import ArticleData, RecordOutcome
from core.sources import Entry
from storage import Judgement, PlannedAlert, Store
from tests.integration.storage.samples import NOON, data, http, match, page, poll, source

NUL = "a\x00b"
LONE = "a\ud83db\udc00"
BAD = f"Я {NUL} {LONE} 🙂"
GOOD = "Я a\ufffdb a\ufffdb\ufffd 🙂"


def test_article_with_nul_and_lone_surrogates_is_stored_cleaned(store: Store) -> None:
    bad = ArticleData(
        url=BAD, title=BAD, text=BAD, source=BAD, canonical_url=BAD, authors=(BAD, "B"),
        language=BAD, site_name=BAD, tags=(BAD,),
    )  # fmt: skip
    fetched = dataclasses.replace(page(url=BAD), headers=((BAD, BAD),))
    done = store.record(bad, fetched, key=BAD)
    article = store.article_by_url(BAD)
    assert article is not None
    assert article.data == ArticleData(
        url=GOOD, title=GOOD, text=GOOD, source=GOOD, canonical_url=GOOD, authors=(GOOD, "B"),
        language=GOOD, site_name=GOOD, tags=(GOOD,),
    )  # fmt: skip
    evidence = store.evidence(article.evidence_id or 0)
    assert evidence is not None
    assert evidence.headers == ((GOOD, GOOD),)
    assert len(article.data.text) == len(BAD)
    assert store.record(bad, None, key=BAD).outcome is RecordOutcome.UNCHANGED
    assert store.articles(source=BAD).items[0].id == done.article_id


def test_entry_with_nul_and_lone_surrogates_is_known_the_next_time(store: Store) -> None:
    store.sync_sources([source()])
    bad = Entry(url=BAD, title=BAD, authors=(BAD,), language=BAD, tags=(BAD,), summary=BAD)
    notified = dataclasses.replace(poll(error=BAD), entries=(bad,))
    (new,) = store.record_poll(notified, [BAD]).new
    assert new.entry == Entry(
        url=GOOD, title=GOOD, authors=(GOOD,), language=GOOD, tags=(GOOD,), summary=GOOD
    )
    assert store.record_poll(notified, [BAD]).known == 1
    store.retry_entry(new.id, http(503), BAD, NOON)
    store.fail_entry(new.id, http(410), BAD)
    assert store.entries().items[0].reason == GOOD


def test_spans_and_highlights_still_point_at_their_text(store: Store) -> None:
    done = store.record(data(text=BAD), None, key="k")
    start = BAD.index("🙂")
    found = dataclasses.replace(
        match(),
        spans=(Span(Part.TEXT, start, start + 1, LONE),),
        snippet=Snippet(BAD, ((start, start + 1),)),
    )
    store.commit_judgement(
        [Judgement(done.version_id, BAD, (PlannedAlert(found, (BAD,)),))], DECIDERS
    )
    (alert,) = store.alerts().items
    (span,) = alert.match.spans
    assert alert.article.data.text[span.start : span.end] == "🙂"
    ((left, right),) = alert.match.snippet.highlights
    assert alert.match.snippet.text[left:right] == "🙂"


def test_moments_come_back_in_utc(store: Store) -> None:
    bishkek = timezone(timedelta(hours=6))
    local = dataclasses.replace(data(), published_at=NOON.astimezone(bishkek))
    done = store.record(local, page(at=NOON.astimezone(bishkek)), key="k")
    article = store.article(done.article_id)
    assert article is not None
    assert article.data.published_at == article.fetched_at == NOON
    assert article.fetched_at.utcoffset() == timedelta(0)
    assert article.data.published_at is not None
    assert article.data.published_at.utcoffset() == timedelta(0)
