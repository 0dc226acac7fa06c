"""Health: how sources fare, kept with them, and the alerts about it."""

from __future__ import annotations

from sqlmodel import col, insert

from core.sources import SourceHealth
from storage.articles import content_sha256
from storage.columns import key_hash
from storage.judging import Judging
from storage.records import HealthNotice, Judgement, PlannedAlert
from storage.sources import locked_source, note_health
from storage.tables import ArticleRow, VersionRow

RULESET = "health"
"""Stands where other alerts name the rules that judged."""


class HealthNotices(Judging):
    """Queries about the health of sources."""

    def commit_health(self, source: str, health: SourceHealth, notice: HealthNotice | None) -> bool:
        """Keep how a source fares, and alert about it; return whether there is a new alert.

        An alert needs an article: one is made up, marked as a notice, and shown in no list of them.
        """
        with self._writing() as session:
            note_health(locked_source(session, source), health)
            if notice is None:
                return False
            key = f"wirewatch:health:{source}:{health.since.isoformat()}:{health.health.value}"
            article_id = session.exec(
                insert(ArticleRow).returning(col(ArticleRow.id)),
                params={
                    "key": key,
                    "key_hash": key_hash(key),
                    "source": source,
                    "first_seen_at": health.since,
                    "latest_version": 1,
                    "visits": 0,
                    "is_notice": True,
                },
            ).scalar_one()
            data = notice.data
            version_id = session.exec(
                insert(VersionRow).returning(col(VersionRow.id)),
                params={
                    "article_id": article_id,
                    "number": 1,
                    "url": data.url,
                    "title": data.title,
                    "text": data.text,
                    "source": source,
                    "authors": (),
                    "published_at": data.published_at,
                    "language": data.language,
                    "tags": (),
                    "content_sha256": content_sha256(data),
                    "fetched_at": health.since,
                    "event": "published",
                    "note": "",
                },
            ).scalar_one()
            planned = PlannedAlert(notice.match, recipients=notice.recipients)
            judgement = Judgement(version_id, RULESET, (planned,))
            return self._commit(session, {version_id: judgement}, {}).alerts > 0
