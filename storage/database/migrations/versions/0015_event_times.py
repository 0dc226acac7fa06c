"""Matches know that they were told of, entries when they were not there, what silenced an alert."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply the change."""
    op.add_column(
        "rule_event",
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("entry", sa.Column("found_after", MOMENT, nullable=True))
    # What was counted until a rule alerted was not counted again.
    op.execute(
        sa.text(
            "UPDATE rule_event SET told = true WHERE EXISTS (SELECT 1 FROM rule_notified n"
            " WHERE n.rule_id = rule_event.rule_id AND n.key = rule_event.key"
            " AND n.at >= rule_event.at)"
        )
    )
    # That a rule never matched was only logged, and noted as said. Now it is an alert.
    op.execute(
        sa.text(
            "DELETE FROM rule_notified WHERE key = '' AND NOT EXISTS (SELECT 1 FROM rule_match m"
            " WHERE m.rule_id = rule_notified.rule_id)"
        )
    )
    op.add_column("notification", sa.Column("silence_id", sa.Text(), nullable=True))
    # The words began with the silence's id: `sil_1a2b3c4d of aigul`.
    op.execute(
        sa.text(
            "UPDATE notification SET silence_id = substr(reason, 1, 12)"
            " WHERE state = 'silenced' AND substr(reason, 1, 12) IN (SELECT id FROM silence)"
        )
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_column("notification", "silence_id")
    op.drop_column("entry", "found_after")
    op.drop_column("rule_event", "told")
