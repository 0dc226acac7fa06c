"""What people do about alerts: acknowledging, snoozing, dismissing them, and who did.

One case is one piece of work: what is done about an alert holds for all alerts of its case, by any
rule and about any copy. That a rule was wrong can be said of its own alerts alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select

from core.alerting.alerts import AlertChange, AlertState
from core.alerting.matches import Level
from core.alerting.rule_outcomes import RuleOutcome
from core.alerting.silences import NewSilence
from core.deciding.deciders import Deciders
from core.deciding.escalation import Breadth
from core.errors import StorageError
from storage.alerts.escalations import affect_escalations, held_with_escalations
from storage.alerts.silences import write_silence
from storage.alerts.state_changes import (
    last_changes,
    scope_of,
    stored_change,
    write_change,
)
from storage.database.engine import Database, insert_into
from storage.database.tables.alerts import (
    AlertChangeRow,
    AlertRow,
    MatchRow,
    UsedLinkRow,
)
from storage.delivery.messages import revise


class AlertChanges(Database):
    """Queries that change the state of alerts, and about what was done so far."""

    def change_alert(
        self,
        wanted: str,
        state: AlertState,
        deciders: Deciders,
        *,
        by: str,
        at: datetime,
        reason: str = "",
        until: datetime | None = None,
        nonce: str | None = None,
        breadth: Breadth = Breadth.CASE,
        muted: bool = False,
        keep: Collection[AlertState] = (),
        shown_by: Collection[str] = (),
        silence: NewSilence | None = None,
        last_changed_at: datetime | None = None,
        among: Collection[str] | None = None,
    ) -> tuple[str, ...]:
        """Put an alert, and all others of its case, into a state; return their ids.

        By `breadth`, only those of its rule; those in a state to `keep` are left alone. `muted`
        notes that somebody wants to hear no more of the story. The receivers `shown_by` change what
        they showed of these alerts before. A `silence` begins with it. `nonce` is of a link: one
        that was used before changes nothing. With `last_changed_at`, only an alert that nobody has
        changed since is changed; with `among`, none but these.
        Raises StorageError when there is no such alert, or the link was used.
        """
        with self._writing() as session:
            if nonce is not None:
                # First of all: whoever follows the same link at the same time waits here, holding
                # nothing yet, and is refused once we have committed.
                used = insert_into(self.dialect, UsedLinkRow).on_conflict_do_nothing()
                if session.exec(used, params={"nonce": nonce, "at": at}).rowcount == 0:
                    raise LinkUsedError("this link was used before")
            alert = session.get(AlertRow, wanted)
            if alert is None:
                raise StorageError(f"there is no alert {wanted!r}")
            if silence is not None:
                write_silence(session, silence)
            touched = deciders.touched(scope_of(session, alert, breadth=breadth, keep=keep)).ids
            if among is not None:
                touched = tuple(alert_id for alert_id in touched if alert_id in among)
            if not touched:
                return ()
            held, _ = held_with_escalations(session, touched)
            # Asked anew, now that nobody else can change them: while we waited somebody may have
            # put one into a state to `keep`, and would find that undone. What came into the case
            # meanwhile is not held, and is left to the look at its escalation.
            session.refresh(alert)
            if last_changed_at is not None:
                last = last_changes(session, [wanted]).get(wanted)
                if last is None or last.at != last_changed_at:
                    return ()
            still = deciders.touched(scope_of(session, alert, breadth=breadth, keep=keep)).ids
            ids = tuple(alert_id for alert_id in touched if alert_id in still)
            if not ids:
                return ()
            escalations = [row for row in held if row.alert_id in ids]
            write_change(
                session, ids, state, by=by, at=at, reason=reason, until=until,
                muted=muted, only_rule=breadth is Breadth.RULE,
            )  # fmt: skip
            affect_escalations(deciders, escalations, state, at)
            revise(session, self.dialect, ids, shown_by, at, deciders.revisions)
            return ids

    def is_link_used(self, nonce: str) -> bool:
        """Tell whether somebody has acted by this link."""
        with self._reading() as session:
            return session.get(UsedLinkRow, nonce) is not None

    def alert_changes(self, wanted: str) -> list[AlertChange]:
        """Return what was done about an alert, the oldest first."""
        query = (
            select(AlertChangeRow)
            .where(AlertChangeRow.alert_id == wanted)
            .order_by(col(AlertChangeRow.id))
        )
        with self._reading() as session:
            return [stored_change(row) for row in session.exec(query)]

    def rule_outcomes(
        self, since: datetime | None = None, *, most: int | None = None
    ) -> list[RuleOutcome]:
        """Return alerts with what people made of them, the oldest first; `most` are the latest."""
        query = (
            select(AlertRow, MatchRow)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .order_by(col(AlertRow.created_at).desc(), col(AlertRow.id).desc())
            .limit(most)
        )
        if since is not None:
            query = query.where(AlertRow.created_at >= since)
        with self._reading() as session:
            found = session.exec(query).all()[::-1]
            worked_on = [alert.id for alert, _ in found if alert.state != AlertState.OPEN.value]
            last = last_changes(session, worked_on)
            return [
                RuleOutcome(
                    alert_id=alert.id,
                    rule=alert.rule_id,
                    level=Level(match.level),
                    state=AlertState(alert.state),
                    reason=last[alert.id].reason if alert.id in last else "",
                    muted=alert.id in last and last[alert.id].muted,
                    labels=tuple(dict.fromkeys(span[3] for span in match.spans)),
                    snippet=match.snippet,
                    highlights=tuple((start, end) for start, end in match.highlights),
                )
                for alert, match in found
            ]


class LinkUsedError(StorageError):
    """A link that works once was used before."""
