"""What was done about alerts. It holds for all of the same rule about the same story."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, insert, select, update

from core.alerting.alerts import Alert, AlertChange, AlertState
from core.deciding.escalation import ChangeScope, HandDown, HandledAlert, StoryAlert
from storage.database.engine import batches
from storage.database.tables.alerts import AlertChangeRow, AlertRow, StoryArticleRow


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
    session.exec(
        insert(AlertChangeRow), params=[{"alert_id": alert_id, **changed} for alert_id in ids]
    )


def repeat_change(session: Session, ids: Sequence[str], change: AlertChange) -> None:
    """Let a change hold for more alerts, as it was made then."""
    write_change(
        session,
        ids,
        change.state,
        by=change.by,
        at=change.at,
        reason=change.reason,
        until=change.until,
        muted=change.muted,
    )


def scope_of(
    session: Session,
    alert: AlertRow,
    *,
    any_rule: bool = False,
    keep: Collection[AlertState] = (),
) -> ChangeScope:
    """Return what is to be known to say which alerts a change of one touches."""
    own = select(StoryArticleRow.story_id).where(StoryArticleRow.article_id == alert.article_id)
    query = (
        select(AlertRow.id, AlertRow.rule_id, AlertRow.state)
        .join(StoryArticleRow, col(StoryArticleRow.article_id) == AlertRow.article_id)
        .where(col(StoryArticleRow.story_id).in_(own))
    )
    return ChangeScope(
        alert=StoryAlert(alert.id, alert.rule_id, AlertState(alert.state)),
        story=tuple(
            StoryAlert(name, rule, AlertState(state)) for name, rule, state in session.exec(query)
        ),
        any_rule=any_rule,
        keep=frozenset(keep),
    )


def inherit_handling(
    session: Session,
    new: Mapping[str, tuple[str, int]],
    handed_down: Callable[[Sequence[HandledAlert]], HandDown],
) -> dict[str, HandDown]:
    """Ask how each new alert begins, and put it into the state of the one it takes over from.

    `new` gives the rule and the article of each by its id. Returns what was decided of each.
    """
    handled = _handled(session, sorted({article for _, article in new.values()}))
    decided = {name: handed_down(handled.get(place, ())) for name, place in new.items()}
    changes = last_changes(session, {found.of for found in decided.values() if found.of})
    for name, found in decided.items():
        if found.of is not None:
            repeat_change(session, [name], changes[found.of])
    return decided


def _handled(
    session: Session, articles: Sequence[int]
) -> dict[tuple[str, int], list[HandledAlert]]:
    """Return what was worked on before, by rule, about the stories of each of `articles`."""
    here, there = aliased(StoryArticleRow), aliased(StoryArticleRow)
    found: dict[tuple[str, int], list[HandledAlert]] = {}
    for batch in batches(articles):
        query = (
            select(AlertRow.id, AlertRow.created_at, AlertRow.rule_id, here.article_id)
            .join(there, col(there.article_id) == AlertRow.article_id)
            .join(here, col(here.story_id) == there.story_id)
            .where(col(here.article_id).in_(batch), AlertRow.state != AlertState.OPEN.value)
        )
        for name, created_at, rule, article in session.exec(query):
            handled = HandledAlert(id=name, created_at=created_at)
            found.setdefault((rule, article), []).append(handled)
    return found


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
    for batch in batches(sorted(alerts)):
        query = (
            select(AlertChangeRow)
            .where(col(AlertChangeRow.alert_id).in_(batch))
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
