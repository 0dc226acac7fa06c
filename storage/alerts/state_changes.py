"""What was done about alerts. It holds for the whole case, or for one rule's alerts in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, insert, or_, select, update

from core.alerting.alerts import Alert, AlertChange, AlertState
from core.alerting.matches import Level
from core.deciding.escalation import (
    Breadth,
    CaseAlert,
    ChangeScope,
    HandDown,
    HandledAlert,
    NewAlert,
)
from storage.database.engine import batches
from storage.database.tables.alerts import (
    AlertChangeRow,
    AlertRow,
    MatchRow,
    StoryArticleRow,
)

DISMISSED = AlertState.DISMISSED.value


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An alert that was just raised, as far as it is asked how it begins."""

    rule: str
    level: Level
    article_id: int


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
    only_rule: bool = False,
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
        "only_rule": only_rule,
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
        only_rule=change.only_rule,
    )


def scope_of(
    session: Session,
    alert: AlertRow,
    *,
    breadth: Breadth = Breadth.CASE,
    keep: Collection[AlertState] = (),
) -> ChangeScope:
    """Return what is to be known to say which alerts a change of one touches."""
    own = select(StoryArticleRow.story_id).where(StoryArticleRow.article_id == alert.article_id)
    together = select(StoryArticleRow.article_id).where(col(StoryArticleRow.story_id).in_(own))
    rows = session.exec(
        select(AlertRow.id, AlertRow.rule_id, AlertRow.state).where(
            or_(
                col(AlertRow.article_id).in_(together),
                col(AlertRow.article_id) == alert.article_id,
            )
        )
    ).all()
    aside = _set_aside(session, (name for name, _, state in rows if state == DISMISSED))
    case = tuple(
        CaseAlert(name, rule, AlertState(state), name in aside) for name, rule, state in rows
    )
    mine = CaseAlert(alert.id, alert.rule_id, AlertState(alert.state), alert.id in aside)
    return ChangeScope(alert=mine, case=case, breadth=breadth, keep=frozenset(keep))


def _set_aside(session: Session, dismissed: Iterable[str]) -> set[str]:
    """Return those of dismissed alerts that were dismissed as mistakes of their rules."""
    return {name for name, change in last_changes(session, dismissed).items() if change.only_rule}


def inherit_handling(
    session: Session,
    new: Mapping[str, RaisedAlert],
    handed_down: Callable[[NewAlert], HandDown],
) -> dict[str, HandDown]:
    """Ask how each new alert begins, and put it into the state of the one it takes over from.

    `new` gives what each is by its id. Returns what was decided of each.
    """
    handled = _handled(session, sorted({raised.article_id for raised in new.values()}))
    decided = {
        name: handed_down(
            NewAlert(
                rule=raised.rule,
                level=raised.level,
                handled=tuple(handled.get(raised.article_id, ())),
            )
        )
        for name, raised in new.items()
    }
    changes = last_changes(session, {found.of for found in decided.values() if found.of})
    for name, found in decided.items():
        if found.of is not None:
            repeat_change(session, [name], changes[found.of])
    return decided


def _handled(session: Session, articles: Sequence[int]) -> dict[int, list[HandledAlert]]:
    """Return what was worked on before in the cases of each of `articles`."""
    here, there = aliased(StoryArticleRow), aliased(StoryArticleRow)
    found: list[tuple[int, AlertRow, str]] = []
    for batch in batches(articles):
        own = (
            select(col(AlertRow.article_id), AlertRow, MatchRow.level)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .where(col(AlertRow.article_id).in_(batch), AlertRow.state != AlertState.OPEN.value)
        )
        others = (
            select(here.article_id, AlertRow, MatchRow.level)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .join(there, col(there.article_id) == AlertRow.article_id)
            .join(here, col(here.story_id) == there.story_id)
            .where(
                col(here.article_id).in_(batch),
                col(AlertRow.article_id) != here.article_id,
                AlertRow.state != AlertState.OPEN.value,
            )
        )
        found += session.exec(own)
        found += session.exec(others)
    changes = last_changes(session, {alert.id for _, alert, _ in found})
    handled: dict[int, list[HandledAlert]] = {}
    for article, alert, level in found:
        change = changes[alert.id]
        handled.setdefault(article, []).append(
            HandledAlert(
                id=alert.id,
                rule=alert.rule_id,
                level=Level(level),
                state=AlertState(alert.state),
                changed_at=change.at,
                set_aside=change.only_rule and alert.state == DISMISSED,
            )
        )
    return handled


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
        only_rule=row.only_rule,
    )
