"""Messages that were given up are counted by an index of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_DEAD = "ix_delivery_dead"


def upgrade() -> None:
    """Apply the change."""
    dead = sa.text("status = 'dead'")
    op.create_index(_DEAD, "delivery", ["receiver"], sqlite_where=dead, postgresql_where=dead)


def downgrade() -> None:
    """Undo the change."""
    op.drop_index(_DEAD, table_name="delivery")
