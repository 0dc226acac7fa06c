"""Messages are claimed by level; what passes a limit, and when a route is mute, is kept with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DUE = "ix_delivery_due"
_PENDING = sa.text("status = 'pending'")
_BY_LEVELS = """
UPDATE delivery SET level = (
    SELECT CASE rule_match.level WHEN 'high' THEN 2 WHEN 'normal' THEN 1 ELSE 0 END
    FROM alert JOIN rule_match ON rule_match.id = alert.match_id
    WHERE alert.id = delivery.alert_id
)
"""
"""No alert of a message is of a higher level than the one that leads it. What is done with is
filled in, too: it may be sent again."""
_BY_KINDS = """
UPDATE delivery SET level = CASE kind WHEN 'revision' THEN 0 ELSE 2 END
WHERE kind IN ('revision', 'escalation', 'reminder')
"""
_BEGINNINGS = """
UPDATE delivery SET level = (
    SELECT max(later.level) FROM delivery AS later
    WHERE later.thread = delivery.thread AND later.sequence >= delivery.sequence
    AND later.status = 'pending'
)
WHERE status = 'pending' AND kind <> 'revision'
"""
"""What a conversation waits for matters as much as what waits."""


def upgrade() -> None:
    """Apply the change."""
    level = sa.Column("level", sa.Integer(), nullable=False, server_default="0")
    op.add_column("delivery", level)
    for statement in (_BY_LEVELS, _BY_KINDS, _BEGINNINGS):
        op.execute(statement)
    op.drop_index(_DUE, table_name="delivery")
    _make_index(["receiver", "level", "next_attempt_at", "id"])
    passing = sa.Column("break_through", sa.Text(), nullable=True, server_default="high")
    op.add_column("notification_group", passing)
    op.add_column("notification", sa.Column("mute", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo the change."""
    op.drop_index(_DUE, table_name="delivery")
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_column("level")
    _make_index(["receiver", "next_attempt_at", "id"])
    with op.batch_alter_table("notification_group") as group:
        group.drop_column("break_through")
    with op.batch_alter_table("notification") as notification:
        notification.drop_column("mute")


def _make_index(columns: list[str]) -> None:
    op.create_index(_DUE, "delivery", columns, sqlite_where=_PENDING, postgresql_where=_PENDING)
