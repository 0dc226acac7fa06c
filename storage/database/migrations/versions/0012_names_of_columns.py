"""Columns under the words of the glossary: polls, bursts, notified, dispatched, health alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = (
    ("source", "next_check_at", "next_poll_at"),
    ("source", "next_check_reason", "next_poll_reason"),
    ("source", "next_check_full", "next_poll_full"),
    ("source", "last_checked_at", "last_polled_at"),
    ("source", "checks", "polls"),
    ("source", "hot_until", "burst_until"),
    ("source", "health_told", "health_notified"),
    ("article", "is_notice", "is_health_alert"),
    ("receiver_state", "told_since", "notified_since"),
    ("notification_group", "flush_at", "dispatch_at"),
    ("notification_group", "flushed_at", "dispatched_at"),
)


def upgrade() -> None:
    """Apply the change."""
    _drop_indexes("next_check_at")
    for table, old, new in COLUMNS:
        _rename_column(table, old, new)
    op.rename_table("rule_told", "rule_notified")
    _create_indexes("next_poll_at", "dispatch_at")


def downgrade() -> None:
    """Undo the change."""
    _drop_indexes("next_poll_at")
    op.rename_table("rule_notified", "rule_told")
    for table, old, new in COLUMNS:
        _rename_column(table, new, old)
    _create_indexes("next_check_at", "flush_at")


def _rename_column(table: str, old: str, new: str) -> None:
    # Both databases rename in place; Alembic's own operation would copy the table on SQLite.
    op.execute(sa.text(f'ALTER TABLE "{table}" RENAME COLUMN "{old}" TO "{new}"'))


def _drop_indexes(next_poll: str) -> None:
    op.drop_index(f"ix_source_active_{next_poll}", table_name="source")
    op.drop_index("ix_notification_group_due", table_name="notification_group")


def _create_indexes(next_poll: str, due: str) -> None:
    op.create_index(f"ix_source_active_{next_poll}", "source", ["active", next_poll])
    where = sa.text(f"{due} IS NOT NULL")
    op.create_index(
        "ix_notification_group_due",
        "notification_group",
        [due],
        sqlite_where=where,
        postgresql_where=where,
    )
