"""Sources keep that they could be read from one vantage and not from another."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_COLUMNS: dict[str, Any] = {
    "vantages_at": sa.DateTime(timezone=True),
    "vantages_url": sa.Text(),
    "vantages_times": sa.Integer(),
    "vantage_closed": sa.Integer(),
    "vantage_answer": sa.Text(),
    "vantage_status": sa.Integer(),
    "vantage_opened": sa.Integer(),
}


def upgrade() -> None:
    """Apply the change."""
    for name, kind in _COLUMNS.items():
        op.add_column("source", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Undo the change."""
    for name in reversed(_COLUMNS):
        op.drop_column("source", name)
