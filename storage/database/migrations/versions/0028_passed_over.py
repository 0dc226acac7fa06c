"""What a homepage's choice passed over is kept by kind; entries and versions get signs of words."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_BEFORE = "not "
_ADDED: tuple[tuple[str, str, Any], ...] = (
    ("entry", "words_sha256", sa.LargeBinary()),
    ("article_version", "headline_sign", sa.LargeBinary()),
    ("article_version", "text_sign", sa.LargeBinary()),
    ("article_version", "new_since", sa.DateTime(timezone=True)),
)
_SOURCE = sa.table(
    "source",
    sa.column("name", sa.Text()),
    sa.column("found_how", sa.Text()),
    sa.column("passed_over", sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    """Apply the change."""
    for table, column, kind in _ADDED:
        op.add_column(table, sa.Column(column, kind, nullable=True))
    op.add_column("source", sa.Column("passed_over", sa.JSON(), nullable=True))
    for name, how in _with("found_how"):
        first, *lines = how.splitlines() or [""]
        passed_over = []
        for line in lines:
            url, _, words = line.removeprefix(_BEFORE).partition(": ")
            passed_over.append(["noted", url, words])
        _write(name, first, passed_over or None)


def downgrade() -> None:
    """Undo the change."""
    hows = dict(_with("found_how"))
    for name, passed_over in _with("passed_over"):
        lines = [f"{_BEFORE}{url}: {words}" for _, url, words in passed_over]
        _write(name, "\n".join((hows.get(name, ""), *lines)), None)
    op.drop_column("source", "passed_over")
    for table, column, _ in reversed(_ADDED):
        op.drop_column(table, column)


def _with(column: str) -> list[tuple[str, Any]]:
    wanted = _SOURCE.c[column]
    query = sa.select(_SOURCE.c.name, wanted).where(wanted.is_not(None))
    rows = op.get_bind().execute(query)
    return [(name, value) for name, value in rows if value is not None]


def _write(name: str, how: str, passed_over: list[list[str]] | None) -> None:
    op.get_bind().execute(
        _SOURCE.update()
        .where(_SOURCE.c.name == name)
        .values(found_how=how, passed_over=passed_over)
    )
