"""Versions on which the rules broke down; those that did so before are due at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MARK = " failed: "
"""What stood between the rules and the error, in `ruleset` of a version."""


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "broken_judgement",
        sa.Column("version_id", ROW_ID, nullable=False, autoincrement=False),
        sa.Column("ruleset", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("version_id", name="pk_broken_judgement"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_version.id"], name="fk_broken_judgement_version_id"
        ),
    )
    _take_over_marked_versions()


def _take_over_marked_versions() -> None:
    version = sa.table(
        "article_version",
        sa.column("id", sa.BigInteger()),
        sa.column("ruleset", sa.Text()),
        sa.column("judged_at", MOMENT),
    )
    broken = sa.table(
        "broken_judgement",
        sa.column("version_id", sa.BigInteger()),
        sa.column("ruleset", sa.Text()),
        sa.column("error", sa.Text()),
        sa.column("attempts", sa.Integer()),
        sa.column("failed_at", MOMENT),
        sa.column("next_at", MOMENT),
    )
    connection = op.get_bind()
    marked = connection.execute(
        sa.select(version.c.id, version.c.ruleset, version.c.judged_at).where(
            version.c.ruleset.contains(MARK)
        )
    ).all()
    for version_id, mark, judged_at in marked:
        ruleset, _, error = mark.partition(MARK)
        connection.execute(
            broken.insert().values(
                version_id=version_id,
                ruleset=ruleset,
                error=error,
                attempts=1,
                failed_at=judged_at,
                next_at=judged_at,
            )
        )
        connection.execute(
            version.update().where(version.c.id == version_id).values(ruleset=ruleset)
        )


def downgrade() -> None:
    """Undo the change; the versions bear their marks again."""
    op.execute(
        sa.text(
            "UPDATE article_version SET ruleset = (SELECT b.ruleset || :mark || b.error FROM"
            " broken_judgement b WHERE b.version_id = article_version.id)"
            " WHERE id IN (SELECT version_id FROM broken_judgement)"
        ).bindparams(mark=MARK)
    )
    op.drop_table("broken_judgement")
