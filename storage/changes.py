"""What was done about alerts. It holds for all of the same rule about the same story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, insert, select, update

from core.alerting import Alert, AlertChange, AlertState
from storage.engine import batches
from storage.tables import AlertChangeRow, AlertRow, StoryArticleRow


def write_change(
    session: Session,
    ids: Sequence[str],
    state: AlertState,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    until: datetime | None = None,
    muted: bool = False,
) -> None:
    """Put alerts into a state, and put on record who did that, when and why."""
    session.exec(
        update(AlertRow)
        .where(col(AlertRow.id).in_(ids))
        .values(state=state.value, snoozed_until=until)
    )
    changed = {
        "at": at,
        "by": by,
        "state": state.value,
        "reason": reason,
        "until": until,
        "muted": muted,
    }
    session.exec(insert(AlertChangeRow), params=[{"alert_id": one, **changed} for one in ids])


def siblings(session: Session, alert: AlertRow, *, any_rule: bool = False) -> list[str]:
    """Return the ids of the alerts of the same rule, or of any rule, about the same story."""
    story = session.exec(
        select(StoryArticleRow.story_id).where(StoryArticleRow.article_id == alert.article_id)
    ).one_or_none()
    if story is None:
        return [alert.id]
    query = (
        select(AlertRow.id)
        .join(StoryArticleRow, col(StoryArticleRow.article_id) == AlertRow.article_id)
        .where(StoryArticleRow.story_id == story)
        .order_by(col(AlertRow.id))
    )
    if not any_rule:
        query = query.where(AlertRow.rule_id == alert.rule_id)
    return sorted({alert.id, *session.exec(query)})


def inherit_handling(session: Session, new: Mapping[str, tuple[str, int]]) -> set[str]:
    """Put new alerts into the state of those of their rule about their story.

    `new` gives the rule and the article of each by its id. Returns the ids of those that somebody
    worked on before they were made.
    """
    articles = {article for _, article in new.values()}
    if not articles:
        return set()
    here, there = aliased(StoryArticleRow), aliased(StoryArticleRow)
    worked_on: dict[tuple[str, int], AlertRow] = {}
    for some in batches(sorted(articles)):
        query = (
            select(AlertRow, here.article_id)
            .join(there, col(there.article_id) == AlertRow.article_id)
            .join(here, col(here.story_id) == there.story_id)
            .where(col(here.article_id).in_(some), AlertRow.state != AlertState.OPEN.value)
            .order_by(col(AlertRow.created_at), col(AlertRow.id))
        )
        worked_on |= {(alert.rule_id, article): alert for alert, article in session.exec(query)}
    found = {one: worked_on[place] for one, place in new.items() if place in worked_on}
    changes = last_changes(session, {alert.id for alert in found.values()})
    for one, alert in found.items():
        change = changes[alert.id]
        write_change(
            session,
            [one],
            change.state,
            by=change.by,
            at=change.at,
            reason=change.reason,
            until=change.until,
            muted=change.muted,
        )
    return set(found)


def with_handling(session: Session, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Return alerts with the change that brought each into its state."""
    known = tuple(alerts)
    last = last_changes(
        session, {alert.id for alert in known if alert.state is not AlertState.OPEN}
    )
    return tuple(replace(alert, handled=last.get(alert.id)) for alert in known)


def last_changes(session: Session, alerts: Iterable[str]) -> dict[str, AlertChange]:
    """Return the last change of each alert that ever changed."""
    last: dict[str, AlertChange] = {}
    for some in batches(sorted(alerts)):
        query = (
            select(AlertChangeRow)
            .where(col(AlertChangeRow.alert_id).in_(some))
            .order_by(col(AlertChangeRow.id))
        )
        last |= {row.alert_id: stored_change(row) for row in session.exec(query)}
    return last


def stored_change(row: AlertChangeRow) -> AlertChange:
    """Return the domain type for a change."""
    return AlertChange(
        alert_id=row.alert_id,
        at=row.at,
        by=row.by,
        state=AlertState(row.state),
        reason=row.reason,
        until=row.until,
        muted=row.muted,
    )
