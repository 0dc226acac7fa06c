"""What sitemaps have listed, when homepages are compared, and since when a list is empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def _time(*names: str, null: bool = True) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=null) for name in names]


def upgrade() -> None:
    """Apply the change."""
    for column in _time("compare_at", "found_changed_at", "empty_since"):
        op.add_column("source", column)
    op.add_column("source", sa.Column("found_change", sa.Text(), nullable=True))
    op.create_table(
        "sitemap",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url_hash", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        *_time("listed_at", null=False),
        sa.Column("appeared", sa.Boolean(), nullable=False),
        *_time("last_modified", "gone_at", "asked_at", "read_at", "new_at", "newest"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("is_index", sa.Boolean(), nullable=False),
        sa.Column("remembers", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("old", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("http_last_modified", sa.Text(), nullable=True),
        sa.Column("body_sha256", sa.Text(), nullable=True),
        sa.Column("old_marks", sa.LargeBinary(), nullable=False),
        sa.Column("seen_marks", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_sitemap_source_source"),
        sa.PrimaryKeyConstraint("source", "url_hash", name="pk_sitemap"),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("sitemap")
    for column in ("found_change", "empty_since", "found_changed_at", "compare_at"):
        op.drop_column("source", column)
