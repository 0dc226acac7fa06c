"""Names in matched articles that no entity has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change. In articles that were matched before, nobody looked for names."""
    op.add_column("rule_match", sa.Column("new_names", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo the change; the names are lost."""
    op.drop_column("rule_match", "new_names")
