"""What counted on a message that was given up: who inhibits whom, and whether others know."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BATCH = 1000
_WORDS = re.compile(r"the alert (\S+) of ")
"""How the reason of an inhibited notification begins, which names the alert that says it."""
_NOTIFICATION = sa.table(
    "notification",
    sa.column("id", sa.BigInteger()),
    sa.column("state", sa.Text()),
    sa.column("reason", sa.Text()),
    sa.column("inhibitor", sa.Text()),
)


def upgrade() -> None:
    """Apply the change. What was given up before is old news: nobody is notified of it."""
    op.add_column("notification", sa.Column("inhibitor", sa.Text(), nullable=True))
    _read_inhibitors()
    _index("ix_notification_inhibitor", "notification", "inhibitor", "inhibitor IS NOT NULL")
    unreported: sa.Column[bool] = sa.Column(
        "unreported", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("delivery", unreported)
    _index("ix_delivery_unreported", "delivery", "id", "unreported")


def downgrade() -> None:
    """Undo the change. What was sent elsewhere counts as given up, as it could not be said."""
    op.drop_index("ix_delivery_unreported", table_name="delivery")
    op.drop_column("delivery", "unreported")
    op.drop_index("ix_notification_inhibitor", table_name="notification")
    op.drop_column("notification", "inhibitor")
    op.execute("UPDATE delivery SET status = 'dead' WHERE status = 'readdressed'")
    op.execute("UPDATE notification SET state = 'dismissed' WHERE state = 'readdressed'")


def _index(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)


def _read_inhibitors() -> None:
    """Write the inhibitor of every inhibited notification into its column, some at a time."""
    connection = op.get_bind()
    row = _NOTIFICATION.c
    written = (
        _NOTIFICATION.update()
        .where(row.id == sa.bindparam("which"))
        .values(inhibitor=sa.bindparam("by"))
    )
    last = 0
    while True:
        query = (
            sa.select(row.id, row.reason)
            .where(row.id > last, row.state == "inhibited")
            .order_by(row.id)
            .limit(_BATCH)
        )
        found = connection.execute(query).all()
        if not found:
            return
        named = [(which, _WORDS.match(reason)) for which, reason in found]
        changes = [{"which": which, "by": words[1]} for which, words in named if words]
        if changes:
            connection.execute(written, changes)
        last = found[-1].id
