"""Messages of several alerts, silences, and what people did about alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'waiting'")
DUE = sa.text("flush_at IS NOT NULL")
SNOOZED = sa.text("state = 'snoozed'")


def upgrade() -> None:
    """Apply the change. Every earlier delivery becomes a message of one alert."""
    op.add_column("alert", sa.Column("state", sa.Text(), nullable=False, server_default="open"))
    op.add_column("alert", sa.Column("snoozed_until", TIME, nullable=True))
    op.create_index(
        "ix_alert_snoozed",
        "alert",
        ["snoozed_until"],
        sqlite_where=SNOOZED,
        postgresql_where=SNOOZED,
    )
    _work_on_alerts()
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint("uq_delivery_alert_id_receiver", type_="unique")
        for column in (
            sa.Column("kind", sa.Text(), nullable=False, server_default="alert"),
            sa.Column("size", sa.Integer(), nullable=False, server_default="1"),
            sa.Column("thread", sa.Text(), nullable=False, server_default=""),
            sa.Column("sequence", sa.Integer(), nullable=False, server_default="1"),
            sa.Column("minimal", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("receipt", sa.Text(), nullable=False, server_default=""),
        ):
            delivery.add_column(column)
    op.execute("UPDATE delivery SET thread = id")
    op.create_index("ix_delivery_alert_id", "delivery", ["alert_id"])
    op.create_index("ix_delivery_receiver_created_at", "delivery", ["receiver", "created_at"])
    op.create_index("ix_delivery_thread_sequence", "delivery", ["thread", "sequence"])
    _notifications()


def _work_on_alerts() -> None:
    op.create_table(
        "alert_change",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_change_alert_id"),
    )
    op.create_index("ix_alert_change_alert_id", "alert_change", ["alert_id"])
    op.create_table(
        "escalation",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("receivers", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_escalation_alert_id"),
    )
    op.create_index("ix_escalation_alert_id", "escalation", ["alert_id"])
    op.create_index(
        "ix_escalation_due",
        "escalation",
        ["due_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "silence",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("match", sa.JSON(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
    )
    op.create_index("ix_silence_ends_at", "silence", ["ends_at"])
    op.create_table(
        "used_link",
        sa.Column("nonce", sa.Text(), primary_key=True),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_table(
        "receiver_state",
        sa.Column("receiver", sa.Text(), primary_key=True),
        sa.Column("failing_since", TIME, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("told_since", TIME, nullable=True),
    )


def _notifications() -> None:
    op.create_table(
        "notification_group",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("max_per_hour", sa.Integer(), nullable=True),
        sa.Column("lasting", sa.Boolean(), nullable=False),
        sa.Column("flush_at", TIME, nullable=True),
        sa.Column("flushed_at", TIME, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.UniqueConstraint("receiver", "key", name="uq_notification_group_receiver_key"),
    )
    op.create_index(
        "ix_notification_group_due",
        "notification_group",
        ["flush_at"],
        sqlite_where=DUE,
        postgresql_where=DUE,
    )
    op.create_table(
        "notification",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("group_id", ROW_ID, nullable=True),
        sa.Column("home_id", ROW_ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("settled_at", TIME, nullable=True),
        sa.Column("delivery_id", sa.Text(), nullable=True),
        sa.UniqueConstraint(
            "alert_id", "receiver", "purpose", name="uq_notification_alert_id_receiver_purpose"
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_notification_alert_id"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["notification_group.id"], name="fk_notification_group_id"
        ),
        sa.ForeignKeyConstraint(
            ["home_id"], ["notification_group.id"], name="fk_notification_home_id"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_notification_delivery_id"
        ),
    )
    op.create_index(
        "ix_notification_waiting",
        "notification",
        ["group_id", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index("ix_notification_delivery_id", "notification", ["delivery_id"])
    op.execute(
        "INSERT INTO notification (alert_id, receiver, purpose, state, reason, created_at,"
        " settled_at, delivery_id) SELECT alert_id, receiver, '', 'sent', '', created_at,"
        " created_at, id FROM delivery"
    )


def downgrade() -> None:
    """Undo the change. Of messages about several alerts only the leading one is kept."""
    op.execute(
        "DELETE FROM delivery_attempt WHERE delivery_id IN (SELECT id FROM delivery"
        " WHERE kind NOT IN ('alert', 'update') OR status = 'folded')"
    )
    op.drop_table("notification")
    op.execute("DELETE FROM delivery WHERE kind NOT IN ('alert', 'update') OR status = 'folded'")
    op.drop_table("notification_group")
    for index in ("thread_sequence", "receiver_created_at", "alert_id"):
        op.drop_index(f"ix_delivery_{index}", "delivery")
    with op.batch_alter_table("delivery") as delivery:
        for name in ("receipt", "minimal", "sequence", "thread", "size", "kind"):
            delivery.drop_column(name)
        delivery.create_unique_constraint("uq_delivery_alert_id_receiver", ["alert_id", "receiver"])
    for table in ("receiver_state", "used_link", "silence", "escalation", "alert_change"):
        op.drop_table(table)
    op.drop_index("ix_alert_snoozed", "alert")
    with op.batch_alter_table("alert") as alert:
        alert.drop_column("snoozed_until")
        alert.drop_column("state")
