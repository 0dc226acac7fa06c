"""The tables of who is notified: groups, notifications, deliveries, receivers; signs of life."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from storage.database.columns import (
    CleanJson,
    CleanText,
    ReasonText,
    RowId,
    UtcDateTime,
)
from storage.database.row import Row, partial_index


class ReceiverStateRow(Row, table=True):
    """Whether a receiver takes its messages. One that never failed has no row."""

    __tablename__ = "receiver_state"

    receiver: str = Field(primary_key=True, sa_type=CleanText)
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the first attempt after the last success was made; None while it takes messages."""
    detail: str = Field(default="", sa_type=CleanText)
    """What it said last to an attempt that failed."""
    notified_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The trouble that others were notified of; None when they were not."""


class NotificationGroupRow(Row, table=True):
    """Alerts of one receiver that share messages and a conversation."""

    __tablename__ = "notification_group"
    __table_args__ = (
        UniqueConstraint("receiver", "key"),
        partial_index("ix_notification_group_due", "dispatch_at", where="dispatch_at IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    receiver: str = Field(sa_type=CleanText)
    key: str = Field(sa_type=CleanText)
    kind: str = Field(sa_type=CleanText)
    max_per_hour: int | None = None
    break_through: str | None = Field(
        default="high", sa_type=CleanText, sa_column_kwargs={"server_default": text("'high'")}
    )
    """Alerts of this level and above pass `max_per_hour`; None: none does."""
    lasting: bool
    dispatch_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dispatched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sequence: int = 0
    level: int = 0
    thread: str = Field(default="", sa_type=CleanText)


class NotificationRow(Row, table=True):
    """An alert on its way to a receiver: what became of it, and in which message."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("alert_id", "receiver", "purpose", "about", "number"),
        partial_index("ix_notification_waiting", "group_id", "id", where="state = 'waiting'"),
        partial_index("ix_notification_inhibitor", "inhibitor", where="inhibitor IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    alert_id: str = Field(foreign_key="alert.id", sa_type=CleanText)
    receiver: str = Field(sa_type=CleanText)
    purpose: str = Field(sa_type=CleanText)
    number: int = Field(sa_type=BigInteger)
    """Tells apart the times that an alert is on its way for one purpose."""
    about: str = Field(sa_type=CleanText)
    """The escalation or the conversation that it is about; empty for other purposes."""
    group_id: int | None = Field(default=None, foreign_key="notification_group.id", sa_type=RowId)
    home_id: int | None = Field(default=None, foreign_key="notification_group.id", sa_type=RowId)
    """The group that it was held back from, where its conversation is."""
    mute: list[list[object]] | None = Field(default=None, sa_type=CleanJson)
    """Hours in which its route notifies nobody: start, end, zone and weekdays of each."""
    state: str = Field(sa_type=CleanText)
    reason: str = Field(default="", sa_type=ReasonText)
    silence_id: str | None = Field(default=None, sa_type=CleanText)
    """Of one that was silenced: by which silence."""
    inhibitor: str | None = Field(default=None, sa_type=CleanText)
    """The alert that says what this one would, while it is inhibited."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivery_id: str | None = Field(
        default=None, foreign_key="delivery.id", sa_type=CleanText, index=True
    )


class DeliveryRow(Row, table=True):
    """One message on its way to one receiver, with the lease of whoever is attempting it."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "alert_id"),
        Index(None, "created_at", "id"),
        Index(None, "receiver", "created_at"),
        Index(None, "thread", "sequence"),
        partial_index(
            "ix_delivery_due",
            "receiver",
            "level",
            "next_attempt_at",
            "id",
            where="status = 'pending'",
        ),
        partial_index("ix_delivery_dead", "receiver", where="status = 'dead'"),
        partial_index("ix_delivery_unreported", "id", where="unreported"),
    )

    id: str = Field(primary_key=True, sa_type=CleanText)
    alert_id: str = Field(foreign_key="alert.id", sa_type=CleanText)
    receiver: str = Field(sa_type=CleanText)
    status: str = Field(sa_type=CleanText)
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_detail: str = Field(default="", sa_type=CleanText)
    lease_owner: str | None = Field(default=None, sa_type=CleanText)
    lease_token: str | None = Field(default=None, sa_type=CleanText)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    kind: str = Field(
        default="alert", sa_type=CleanText, sa_column_kwargs={"server_default": text("'alert'")}
    )
    size: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    thread: str = Field(
        default="", sa_type=CleanText, sa_column_kwargs={"server_default": text("''")}
    )
    sequence: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    level: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Rank of the level that it is claimed by: its own, or that of what waits for it."""
    minimal: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    receipt: str = Field(
        default="", sa_type=CleanText, sa_column_kwargs={"server_default": text("''")}
    )
    unreported: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """It was given up, and others are yet to hear of that."""
    only_counted: list[int] | None = Field(default=None, sa_type=CleanJson)
    """Ids of cases of which it says no more than their number."""


class AttemptRow(Row, table=True):
    """One try at a delivery. The lease token makes recording it twice harmless."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "lease_token"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    delivery_id: str = Field(foreign_key="delivery.id", sa_type=CleanText)
    lease_token: str = Field(sa_type=CleanText)
    accepted: bool
    number: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime = Field(sa_type=UtcDateTime)
    outcome: str = Field(sa_type=CleanText)
    status_code: int | None = None
    detail: str = Field(default="", sa_type=CleanText)
    retry_after: float | None = None


class HeartbeatRow(Row, table=True):
    """When a part of the daemon was last alive."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True, sa_type=CleanText)
    at: datetime = Field(sa_type=UtcDateTime)
    detail: str = Field(default="", sa_type=CleanText)
