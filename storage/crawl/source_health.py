"""Health: how sources fare, kept with them, and the alerts about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, insert, select

from core.deciding.deciders import Deciders
from core.deciding.outages import ReceiverNews
from core.sources import SourceHealth
from storage.crawl.new_versions import content_sha256
from storage.crawl.sources import OWN_SOURCE, locked_source, note_health
from storage.database.columns import key_hash
from storage.database.engine import insert_into
from storage.database.heartbeats import put_heartbeat
from storage.database.tables.alerts import RuleNotifiedRow
from storage.database.tables.crawl import ArticleRow, SourceRow, VersionRow
from storage.database.tables.delivery import HeartbeatRow
from storage.delivery.losses import settle_report
from storage.delivery.receiver_states import tell_others
from storage.judging.judgements import Judgements
from storage.judging.judging_records import HealthAlert, Judgement, PlannedAlert
from storage.judging.rule_history import put_notified

RULESET = "health"
"""Stands where other alerts name the rules that judged."""


class SourceHealthAlerts(Judgements):
    """Queries that keep how sources and receivers fare, and alert about it."""

    def commit_health(
        self,
        source: str,
        health: SourceHealth,
        health_alert: HealthAlert | None,
        deciders: Deciders,
    ) -> bool:
        """Keep how a source fares, and alert about it; return whether there is a new alert.

        An alert needs an article: one is made up, marked as such, and shown in no list of them.
        """
        with self._writing() as session:
            # The source before all that an alert takes, and held until that is committed: two
            # daemons that see the same change would both alert about it.
            row = locked_source(session, source)
            news = row.health != health.health.value  # another process may have been first
            note_health(row, health)
            if health_alert is None or not news:
                return False
            key = f"wirewatch:health:{source}:{health.since.isoformat()}:{health.health.value}"
            return self._alert_about(session, key, source, health_alert, health.since, deciders)

    def commit_receiver_trouble(
        self,
        receiver: str,
        since: datetime,
        health_alert: HealthAlert,
        now: datetime,
        deciders: Deciders,
    ) -> bool:
        """Alert about a receiver that takes nothing, once until it recovers; return if that is new.

        Its end is notified by the same means: `receiver_recovered`.
        """
        with self._writing() as session:
            if not tell_others(session, receiver, ReceiverNews.TROUBLE, now, deciders):
                return False
            _own_source(session, self.dialect, now)
            key = f"wirewatch:receiver:{receiver}:{since.isoformat()}:{now.isoformat()}"
            return self._alert_about(session, key, OWN_SOURCE, health_alert, now, deciders)

    def receiver_recovered(
        self, receiver: str, health_alert: HealthAlert, now: datetime, deciders: Deciders
    ) -> bool:
        """Alert that a receiver takes its messages again; return if others knew that it did not."""
        with self._writing() as session:
            if not tell_others(session, receiver, ReceiverNews.RECOVERY, now, deciders):
                return False
            key = f"wirewatch:receiver:{receiver}:{now.isoformat()}:well"
            return self._alert_about(session, key, OWN_SOURCE, health_alert, now, deciders)

    def commit_schedule_trouble(
        self,
        trouble: str,
        health_alert: HealthAlert,
        now: datetime,
        deciders: Deciders,
    ) -> bool:
        """Alert about a schedule, once for each name of a trouble; return if that is new."""
        return self._alert_once(f"wirewatch:schedule:{trouble}", health_alert, now, deciders)

    def commit_restart(
        self, ended: str, health_alert: HealthAlert, now: datetime, deciders: Deciders
    ) -> bool:
        """Alert that a part of the daemon ended, once for each name of an end; return if new."""
        return self._alert_once(f"wirewatch:restart:{ended}", health_alert, now, deciders)

    def _alert_once(
        self, key: str, health_alert: HealthAlert, now: datetime, deciders: Deciders
    ) -> bool:
        known = select(ArticleRow.id).where(ArticleRow.key_hash == key_hash(key))
        with self._reading() as session:  # most looks find it told: those take no writer's lock
            if session.exec(known).first() is not None:
                return False
        with self._writing() as session:
            _own_source(session, self.dialect, now)
            locked_source(session, OWN_SOURCE)  # two daemons see the same trouble
            if session.exec(known).first() is not None:
                return False
            return self._alert_about(session, key, OWN_SOURCE, health_alert, now, deciders)

    def commit_refusal(
        self,
        sign: str,
        occasion: str,
        said: str,
        health_alert: HealthAlert,
        now: datetime,
        deciders: Deciders,
    ) -> bool:
        """Keep that a configuration is refused, and alert about it; return if that is new.

        `sign` is the heartbeat that says so, `occasion` tells one refused file from another.
        """
        key = f"wirewatch:configuration:{occasion}"
        with self._writing() as session:
            put_heartbeat(session, self.dialect, sign, now, said)
            _own_source(session, self.dialect, now)
            known = select(ArticleRow.id).where(ArticleRow.key_hash == key_hash(key))
            if session.exec(known).first() is not None:
                return False
            return self._alert_about(session, key, OWN_SOURCE, health_alert, now, deciders)

    def commit_flatline_without_match(
        self, rule_id: str, health_alert: HealthAlert, at: datetime, deciders: Deciders
    ) -> bool:
        """Alert about a rule that never matched, once; return whether this is a new alert."""
        with self._writing() as session:
            if session.get(RuleNotifiedRow, (rule_id, "")) is not None:
                return False  # another daemon was first
            put_notified(session, self.dialect, [(rule_id, "", at)])
            _own_source(session, self.dialect, at)
            key = f"wirewatch:flatline:{rule_id}:{at.isoformat()}"
            return self._alert_about(session, key, OWN_SOURCE, health_alert, at, deciders)

    def commit_acceptance(
        self, sign: str, health_alert: HealthAlert, now: datetime, deciders: Deciders
    ) -> bool:
        """Keep that a configuration is taken; alert about it if people heard of a refusal."""
        with self._writing() as session:
            row = session.get(HeartbeatRow, sign, with_for_update=True)
            was_refused = row is not None and bool(row.detail)
            put_heartbeat(session, self.dialect, sign, now, "")
            if not was_refused:
                return False
            _own_source(session, self.dialect, now)
            key = f"wirewatch:configuration:{now.isoformat()}:taken"
            return self._alert_about(session, key, OWN_SOURCE, health_alert, now, deciders)

    def commit_losses(
        self,
        receiver: str,
        ids: Sequence[str],
        health_alert: HealthAlert,
        now: datetime,
        deciders: Deciders,
    ) -> bool:
        """Alert about messages that were given up, once; return whether any was still unreported.

        Whoever sends one again meanwhile takes it from the list, not out of the alert.
        """
        with self._writing() as session:
            still = settle_report(session, ids)
            if not still:
                return False
            _own_source(session, self.dialect, now)
            key = f"wirewatch:lost:{receiver}:{now.isoformat()}:{still[0]}"
            return self._alert_about(session, key, OWN_SOURCE, health_alert, now, deciders)

    def _alert_about(
        self,
        session: Session,
        key: str,
        source: str,
        health_alert: HealthAlert,
        at: datetime,
        deciders: Deciders,
    ) -> bool:
        """Make up the article that an alert of our own needs, and commit the alert."""
        data = health_alert.data
        article_id = session.exec(
            insert(ArticleRow).returning(col(ArticleRow.id)),
            params={
                "key": key,
                "key_hash": key_hash(key),
                "source": source,
                "first_seen_at": at,
                "latest_version": 1,
                "visits": 0,
                "is_health_alert": True,
            },
        ).scalar_one()
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
                "site_name": data.site_name,
                "tags": (),
                "content_sha256": content_sha256(data),
                "fetched_at": at,
                "event": "published",
                "note": "",
            },
        ).scalar_one()
        planned = PlannedAlert(
            health_alert.match,
            receivers=health_alert.receivers,
            recipients=health_alert.recipients,
            reason=health_alert.said,
        )
        judgement = Judgement(version_id, RULESET, (planned,))
        return self._commit(session, {version_id: judgement}, deciders, {}).alerts > 0


def _own_source(session: Session, dialect: str, now: datetime) -> None:
    """Make sure that news of ourselves has a source to come from; it is never polled."""
    # Made when it is first needed, perhaps for two receivers at once.
    source = insert_into(dialect, SourceRow).on_conflict_do_nothing()
    session.exec(
        source,
        params={
            "name": OWN_SOURCE,
            "kind": "page",
            "url": "https://wirewatch.invalid/",
            "active": False,
            "next_poll_at": now,
            "next_poll_reason": "",
            "consecutive_failures": 0,
            "polls": 0,
        },
    )
