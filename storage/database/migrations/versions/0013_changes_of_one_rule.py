"""Changes say whether they are about one rule only; those made before were about a rule's alerts.

What was dismissed before was dismissed for its rule: it stays so, and the case is open to others.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column(
        "alert_change",
        sa.Column("only_rule", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    change = sa.table("alert_change", sa.column("state", sa.Text()), sa.column("only_rule"))
    op.execute(change.update().where(change.c.state == "dismissed").values(only_rule=sa.true()))


def downgrade() -> None:
    """Undo the change."""
    op.drop_column("alert_change", "only_rule")
