"""What a notification is for: its kind, its number and what it is about in columns of their own."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BATCH = 1000
_OLD = ("alert_id", "receiver", "purpose")
_NEW = (*_OLD, "about", "number")
_Purpose = tuple[str, int, str]
"""Kind, number, about."""
_NOTIFICATION = sa.table(
    "notification",
    sa.column("id", sa.BigInteger()),
    sa.column("purpose", sa.Text()),
    sa.column("number", sa.BigInteger()),
    sa.column("about", sa.Text()),
)


def upgrade() -> None:
    """Apply the change: `escalation-7-1790000000` becomes an escalation, 1790000000, of 7."""
    with op.batch_alter_table("notification") as notification:
        notification.drop_constraint(_unique(_OLD), type_="unique")
        number = sa.Column("number", sa.BigInteger(), nullable=False, server_default="0")
        notification.add_column(number)
        notification.add_column(sa.Column("about", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE notification SET purpose = 'alert' WHERE purpose = ''")
    _rewrite(lambda kind, _number, _about: _split(kind))
    with op.batch_alter_table("notification") as notification:
        notification.create_unique_constraint(_unique(_NEW), list(_NEW))


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("notification") as notification:
        notification.drop_constraint(_unique(_NEW), type_="unique")
    _rewrite(lambda kind, number, about: (_joined(kind, number, about), 0, ""))
    op.execute("UPDATE notification SET purpose = '' WHERE purpose = 'alert'")
    with op.batch_alter_table("notification") as notification:
        notification.drop_column("about")
        notification.drop_column("number")
        notification.create_unique_constraint(_unique(_OLD), list(_OLD))


def _unique(columns: tuple[str, ...]) -> str:
    return f"uq_notification_{'_'.join(columns)}"


def _rewrite(change: Callable[[str, int, str], _Purpose]) -> None:
    """Change the purpose of every notification that is no first one, some at a time."""
    connection = op.get_bind()
    row = _NOTIFICATION.c
    written = (
        _NOTIFICATION.update()
        .where(row.id == sa.bindparam("which"))
        .values(purpose=sa.bindparam("kind"), number=sa.bindparam("n"), about=sa.bindparam("of"))
    )
    last = 0
    while True:
        query = (
            sa.select(row.id, row.purpose, row.number, row.about)
            .where(row.id > last, row.purpose != "alert")
            .order_by(row.id)
            .limit(_BATCH)
        )
        found = connection.execute(query).all()
        if not found:
            return
        changes = []
        for which, purpose, number, about in found:
            kind, n, of = change(purpose, number, about)
            changes.append({"which": which, "kind": kind, "n": n, "of": of})
        connection.execute(written, changes)
        last = found[-1].id


def _split(purpose: str) -> _Purpose:
    kind, _, rest = purpose.partition("-")
    if kind in ("escalation", "revision"):
        about, _, number = rest.rpartition("-")
        return kind, int(number), about
    if kind == "summary":  # seconds with six decimals
        return kind, int(rest.replace(".", "")), ""
    return kind, int(rest), ""


def _joined(kind: str, number: int, about: str) -> str:
    if kind in ("escalation", "revision"):
        return f"{kind}-{about}-{number}"
    if kind == "summary":
        return f"{kind}-{number // 1_000_000}.{number % 1_000_000:06d}"
    return f"{kind}-{number}"
